"""A permit until the decision: eligibility, application, motion, lodging, opinions (RP-1, RP-2, RP-3)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from casework.access import Access, grant, require
from casework.bases import requested
from casework.calendar import end_of_day, local_date
from casework.decreed_days import working_days_for_term
from casework.endings import WITHDRAWN
from chassis.clock import new_id
from chassis.database import among
from chassis.errors import Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import (
    PermitApplied,
    PermitEligible,
    PermitLodged,
    PermitOpinionAsked,
    PermitOpinionGiven,
    PermitWithdrawn,
)
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import exists, select

from repatriation.commands import (
    ApplyForPermit,
    AskOpinion,
    GiveOpinion,
    LodgePermit,
    OpenPermit,
    RecordLawfulStay,
    WithdrawPermit,
)
from repatriation.domain import permits
from repatriation.facts import cases
from repatriation.facts.permits import law, opinions_of
from repatriation.parameters import value_or_none
from repatriation.rights import PERMIT_KIND
from repatriation.tables import CaseFile, Permit, PermitOpinion, Recognition
from repatriation.use_cases.aggregate import audit, effective, load_case, load_object, move
from repatriation.use_cases.bar_reconciliation import reconcile
from repatriation.use_cases.permit_changes import about, end_access, open_row, publish, state_after
from repatriation.use_cases.re_examination import settle


async def open_permit(uow: UnitOfWork, command: OpenPermit) -> Permit:
    """Open a permit by hand (RP-1). NotPossible `is_citizen`, `not_considered_victim`, `permit_already_open`.

    Only permit and motion officers may name the ground of assisting (ID-11).
    """
    if command.ground == permits.ASSISTING:
        await require(uow, command.case_id, for_="see_assisting_ground")
    case = await load_case(uow, command.case_id, for_="open_permit")
    at = uow.effective(command.happened_at)
    if not permits.may_have_permit(case.citizenship):
        raise NotPossible("is_citizen", permits.DETAILS["is_citizen"])
    considered = (await cases.recognitions(uow, [case.case_id])).get(case.case_id, [])
    if command.ground == permits.VICTIM and not any(found.since <= at for found in considered):
        raise NotPossible("not_considered_victim", permits.DETAILS["not_considered_victim"])
    permit = open_row(uow, case.case_id, command.ground, at)
    publish(uow, permit, PermitEligible(**about(permit, at)))
    await reconcile(uow, {case.case_id: at})
    return permit


async def record_lawful_stay(uow: UnitOfWork, permit_id: UUID, command: RecordLawfulStay) -> Permit:
    """RP-3: when lawful stay ends, so that the clock of the application runs before there is one (NO-3)."""
    permit = await load_object(uow, Permit, permit_id, for_="record_lawful_stay_permit", read=command)
    at = effective(uow, permit, command)
    move(permit, await state_after(uow, permit, "record_lawful_stay", at), at)
    _set_lawful_stay(permit, command.lawful_stay_ends, at)
    apply_by = end_of_day(permit.apply_by) if permit.apply_by else None
    publish(uow, permit, PermitEligible(**about(permit, at), apply_by=apply_by))
    audit(uow, "record_lawful_stay", permit, at, apply_by=permit.apply_by)
    return permit


def _set_lawful_stay(permit: Permit, ends: date, at: datetime) -> None:
    permit.lawful_stay_ends = ends
    permit.apply_by = permits.apply_by(ends, value_or_none("permit_apply_before_days", local_date(at)))


async def apply(uow: UnitOfWork, permit_id: UUID, command: ApplyForPermit) -> Permit:
    """The person applies to the migration service, which from now on sees this application (RP-2, RP-3)."""
    permit = await load_object(uow, Permit, permit_id, for_="apply_permit", read=command)
    at = effective(uow, permit, command)
    after = await state_after(uow, permit, "apply", at)
    if command.lawful_stay_ends:
        _set_lawful_stay(permit, command.lawful_stay_ends, at)
    permit.applied_at = at
    move(permit, after, at)
    await grant(uow, [Access(permit.case_id, MIGRATION_SERVICE, requested(PERMIT_KIND, permit.id), at)])
    publish(uow, permit, PermitApplied(**about(permit, at)))
    audit(uow, "apply", permit, at)
    return permit


async def lodge(uow: UnitOfWork, permit_id: UUID, command: LodgePermit) -> Permit:
    """The application is complete; waived documents are not required, and there is no fee (RP-2)."""
    permit = await load_object(uow, Permit, permit_id, for_="lodge_permit", read=command)
    at = effective(uow, permit, command)
    move(permit, await state_after(uow, permit, "lodge", at), at)
    permit.lodged_at = at
    publish(uow, permit, PermitLodged(**about(permit, at)))
    audit(uow, "lodge", permit, at)
    return permit


async def ask_opinion(uow: UnitOfWork, permit_id: UUID, command: AskOpinion) -> Permit:
    """Another body is consulted; it has ten Azerbaijani working days (RP-3). NotPossible `already_asked`."""
    permit = await load_object(uow, Permit, permit_id, for_="ask_opinion_permit", read=command)
    at = effective(uow, permit, command)
    after = await state_after(uow, permit, "ask_opinion", at)
    if command.body not in permits.CONSULTED_BODIES:
        raise Invalid("unknown_body", "The body is not on the list.", facts={"known": list(permits.CONSULTED_BODIES)})
    if any(opinion.body == command.body for opinion in await opinions_of(uow, permit.id)):
        raise NotPossible("already_asked", permits.DETAILS["already_asked"])
    due_at = (await working_days_for_term(uow)).due(at, law(local_date(at)).opinion_workdays or 0)
    opinion = PermitOpinion(
        id=new_id(), permit_id=permit.id, body=command.body, asked_at=at, due_at=due_at, silent=False
    )
    uow.session.add(opinion)
    move(permit, after, at)
    publish(uow, permit, PermitOpinionAsked(**about(permit, at), due_at=due_at, opinion_id=opinion.id))
    audit(uow, "ask_opinion", permit, at, body=command.body, due_at=due_at)
    return permit


async def give_opinion(uow: UnitOfWork, permit_id: UUID, command: GiveOpinion) -> Permit:
    """A consulted body's answer; a late one is recorded and not lost (RP-3)."""
    permit = await load_object(uow, Permit, permit_id, for_="give_opinion_permit", read=command)
    after = permits.PERMIT.after(permit.state, "give_opinion")
    opinion = _awaited(await opinions_of(uow, permit.id), command.body)
    at = effective(uow, permit, command)
    if command.objection and command.reason not in permits.OBJECTION_REASONS:
        known = list(permits.OBJECTION_REASONS)
        raise Invalid("unknown_reason", "An objection names a reason from the list.", facts={"known": known})
    if not command.objection and command.reason:
        raise Invalid("reason_without_objection", "A reason belongs to an objection.")
    opinion.answered_at, opinion.objection, opinion.reason = at, command.objection, command.reason
    move(permit, after, at)
    publish(uow, permit, PermitOpinionGiven(**about(permit, at), silent=False, opinion_id=opinion.id))
    facts = {"body": opinion.body, "objection": command.objection, "late": at > opinion.due_at}
    audit(uow, "give_opinion", permit, at, **facts)
    return permit


def _awaited(opinions: Sequence[PermitOpinion], body: str | None) -> PermitOpinion:
    """The opinion that is answered. NotPossible `no_opinion_asked`, `opinion_already_given`; Invalid `body_missing`."""
    found = [opinion for opinion in opinions if body in (None, opinion.body)]
    open_ones = [opinion for opinion in found if opinion.answered_at is None]
    if not found:
        raise NotPossible("no_opinion_asked", permits.DETAILS["no_opinion_asked"])
    if not open_ones:
        raise NotPossible("opinion_already_given", permits.DETAILS["opinion_already_given"])
    if len(open_ones) > 1:
        raise Invalid("body_missing", "Several bodies were consulted: name the one that answered.")
    return open_ones[0]


async def withdraw(uow: UnitOfWork, permit_id: UUID, command: WithdrawPermit) -> Permit:
    """The person takes the application back, in writing, at any time before the grant (RP-2); open opinions end."""
    permit = await load_object(uow, Permit, permit_id, for_="withdraw_permit", read=command)
    at = effective(uow, permit, command)
    move(permit, await state_after(uow, permit, "withdraw", at), at)
    settle(uow, permit, at)
    for opinion in await opinions_of(uow, permit.id):
        if opinion.answered_at is None and not opinion.silent:
            opinion.silent = True
            publish(uow, permit, PermitOpinionGiven(**about(permit, at), silent=True, opinion_id=opinion.id))
    publish(uow, permit, PermitWithdrawn(**about(permit, at)))
    audit(uow, "withdraw", permit, at, written_wish=command.written_wish)
    await end_access(uow, permit)
    return permit


async def make_eligible(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> None:
    """RP-1: who was formally recognised and is no citizen may apply; it needs nothing from anybody.

    Nothing begins in a case that the person withdrew from.
    """
    formal = exists().where(
        Recognition.case_id == CaseFile.case_id, Recognition.kind == "formal", Recognition.revoked_at.is_(None)
    )
    live = exists().where(
        Permit.case_id == CaseFile.case_id, Permit.ground == permits.VICTIM, Permit.state.in_(permits.LIVE_STATES)
    )
    found = await uow.session.scalars(
        select(CaseFile.case_id)
        .where(among(CaseFile.case_id, at), CaseFile.citizenship.in_(permits.CITIZENSHIPS), formal, ~live)
        .where(CaseFile.outcome.is_distinct_from(WITHDRAWN))
        .order_by(CaseFile.case_id)
    )
    for case_id in found.all():
        if law(local_date(at[case_id])).first_max_months is not None:
            permit = open_row(uow, case_id, permits.VICTIM, at[case_id])
            publish(uow, permit, PermitEligible(**about(permit, at[case_id])))
