"""A permit until the decision: eligibility, application, motion, lodging, opinions (RP-1, RP-2, RP-3)."""

from datetime import date, datetime
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.calendar import due_in_working_days
from chassis.errors import Forbidden, Invalid, NotPossible
from chassis.clock import BAKU, effective, end_of_day, local_date, new_id
from chassis.outbox import emit
from nrm_events.repatriation import (
    PermitApplied,
    PermitEligible,
    PermitEvent,
    PermitLodged,
    PermitMotionReceived,
    PermitMotionRequested,
    PermitOpinionAsked,
    PermitOpinionGiven,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import schemas
from repatriation import tables as t
from repatriation.domain import permits
from repatriation.standing import (
    may_see_ground,
    opinions_of,
    permit_facts,
    permit_law,
    standing_recognitions,
    value_or_none,
)
from repatriation.use_cases.acts import begin, moved, note, require_case, take
from repatriation.use_cases.standing_bars import reconcile_bars

APPLICATION = "permit_application"


def about(permit: t.Permit, at: datetime) -> dict[str, object]:
    """What every event of a permit says; the ground is not in it (ID-11)."""
    return {"effective_at": at, "case_id": permit.case_id, "permit_id": permit.id}


def publish(session: AsyncSession, permit: t.Permit, event: PermitEvent) -> None:
    """What became of a permit is told; of one on the assisting ground nothing leaves this service (ID-11).

    Even without the ground, a second permit of a case would tell it to whoever hears of both.
    """
    if permit.ground != permits.ASSISTING:
        emit(session, event)


async def decided(session: AsyncSession, permit: t.Permit, action: str, at: datetime) -> str:
    """The state after the action by the rules of that day."""
    day = local_date(at)
    return permits.decide(permit.state, action, await permit_facts(session, permit), permit_law(day), at, day)


def open_row(session: AsyncSession, who: Actor, case_id: UUID, ground: str, at: datetime, now: datetime) -> t.Permit:
    """A permit that may be applied for."""
    permit = t.Permit(
        id=new_id(),
        case_id=case_id,
        ground=ground,
        state=permits.PERMIT.start,
        version=1,
        round=1,
        opened_at=at,
        re_examine=False,
        effective_at=at,
        recorded_at=now,
    )
    session.add(permit)
    note(session, who, "open", permit, at)
    return permit


async def open_permit(session: AsyncSession, who: Actor, now: datetime, given: schemas.PermitOpening) -> t.Permit:
    """Open a permit by hand (RP-1). NotPossible `is_citizen`, `not_considered_victim`, `permit_already_open`.

    Only permit and motion officers may name the assisting ground (ID-11).
    """
    if given.ground == permits.ASSISTING and not may_see_ground(who):
        raise Forbidden("see_assisting_ground")
    case = await require_case(session, who, given.case_id, "permit")
    at = effective(given.happened_at, now)
    if not permits.may_have_permit(case.citizenship):
        raise NotPossible("is_citizen", permits.DETAILS["is_citizen"])
    considered = await standing_recognitions(session, given.case_id)
    if given.ground == permits.VICTIM and not any(found.since <= at for found in considered):
        raise NotPossible("not_considered_victim", permits.DETAILS["not_considered_victim"])
    permit = open_row(session, who, given.case_id, given.ground, at, now)
    publish(session, permit, PermitEligible(**about(permit, at)))
    await reconcile_bars(session, given.case_id, now, at)
    return permit


async def record_lawful_stay(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.LawfulStay
) -> t.Permit:
    """RP-3: when lawful stay ends, so that the clock of the application runs before there is one (NO-3)."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    moved(permit, await decided(session, permit, "record_lawful_stay", at), at)
    _keep_lawful_stay(permit, given.lawful_stay_ends, at)
    apply_by = end_of_day(permit.apply_by) if permit.apply_by else None
    publish(session, permit, PermitEligible(**about(permit, at), apply_by=apply_by))
    note(session, who, "record_lawful_stay", permit, at, apply_by=permit.apply_by)
    return permit


def _keep_lawful_stay(permit: t.Permit, ends: date, at: datetime) -> None:
    permit.lawful_stay_ends = ends
    permit.apply_by = permits.apply_by(ends, value_or_none("permit_apply_before_days", local_date(at)))


async def apply_for_permit(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.PermitApplication
) -> t.Permit:
    """The person applies to the State Migration Service, which from now on sees the application (RP-2, RP-3)."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    after = await decided(session, permit, "apply", at)
    if given.lawful_stay_ends:
        _keep_lawful_stay(permit, given.lawful_stay_ends, at)
    permit.applied_at = at
    moved(permit, after, at)
    await access.allow(session, [(permit.case_id, "sms", APPLICATION, at)])
    publish(session, permit, PermitApplied(**about(permit, at)))
    note(session, who, "apply", permit, at)
    return permit


async def request_motion(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Command
) -> t.Permit:
    """The prosecuting body is asked for its motion; never about a case that was not handed over to it (RP-1, ID-7)."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    moved(permit, await decided(session, permit, "request_motion", at), at)
    permit.motion_requested_at = at
    publish(session, permit, PermitMotionRequested(**about(permit, at)))
    note(session, who, "request_motion", permit, at)
    return permit


async def receive_motion(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Command
) -> t.Permit:
    """The prosecuting body brings its motion (RP-1)."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    moved(permit, await decided(session, permit, "receive_motion", at), at)
    publish(session, permit, PermitMotionReceived(**about(permit, at)))
    note(session, who, "receive_motion", permit, at)
    return permit


async def lodge(session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.Command) -> t.Permit:
    """The application is complete; the waived documents were not asked for, and there is no fee (RP-2)."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    moved(permit, await decided(session, permit, "lodge", at), at)
    permit.lodged_at = at
    publish(session, permit, PermitLodged(**about(permit, at)))
    note(session, who, "lodge", permit, at)
    return permit


async def ask_opinion(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.OpinionRequest
) -> t.Permit:
    """Another body is consulted; it has ten Azerbaijani working days (RP-3). NotPossible `already_asked`."""
    permit = await take(session, who, t.Permit, permit_id)
    at = begin(permit, given, now)
    after = await decided(session, permit, "ask_opinion", at)
    if given.body not in permits.CONSULTED_BODIES:
        raise Invalid("unknown_body", "The body is not on the list.", facts={"known": list(permits.CONSULTED_BODIES)})
    if any(asked.body == given.body for asked in await opinions_of(session, permit.id)):
        raise NotPossible("already_asked", permits.DETAILS["already_asked"])
    due_at = due_in_working_days(at, permit_law(local_date(at)).opinion_workdays or 0).astimezone(BAKU)
    opinion = t.PermitOpinion(
        id=new_id(), permit_id=permit.id, body=given.body, asked_at=at, due_at=due_at, silent=False
    )
    session.add(opinion)
    moved(permit, after, at)
    publish(session, permit, PermitOpinionAsked(**about(permit, at), due_at=due_at, opinion_id=opinion.id))
    note(session, who, "ask_opinion", permit, at, body=given.body, due_at=due_at)
    return permit


async def give_opinion(
    session: AsyncSession, who: Actor, now: datetime, permit_id: UUID, given: schemas.OpinionGiven
) -> t.Permit:
    """A consulted body's answer; a late one is recorded and not lost (RP-3)."""
    permit = await take(session, who, t.Permit, permit_id)
    after = permits.PERMIT.after(permit.state, "give_opinion")
    asked = _asked(list(await opinions_of(session, permit.id)), given.body)
    at = begin(permit, given, now)
    if given.objection and given.reason not in permits.OBJECTION_REASONS:
        known = list(permits.OBJECTION_REASONS)
        raise Invalid("unknown_reason", "An objection names a reason from the list.", facts={"known": known})
    if not given.objection and given.reason:
        raise Invalid("reason_without_objection", "A reason belongs to an objection.")
    asked.answered_at, asked.objection, asked.reason = at, given.objection, given.reason
    moved(permit, after, at)
    publish(session, permit, PermitOpinionGiven(**about(permit, at), silent=False, opinion_id=asked.id))
    facts = {"body": asked.body, "objection": given.objection, "late": at > asked.due_at}
    note(session, who, "give_opinion", permit, at, **facts)
    return permit


def _asked(opinions: list[t.PermitOpinion], body: str | None) -> t.PermitOpinion:
    """The opinion that is answered. NotPossible `no_opinion_asked`, `opinion_already_given`; Invalid `body_missing`."""
    found = [asked for asked in opinions if body in (None, asked.body)]
    open_ones = [asked for asked in found if asked.answered_at is None]
    if not found:
        raise NotPossible("no_opinion_asked", permits.DETAILS["no_opinion_asked"])
    if not open_ones:
        raise NotPossible("opinion_already_given", permits.DETAILS["opinion_already_given"])
    if len(open_ones) > 1:
        raise Invalid("body_missing", "Several bodies were asked: say which answered.")
    return open_ones[0]


async def make_eligible(session: AsyncSession, who: Actor, case_id: UUID, at: datetime, now: datetime) -> None:
    """RP-1: who was formally recognised and is no citizen may apply; it needs nothing from anybody."""
    case = await session.get(t.CaseFile, case_id)
    if case is None or not permits.may_have_permit(case.citizenship):
        return
    if permit_law(local_date(at)).first_max_months is None:
        return
    live = select(t.Permit.id).where(
        t.Permit.case_id == case_id, t.Permit.ground == permits.VICTIM, t.Permit.state.in_(permits.LIVE_STATES)
    )
    if await session.scalar(live):
        return
    permit = open_row(session, who, case_id, permits.VICTIM, at, now)
    publish(session, permit, PermitEligible(**about(permit, at)))
