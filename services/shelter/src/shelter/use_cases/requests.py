"""A place is asked for, offered, refused, declined or waited for (SH-4)."""

from datetime import datetime, time, timedelta
from typing import Literal
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.errors import Fault, Invalid, NotPossible
from chassis.clock import BAKU, effective, local_date, new_id
from chassis.outbox import emit
from nrm_events.shelter import PlaceOffered, PlaceWithdrawn, ShelterRequested
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import stays
from shelter.domain.care import next_answer
from shelter.domain.codes import of_police
from shelter.schemas import bodies
from shelter.settings import parameter
from shelter.tables import Stay, StayAddressee
from shelter.use_cases import places
from shelter.use_cases.at_hand import POLICE, addressees, begin, move, note, request_basis, require_own, take, take_case

_BY_THE_ASKER = ["withdrawn_by_person"]
_AHEAD = timedelta(days=366)  # nobody plans a place further ahead


async def request_place(session: AsyncSession, who: Actor, now: datetime, given: bodies.RequestPlace) -> Stay:
    """Ask operators for a place (SH-4). They may know of the case from now on; one run by the police only if the case
    was handed over (ID-7): NotPossible `police_operator_case_hidden`."""
    case = await take_case(session, who, given.case_id)
    at = effective(given.happened_at, now, not_before=case.opened_at)
    age_group = _age_group(case.age_group_at(at), given)
    stays.check_category(given.category, age_group, given.children)
    operators = sorted(set(given.addressed_to))
    if any(map(of_police, operators)) and not await access.knows(session, case.case_id, POLICE):
        raise NotPossible("police_operator_case_hidden", "The case was not handed over; ask another operator.")
    stay = _requested(who, at, now, given, age_group)
    session.add(stay)
    await session.flush()
    session.add_all(StayAddressee(stay_id=stay.id, operator=operator, reasons=[]) for operator in operators)
    await access.allow(session, [(case.case_id, operator, request_basis(stay.id), at) for operator in operators])
    emit(session, ShelterRequested(effective_at=at, case_id=stay.case_id, stay_id=stay.id, asked_by=who.agency))
    note(session, who, "request_place", stay, at, category=stay.category, addressed_to=operators)
    return stay


def _age_group(told: str, given: bodies.RequestPlace) -> str:
    """What identification told of that day goes first; doubt was decided there (ID-5)."""
    if given.age_group and told != "unknown" and given.age_group != told:
        fault = Fault("body.age_group", "age_group_differs", "differs from what identification told")
        raise Invalid("age_group_differs", "Identification told another age group.", faults=[fault])
    return told if told != "unknown" else given.age_group or "unknown"


def _requested(who: Actor, at: datetime, now: datetime, given: bodies.RequestPlace, age_group: str) -> Stay:
    wanted_from = given.wanted_from or local_date(at)
    _require_day_ahead("body.from", wanted_from >= local_date(at), wanted_from <= local_date(now + _AHEAD))
    return Stay(
        id=new_id(),
        case_id=given.case_id,
        state=stays.STAY.start,
        version=1,
        asked_by=who.agency,
        category=given.category,
        sex=given.sex,
        age_group=age_group,
        track=given.track,
        children=given.children,
        accessibility=sorted(set(given.accessibility)),
        region=given.region,
        region_rule=given.region_rule,
        protection=given.protection or "unknown",
        wanted_from=wanted_from,
        requested_at=at,
        last_act_at=at,
        reasons=[],
        recorded_at=now,
    )


def _require_day_ahead(where: str, not_before: bool, not_too_far: bool) -> None:
    if not (not_before and not_too_far):
        fault = Fault(where, "day_out_of_reach", "between the day of the act and a year from now")
        raise Invalid("day_out_of_reach", "The first night lies before the act or too far ahead.", faults=[fault])


async def offer_place(
    session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.OfferPlace
) -> Stay:
    """Offer a bed of the own house that fits (SH-4); its nights are held from now on (SH-5).

    The offer lapses some hours after it was *recorded*: one that is entered late does not lapse at once."""
    stay = await take(session, who, stay_id, given)
    at = begin(stay, "offer", given.happened_at, now)
    require_own(who, [row.operator for row in await addressees(session, stay.id) if row.refused_at is None])
    first = given.offered_from or max(stay.wanted_from, local_date(at))
    _require_day_ahead("body.from", first >= local_date(at), first <= local_date(now + _AHEAD))
    place = await places.weigh_place(session, who, stay, given.bed_id, first)
    places.require_fit(place)
    until = stays.base_end(first, stay.category, parameter("base_days", first))
    await places.hold_bed(session, stay, place.bed.id, first, until)
    stay.operator, stay.offered_at, stay.offered_from = who.agency, at, first
    hours = timedelta(hours=parameter("offer_answer_hours", at))
    stay.lapses_at = max(now, datetime.combine(first, time(), tzinfo=BAKU)) + hours
    emit(
        session,
        PlaceOffered(
            effective_at=at, case_id=stay.case_id, stay_id=stay.id, operator=who.agency, lapses_at=stay.lapses_at
        ),
    )
    move(session, who, stay, "offer", at, first_night=first)
    return stay


async def put_on_waiting_list(
    session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.Change
) -> Stay:
    """Nothing is free; the request waits and goes on being seen by all who were asked."""
    stay = await take(session, who, stay_id, given)
    at = begin(stay, "waitlist", given.happened_at, now)
    require_own(who, [row.operator for row in await addressees(session, stay.id) if row.refused_at is None])
    move(session, who, stay, "waitlist", at)
    return stay


async def refuse_place(
    session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.RefusePlace
) -> Stay:
    """An operator refuses with reasons (SH-4); when all did, the request is refused. Who asked, and nobody else, may
    end the request for the person with `withdrawn_by_person`."""
    stay = await take(session, who, stay_id, given)
    at = begin(stay, "refuse", given.happened_at, now)
    asked = await addressees(session, stay.id)
    reasons: list[str] = list(dict.fromkeys(given.reasons))
    if reasons == _BY_THE_ASKER and who.agency == stay.asked_by:
        await withdraw(session, who, stay, "refuse", at, reasons)
        return stay
    mine = next((row for row in asked if row.operator == who.agency and row.refused_at is None), None)
    require_own(who, [mine.operator if mine else None])
    if mine:
        mine.refused_at, mine.reasons = at, reasons
    if next_answer(sum(row.refused_at is not None for row in asked), len(asked)):
        await withdraw(session, who, stay, "refuse", at, sorted({code for row in asked for code in row.reasons}))
        return stay
    stay.version += 1
    stay.last_act_at = at
    await access.end(session, [(stay.case_id, who.agency, request_basis(stay.id))])
    note(session, who, "refuse_one", stay, at, reasons=reasons)
    return stay


async def decline_place(
    session: AsyncSession, who: Actor, now: datetime, stay_id: UUID, given: bodies.DeclinePlace
) -> Stay:
    """The person does not want the place that was offered; no reason is demanded (SH-2)."""
    stay = await take(session, who, stay_id, given)
    at = begin(stay, "decline", given.happened_at, now)
    require_own(who, [stay.asked_by, stay.operator])
    await withdraw(session, who, stay, "decline", at, [given.reason])
    return stay


_OUTCOMES: dict[str, Literal["refused", "declined", "lapsed"]] = {
    "refuse": "refused",
    "decline": "declined",
    "lapse": "lapsed",
}


async def withdraw(
    session: AsyncSession, who: Actor, stay: Stay, action: str, at: datetime, reasons: list[str]
) -> None:
    """The request ends without admission: its bed is free, and those who were asked need not know of the case."""
    await places.free_bed(session, stay, None)
    stay.reasons, stay.bed_id = reasons, None
    stay.re_examine_since = stay.re_examine_reason = None
    await forget_request(session, stay)
    outcome = _OUTCOMES[action]
    emit(
        session,
        PlaceWithdrawn(effective_at=at, case_id=stay.case_id, stay_id=stay.id, outcome=outcome, reasons=reasons),
    )
    move(session, who, stay, action, at, reasons=reasons)


async def forget_request(session: AsyncSession, stay: Stay, *, but: str | None = None) -> None:
    """Operators that were asked lose sight of the case, but the one that took the person in."""
    asked = [row.operator for row in await addressees(session, stay.id) if row.operator != but]
    await access.end(session, [(stay.case_id, operator, request_basis(stay.id)) for operator in asked])
