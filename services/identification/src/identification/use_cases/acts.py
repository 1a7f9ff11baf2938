"""What every act on a case begins and ends with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import access, audit
from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.outbox import lock_streams
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain.cases import CASE, SPECIAL_POLICE, Recognition, check_going, consent_move, needs_consent
from identification.queries import standing_consent
from identification.tables import Case, RecognitionRow


async def open_case(session: AsyncSession, who: Actor, case_id: UUID) -> Case:
    """The case, locked for this transaction; its stream first, as the consumer does, so that neither waits crosswise.

    NotFound where it does not exist or the actor may not know of it.
    """
    await access.require(session, who, case_id)
    await lock_streams(session, [case_id])
    case = await session.get(Case, case_id, with_for_update=True)
    if case is None:
        raise NotFound
    return case


async def open_going_case(session: AsyncSession, who: Actor, case_id: UUID, action: str) -> Case:
    """The same, for an act that a case which has ended no longer takes."""
    case = await open_case(session, who, case_id)
    check_going(case.status, action)
    return case


async def settle_consent(session: AsyncSession, case: Case) -> None:
    """Consent or the need of it changed: the case waits for it, or may be handed over (ID-7)."""
    await session.flush()
    consent = await standing_consent(session, case.id, SPECIAL_POLICE, "referral")
    step = consent_move(case.status, needs_consent(case.source, case.age_group), consent is not None)
    if step:
        move(case, step)


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


async def recognitions(session: AsyncSession, case_id: UUID) -> list[Recognition]:
    rows = await session.scalars(select(RecognitionRow).where(RecognitionRow.case_id == case_id))
    return [Recognition(row.kind, row.authority, row.since, row.revoked_at) for row in rows]
