"""Negative decisions: declined, appealed, settled and reopened (ID-9)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from casework import access
from chassis.clock import new_id
from chassis.errors import NotPossible
from nrm_events import identification as events

from identification import facts
from identification.commands import Appeal, DecideAgainst, SettleAppeal
from identification.domain import cases as rules
from identification.parameters import appeal_bodies, parameter
from identification.resources import Work
from identification.tables import Case, Decision
from identification.use_cases import cases


async def decline(uow: Work, case_id: UUID, command: DecideAgainst) -> Case:
    """Decline recognition with reasons (ID-9). Nothing granted is cancelled by this.

    After the hand-over the formal authority decides. Where the person did not agree to it, the NGO that holds the case
    assesses it; police learn nothing (ID-7).
    """
    case = await cases.load(uow, case_id, for_="decline", read=command)
    at = uow.effective(command.happened_at, not_before=await facts.assessed_since(uow, case))
    cases.transition(case, "decline")
    handed_over = await facts.was_handed_over(uow, case.id)
    rules.check_decline(
        uow.actor.agency,
        handed_over,
        await facts.may_be_handed_over(uow, case),
        parameter("recognition_authorities", at),
    )
    about = rules.deciding_kind(handed_over)
    decision = add_decision(uow, case, "declined", about, reasons=command.reasons, at=at)
    reasons = list(command.reasons)
    uow.emit(
        events.IdentificationDeclined(
            effective_at=at, case_id=case.id, decision_id=decision.id, authority=decision.authority, reasons=reasons
        )
    )
    cases.audit(uow, case, "decline", at, subject=f"decision/{decision.id}", reasons=reasons)
    return case


def add_decision(uow: Work, case: Case, kind: str, about: str, *, reasons: Sequence[str], at: datetime) -> Decision:
    """A negative decision of the actor's agency about a kind of recognition."""
    decision = Decision(
        id=new_id(),
        case_id=case.id,
        authority=uow.actor.agency,
        kind=kind,
        about=about,
        reasons=list(reasons),
        decided_at=at,
    )
    uow.session.add(decision)
    return decision


async def _standing_decision(uow: Work, case: Case) -> Decision:
    """The decision by which the case is `not_recognised`; the machine guarantees that there is one."""
    await uow.session.flush()
    return (await uow.session.scalars(facts.standing_decision(case.id).with_for_update(of=Decision))).one()


async def appeal(uow: Work, case_id: UUID, command: Appeal) -> Case:
    """Appeal the last negative or revoking decision (ID-9). The guardianship authority appeals for children alone."""
    case = await cases.load(uow, case_id, for_="appeal")
    bases = await access.bases(uow, case.id)
    if case.age_group != "child" and {basis.name for basis in bases} == {"guardian_authority"}:
        raise access.NotForThisBasis("appeal")
    try:
        cases.transition(case, "appeal")
    except NotPossible as refused:
        raise await cases.without_state(uow, case, refused) from None
    decision = await _standing_decision(uow, case)
    before = decision.appeal_rejected_at or decision.decided_at
    decision.appealed_at, decision.appeal_rejected_at = uow.effective(command.happened_at, not_before=before), None
    uow.emit(events.IdentificationAppealed(effective_at=decision.appealed_at, case_id=case.id, decision_id=decision.id))
    cases.audit(uow, case, "appeal", decision.appealed_at, subject=f"decision/{decision.id}")
    return case


async def reject_appeal(uow: Work, case_id: UUID, command: SettleAppeal) -> Case:
    """The appeal does not change the decision (ID-9)."""
    case = await cases.load(uow, case_id, for_="reject_appeal", read=command)
    cases.transition(case, "reject_appeal")
    decision = await _standing_decision(uow, case)
    decision.appeal_rejected_at = uow.effective(command.happened_at, not_before=decision.appealed_at)
    _record_who_decided(uow, decision, command, decision.appeal_rejected_at)
    cases.audit(
        uow, case, "reject_appeal", decision.appeal_rejected_at, subject=f"decision/{decision.id}", **_by(decision)
    )
    return case


async def reopen(uow: Work, case_id: UUID, command: SettleAppeal) -> Case:
    """Open the assessment again: after an appeal by its outcome, or on new facts by who decided (ID-9)."""
    case = await cases.load(uow, case_id, for_="reopen", read=command)
    appealed = case.status == "appealed"
    cases.transition(case, "reopen")
    decision = await _standing_decision(uow, case)
    before = decision.appeal_rejected_at or decision.appealed_at or decision.decided_at
    decision.reopened_at = uow.effective(command.happened_at, not_before=before)
    if appealed:
        _record_who_decided(uow, decision, command, decision.reopened_at)
    else:
        rules.check_own_decision(decision.authority, uow.actor.agency)
    uow.emit(events.IdentificationReopened(effective_at=decision.reopened_at, case_id=case.id, decision_id=decision.id))
    await cases.settle_referral(uow, case, decision.reopened_at)
    cases.audit(uow, case, "reopen", decision.reopened_at, subject=f"decision/{decision.id}", **_by(decision))
    return case


def _record_who_decided(uow: Work, decision: Decision, command: SettleAppeal, at: datetime) -> None:
    """An appeal is settled by another body than the one that decided, and by which decision of it (ID-9)."""
    bodies = appeal_bodies(at)
    rules.check_appeal_outcome(bodies, command.decided_by, command.decision_reference)
    if not bodies:
        rules.check_own_decision(decision.authority, uow.actor.agency)
    decision.appeal_decided_by, decision.appeal_reference = command.decided_by, command.decision_reference


def _by(decision: Decision) -> dict[str, str]:
    return {"decided_by": decision.appeal_decided_by} if decision.appeal_decided_by else {}
