"""Which places fit a request and why (SH-4), and the nights that a stay holds (SH-5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis import access
from chassis.actor import Actor
from chassis.errors import NotFound, NotPossible
from chassis.clock import local_date, new_id
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain import fit as rules
from shelter.domain import nights
from shelter.domain.codes import of_police
from shelter.domain.nights import Block
from shelter.domain.stays import category_of
from shelter.queries.conflicts import conflicting_cases, lives_with_conflict
from shelter.settings import parameter
from shelter.tables import Bed, BedNightBlock, Facility, Room, Stay, StayAddressee
from shelter.use_cases.at_hand import POLICE


@dataclass(frozen=True)
class Weighed:
    """A place with the answer of the rules."""

    bed: Bed
    room: Room
    facility: Facility
    fit: rules.Fit


async def weigh_places(session: AsyncSession, who: Actor, stay: Stay, begins: date | None = None) -> list[Weighed]:
    """SH-4: every place of the operators that were asked, or of the one where the person lives, best first, those that
    do not fit last with each reason. Of other houses the police are told what they take, not who lives there (ID-7)."""
    asked = select(StayAddressee.operator).where(StayAddressee.stay_id == stay.id)
    where = Facility.operator == stay.operator if stay.state == "admitted" else Facility.operator.in_(asked)
    houses = await session.scalars(select(Facility).where(where).order_by(Facility.code))
    need = await _need(session, stay, begins or stay.offered_from or stay.wanted_from)
    weighed = [place for house in houses for place in await _weigh_house(session, need, house, _sees(who, house))]
    return sorted(weighed, key=lambda place: (not place.fit.fits, -(place.fit.score or 0)))


def _sees(who: Actor, house: Facility) -> bool:
    return of_police(house.operator) or not of_police(who.agency)


async def weigh_place(session: AsyncSession, who: Actor, stay: Stay, bed_id: UUID, begins: date) -> Weighed:
    """One bed of the actor's agency, its house locked, so that two offers see each other (SH-4). NotFound otherwise."""
    house = await lock_house(session, who.agency, bed_id)
    need = await _need(session, stay, begins)
    return next(place for place in await _weigh_house(session, need, house, True) if place.bed.id == bed_id)


async def lock_house(session: AsyncSession, operator: str | None, bed_id: UUID) -> Facility:
    """The operator's house with the bed, held, so that two who give beds in it see each other. NotFound otherwise."""
    house = await session.scalar(
        select(Facility)
        .join(Room, Room.facility_id == Facility.id)
        .join(Bed, Bed.room_id == Room.id)
        .where(Bed.id == bed_id, Facility.operator == operator)
        .with_for_update(of=Facility)
    )
    if house is None:
        raise NotFound
    return house


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
        known_to_police=await access.knows(session, stay.case_id, POLICE),
        conflicts=await conflicting_cases(session, stay.case_id),
    )


def _days(stay: Stay, begins: date) -> int:
    """SH-1: the base days of a stay that is to begin; the days that are left, at least one, of one that goes on."""
    if stay.ends_on is not None:
        return max((stay.ends_on - begins).days, 1)
    days: int = parameter("base_days", begins)[stay.category]
    return days


async def require_no_conflict(session: AsyncSession, stay: Stay, bed_id: UUID, at: datetime) -> None:
    """SH-4: never where a named conflict lives, also when it was named after the offer; the house is held meanwhile."""
    await lock_house(session, stay.operator, bed_id)
    if await lives_with_conflict(session, stay, bed_id, at, local_date(at)):
        detail = "The place does not fit this person: a named conflict lives there."
        raise NotPossible("place_does_not_fit", detail, facts={"refusals": ["conflict"], "held": []})


async def _weigh_house(session: AsyncSession, need: rules.PersonNeed, house: Facility, seen: bool) -> list[Weighed]:
    """`seen`: who lives there counts; otherwise only what the house takes and which beds are out of use."""
    beds = (
        await session.execute(
            select(Bed, Room)
            .join(Room, Bed.room_id == Room.id)
            .where(Room.facility_id == house.id)
            .order_by(Room.number, Bed.number)
        )
    ).all()
    blocks, residents = await _held(session, house, need.begins, None if seen else "closure")
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


async def _held(
    session: AsyncSession, house: Facility, since: date, kind: str | None
) -> tuple[dict[UUID, list[Block]], tuple[rules.Resident, ...]]:
    """Blocks by bed from that night on, and who holds a bed of the house; of one kind if asked."""
    asked = (
        select(BedNightBlock, Room.id, Stay.case_id, Stay.sex, Stay.age_group)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Stay, BedNightBlock.stay_id == Stay.id, isouter=True)
        .where(Room.facility_id == house.id, BedNightBlock.nights.overlaps(Range(since, None)))
    )
    rows = await session.execute(asked.where(BedNightBlock.kind == kind) if kind else asked)
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
