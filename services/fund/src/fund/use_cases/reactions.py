"""What the Fund does once when events arrive: it drafts allowances and marks claims for re-examination."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.endings import CASE_WITHDRAWN, WITHDRAWN
from casework.parameters import NotInForce
from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.fund import ApprovalVoided, ClaimDrafted, ConsentWithdrawalAcknowledged
from nrm_events.identification import (
    CaseClosed,
    ConsentWithdrawn,
    IdentificationDeclined,
    PayeeChanged,
    RecognitionRevoked,
    VictimIdentified,
    VictimPresumed,
)
from sqlalchemy import or_, select

from fund import parameters
from fund.domain import claims as rules
from fund.tables import Claim
from fund.use_cases.aggregate import about, audit, back_to_draft, clear_re_examination, mark_re_examination
from fund.use_cases.payments import set_free


async def acknowledge_withdrawal(uow: UnitOfWork, events: Sequence[Envelope[ConsentWithdrawn]]) -> None:
    """What rested on the consent was who sees the case; that has ended (ID-12)."""
    for event in events:
        uow.emit(
            ConsentWithdrawalAcknowledged(
                effective_at=event.data.effective_at, case_id=event.data.case_id, consent_id=event.data.consent_id
            )
        )


async def draft_allowances(uow: UnitOfWork, events: Sequence[Envelope[VictimIdentified]]) -> None:
    """One allowance per recognition, and one per case that was not ended unpaid (FU-1).

    A second recognition after a revocation finds the earlier allowance and drafts none; only where that one was
    cancelled or finally rejected, and the bank paid none of its orders, is a new one drafted. Before the first day of
    the allowance nothing is drafted. Why not is in the audit.
    """
    identified = [event.data for event in events]
    covered = await _with_an_allowance(uow, identified)
    for recognition in identified:
        if recognition.case_id in covered or recognition.recognition_id in covered:
            _audit_not_drafted(uow, recognition, "allowance_exists")
            continue
        try:
            amount = parameters.allowance_qepik(recognition.effective_at)
        except NotInForce as reason:
            _audit_not_drafted(uow, recognition, reason.code)
            continue
        claim = _allowance(uow, recognition, amount)
        uow.session.add(claim)
        covered |= {recognition.case_id, recognition.recognition_id}
        uow.emit(ClaimDrafted(**about(claim, recognition.effective_at)))
        audit(uow, "draft_allowance", claim, amount_qepik=amount)


async def _with_an_allowance(uow: UnitOfWork, identified: Sequence[VictimIdentified]) -> set[UUID]:
    """Recognitions and cases of these that have an allowance already."""
    rows = await uow.session.execute(
        select(Claim.case_id, Claim.recognition_id, Claim.state, Claim.overpaid_qepik > Claim.recovered_qepik).where(
            Claim.kind == "allowance",
            or_(
                Claim.case_id.in_([recognition.case_id for recognition in identified]),
                Claim.recognition_id.in_([recognition.recognition_id for recognition in identified]),
            ),
        )
    )
    covered: set[UUID] = set()
    for case_id, recognition_id, state, was_paid in rows:
        covered.add(recognition_id)
        if was_paid or state not in rules.UNPAID_ENDS:
            covered.add(case_id)
    return covered


def _allowance(uow: UnitOfWork, recognition: VictimIdentified, amount_qepik: int) -> Claim:
    return Claim(
        id=new_id(),
        case_id=recognition.case_id,
        kind="allowance",
        state=rules.CLAIM.start,
        version=1,
        amount_qepik=amount_qepik,
        payee="representative" if recognition.age_group == "child" else "person",
        recognition_id=recognition.recognition_id,
        recovered_qepik=0,
        reasons=[],
        written_by=uow.actor.sub,
        written_by_agency=uow.actor.agency,
        effective_at=recognition.effective_at,
        recorded_at=uow.now,
    )


def _audit_not_drafted(uow: UnitOfWork, recognition: VictimIdentified, why: str) -> None:
    uow.audit(
        "draft_allowance",
        subject=f"recognition/{recognition.recognition_id}",
        case_id=recognition.case_id,
        at=recognition.effective_at,
        outcome=why,
    )


@dataclass(frozen=True)
class _Cause:
    """Why claims of a case are re-examined; with `recognition_kind` only those that this kind counts for."""

    case_id: UUID
    reason: str
    since: datetime
    recognition_kind: str | None = None


async def identification_declined(uow: UnitOfWork, events: Sequence[Envelope[IdentificationDeclined]]) -> None:
    """A person looks at what was granted; nothing is cancelled (ID-9)."""
    declined = [event.data for event in events]
    await _re_examine(uow, [_Cause(e.case_id, "identification_declined", e.effective_at) for e in declined])


async def recognition_revoked(uow: UnitOfWork, events: Sequence[Envelope[RecognitionRevoked]]) -> None:
    """A person looks again at what the recognition counted for (ID-9)."""
    revoked = [event.data for event in events]
    await _re_examine(uow, [_Cause(e.case_id, "recognition_revoked", e.effective_at, e.kind) for e in revoked])


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[CaseClosed]]) -> None:
    """After a withdrawal a person looks at what is not paid yet; what was paid stays (ID-9)."""
    closed = [event.data for event in events if event.data.outcome == WITHDRAWN]
    causes = [_Cause(e.case_id, CASE_WITHDRAWN, e.effective_at) for e in closed]
    await _re_examine(uow, causes, but=rules.ENDED_STATES)


async def payee_changed(uow: UnitOfWork, events: Sequence[Envelope[PayeeChanged]]) -> None:
    """An approval of the payee before is void, as after an edit; an order that is out stays (FU-6)."""
    changed = {event.data.case_id: event.data for event in events}
    approved = select(Claim).where(Claim.case_id.in_(changed), Claim.state.in_(rules.VOIDED_BY_PAYEE))
    for claim in await uow.session.scalars(approved.order_by(Claim.id).with_for_update()):
        since = changed[claim.case_id]
        if claim.payee_revision < since.revision:
            at = max(claim.effective_at, since.effective_at)
            await set_free(uow, claim, at)
            uow.emit(ApprovalVoided(**about(claim, at)))
            back_to_draft(claim, at)
            audit(uow, "void_approval", claim, reason="payee_changed")


async def settle_by_recognition(uow: UnitOfWork, events: Sequence[Envelope[VictimIdentified | VictimPresumed]]) -> None:
    """A new recognition carries the claims that its kind counts for (ID-9, FU-8)."""
    recognised = {event.data.case_id: event.data for event in events}
    waiting = select(Claim).where(Claim.case_id.in_(recognised), Claim.re_examine_since.is_not(None))
    for claim in await uow.session.scalars(waiting.order_by(Claim.id).with_for_update()):
        anew = recognised[claim.case_id]
        kind = "formal" if isinstance(anew, VictimIdentified) else anew.kind
        if kind in parameters.accepted_recognitions(claim.kind, uow.now):
            clear_re_examination(uow, claim, anew.effective_at)
            claim.version += 1
            audit(uow, "settle_re_examination", claim, at=anew.effective_at, reason="recognised_anew")


async def identified(uow: UnitOfWork, events: Sequence[Envelope[VictimIdentified]]) -> None:
    """The allowance is drafted, and what waited for a recognition goes on (FU-1, ID-9)."""
    await settle_by_recognition(uow, events)
    await draft_allowances(uow, events)


async def _re_examine(uow: UnitOfWork, causes: Sequence[_Cause], *, but: Sequence[str] = rules.UNPAID_ENDS) -> None:
    """Mark what rests on the recognition; a person decides what follows, nothing is cancelled (ID-9).

    Claims in one of the states `but` are left alone. One that waits already has the newest reason: who looked at the
    one before has not looked at it. The causes are of one poll's n-th events, so each is of another case.
    """
    of_case = {cause.case_id: cause for cause in causes}
    rows = await uow.session.scalars(
        select(Claim).where(Claim.case_id.in_(of_case), Claim.state.not_in(but)).order_by(Claim.id).with_for_update()
    )
    for claim in rows:
        cause = of_case[claim.case_id]
        is_known = (claim.re_examine_reason, claim.re_examine_since) == (cause.reason, cause.since)
        counts = cause.recognition_kind in (None, *parameters.accepted_recognitions(claim.kind, uow.now))
        if counts and not is_known:
            mark_re_examination(uow, claim, cause.reason, cause.since)
