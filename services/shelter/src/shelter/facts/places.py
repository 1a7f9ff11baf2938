"""Which places fit a request, and why (SH-4)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from casework import access
from casework.calendar import local_date
from chassis.errors import NotFound, NotPossible
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import CompoundSelect, select, union_all
from sqlalchemy.dialects.postgresql import Range

from shelter.domain import fit as rules
from shelter.domain.neighbours import Resident
from shelter.domain.nights import Block, tonight_too
from shelter.domain.stays import category_of
from shelter.facts import agencies
from shelter.facts.access import Bases
from shelter.facts.conflicts import conflicting_cases
from shelter.parameters import parameter
from shelter.tables import Bed, BedNightBlock, Facility, Room, Stay, StayAddressee


@dataclass(frozen=True)
class Weighed:
    """A place with the answer of the rules for a stay and its first night. Nights are taken by such an answer alone."""

    bed: Bed
    room: Room
    facility: Facility
    begins: date
    fit: rules.Fit


@dataclass(frozen=True)
class House:
    """A facility and what of it the viewer may learn from counts (SH-7, ID-7)."""

    facility: Facility
    police: bool
    occupancy: bool = True
    conflicts: bool = True


Rule = Callable[[rules.Bed, House, rules.Others], rules.Fit]


async def weigh_places(uow: UnitOfWork, stay: Stay, own: Bases, begins: date | None) -> list[Weighed]:
    """SH-4: places best first, then those that do not fit with each reason.

    Who may know the operator sees every operator that the request is addressed to; an operator sees its own houses.
    Counts of other houses never depend on whether a conflict lives there, nor to police on who lives there (ID-7).
    """
    addressed = select(StayAddressee.operator).where(StayAddressee.stay_id == stay.id)
    in_question = Facility.operator == stay.operator if stay.state == "admitted" else Facility.operator.in_(addressed)
    found = select(Facility).where(in_question).order_by(Facility.code)
    if not _sees_operators(uow, stay, own):
        found = found.where(Facility.operator == uow.actor.agency)
    need = await _need(uow, stay, begins or stay.offered_from or stay.wanted_from)
    houses = await _as_seen(uow, (await uow.session.scalars(found)).all())
    weighed = await _weigh_houses(uow, need, houses)
    return sorted(weighed, key=lambda place: (not place.fit.fits, -(place.fit.score or 0)))


def _sees_operators(uow: UnitOfWork, stay: Stay, own: Bases) -> bool:
    """The requester named the operators itself; where the person lives is for those who may read it (SH-7)."""
    if stay.state != "admitted" and stay.asked_by == uow.actor.agency:
        return True
    return access.gives(uow, "read_stay_addressees", own)


async def _as_seen(uow: UnitOfWork, facilities: Sequence[Facility]) -> list[House]:
    police, to_police = await agencies.police_operators(uow), await agencies.viewer_is_police(uow)
    return [
        House(
            facility,
            police=facility.operator in police,
            occupancy=facility.operator in police or not to_police,
            conflicts=facility.operator == uow.actor.agency,
        )
        for facility in facilities
    ]


async def weigh_place(
    uow: UnitOfWork, stay: Stay, bed_id: UUID, begins: date, *, moved_in_at: datetime | None = None
) -> Weighed:
    """One bed of the actor's agency, its house locked, so that two offers see each other (SH-4). NotFound otherwise.

    `moved_in_at`: the person stands at the door; a conflict that was named after that moment refuses no more.
    """
    house = await _own_house(uow, bed_id)
    need = await _need(uow, stay, begins, by=moved_in_at)
    need = replace(need, stay_id=stay.id, moves_in=moved_in_at is not None)
    return next(place for place in await _weigh_houses(uow, need, [house]) if place.bed.id == bed_id)


async def weigh_staying(uow: UnitOfWork, stay: Stay, bed_id: UUID, ends_on: date) -> Weighed:
    """The stay's own bed from its present end up to a new one, its house locked (SH-1, SH-4)."""
    house = await _own_house(uow, bed_id)
    begins = stay.ends_on or ends_on
    need = replace(await _need(uow, stay, begins), stay_id=stay.id, days=(ends_on - begins).days)
    since = stay.counted_from or begins
    places = await _weigh(uow, need, [house], lambda bed, _, others: rules.stays_on(need, bed, others, since))
    return next(place for place in places if place.bed.id == bed_id)


async def _own_house(uow: UnitOfWork, bed_id: UUID) -> House:
    facility = await lock_house(uow, uow.actor.agency, bed_id)
    return House(facility, police=facility.operator in await agencies.police_operators(uow))


async def lock_house(uow: UnitOfWork, operator: str | None, bed_id: UUID) -> Facility:
    """The operator's house with the bed, locked, so that two who assign its beds see each other. NotFound otherwise."""
    facility = await uow.session.scalar(
        select(Facility)
        .join(Room, Room.facility_id == Facility.id)
        .join(Bed, Bed.room_id == Room.id)
        .where(Bed.id == bed_id, Facility.operator == operator)
        .with_for_update(of=Facility)
    )
    if facility is None:
        raise NotFound
    return facility


def require_fit(place: Weighed) -> None:
    """NotPossible `bed_taken`, `bed_out_of_use` or `place_does_not_fit`, with every refusal and the nights taken."""
    if place.fit.fits:
        return
    codes = {"full_nights": "bed_taken", "out_of_use": "bed_out_of_use"}
    code = codes.get(place.fit.refusals[0], "place_does_not_fit") if len(place.fit.refusals) == 1 else None
    raise NotPossible(
        code or "place_does_not_fit",
        "The place does not fit this person on these nights.",
        facts={
            "refusals": list(place.fit.refusals),
            "held": [[str(block.begins), str(block.ends) if block.ends else None] for block in place.fit.nights],
            "held_from": str(min((block.begins for block in place.fit.nights), default="")) or None,
        },
    )


async def _need(uow: UnitOfWork, stay: Stay, begins: date, *, by: datetime | None = None) -> rules.PersonNeed:
    return rules.PersonNeed(
        case_id=stay.case_id,
        category=category_of(stay.category, stay.age_group, stay.children),
        sex=stay.sex,
        age_group=stay.age_group,
        track=stay.track,
        begins=begins,
        days=_days(stay, begins),
        children=stay.children,
        accessibility=frozenset(stay.accessibility),
        region=stay.region,
        region_rule=stay.region_rule,
        protection=stay.protection,
        handed_over=await agencies.is_handed_over(uow, stay.case_id),
        conflicts=await conflicting_cases(uow, stay.case_id, by),
    )


def _days(stay: Stay, begins: date) -> int:
    """SH-1: the base days; of a stay that goes on those that are left, at least one."""
    if stay.ends_on is not None:
        return max((stay.ends_on - begins).days, 1)
    days: int = parameter("base_days", begins)[stay.category]
    return days


async def _weigh_houses(uow: UnitOfWork, need: rules.PersonNeed, houses: Sequence[House]) -> list[Weighed]:
    """Every bed of these houses; a conflict counts only in houses of which the viewer may learn it."""
    elsewhere = replace(need, conflicts=frozenset())

    def fit(bed: rules.Bed, house: House, others: rules.Others) -> rules.Fit:
        return rules.fit(need if house.conflicts else elsewhere, bed, _house(house), others)

    return await _weigh(uow, need, houses, fit)


async def _weigh(uow: UnitOfWork, need: rules.PersonNeed, houses: Sequence[House], fit: Rule) -> list[Weighed]:
    """Two statements for all the beds, whatever their number; then the rule for each bed."""
    by_id = {house.facility.id: house for house in houses}
    beds = await uow.session.execute(
        select(Bed, Room)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .where(Facility.id.in_(by_id))
        .order_by(Facility.code, Room.number, Bed.number)
    )
    blocks, residents = await _taken(uow, need, by_id)
    weighed = []
    for bed, room in beds.tuples():
        house = by_id[room.facility_id]
        others = rules.Others(tuple(blocks.get(bed.id, ())), tuple(residents.get(room.facility_id, ())))
        weighed.append(Weighed(bed, room, house.facility, need.begins, fit(_bed(bed), house, others)))
    return weighed


def _bed(bed: Bed) -> rules.Bed:
    return rules.Bed(bed.id, bed.room_id, bed.child_places, frozenset(bed.accessibility))


def _house(house: House) -> rules.Facility:
    facility = house.facility
    return rules.Facility(
        frozenset(facility.takes), house.police, facility.track, facility.region, facility.protected, facility.since
    )


async def _taken(
    uow: UnitOfWork, need: rules.PersonNeed, houses: Mapping[UUID, House]
) -> tuple[dict[UUID, list[Block]], dict[UUID, list[Resident]]]:
    """Blocks by bed, and by house who has one. Only closures where occupancy may not be learned.

    The nights of the stay itself do not stand against it, and who lives there lives there tonight.
    """
    found = (
        select(BedNightBlock, Room, Stay)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Stay, BedNightBlock.stay_id == Stay.id, isouter=True)
        .where(Room.facility_id.in_(houses))
        .where(BedNightBlock.id.in_(taken_from(need.begins)))
    )
    blocks: dict[UUID, list[Block]] = {}
    residents: dict[UUID, list[Resident]] = {}
    for row, room, stay in (await uow.session.execute(found)).tuples():
        if stay and (stay.id == need.stay_id or not houses[room.facility_id].occupancy):
            continue
        lives = stay is not None and stay.state == "admitted"
        nights = nights_of(uow, row, lives=lives, since=need.begins)
        blocks.setdefault(row.bed_id, []).append(nights)
        if stay:
            resident = Resident(stay.case_id, room.id, stay.sex, stay.age_group, nights, lives)
            residents.setdefault(room.facility_id, []).append(resident)
    return blocks, residents


def taken_from(begins: date) -> CompoundSelect[tuple[UUID]]:
    """The blocks that go on after a night or come, and those of who lives there whatever their end (SH-3)."""
    blocks = select(BedNightBlock.id)
    residents = blocks.join(Stay, BedNightBlock.stay_id == Stay.id).where(Stay.state == "admitted")
    return union_all(blocks.where(BedNightBlock.nights.overlaps(Range(begins, None))), residents)


def block_of(row: BedNightBlock) -> Block:
    """The row as its rules see it."""
    if row.nights.lower is None:
        raise AssertionError("the database refuses nights without a beginning")
    return Block(row.nights.lower, row.nights.upper, row.kind)


async def blocks_of_bed(uow: UnitOfWork, bed_id: UUID, *, but: Sequence[UUID] = ()) -> list[Block]:
    """What takes nights of a bed, without the rows `but`. Who lives there has it tonight at least (SH-3)."""
    found = select(BedNightBlock, Stay.state).outerjoin(Stay, BedNightBlock.stay_id == Stay.id)
    rows = await uow.session.execute(found.where(BedNightBlock.bed_id == bed_id, BedNightBlock.id.not_in(but)))
    return [nights_of(uow, row, lives=state == "admitted", since=local_date(uow.now)) for row, state in rows.tuples()]


def nights_of(uow: UnitOfWork, row: BedNightBlock, *, lives: bool, since: date) -> Block:
    """The nights of a block as its rules see them; of who lives there at least tonight (SH-3)."""
    return tonight_too(block_of(row), local_date(uow.now), since=since) if lives else block_of(row)
