"""Recognitions given, declined, appealed, reopened and revoked (ID-8, ID-9)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import NotFound, NotPossible
from chassis.clock import effective, new_id
from chassis.outbox import emit
from nrm_events import identification as events
from sqlalchemy.ext.asyncio import AsyncSession

from identification.domain import cases
from identification.law import parameter
from identification.queries import may_be_handed_over, standing_decision, was_handed_over
from identification.tables import Case, Decision, RecognitionRow
from identification.use_cases.acts import (
    assessed_since,
    move,
    note,
    open_case,
    open_case_as_read,
    recognitions,
    settle_referral,
)


async def presume(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    kind: str,
    reasons: Sequence[str],
    dissent: Sequence[str],
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Give a presumed or an NGO recognition (ID-8). It opens help and reflection, and needs no police."""
    case = await open_case(session, who, case_id)
    at = effective(happened_at, now, not_before=case.reported_at)
    if case.status not in cases.RECOGNISABLE:
        raise NotPossible("not_possible_in_state", f"A case that is {case.status} takes no {kind} recognition.")
    row = await _give(session, who, case, kind, reasons, dissent, at)
    emit(
        session,
        events.VictimPresumed(
            effective_at=at,
            case_id=case.id,
            recognition_id=row.id,
            kind="ngo" if kind == "ngo" else "presumed",
            authority=who.agency,
            age_group=case.age_group,
            citizenship=case.citizenship,
        ),
    )
    note(session, who, case, "presume", at, f"recognition/{row.id}", kind=kind)
    return case


async def recognise_formally(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    read: int,
    reasons: Sequence[str],
    dissent: Sequence[str],
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Give the formal recognition after assessment (ID-8)."""
    case = await open_case_as_read(session, who, case_id, read, reasons=list(reasons))
    at = effective(happened_at, now, not_before=await assessed_since(session, case))
    move(case, "recognise_formally")
    row = await _give(session, who, case, "formal", reasons, dissent, at)
    emit(
        session,
        events.VictimIdentified(
            effective_at=at,
            case_id=case.id,
            recognition_id=row.id,
            authority=who.agency,
            age_group=case.age_group,
            citizenship=case.citizenship,
        ),
    )
    note(session, who, case, "recognise_formally", at, f"recognition/{row.id}")
    return case


async def _give(
    session: AsyncSession,
    who: Actor,
    case: Case,
    kind: str,
    reasons: Sequence[str],
    dissent: Sequence[str],
    at: datetime,
) -> RecognitionRow:
    cases.check_authority(kind, who.agency, parameter("recognition_authorities", at))
    cases.check_not_given(kind, who.agency, await recognitions(session, case.id))
    row = RecognitionRow(
        id=new_id(),
        case_id=case.id,
        kind=kind,
        authority=who.agency,
        reasons=list(reasons),
        dissent=list(dissent),
        since=at,
        revoked_reasons=[],
    )
    session.add(row)
    await session.flush()  # a second one at the same time is refused here, by the database
    return row


async def decline(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    read: int,
    reasons: Sequence[str],
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Decline recognition with reasons (ID-9). Nothing granted is cancelled by this.

    After the hand-over the formal authority decides. Where the person did not agree to it, the NGO that keeps the case
    assesses it; police learn nothing (ID-7).
    """
    case = await open_case_as_read(session, who, case_id, read, reasons=list(reasons))
    at = effective(happened_at, now, not_before=await assessed_since(session, case))
    move(case, "decline")
    handed_over = await was_handed_over(session, case.id)
    cases.check_decline(
        who.agency,
        handed_over,
        await may_be_handed_over(session, case),
        parameter("recognition_authorities", at),
    )
    decision = _decide(session, who, case, "declined", cases.deciding_kind(handed_over), reasons, at)
    emit(
        session,
        events.IdentificationDeclined(
            effective_at=at, case_id=case.id, decision_id=decision.id, authority=who.agency, reasons=list(reasons)
        ),
    )
    note(session, who, case, "decline", at, f"decision/{decision.id}", reasons=list(reasons))
    return case


def _decide(
    session: AsyncSession, who: Actor, case: Case, kind: str, about: str, reasons: Sequence[str], at: datetime
) -> Decision:
    decision = Decision(
        id=new_id(),
        case_id=case.id,
        authority=who.agency,
        kind=kind,
        about=about,
        reasons=list(reasons),
        decided_at=at,
    )
    session.add(decision)
    return decision


async def revoke(
    session: AsyncSession,
    who: Actor,
    case_id: UUID,
    recognition_id: UUID,
    read: int,
    reasons: Sequence[str],
    happened_at: datetime | None,
    now: datetime,
) -> Case:
    """Revoke a recognition of one's own agency with reasons (ID-9); services re-examine what rests on it."""
    case = await open_case_as_read(session, who, case_id, read, reasons=list(reasons))
    row = await session.get(RecognitionRow, recognition_id, with_for_update=True)
    if row is None or row.case_id != case.id:
        raise NotFound
    cases.check_own_decision(row.authority, who.agency)
    if row.revoked_at:
        raise NotPossible("already_revoked", "The recognition was revoked already.")
    at = effective(happened_at, now, not_before=row.since)
    if row.kind == "formal":
        move(case, "revoke_formal")
    row.revoked_at, row.revoked_reasons = at, list(reasons)
    decision = _decide(session, who, case, "revoked", row.kind, reasons, at)
    emit(
        session,
        events.RecognitionRevoked.model_validate(
            {
                "effective_at": at,
                "case_id": case.id,
                "recognition_id": row.id,
                "kind": row.kind,
                "authority": who.agency,
                "reasons": list(reasons),
            }
        ),
    )
    note(session, who, case, "revoke", at, f"recognition/{row.id}", reasons=list(reasons), decision=decision.id)
    return case


async def _standing_decision(session: AsyncSession, case: Case) -> Decision:
    """The decision by which the case is `not_recognised`; the machine has seen to it that there is one."""
    await session.flush()
    return (await session.scalars(standing_decision(case.id).with_for_update(of=Decision))).one()


async def appeal(session: AsyncSession, who: Actor, case_id: UUID, happened_at: datetime | None, now: datetime) -> Case:
    """The person appeals the last negative or revoking decision (ID-9)."""
    case = await open_case(session, who, case_id)
    move(case, "appeal")
    decision = await _standing_decision(session, case)
    before = decision.appeal_rejected_at or decision.decided_at
    decision.appealed_at, decision.appeal_rejected_at = effective(happened_at, now, not_before=before), None
    emit(
        session,
        events.IdentificationAppealed(effective_at=decision.appealed_at, case_id=case.id, decision_id=decision.id),
    )
    note(session, who, case, "appeal", decision.appealed_at, f"decision/{decision.id}")
    return case


async def reject_appeal(
    session: AsyncSession, who: Actor, case_id: UUID, read: int, happened_at: datetime | None, now: datetime
) -> Case:
    """The appeal does not change the decision (ID-9); its authority looked at it again."""
    case = await open_case_as_read(session, who, case_id, read)
    move(case, "reject_appeal")
    decision = await _standing_decision(session, case)
    cases.check_own_decision(decision.authority, who.agency)
    decision.appeal_rejected_at = effective(happened_at, now, not_before=decision.appealed_at)
    note(session, who, case, "reject_appeal", decision.appeal_rejected_at, f"decision/{decision.id}")
    return case


async def reopen(
    session: AsyncSession, who: Actor, case_id: UUID, read: int, happened_at: datetime | None, now: datetime
) -> Case:
    """Open the assessment again, after an appeal or on new facts (ID-9)."""
    case = await open_case_as_read(session, who, case_id, read)
    move(case, "reopen")
    decision = await _standing_decision(session, case)
    cases.check_own_decision(decision.authority, who.agency)
    before = decision.appeal_rejected_at or decision.appealed_at or decision.decided_at
    decision.reopened_at = effective(happened_at, now, not_before=before)
    emit(
        session,
        events.IdentificationReopened(effective_at=decision.reopened_at, case_id=case.id, decision_id=decision.id),
    )
    await settle_referral(session, case, decision.reopened_at)
    note(session, who, case, "reopen", decision.reopened_at, f"decision/{decision.id}")
    return case
