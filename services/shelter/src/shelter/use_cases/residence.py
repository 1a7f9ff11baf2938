"""From moving in to moving out: admission, services, transfer, leaving (SH-1, SH-2, SH-3, SH-6)."""

from datetime import date, datetime
from uuid import UUID

from casework.calendar import end_of_day, local_date
from chassis.clock import new_id
from chassis.errors import Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.shelter import ShelterAdmitted, ShelterLeft, ShelterTransferred
from sqlalchemy import update

from shelter.commands import Admit, Leave, RecordService, Transfer
from shelter.domain import stays
from shelter.domain.care import check_service
from shelter.domain.codes import LeaveHow
from shelter.domain.stays import EXTENSION
from shelter.facts import agencies, places
from shelter.parameters import parameter
from shelter.tables import Extension, ServiceGiven, Stay
from shelter.use_cases import bases, nights
from shelter.use_cases.aggregate import audit_stay, effective_time, load_stay, require_own, transition
from shelter.use_cases.endings import Endings
from shelter.use_cases.re_examination import mark_stay, settle_stay

# What a stay that goes on elsewhere takes along: the same need, the same days, no new request.
_GOES_ON = (
    *("case_id", "asked_by", "sex", "age_group", "track", "children", "accessibility", "region", "region_rule"),
    *("protection", "wanted_from", "requested_at", "operator", "counted_from", "ends_on", "overdue_told_for"),
    *("re_examine_since", "re_examine_reasons"),
)


async def admit(uow: UnitOfWork, stay_id: UUID, command: Admit) -> Stay:
    """The person moved in: the base days are those of this day (SH-1). The other operators lose sight of the case.

    The place is weighed again on the day of moving in: nights, neighbours, age or conflicts may have changed (SH-4).
    Where it fits no more another bed of the operator may. What was named after the move is entered and warned of.
    """
    stay = await load_stay(uow, stay_id, for_="admit", read=command)
    at = effective_time(uow, stay, "admit", command)
    require_own(uow, [stay.operator])
    first, bed_id = local_date(at), command.bed_id or _bed(stay)
    place = await places.weigh_place(uow, stay, bed_id, first, moved_in_at=at)
    ends_on = stays.base_end(first, stay.category, parameter("base_days", first))
    await nights.take_bed(uow, stay, place)
    stay.admitted_at, stay.counted_from, stay.ends_on = at, first, ends_on
    await bases.stay_began(uow, stay, at)
    transition(uow, stay, "admit", at, ends_on=ends_on)
    await uow.session.flush()  # a second stay of the same case is refused here, by the database
    _emit_admitted(uow, stay, at)
    return stay


def _bed(stay: Stay) -> UUID:
    if stay.bed_id is None:
        raise NotPossible("no_bed", "The stay has no bed.")
    return stay.bed_id


def _end(stay: Stay) -> date:
    if stay.ends_on is None:
        raise NotPossible("not_possible_in_state", "The stay has not begun.", facts={"state": stay.state})
    return stay.ends_on


def _emit_admitted(uow: UnitOfWork, stay: Stay, at: datetime) -> None:
    uow.emit(
        ShelterAdmitted(
            effective_at=at,
            case_id=stay.case_id,
            stay_id=stay.id,
            operator=stay.operator or "",
            ends_at=end_of_day(_end(stay)),
        )
    )


async def record_service(uow: UnitOfWork, stay_id: UUID, command: RecordService) -> Stay:
    """Log a service with its payer (SH-6); one that is entered after the person left was during the stay.

    A line of the log changes nothing that somebody edits: the version stays.
    """
    stay = await load_stay(uow, stay_id, for_="record_service")
    stays.STAY.after(stay.state, "record_service")
    require_own(uow, [stay.operator])
    check_service(command.service, stay.age_group, stay.children)
    await agencies.check_pays(uow, command.payer, "body.payer")
    at = uow.effective(command.happened_at or stay.ended_at, not_before=stay.admitted_at)
    if stay.ended_at and at > stay.ended_at:
        raise Invalid("after_the_stay", "The stay had ended by then.", facts={"ended_at": stay.ended_at.isoformat()})
    uow.session.add(
        ServiceGiven(
            id=new_id(),
            stay_id=stay.id,
            service=command.service,
            payer=command.payer,
            effective_at=at,
            recorded_at=uow.now,
        )
    )
    audit_stay(uow, stay, "record_service", at, service=command.service, payer=command.payer)
    return stay


async def leave(uow: UnitOfWork, stay_id: UUID, command: Leave) -> Stay:
    """The stay ends: by the person's own wish at any time (SH-2), or because it is over.

    It follows the admission and nothing else: papers that were entered meanwhile do not move the day of leaving.
    """
    stay = await load_stay(uow, stay_id, for_="leave", read=command)
    stays.STAY.after(stay.state, "leave")
    at = uow.effective(command.happened_at, not_before=stay.admitted_at)
    require_own(uow, [stay.operator])
    days = parameter("unconditional_days", stay.counted_from or local_date(at))
    stays.check_leave(stay.rules, local_date(at), how=command.how, to=command.to, unconditional_days=days)
    stay.destination = command.to
    await end_one_stay(uow, stay, at, command.how)
    return stay


async def end_one_stay(uow: UnitOfWork, stay: Stay, at: datetime, how: LeaveHow, *, action: str = "leave") -> None:
    """The bed is free from this day on, and the operator serves no more."""
    endings = await Endings.of(uow, [stay])
    end_stay(uow, endings, stay, at=at, how=how, action=action)
    await endings.write(uow)


def end_stay(
    uow: UnitOfWork, endings: Endings, stay: Stay, *, at: datetime, how: LeaveHow, action: str = "leave"
) -> None:
    """The same for one of many; `endings` has the bed of each and is written by the caller."""
    endings.beds.free_bed(stay, local_date(at))
    stay.ended_at, stay.how = at, how
    settle_stay(uow, stay, at)
    endings.bases.stay_ended(stay, at)
    transition(uow, stay, action, at, how=how, to=stay.destination)
    uow.emit(
        ShelterLeft(effective_at=at, case_id=stay.case_id, stay_id=stay.id, how=how, to=stay.destination or "not_told")
    )


async def transfer(uow: UnitOfWork, stay_id: UUID, command: Transfer) -> Stay:
    """Move to another bed of the same operator: a new stay goes on with the same days (SH-1).

    Returns the new stay. To another operator: a new request, and leaving as `transferred`.
    """
    stay = await load_stay(uow, stay_id, for_="transfer", read=command)
    at = effective_time(uow, stay, "transfer", command)
    require_own(uow, [stay.operator])
    if command.bed_id == stay.bed_id:
        raise Invalid("same_bed", "The person has this bed already.")
    first = local_date(at)
    following = _following(uow, stay, at)
    place = await places.weigh_place(uow, following, command.bed_id, first)
    places.require_fit(place)
    await end_one_stay(uow, stay, at, "transferred", action="transfer")
    await uow.session.flush()  # the old stay ends before the new one begins: one stay per case
    uow.session.add(following)
    await uow.session.flush()
    await _take_along(uow, stay, following)
    await nights.take_bed(uow, following, place)
    await bases.stay_began(uow, following, at)
    uow.emit(
        ShelterTransferred(
            effective_at=at,
            case_id=stay.case_id,
            stay_id=stay.id,
            to_stay_id=following.id,
            operator=following.operator or "",
        )
    )
    _emit_admitted(uow, following, at)
    for reason in following.re_examine_reasons:
        mark_stay(uow, following, following.re_examine_since or at, reason)
    audit_stay(uow, following, "admit", at, transferred_from=stay.id)
    return following


async def _take_along(uow: UnitOfWork, stay: Stay, following: Stay) -> None:
    """An extension that waits for its decision is decided on the stay that goes on (SH-1)."""
    waits = update(Extension).where(Extension.stay_id == stay.id, Extension.state == EXTENSION.start)
    await uow.session.execute(waits.values(stay_id=following.id))


def _following(uow: UnitOfWork, stay: Stay, at: datetime) -> Stay:
    """The stay that goes on elsewhere, of the category that the age leads to (ID-5)."""
    same: dict[str, object] = {name: getattr(stay, name) for name in _GOES_ON}
    return Stay(
        **same,
        category=stays.category_of(stay.category, stay.age_group, stay.children),
        id=new_id(),
        state="admitted",
        version=1,
        transferred_from=stay.id,
        admitted_at=at,
        last_act_at=at,
        reasons=[],
        recorded_at=uow.now,
    )
