"""From moving in to moving out: admission, extension, services, transfer, leaving (SH-1, SH-2, SH-3, SH-6)."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.actor import Actor
from chassis.errors import Invalid, NotPossible
from chassis.clock import effective, end_of_day, local_date, new_id
from chassis.outbox import emit
from nrm_events.shelter import (
    ShelterAdmitted,
    ShelterExtended,
    ShelterExtensionRefused,
    ShelterLeft,
    ShelterTransferred,
)
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import stays
from shelter.domain.care import check_service
from shelter.domain.codes import LeaveHow
from shelter.domain.stays import EXTENSION
from shelter.schemas import bodies
from shelter.settings import parameter
from shelter.tables import Extension, ServiceGiven, Stay
from shelter.use_cases import places
from shelter.use_cases.at_hand import begin, move, note, require_own, take
from shelter.use_cases.requests import forget_request


async def admit(session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.Change) -> Stay:
    """The person moved in: the base days are those of this day (SH-1). The other operators lose sight of the case.

    NotPossible `place_does_not_fit` where a conflict lives that was named after the offer (SH-4)."""
    stay = await take(session, who, stay_id, given)
    at = begin(stay, "admit", given.happened_at, now)
    require_own(who, [stay.operator])
    first = local_date(at)
    await places.require_no_conflict(session, stay, _bed(stay), at)
    ends_on = stays.base_end(first, stay.category, parameter("base_days", first))
    await places.hold_bed(session, stay, _bed(stay), first, ends_on)
    stay.admitted_at, stay.counted_from, stay.ends_on = at, first, ends_on
    await forget_request(session, stay, but=stay.operator)
    move(session, who, stay, "admit", at, ends_on=ends_on)
    await session.flush()  # a second stay of the same case is refused here, by the database
    _tell_admitted(session, stay, at)
    return stay


def _bed(stay: Stay) -> UUID:
    if stay.bed_id is None:
        raise NotPossible("no_bed", "The stay has no bed.")
    return stay.bed_id


def _end(stay: Stay) -> date:
    if stay.ends_on is None:
        raise NotPossible("not_possible_in_state", "The stay has not begun.", facts={"state": stay.state})
    return stay.ends_on


def _tell_admitted(session: AsyncSession, stay: Stay, at: datetime) -> None:
    emit(
        session,
        ShelterAdmitted(
            effective_at=at,
            case_id=stay.case_id,
            stay_id=stay.id,
            operator=stay.operator or "",
            ends_at=end_of_day(_end(stay)),
        ),
    )


async def ask_extension(
    session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.AskExtension
) -> Stay:
    """Ask for a longer stay, with a reason; a manager decides (SH-1)."""
    stay = await take(session, who, stay_id, given)
    at = begin(stay, "request_extension", given.happened_at, now)
    require_own(who, [stay.operator, stay.asked_by])
    session.add(_asked_extension(who, stay, at, given.reason))
    await session.flush()  # a second one that waits is refused here, by the database
    move(session, who, stay, "request_extension", at, reason=given.reason)
    return stay


def _asked_extension(who: Actor, stay: Stay, at: datetime, reason: str) -> Extension:
    return Extension(
        id=new_id(),
        stay_id=stay.id,
        state=EXTENSION.start,
        requested_at=at,
        requested_by=who.agency,
        reason=reason,
    )


async def decide_extension(
    session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.DecideExtension
) -> Stay:
    """A decider extends the stay to a new end, or does not, with a reason (SH-1). Not extending ends nothing (SH-3)."""
    stay = await take(session, who, stay_id, given)
    at = begin(stay, "decide_extension", given.happened_at, now)
    require_own(who, [stay.operator])
    extension = await session.scalar(
        select(Extension).where(Extension.stay_id == stay.id, Extension.state == "requested").with_for_update()
    )
    if extension is None:
        extension = _asked_extension(who, stay, at, given.reason)
        session.add(extension)
    if not given.granted and (given.ends_on or given.days is not None):
        raise Invalid("end_without_extension", "A stay that is not extended gets no new end.")
    ends_on = await _lengthen(session, stay, at, given) if given.granted else None
    extension.state = EXTENSION.after(EXTENSION.start, "grant" if given.granted else "refuse")
    extension.decided_at, extension.decided_by, extension.reason = at, who.sub, given.reason
    extension.ends_on = ends_on
    _tell_extension(session, stay, extension, at)
    move(session, who, stay, "decide_extension", at, granted=given.granted, reason=given.reason, ends_on=stay.ends_on)
    return stay


async def _lengthen(session: AsyncSession, stay: Stay, at: datetime, given: bodies.DecideExtension) -> date:
    """The new end, with the bed held until then (SH-5)."""
    step = parameter("extension_step_days", at)
    ends_on = stays.extended_end(stay.rules, step_days=step, ends_on=given.ends_on, days=given.days)
    await places.keep_bed_until(session, stay, ends_on)
    stay.ends_on = ends_on
    return ends_on


def _tell_extension(session: AsyncSession, stay: Stay, extension: Extension, at: datetime) -> None:
    about: dict[str, Any] = {
        "effective_at": at,
        "case_id": stay.case_id,
        "stay_id": stay.id,
        "extension_id": extension.id,
        "reason": extension.reason,
    }
    if extension.ends_on:
        emit(session, ShelterExtended(**about, ends_at=end_of_day(extension.ends_on)))
    else:
        emit(session, ShelterExtensionRefused(**about))


async def re_examine(session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.ReExamine) -> Stay:
    """A person looked again after a recognition was declined or revoked (ID-9). It never ends the stay by itself."""
    stay = await take(session, who, stay_id, given)
    require_own(who, [stay.operator])
    if stay.re_examine_since is None:
        raise NotPossible("nothing_to_re_examine", "No decision asks for this stay to be re-examined.")
    at = effective(given.happened_at, now, not_before=stay.re_examine_since)
    move(session, who, stay, "re_examine", max(at, stay.last_act_at), reason=given.reason)
    stay.re_examine_since = stay.re_examine_reason = None
    return stay


async def give_service(
    session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.GiveService
) -> Stay:
    """Log a service with its payer (SH-6); entered after the person left, it must have been given before."""
    stay = await take(session, who, stay_id)
    stays.STAY.after(stay.state, "record_service")
    require_own(who, [stay.operator])
    check_service(given.service, stay.age_group, stay.children)
    at = effective(given.happened_at or stay.ended_at, now, not_before=stay.admitted_at)
    if stay.ended_at and at > stay.ended_at:
        raise Invalid("after_the_stay", "The stay had ended by then.", facts={"ended_at": stay.ended_at.isoformat()})
    row = ServiceGiven(
        id=new_id(), stay_id=stay.id, service=given.service, payer=given.payer, effective_at=at, recorded_at=now
    )
    session.add(row)
    move(session, who, stay, "record_service", at, service=given.service, payer=given.payer)
    return stay


async def leave(session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.Leave) -> Stay:
    """The stay ends: by the person's own wish at any time and without a reason (SH-2), or because it is over.

    It follows the admission and nothing else: papers that were entered meanwhile do not move the day of leaving."""
    stay = await take(session, who, stay_id, given)
    stays.STAY.after(stay.state, "leave")
    at = effective(given.happened_at, now, not_before=stay.admitted_at)
    require_own(who, [stay.operator])
    days = parameter("unconditional_days", stay.counted_from or local_date(at))
    stays.check_leave(stay.rules, local_date(at), given.how, given.to, days)
    stay.destination = given.to
    await end_stay(session, who, stay, at, given.how)
    return stay


async def end_stay(
    session: AsyncSession, who: Actor, stay: Stay, at: datetime, how: LeaveHow, action: str = "leave"
) -> None:
    """The bed is free from this day on, and the bus hears of it."""
    await places.free_bed(session, stay, local_date(at))
    stay.ended_at, stay.how = at, how
    stay.re_examine_since = stay.re_examine_reason = None
    move(session, who, stay, action, at, how=how, to=stay.destination)
    emit(
        session,
        ShelterLeft(effective_at=at, case_id=stay.case_id, stay_id=stay.id, how=how, to=stay.destination or "not_told"),
    )


async def transfer(session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.Transfer) -> Stay:
    """Move to another bed of the same operator: the old stay ends, the new one goes on with its days (SH-1).

    The answer is the new stay. To another operator: a new request, and leaving as `transferred`."""
    stay = await take(session, who, stay_id, given)
    at = begin(stay, "transfer", given.happened_at, now)
    require_own(who, [stay.operator])
    if given.bed_id == stay.bed_id:
        raise Invalid("same_bed", "The person has this bed already.")
    first = local_date(at)
    following = _following(stay, at, now)
    place = await places.weigh_place(session, who, following, given.bed_id, first)
    places.require_fit(place)
    await end_stay(session, who, stay, at, "transferred", action="transfer")
    await session.flush()  # the old stay ends before the new one begins: one stay per case
    session.add(following)
    await session.flush()
    await _take_along(session, stay, following)
    await places.hold_bed(session, following, given.bed_id, first, max(_end(following), first + timedelta(days=1)))
    emit(
        session,
        ShelterTransferred(
            effective_at=at,
            case_id=stay.case_id,
            stay_id=stay.id,
            to_stay_id=following.id,
            operator=following.operator or "",
        ),
    )
    _tell_admitted(session, following, at)
    note(session, who, "admit", following, at, transferred_from=stay.id)
    return following


async def _take_along(session: AsyncSession, stay: Stay, following: Stay) -> None:
    """An extension that waits for its decision is decided on the stay that goes on (SH-1)."""
    waits = update(Extension).where(Extension.stay_id == stay.id, Extension.state == EXTENSION.start)
    await session.execute(waits.values(stay_id=following.id))


def _following(stay: Stay, at: datetime, now: datetime) -> Stay:
    """The stay that goes on elsewhere: the same need, the same days, no new request; the category of the age (ID-5)."""
    same: tuple[str, ...] = (
        "case_id",
        "asked_by",
        "sex",
        "age_group",
        "track",
        "children",
        "accessibility",
        "region",
    )
    same += ("region_rule", "protection", "wanted_from", "requested_at", "operator", "counted_from", "ends_on")
    return Stay(
        **{name: getattr(stay, name) for name in same},
        category=stays.category_of(stay.category, stay.age_group, stay.children),
        id=new_id(),
        state="admitted",
        version=1,
        transferred_from=stay.id,
        admitted_at=at,
        last_act_at=at,
        overdue_told_for=stay.overdue_told_for,
        re_examine_since=stay.re_examine_since,
        re_examine_reason=stay.re_examine_reason,
        reasons=[],
        recorded_at=now,
    )
