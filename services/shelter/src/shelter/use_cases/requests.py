"""A place is requested, offered, refused, declined or waited for (SH-4)."""

from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from casework.calendar import BAKU, local_date
from chassis.clock import new_id
from chassis.errors import Fault, Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.shelter import PlaceOffered, PlaceWithdrawn, ShelterRequested

from shelter.commands import DeclinePlace, OfferPlace, PutOnWaitingList, RefusePlace, RequestPlace
from shelter.domain import stays
from shelter.domain.care import next_answer, reasons_to_state
from shelter.facts import agencies, places
from shelter.parameters import parameter
from shelter.tables import Stay, StayAddressee
from shelter.use_cases import bases, nights
from shelter.use_cases.aggregate import (
    addressees,
    audit_stay,
    effective_time,
    load_case_for_request,
    load_stay,
    require_own,
    transition,
)
from shelter.use_cases.endings import Endings
from shelter.use_cases.re_examination import settle_stay

_BY_THE_REQUESTER = ["withdrawn_by_person"]
_AHEAD = timedelta(days=366)  # nobody plans a place further ahead


async def request_place(uow: UnitOfWork, command: RequestPlace) -> Stay:
    """Request a place of operators (SH-4), which may know of the case from now on.

    One run by the police only if the case was handed over (ID-7): NotPossible `police_operator_case_hidden`.
    """
    case = await load_case_for_request(uow, command.case_id, for_="request_place")
    at = uow.effective(command.happened_at, not_before=case.opened_at)
    age_group = _age_group(case.age_group_at(at), command.age_group)
    stays.check_category(command.category, age_group, command.children)
    operators = sorted(set(command.addressed_to))
    await agencies.check_operators(uow, operators, "body.addressed_to")
    police = await agencies.police_operators(uow)
    if police & set(operators) and not await agencies.is_handed_over(uow, case.case_id):
        raise NotPossible("police_operator_case_hidden", "The case was not handed over; address another operator.")
    stay = _requested(uow, command, at, age_group)
    uow.session.add(stay)
    await uow.session.flush()
    uow.session.add_all(StayAddressee(stay_id=stay.id, operator=operator, reasons=[]) for operator in operators)
    await bases.place_requested(uow, stay, operators)
    uow.emit(
        ShelterRequested(
            effective_at=at,
            case_id=stay.case_id,
            stay_id=stay.id,
            asked_by=uow.actor.agency,
            addressed_to=operators,
        )
    )
    audit_stay(uow, stay, "request_place", at, category=stay.category, addressed_to=operators)
    return stay


def _age_group(established: str, stated: str | None) -> str:
    """What identification established by that day goes first; doubt was decided there (ID-5)."""
    if stated and established != "unknown" and stated != established:
        fault = Fault("body.age_group", "age_group_differs", "differs from what identification established")
        raise Invalid("age_group_differs", "Identification established another age group.", faults=[fault])
    return established if established != "unknown" else stated or "unknown"


def _requested(uow: UnitOfWork, command: RequestPlace, at: datetime, age_group: str) -> Stay:
    wanted_from = command.wanted_from or local_date(at)
    _check_first_night(uow, wanted_from, local_date(at))
    stated = ("case_id", "category", "sex", "track", "children", "region", "region_rule")
    return Stay(
        **{name: getattr(command, name) for name in stated},
        id=new_id(),
        state=stays.STAY.start,
        version=1,
        asked_by=uow.actor.agency,
        age_group=age_group,
        accessibility=sorted(set(command.accessibility)),
        protection=command.protection or "unknown",
        wanted_from=wanted_from,
        requested_at=at,
        last_act_at=at,
        reasons=[],
        re_examine_reasons=[],
        recorded_at=uow.now,
    )


def _check_first_night(uow: UnitOfWork, first: date, earliest: date) -> None:
    if not earliest <= first <= local_date(uow.now + _AHEAD):
        fault = Fault("body.from", "day_out_of_reach", "between the day of the act and a year from now")
        raise Invalid("day_out_of_reach", "The first night lies before the act or too far ahead.", faults=[fault])


async def offer(uow: UnitOfWork, stay_id: UUID, command: OfferPlace) -> Stay:
    """Offer a bed of the own house that fits (SH-4); its nights are taken from now on (SH-5).

    The offer lapses some hours after it was *recorded*: one that is entered late does not lapse at once.
    """
    stay = await load_stay(uow, stay_id, for_="offer", read=command)
    at = effective_time(uow, stay, "offer", command)
    first = command.offered_from or max(stay.wanted_from, local_date(at))
    _check_first_night(uow, first, local_date(at))
    await nights.take_bed(uow, stay, await places.weigh_place(uow, stay, command.bed_id, first))
    stay.operator, stay.offered_at, stay.offered_from = uow.actor.agency, at, first
    hours = timedelta(hours=parameter("offer_answer_hours", at))
    stay.lapses_at = max(uow.now, datetime.combine(first, time(), tzinfo=BAKU)) + hours
    uow.emit(
        PlaceOffered(
            effective_at=at,
            case_id=stay.case_id,
            stay_id=stay.id,
            operator=uow.actor.agency,
            lapses_at=stay.lapses_at,
        )
    )
    transition(uow, stay, "offer", at, first_night=first)
    return stay


async def put_on_waiting_list(uow: UnitOfWork, stay_id: UUID, command: PutOnWaitingList) -> Stay:
    """Nothing is free; the request waits, and every operator goes on seeing it (SH-4)."""
    stay = await load_stay(uow, stay_id, for_="waitlist", read=command)
    at = effective_time(uow, stay, "waitlist", command)
    transition(uow, stay, "waitlist", at)
    return stay


async def refuse(uow: UnitOfWork, stay_id: UUID, command: RefusePlace) -> Stay:
    """An operator refuses with reasons (SH-4), a conflict unspoken; when all did, the request is refused.

    The requester, and nobody else, may end the request for the person with `withdrawn_by_person`.
    """
    stay = await load_stay(uow, stay_id, for_="refuse", read=command)
    at = effective_time(uow, stay, "refuse", command)
    reasons = reasons_to_state(command.reasons)
    if reasons == _BY_THE_REQUESTER and uow.actor.agency == stay.asked_by:
        await end_one_request(uow, stay, "refuse", at, reasons=reasons)
        return stay
    rows = await addressees(uow, stay.id)
    waiting = {row.operator: row for row in rows if row.refused_at is None}
    require_own(uow, waiting)
    mine = waiting[uow.actor.agency]
    mine.refused_at, mine.reasons = at, reasons
    if next_answer(sum(row.refused_at is not None for row in rows), len(rows)):
        await end_one_request(uow, stay, "refuse", at, reasons=sorted({code for row in rows for code in row.reasons}))
        return stay
    stay.version += 1
    stay.last_act_at = at
    changes = bases.BasisChanges()
    changes.operator_answered_no(stay, uow.actor.agency)
    await changes.write(uow)
    audit_stay(uow, stay, "refuse_one", at, reasons=reasons)
    return stay


async def decline(uow: UnitOfWork, stay_id: UUID, command: DeclinePlace) -> Stay:
    """The person does not want the place that was offered; no reason is demanded (SH-2)."""
    stay = await load_stay(uow, stay_id, for_="decline", read=command)
    at = effective_time(uow, stay, "decline", command)
    require_own(uow, [stay.asked_by, stay.operator])
    await end_one_request(uow, stay, "decline", at, reasons=[command.reason])
    return stay


_OUTCOMES: dict[str, Literal["refused", "declined", "lapsed"]] = {
    "refuse": "refused",
    "decline": "declined",
    "lapse": "lapsed",
}


async def end_one_request(uow: UnitOfWork, stay: Stay, action: str, at: datetime, *, reasons: list[str]) -> None:
    """The request ends without admission: its bed is free, and the operators need not know of the case any more."""
    endings = await Endings.of(uow, [stay])
    end_request(uow, endings, stay, action=action, at=at, reasons=reasons)
    await endings.write(uow)


def end_request(
    uow: UnitOfWork, endings: Endings, stay: Stay, *, action: str, at: datetime, reasons: list[str]
) -> None:
    """The same for one of many; `endings` has the bed of each and is written by the caller."""
    endings.beds.free_bed(stay, None)
    stay.reasons, stay.bed_id = reasons, None
    settle_stay(uow, stay, at)
    endings.bases.request_ended(stay)
    uow.emit(
        PlaceWithdrawn(
            effective_at=at, case_id=stay.case_id, stay_id=stay.id, outcome=_OUTCOMES[action], reasons=reasons
        )
    )
    transition(uow, stay, action, at, reasons=reasons)
