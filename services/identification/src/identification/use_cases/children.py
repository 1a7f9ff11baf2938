"""Guardian, identity, family tracing, age: what follows once a child was found or may be one (ID-5)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from casework import access
from chassis.clock import new_id
from chassis.errors import NotPossible
from nrm_events.identification import ChildStepTaken
from sqlalchemy import select, update

from identification import facts
from identification.commands import (
    AgreeToEnding,
    AppointGuardian,
    DoubtAge,
    EstablishAge,
    EstablishIdentity,
    TraceFamily,
)
from identification.domain import children as rules
from identification.resources import Work
from identification.tables import AgeDoubt, AgeFinding, Case, ChildStep, EndingAgreement
from identification.use_cases import cases, representatives
from identification.use_cases.agreements import check_childs_ending

_ACTIONS: Mapping[rules.Step, str] = {
    "guardian": "appoint_guardian",
    "identity": "establish_identity",
    "family_tracing": "trace_family",
}


async def appoint_guardian(uow: Work, case_id: UUID, command: AppointGuardian) -> Case:
    """A guardian comes first (ID-5). Who represented the child as the guardian before does so no longer."""
    case = await _take_step(uow, case_id, "guardian", command)
    await representatives.guardian_changed(uow, case, command.happened_at or uow.now)
    return case


async def establish_identity(uow: Work, case_id: UUID, command: EstablishIdentity) -> Case:
    """Then who the child is (ID-5)."""
    return await _take_step(uow, case_id, "identity", command)


async def trace_family(uow: Work, case_id: UUID, command: TraceFamily) -> Case:
    """Then the family, if it is in the child's interest (ID-5)."""
    return await _take_step(uow, case_id, "family_tracing", command)


async def _take_step(
    uow: Work, case_id: UUID, step: rules.Step, command: AppointGuardian | EstablishIdentity | TraceFamily
) -> Case:
    """Record the step; one that comes before it was done already, and does not come after it in time (ID-5)."""
    case = await cases.load_going(uow, case_id, for_=_ACTIONS[step])
    rows = await uow.session.scalars(select(ChildStep).where(ChildStep.case_id == case.id).order_by(ChildStep.id))
    newest = {row.step: row for row in rows}
    rules.check_step(step, command.outcome, case.age_group, {name: row.outcome for name, row in newest.items()})
    earlier = [newest[name].taken_at for name in rules.ORDER[: rules.ORDER.index(step) + 1] if name in newest]
    at = uow.effective(command.happened_at, not_before=max([case.reported_at, *earlier]))
    row = ChildStep(
        id=new_id(),
        case_id=case.id,
        step=step,
        outcome=command.outcome,
        reference=command.reference if isinstance(command, AppointGuardian) else None,
        taken_by=uow.actor.agency,
        taken_at=at,
    )
    uow.session.add(row)
    uow.emit(ChildStepTaken(effective_at=at, case_id=case.id, step_id=row.id, step=step, outcome=row.outcome))
    cases.audit(uow, case, _ACTIONS[step], at, subject=f"child-step/{row.id}", outcome=row.outcome)
    return case


async def establish_age(uow: Work, case_id: UUID, command: EstablishAge) -> Case:
    """Age is established with ground, method and document; until then doubt counted as child (ID-5).

    Whoever is treated as a child becomes an adult with the guardianship authority's agreement alone (ID-7).
    """
    case = await cases.load_going(uow, case_id, for_="establish_age")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    if command.age_group == "adult":
        await check_childs_ending(uow, case, "establish_as_adult", at)
    finding = AgeFinding(
        id=new_id(),
        case_id=case.id,
        established_by=uow.actor.agency,
        established_at=at,
        **command.model_dump(exclude={"happened_at"}),
    )
    uow.session.add(finding)
    case.age_group, case.age_doubted, case.age_established = command.age_group, False, True
    case.came_of_age, case.age_without_doubt = False, None
    case.birth_date_doubted = case.birth_date_doubted and command.age_group == "child"
    await settle_doubts(uow, case, at)
    await cases.settle_consent(uow, case, at)
    await cases.person_facts_changed(uow, case, at)
    cases.audit(uow, case, "establish_age", at, subject=f"age-finding/{finding.id}", age_group=case.age_group)
    return case


async def settle_doubts(uow: Work, case: Case, at: datetime) -> None:
    """No doubt about the age waits for the holder any more: it is established, or the case has ended (ID-5)."""
    waiting = update(AgeDoubt).where(AgeDoubt.case_id == case.id, AgeDoubt.settled_at.is_(None))
    await uow.session.execute(waiting.values(settled_at=at))


async def doubt_age(uow: Work, case_id: UUID, command: DoubtAge) -> Case:
    """Doubt that the person is an adult: a child at once, and a task to the holder (ID-5).

    Only the doubt of the holder or of the formal body opens the way to a hand-over without consent (ID-7). What the
    guardianship authority alone doubts opens the case to it no further until somebody else doubts too.
    """
    case = await cases.load_going(uow, case_id, for_="doubt_age")
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    decides = facts.has(await access.bases(uow, case.id), "holder", "formal_body")
    guardianship_alone = await facts.is_doubted_by_guardianship(uow, case)
    if case.age_group == "child" and not rules.may_doubt(
        uow.actor.agency, decides=decides and case.age_without_doubt is not None, guardianship_alone=guardianship_alone
    ):
        raise NotPossible("already_a_child", "The person is a child, or is treated as one already.")
    is_news = case.age_group != "child" or guardianship_alone
    doubt = AgeDoubt(id=new_id(), case_id=case.id, ground=command.ground, doubted_by=uow.actor.agency, doubted_at=at)
    uow.session.add(doubt)
    case.age_without_doubt = None if decides else facts.hand_over_age(case)
    case.age_group, case.age_doubted, case.age_established, case.came_of_age = "child", True, False, False
    await cases.settle_consent(uow, case, at)
    if is_news:
        await cases.person_facts_changed(uow, case, at)
    cases.audit(uow, case, "doubt_age", at, subject=f"age-doubt/{doubt.id}", ground=doubt.ground)
    return case


async def agree_to_ending(uow: Work, case_id: UUID, command: AgreeToEnding) -> Case:
    """The guardianship authority agrees to one ending of a child's case; it counts once (ID-7).

    Where that authority holds the case, the body that it was handed over to gives the word as well.
    """
    case = await cases.load_going(uow, case_id, for_="agree_to_ending")
    if not rules.may_agree({basis.name for basis in await access.bases(uow, case.id)}, case.holder):
        raise access.NotForThisBasis("agree_to_ending")
    if case.age_group != "child":
        raise NotPossible(rules.NOT_A_CHILD.code, rules.NOT_A_CHILD.sentence)
    at = uow.effective(command.happened_at, not_before=case.reported_at)
    row = EndingAgreement(
        id=new_id(),
        case_id=case.id,
        ending=command.ending,
        reference=command.reference,
        agreed_by=uow.actor.agency,
        agreed_by_person=uow.actor.sub,
        agreed_at=at,
    )
    uow.session.add(row)
    await uow.session.flush()
    cases.audit(uow, case, "agree_to_ending", at, subject=f"ending-agreement/{row.id}", ending=row.ending)
    return case
