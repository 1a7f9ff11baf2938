"""Appeals, their outcome, and the assessment opened again: also after the case has ended (ID-9)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from casework import access
from chassis.clock import new_id
from chassis.errors import NotFound, NotPossible
from nrm_events import identification as events
from sqlalchemy import func, select

from identification import facts
from identification.commands import LodgeAppeal, SettleAppeal
from identification.domain import appeals as rules
from identification.domain.cases import ENDED, check_own_decision
from identification.resources import Work
from identification.tables import Appeal, Case, Decision
from identification.use_cases import cases, recognitions
from identification.use_cases.agreements import void_agreements

Outcome = Literal["upheld", "overturned"]


async def lodge(uow: Work, case_id: UUID, command: LodgeAppeal) -> Case:
    """Appeal a decision that stands, to another body than the one that decided; a late appeal is marked (ID-9).

    The guardianship authority appeals for children alone.
    """
    case = await cases.load(uow, case_id, for_="appeal")
    bases = await access.bases(uow, case.id)
    if case.age_group != "child" and {basis.name for basis in bases} == {"guardian_authority"}:
        raise access.NotForThisBasis("appeal")
    decision = await _to_appeal(uow, case, command.decision_id)
    at = uow.effective(command.happened_at, not_before=await _last_step(uow, decision))
    body = rules.check_body(command.to, await facts.appeal_bodies(uow, decision.authority, at))
    appeal = Appeal(
        id=new_id(),
        case_id=case.id,
        decision_id=decision.id,
        decided_by_person=decision.decided_by_person,
        body=body,
        entered_by=uow.actor.agency,
        entered_by_person=uow.actor.sub,
        lodged_at=at,
        late=decision.appeal_by is not None and at > decision.appeal_by,
        due_at=facts.appeal_due(body, at),
    )
    uow.session.add(appeal)
    await uow.session.flush()  # a second one at the same time is refused here, by the database
    if decision.moves_the_case and case.status == "not_recognised":
        cases.transition(case, "lodge")
    uow.emit(
        events.IdentificationAppealed(
            effective_at=at,
            case_id=case.id,
            decision_id=decision.id,
            appeal_id=appeal.id,
            to=appeal.body,
            due_at=appeal.due_at,
        )
    )
    cases.audit(uow, case, "appeal", at, subject=f"decision/{decision.id}", to=appeal.body, late=appeal.late)
    return case


async def _to_appeal(uow: Work, case: Case, decision_id: UUID | None) -> Decision:
    standing = await facts.standing_decisions(uow, case.id)
    if decision_id is not None and decision_id not in {decision.id for decision in standing}:
        raise NotFound
    waiting = await facts.open_appeals(uow, case.id)
    free = [one for one in standing if one.id not in waiting and decision_id in (None, one.id)]
    if not free:
        raise NotPossible("nothing_to_appeal", "There is no decision now that an appeal could be lodged against.")
    return free[0]


async def _last_step(uow: Work, decision: Decision) -> datetime:
    """The decision, or the outcome of its last appeal; the next step does not come before."""
    settled = select(func.max(Appeal.settled_at)).where(Appeal.decision_id == decision.id)
    return max(decision.decided_at, await uow.session.scalar(settled) or decision.decided_at)


async def reject(uow: Work, case_id: UUID, command: SettleAppeal) -> Case:
    """The body upheld the decision; recorded by another person than who decided (ID-9)."""
    case = await cases.load(uow, case_id, for_="reject_appeal", read=command)
    decision, appeal = await _waiting(uow, case, command.decision_id)
    at = uow.effective(command.happened_at, not_before=appeal.lodged_at)
    _settle(uow, appeal, command, outcome="upheld", at=at)
    if decision.moves_the_case and case.status == "appealed":
        cases.transition(case, "uphold")
    cases.audit(uow, case, "reject_appeal", at, subject=f"decision/{decision.id}", decided_by=appeal.body)
    return case


async def _waiting(uow: Work, case: Case, decision_id: UUID | None) -> tuple[Decision, Appeal]:
    """The appeal that waits for its outcome, with its decision."""
    waiting = await facts.open_appeals(uow, case.id)
    for decision in await facts.standing_decisions(uow, case.id):
        if decision.id in waiting and decision_id in (None, decision.id):
            return decision, waiting[decision.id]
    raise NotPossible("no_appeal", "No appeal waits for its outcome.")


def _settle(uow: Work, appeal: Appeal, command: SettleAppeal, *, outcome: Outcome, at: datetime) -> None:
    """What the body decided, by which document, and who records it here (ID-9)."""
    rules.check_settled_by(command.decided_by, command.decision_reference, appeal.body)
    rules.check_another_person(appeal.decided_by_person, uow.actor.sub)
    appeal.outcome, appeal.settled_at, appeal.decision_reference = outcome, at, command.decision_reference
    appeal.recorded_by, appeal.recorded_by_person = uow.actor.agency, uow.actor.sub
    uow.emit(
        events.IdentificationAppealDecided(
            effective_at=at,
            case_id=appeal.case_id,
            decision_id=appeal.decision_id,
            appeal_id=appeal.id,
            outcome=outcome,
            decided_by=appeal.body,
        )
    )


async def reopen(uow: Work, case_id: UUID, command: SettleAppeal) -> Case:
    """Open the assessment again: by the outcome of an appeal, or on new facts by another officer who decides (ID-9).

    A case that the person withdrew, or that another country has, is opened by an appeal alone.
    """
    case = await cases.load(uow, case_id, for_="reopen", read=command)
    if await facts.open_appeals(uow, case.id):
        return await _overturn(uow, case, command)
    if command.decided_by is not None:
        raise NotPossible("no_appeal", "No appeal waits for its outcome.")
    standing = [one for one in await facts.standing_decisions(uow, case.id) if one.moves_the_case]
    was = case.status
    cases.transition(case, "look_again")
    if not standing:  # a case that was closed as recognised
        raise NotPossible("nothing_to_reopen", "No negative decision stands.")
    decision = standing[0]
    check_own_decision(decision.authority, uow.actor.agency)
    rules.check_another_person(decision.decided_by_person, uow.actor.sub)
    at = uow.effective(command.happened_at, not_before=await _last_step(uow, decision))
    return await _opened(uow, case, decision, at, was=was)


async def _overturn(uow: Work, case: Case, command: SettleAppeal) -> Case:
    """The body overturned the decision: the authority assesses again, or what it revoked stands again (ID-9)."""
    decision, appeal = await _waiting(uow, case, command.decision_id)
    at = uow.effective(command.happened_at, not_before=appeal.lodged_at)
    _settle(uow, appeal, command, outcome="overturned", at=at)
    was = case.status
    if decision.moves_the_case:
        cases.transition(case, "overturn")
    return await _opened(uow, case, decision, at, was=was)


async def _opened(uow: Work, case: Case, decision: Decision, at: datetime, *, was: str) -> Case:
    """The decision stands no more; where the case had ended, the body that it was handed over to acts again.

    A presumed or an NGO recognition that was revoked stands again at once: nothing is left to assess (ID-8).
    """
    decision.reopened_at, decision.reopened_by_person = at, uow.actor.sub
    await uow.session.flush()
    if decision.moves_the_case:
        if was in ENDED:
            await access.reopen_formal_body(uow, case.id)
        uow.emit(events.IdentificationReopened(effective_at=at, case_id=case.id, decision_id=decision.id))
        await void_agreements(uow, case, at)
        await cases.settle_consent(uow, case, at)
    else:
        await recognitions.restore(uow, case, decision, at)
    cases.audit(uow, case, "reopen", at, subject=f"decision/{decision.id}", from_status=was)
    return case
