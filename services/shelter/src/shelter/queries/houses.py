"""Facilities, capacity by category and date, beds out of use (SH-9). A house is named to its own agency only (SH-7)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from chassis import answers, audit
from chassis.actor import Actor
from chassis.deadlines import Deadline
from chassis.errors import NotFound
from chassis.clock import end_of_day
from chassis.paging import page
from chassis.rights import may
from sqlalchemy import Select, literal, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.domain.care import CLOSURE
from shelter.domain.codes import of_police
from shelter.rights import RIGHTS
from shelter.schemas import shapes
from shelter.tables import Bed, BedNightBlock, Closure, Facility, Room


async def list_facilities(session: AsyncSession, who: Actor) -> shapes.FacilitiesAnswer:
    """Every facility, with rooms, code and region to its own agency only."""
    houses = (await session.scalars(select(Facility).order_by(Facility.operator, Facility.code))).all()
    rows = await session.execute(
        select(Room.facility_id, Room.number, Bed)
        .join(Bed, Bed.room_id == Room.id)
        .order_by(Room.facility_id, Room.number, Bed.number)
    )
    rooms: dict[UUID, dict[int, list[shapes.BedAnswer]]] = {}
    for facility_id, number, bed in rows:
        shown = shapes.BedAnswer(
            bed_id=bed.id, number=bed.number, child_places=bed.child_places, accessibility=bed.accessibility
        )
        rooms.setdefault(facility_id, {}).setdefault(number, []).append(shown)
    return shapes.FacilitiesAnswer(items=[_facility(who, house, rooms.get(house.id, {})) for house in houses])


def _facility(who: Actor, house: Facility, rooms: dict[int, list[shapes.BedAnswer]]) -> shapes.FacilityAnswer:
    own = who.agency == house.operator
    return shapes.FacilityAnswer(
        operator=house.operator,
        kind=house.kind,
        takes=house.takes,
        track=house.track,
        protected=house.protected,
        beds=sum(map(len, rooms.values())),
        code=house.code if own else None,
        region=house.region if own else None,
        rooms=[shapes.RoomAnswer(number=n, beds=beds) for n, beds in rooms.items()] if own else None,
    )


async def capacity(session: AsyncSession, who: Actor, on: date) -> shapes.CapacityAnswer:
    """Beds by operator and category for the night of a day (SH-9).

    Police bodies are told of police-run houses only: a bed more that is held elsewhere would tell of a case that was
    not handed over (ID-7)."""
    blocked = select(BedNightBlock.bed_id, BedNightBlock.kind).where(BedNightBlock.nights.op("@>")(literal(on)))
    held = {row.bed_id: row.kind for row in await session.execute(blocked)}
    beds = await session.execute(
        select(Bed.id, Bed.child_places, Facility.operator, Facility.takes)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .where((Facility.since.is_(None)) | (Facility.since <= on))
        .where(Facility.operator.startswith("mia-") if of_police(who.agency) else true())
    )
    counts: dict[tuple[str, str], list[int]] = {}
    for bed_id, child_places, operator, takes in beds:
        kind = held.get(bed_id)
        for category in _serves(takes, child_places):
            line = counts.setdefault((operator, category), [0, 0, 0])
            line[0] += 1
            line[1] += kind == "closure"
            line[2] += kind == "stay"
    return shapes.CapacityAnswer(
        on=on,
        lines=[
            shapes.CapacityLine(
                operator=operator,
                category=category,
                beds=beds_,
                out_of_use=out,
                held=stays,
                free=beds_ - out - stays,
            )
            for (operator, category), (beds_, out, stays) in sorted(counts.items())
        ],
    )


def _serves(takes: Sequence[str], child_places: int) -> set[str]:
    """The categories that a bed can serve."""
    found = {"adult" if take.startswith("adult_") else take for take in takes if take != "adult_with_children"}
    return found | ({"adult_with_children"} if "adult_with_children" in takes and child_places else set())


def _own_closures(who: Actor) -> Select[tuple[Closure]]:
    return (
        select(Closure)
        .join(Bed, Closure.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .where(Facility.operator == who.agency)
    )


async def list_closures(
    session: AsyncSession, who: Actor, now: datetime, state: str | None, limit: int, after: UUID | None
) -> tuple[list[shapes.ClosureAnswer], UUID | None]:
    """Beds of the own agency that are or were out of use."""
    asked = _own_closures(who)
    if state:
        asked = asked.where(Closure.state == state)
    rows, following = await page(session, asked, Closure.id, limit, after)
    return [show_closure(who, now, row) for row in rows], following


async def find_closure(session: AsyncSession, who: Actor, closure_id: UUID) -> Closure:
    closure = await session.scalar(_own_closures(who).where(Closure.id == closure_id))
    if closure is None:
        raise NotFound
    return closure


def show_closure(who: Actor, now: datetime, closure: Closure) -> shapes.ClosureAnswer:
    stored = ("id", "bed_id", "state", "version", "reason", "begins", "returns_on", "effective_at")
    rights = set(CLOSURE.actions) if "close_bed" in may(RIGHTS, who) else set()
    met_at = end_of_day(closure.returns_on) if closure.state == "ended" else None
    return shapes.ClosureAnswer(
        **{name: getattr(closure, name) for name in stored},
        actions=answers.actions(CLOSURE.list_actions(closure.state, may=rights)),
        clocks=answers.clocks([Deadline("return_of_bed", end_of_day(closure.returns_on), met_at)], now),
    )


async def closure_history(session: AsyncSession, who: Actor, closure_id: UUID) -> answers.History:
    closure = await find_closure(session, who, closure_id)
    return answers.history(await audit.history(session, subject=f"closure/{closure.id}"))
