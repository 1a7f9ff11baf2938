"""Which places fit a request and why (SH-4), and the nights that a stay holds (SH-5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.errors import NotFound, NotPossible
from chassis.moments import new_id
from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import fit as rules
from shelter.domain import nights
from shelter.domain.nights import Block
from shelter.settings import parameter
from shelter.tables import Bed, BedNightBlock, Conflict, Facility, Room, Stay, StayAddressee
from shelter.use_cases.at_hand import POLICE


@dataclass(frozen=True)
class Weighed:
    """A place with the answer of the rules."""

    bed: Bed
    room: Room
    facility: Facility
    fit: rules.Fit


async def weigh_places(session: AsyncSession, stay: Stay, begins: date | None = None) -> list[Weighed]:
    """SH-4: every place of the operators that were asked, best first, those that do not fit last with each reason."""
    asked = select(StayAddressee.operator).where(StayAddressee.stay_id == stay.id)
    houses = await session.scalars(select(Facility).where(Facility.operator.in_(asked)).order_by(Facility.code))
    need = await _need(session, stay, begins or stay.offered_from or stay.wanted_from)
    weighed = [place for house in houses for place in await _weigh_house(session, need, house)]
    return sorted(weighed, key=lambda place: (not place.fit.fits, -(place.fit.score or 0)))


async def weigh_place(session: AsyncSession, who: Actor, stay: Stay, bed_id: UUID, begins: date) -> Weighed:
    """One bed of the actor's agency, its house locked, so that two offers see each other (SH-4). NotFound otherwise."""
    house = await session.scalar(
        select(Facility)
        .join(Room, Room.facility_id == Facility.id)
        .join(Bed, Bed.room_id == Room.id)
        .where(Bed.id == bed_id, Facility.operator == who.agency)
        .with_for_update(of=Facility)
    )
    if house is None:
        raise NotFound
    need = await _need(session, stay, begins)
    return next(place for place in await _weigh_house(session, need, house) if place.bed.id == bed_id)


def require_fit(place: Weighed) -> None:
    """NotPossible `bed_taken`, `bed_out_of_use` or `place_does_not_fit` with every refusal and the nights held."""
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


async def _need(session: AsyncSession, stay: Stay, begins: date) -> rules.PersonNeed:
    return rules.PersonNeed(
        case_id=stay.case_id,
        category=stay.category,
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
        known_to_police=await access.knows(session, stay.case_id, POLICE),
        conflicts=await conflicting_cases(session, stay.case_id),
    )


def _days(stay: Stay, begins: date) -> int:
    """SH-1: the base days of a stay that is to begin; the days that are left, at least one, of one that goes on."""
    if stay.ends_on is not None:
        return max((stay.ends_on - begins).days, 1)
    days: int = parameter("base_days", begins)[stay.category]
    return days


async def conflicting_cases(session: AsyncSession, case_id: UUID) -> frozenset[UUID]:
    """The cases that must not live where this one lives (SH-4)."""
    rows = await session.scalars(
        select(Conflict).where(
            Conflict.state == "active", or_(Conflict.case_id == case_id, Conflict.other_case_id == case_id)
        )
    )
    return frozenset(row.other_case_id if row.case_id == case_id else row.case_id for row in rows)


async def _weigh_house(session: AsyncSession, need: rules.PersonNeed, house: Facility) -> list[Weighed]:
    beds = (
        await session.execute(
            select(Bed, Room)
            .join(Room, Bed.room_id == Room.id)
            .where(Room.facility_id == house.id)
            .order_by(Room.number, Bed.number)
        )
    ).all()
    blocks, residents = await _held(session, house)
    asked = rules.Facility(
        house.operator, frozenset(house.takes), house.track, house.region, house.protected, house.since
    )
    return [
        Weighed(
            bed,
            room,
            house,
            rules.fit(
                need,
                rules.Bed(bed.id, room.id, bed.child_places, frozenset(bed.accessibility)),
                asked,
                rules.Others(tuple(blocks.get(bed.id, ())), residents),
            ),
        )
        for bed, room in beds
    ]


async def _held(session: AsyncSession, house: Facility) -> tuple[dict[UUID, list[Block]], tuple[rules.Resident, ...]]:
    """Blocks by bed, and who holds a bed of the house."""
    rows = await session.execute(
        select(BedNightBlock, Room.id, Stay.case_id, Stay.sex, Stay.age_group)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Stay, BedNightBlock.stay_id == Stay.id, isouter=True)
        .where(Room.facility_id == house.id)
    )
    blocks: dict[UUID, list[Block]] = {}
    residents = []
    for row, room_id, case_id, sex, age_group in rows:
        block = block_of(row)
        blocks.setdefault(row.bed_id, []).append(block)
        if case_id:
            residents.append(rules.Resident(case_id, room_id, sex, age_group, block))
    return blocks, tuple(residents)


def block_of(row: BedNightBlock) -> Block:
    """The row as its rules see it."""
    if row.nights.lower is None:
        raise AssertionError("the database refuses nights without a beginning")
    return Block(row.nights.lower, row.nights.upper, row.kind)


async def blocks_of_bed(session: AsyncSession, bed_id: UUID, *, but: Sequence[UUID] = ()) -> list[Block]:
    """What is held on a bed, without the rows `but`."""
    rows = await session.scalars(
        select(BedNightBlock).where(BedNightBlock.bed_id == bed_id, BedNightBlock.id.not_in(but))
    )
    return [block_of(row) for row in rows]


async def own_block(session: AsyncSession, stay: Stay) -> BedNightBlock | None:
    found: BedNightBlock | None = await session.scalar(
        select(BedNightBlock).where(BedNightBlock.stay_id == stay.id).with_for_update()
    )
    return found


async def hold_bed(session: AsyncSession, stay: Stay, bed_id: UUID, begins: date, needed_until: date) -> None:
    """SH-5: hold the bed for the stay, on until what is already planned there; the database has the last word."""
    own = await own_block(session, stay)
    others = await blocks_of_bed(session, bed_id, but=[own.id] if own else [])
    held = nights.hold(others, begins, needed_until)
    if own is None:
        own = BedNightBlock(id=new_id(), kind="stay", stay_id=stay.id)
        session.add(own)
    own.bed_id, own.nights = bed_id, Range(held.begins, held.ends)
    stay.bed_id = bed_id
    await session.flush()  # a second one at the same time is refused here, by the database


async def keep_bed_until(session: AsyncSession, stay: Stay, needed_until: date) -> None:
    """SH-1, SH-5: the stay is longer; NotPossible where the bed is somebody else's or out of use by then."""
    own = await own_block(session, stay)
    if own is None:
        return
    others = await blocks_of_bed(session, own.bed_id, but=[own.id])
    held = nights.lengthen(block_of(own), others, needed_until)
    own.nights = Range(held.begins, held.ends)
    await session.flush()


async def free_bed(session: AsyncSession, stay: Stay, left_on: date | None) -> None:
    """The nights that were slept stay held; without a day of leaving nobody slept there."""
    own = await own_block(session, stay)
    if own is None:
        return
    slept = nights.finish(block_of(own), left_on) if left_on else None
    if slept:
        own.nights = Range(slept.begins, slept.ends)
    else:
        await session.execute(delete(BedNightBlock).where(BedNightBlock.id == own.id))
    await session.flush()
