"""When a case's list of recognitions changes: the allowance is drafted once, what was granted is re-examined."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis import audit
from chassis.actor import system
from chassis.clock import local_date, new_id
from chassis.outbox import emit
from chassis.parameters import NotInForce
from nrm_events.fund import ClaimDrafted, ClaimReexamined
from nrm_events.identification import VictimIdentified
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from fund.domain import claims as rules
from fund.queries.standing import accepted_recognitions
from fund.settings import PARAMETERS
from fund.tables import CaseRecognition, Claim
from fund.use_cases.at_hand import about

FUND = system("fund")


async def add_recognitions(session: AsyncSession, rows: Sequence[tuple[UUID, UUID, str, datetime]]) -> None:
    """Add (recognition, case, kind, since) to the lists of recognitions (FU-8); a line that is known stays."""
    given = [{"recognition_id": r, "case_id": c, "kind": k, "since": s} for r, c, k, s in rows]
    await session.execute(upsert(CaseRecognition).values(given).on_conflict_do_nothing())


async def draft_allowances(session: AsyncSession, now: datetime, identified: Sequence[VictimIdentified]) -> None:
    """One allowance per recognition, and one per case that was not ended unpaid (FU-1).

    A second recognition after a revocation finds the earlier allowance and drafts none; only where that one was
    cancelled or finally rejected is the person given a new one. Before the first day of the allowance nothing is
    drafted. Why not is in the audit.
    """
    held = await _allowances(session, identified)
    for event in identified:
        if event.case_id in held or event.recognition_id in held:
            _note_not_drafted(session, event, "allowance_exists")
            continue
        try:
            amount = PARAMETERS.value("allowance_qepik", local_date(event.effective_at))
        except NotInForce as reason:
            _note_not_drafted(session, event, reason.code)
            continue
        claim = _allowance(event, amount, now)
        session.add(claim)
        held |= {event.case_id, event.recognition_id}
        emit(session, ClaimDrafted(**about(claim, event.effective_at)))
        audit.record(
            session,
            FUND,
            "draft_allowance",
            subject=f"claim/{claim.id}",
            case_id=claim.case_id,
            effective_at=event.effective_at,
            facts={"amount_qepik": amount, "state": claim.state},
        )


async def _allowances(session: AsyncSession, identified: Sequence[VictimIdentified]) -> set[UUID]:
    """Recognitions and cases of these that have an allowance already."""
    rows = await session.execute(
        select(Claim.case_id, Claim.recognition_id, Claim.state).where(
            Claim.kind == "allowance",
            or_(
                Claim.case_id.in_([event.case_id for event in identified]),
                Claim.recognition_id.in_([event.recognition_id for event in identified]),
            ),
        )
    )
    held: set[UUID] = set()
    for case_id, recognition_id, state in rows:
        held.add(recognition_id)
        if state not in rules.UNPAID_ENDS:
            held.add(case_id)
    return held


def _allowance(event: VictimIdentified, amount_qepik: int, now: datetime) -> Claim:
    return Claim(
        id=new_id(),
        case_id=event.case_id,
        kind="allowance",
        state=rules.CLAIM.start,
        version=1,
        amount_qepik=amount_qepik,
        payee="person",
        recognition_id=event.recognition_id,
        recovered_qepik=0,
        reasons=[],
        written_by=FUND.sub,
        written_by_agency=FUND.agency,
        effective_at=event.effective_at,
        recorded_at=now,
    )


def _note_not_drafted(session: AsyncSession, event: VictimIdentified, why: str) -> None:
    audit.record(
        session,
        FUND,
        "draft_allowance",
        subject=f"recognition/{event.recognition_id}",
        case_id=event.case_id,
        effective_at=event.effective_at,
        outcome=why,
    )


async def revoke_recognitions(session: AsyncSession, revoked: Mapping[UUID, datetime]) -> None:
    """The line of the list ends; it stays in it (ID-8)."""
    for recognition_id, moment in revoked.items():
        await session.execute(
            update(CaseRecognition).where(CaseRecognition.recognition_id == recognition_id).values(revoked_at=moment)
        )


async def re_examine_claims(
    session: AsyncSession, now: datetime, case_id: UUID, reason: str, since: datetime, kind: str | None = None
) -> None:
    """Mark what rests on the recognition; a person decides what follows, nothing is cancelled (ID-9).

    With `kind` only the claims that a recognition of this kind counts for; claims that ended unpaid are left alone. A
    claim that waits already says the newest reason: who looked at the one before has not looked at it.
    """
    rows = await session.scalars(
        select(Claim)
        .where(Claim.case_id == case_id, Claim.state.not_in(rules.UNPAID_ENDS))
        .where(or_(Claim.re_examine_reason.is_distinct_from(reason), Claim.re_examine_since.is_distinct_from(since)))
        .order_by(Claim.id)
        .with_for_update()
    )
    for claim in rows:
        if kind is not None and kind not in accepted_recognitions(claim.kind, now):
            continue
        claim.re_examine_since, claim.re_examine_reason = since, reason
        claim.version += 1
        emit(session, ClaimReexamined(**about(claim, since)))
        audit.record(
            session,
            FUND,
            "re_examine",
            subject=f"claim/{claim.id}",
            case_id=case_id,
            effective_at=since,
            facts={"reason": reason, "state": claim.state},
        )
