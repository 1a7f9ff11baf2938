"""What every act on a case begins and ends with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import access, audit
from chassis.actor import Actor
from chassis.errors import NotFound, Stale
from chassis.outbox import emit, lock_streams
from nrm_events import identification as events
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from identification.domain.cases import (
    BEFORE_HAND_OVER,
    CASE,
    Recognition,
    check_going,
    consent_move,
    needs_consent,
    referral_awaited,
    referral_due,
)
from identification.law import parameter_or_none
from identification.queries import hand_over_consent, may_be_handed_over, was_handed_over
from identification.tables import Case, Decision, RecognitionRow, Referral

_STEPS: dict[Any, tuple[InstrumentedAttribute[Any], ...]] = {
    Referral: (Referral.referred_at, Referral.acknowledged_at),
    RecognitionRow: (RecognitionRow.since, RecognitionRow.revoked_at),
    Decision: (Decision.decided_at, Decision.appealed_at, Decision.appeal_rejected_at, Decision.reopened_at),
}


async def open_case(session: AsyncSession, who: Actor, case_id: UUID) -> Case:
    """The case, locked for this transaction; its stream first, as the consumer does, so that neither waits crosswise.

    NotFound where it does not exist or the actor may not know of it.
    """
    await access.require(session, who, case_id)
    await lock_streams(session, [case_id])
    await access.require(session, who, case_id)  # the reason to know of it may have ended while this waited (ID-12)
    case = await session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound
    return case


async def open_case_as_read(session: AsyncSession, who: Actor, case_id: UUID, read: int, **yours: Any) -> Case:
    """The same, for a decision on what was read: Stale, with both values, where the case changed since."""
    case = await open_case(session, who, case_id)
    if read != case.version:
        stored = {"status": case.status, "age_group": case.age_group, "citizenship": case.citizenship}
        raise Stale(read, case.version, yours, stored)
    return case


async def open_going_case(session: AsyncSession, who: Actor, case_id: UUID, action: str) -> Case:
    """The same, for an act that a case which has ended no longer takes."""
    case = await open_case(session, who, case_id)
    check_going(case.status, action)
    return case


async def settle_consent(session: AsyncSession, case: Case, at: datetime) -> None:
    """Consent or the need of it changed: the case waits for it, or may be handed over (ID-7)."""
    await session.flush()
    consent = await hand_over_consent(session, case.id)
    step = consent_move(case.status, needs_consent(case.source, case.age_group), consent is not None)
    if step:
        move(case, step)
    await settle_referral(session, case, at)


async def settle_referral(session: AsyncSession, case: Case, at: datetime) -> None:
    """Tell when the 24 hours in which the case must be handed over begin to count, or count no more (ID-7).

    That it was handed over is told by the hand-over itself.
    """
    hours = parameter_or_none("referral_hours", case.reported_at)
    awaited = hours is not None and await _is_awaited(session, case)
    if awaited and not case.referral_awaited:
        due_at = referral_due(case.reported_at, hours)
        emit(session, events.ReferralAwaited(effective_at=at, case_id=case.id, holder=case.holder, due_at=due_at))
    if case.referral_awaited and not awaited and case.status != "referred":
        emit(session, events.ReferralNoLongerAwaited(effective_at=at, case_id=case.id))
    case.referral_awaited = awaited


async def _is_awaited(session: AsyncSession, case: Case) -> bool:
    if case.status not in BEFORE_HAND_OVER or not await may_be_handed_over(session, case):
        return False
    return referral_awaited(case.status, await was_handed_over(session, case.id), True)


def move(case: Case, action: str) -> None:
    """Follow the case's machine; NotPossible names what would be possible."""
    case.status = CASE.after(case.status, action)


def note(
    session: AsyncSession, who: Actor, case: Case, action: str, at: datetime, subject: str | None = None, **facts: Any
) -> None:
    """The object changed: a new version, and an entry in the audit, which is its history too."""
    case.version += 1
    audit.record(
        session, who, action, subject=subject or f"case/{case.id}", case_id=case.id, effective_at=at, facts=facts
    )


async def assessed_since(session: AsyncSession, case: Case) -> datetime:
    """The assessment began with the acknowledgement, or with the last reopening (ID-9)."""
    acknowledged = await session.scalar(select(Referral.acknowledged_at).where(Referral.case_id == case.id))
    reopened = await session.scalars(select(Decision.reopened_at).where(Decision.case_id == case.id))
    return max([case.reported_at, *([acknowledged] if acknowledged else []), *(r for r in reopened if r)])


async def last_step_at(session: AsyncSession, case: Case) -> datetime:
    """When the newest act took effect that brought the case where it stands; what ends it does not come before."""
    steps = [case.reported_at]
    for table, columns in _STEPS.items():
        newest = select(*map(func.max, columns)).where(table.case_id == case.id)
        steps += [moment for moment in (await session.execute(newest)).one() if moment]
    return max(steps)


async def recognitions(session: AsyncSession, case_id: UUID) -> list[Recognition]:
    rows = await session.scalars(select(RecognitionRow).where(RecognitionRow.case_id == case_id))
    return [Recognition(row.kind, row.authority, row.since, row.revoked_at) for row in rows]
