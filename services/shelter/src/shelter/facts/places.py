"""Which places fit a request, and why (SH-4)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from casework import access
from chassis.errors import NotFound, NotPossible
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from shelter.domain import fit as rules
from shelter.domain.nights import Block
from shelter.domain.stays import category_of
from shelter.facts import agencies
from shelter.facts.access import Bases
from shelter.facts.conflicts import conflicting_cases
from shelter.parameters import parameter
from shelter.tables import Bed, BedNightBlock, Facility, Room, Stay, StayAddressee


@dataclass(frozen=True)
class Weighed:
    """A place with the answer of the rules."""

    bed: Bed
    room: Room
    facility: Facility
    fit: rules.Fit


@dataclass(frozen=True)
class House:
    """A facility and what of it the viewer may learn from counts (SH-7, ID-7)."""

    facility: Facility
    police: bool
    occupancy: bool = True
    conflicts: bool = True


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
    weighed = [place for house in houses for place in await _weigh_house(uow, need, house)]
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


async def weigh_place(uow: UnitOfWork, stay: Stay, bed_id: UUID, begins: date) -> Weighed:
    """One bed of the actor's agency, its house locked, so that two offers see each other (SH-4). NotFound otherwise."""
    facility = await lock_house(uow, uow.actor.agency, bed_id)
    house = House(facility, police=facility.operator in await agencies.police_operators(uow))
    need = await _need(uow, stay, begins)
    return next(place for place in await _weigh_house(uow, need, house) if place.bed.id == bed_id)


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
        },
    )


async def _need(uow: UnitOfWork, stay: Stay, begins: date) -> rules.PersonNeed:
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
        conflicts=await conflicting_cases(uow, stay.case_id),
    )


def _days(stay: Stay, begins: date) -> int:
    """SH-1: the base days; of a stay that goes on those that are left, at least one."""
    if stay.ends_on is not None:
        return max((stay.ends_on - begins).days, 1)
    days: int = parameter("base_days", begins)[stay.category]
    return days


async def _weigh_house(uow: UnitOfWork, need: rules.PersonNeed, house: House) -> list[Weighed]:
    facility = house.facility
    beds = await uow.session.execute(
        select(Bed, Room)
        .join(Room, Bed.room_id == Room.id)
        .where(Room.facility_id == facility.id)
        .order_by(Room.number, Bed.number)
    )
    blocks, residents = await _taken(uow, house, need.begins)
    need = need if house.conflicts else replace(need, conflicts=frozenset())
    takes = frozenset(facility.takes)
    known = rules.Facility(takes, house.police, facility.track, facility.region, facility.protected, facility.since)
    return [
        Weighed(bed, room, facility, rules.fit(need, _bed(bed), known, rules.Others(blocks.get(bed.id, ()), residents)))
        for bed, room in beds.tuples()
    ]


def _bed(bed: Bed) -> rules.Bed:
    return rules.Bed(bed.id, bed.room_id, bed.child_places, frozenset(bed.accessibility))


async def _taken(
    uow: UnitOfWork, house: House, since: date
) -> tuple[dict[UUID, tuple[Block, ...]], tuple[rules.Resident, ...]]:
    """Blocks by bed from that night on, and who has one; only closures where occupancy may not be learned."""
    found = (
        select(BedNightBlock, Room.id, Stay.case_id, Stay.sex, Stay.age_group)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Stay, BedNightBlock.stay_id == Stay.id, isouter=True)
        .where(Room.facility_id == house.facility.id, BedNightBlock.nights.overlaps(Range(since, None)))
    )
    if not house.occupancy:
        found = found.where(BedNightBlock.kind == "closure")
    blocks: dict[UUID, tuple[Block, ...]] = {}
    residents = []
    for row, room_id, case_id, sex, age_group in await uow.session.execute(found):
        block = block_of(row)
        blocks[row.bed_id] = (*blocks.get(row.bed_id, ()), block)
        if case_id:
            residents.append(rules.Resident(case_id, room_id, sex, age_group, block))
    return blocks, tuple(residents)


def block_of(row: BedNightBlock) -> Block:
    """The row as its rules see it."""
    if row.nights.lower is None:
        raise AssertionError("the database refuses nights without a beginning")
    return Block(row.nights.lower, row.nights.upper, row.kind)


async def blocks_of_bed(uow: UnitOfWork, bed_id: UUID, *, but: Sequence[UUID] = ()) -> list[Block]:
    """What takes nights of a bed, without the rows `but`."""
    rows = await uow.session.scalars(
        select(BedNightBlock).where(BedNightBlock.bed_id == bed_id, BedNightBlock.id.not_in(but))
    )
    return [block_of(row) for row in rows]
