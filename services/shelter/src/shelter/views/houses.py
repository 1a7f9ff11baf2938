"""Facilities, and capacity by category and date (SH-9). A house is named to its own agency only (SH-7)."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from sqlalchemy import literal, select

from shelter.answers.houses import (
    BedAnswer,
    CapacityAnswer,
    CapacityLine,
    FacilitiesAnswer,
    FacilityAnswer,
    RoomAnswer,
)
from shelter.facts import agencies
from shelter.tables import Bed, BedNightBlock, Facility, Room


async def facilities(uow: UnitOfWork) -> FacilitiesAnswer:
    """Every facility, with rooms, code and region to its own agency only."""
    houses = (await uow.session.scalars(select(Facility).order_by(Facility.operator, Facility.code))).all()
    rows = await uow.session.execute(
        select(Room.facility_id, Room.number, Bed)
        .join(Bed, Bed.room_id == Room.id)
        .order_by(Room.facility_id, Room.number, Bed.number)
    )
    rooms: dict[UUID, dict[int, list[BedAnswer]]] = {}
    for facility_id, number, bed in rows:
        shown = BedAnswer(
            bed_id=bed.id, number=bed.number, child_places=bed.child_places, accessibility=bed.accessibility
        )
        rooms.setdefault(facility_id, {}).setdefault(number, []).append(shown)
    return FacilitiesAnswer(items=[_facility(uow, house, rooms.get(house.id, {})) for house in houses])


def _facility(uow: UnitOfWork, house: Facility, rooms: Mapping[int, list[BedAnswer]]) -> FacilityAnswer:
    own = uow.actor.agency == house.operator
    return FacilityAnswer(
        operator=house.operator,
        kind=house.kind,
        takes=house.takes,
        track=house.track,
        protected=house.protected,
        beds=sum(map(len, rooms.values())),
        code=house.code if own else None,
        region=house.region if own else None,
        rooms=[RoomAnswer(number=n, beds=beds) for n, beds in rooms.items()] if own else None,
    )


async def capacity(uow: UnitOfWork, on: date) -> CapacityAnswer:
    """Beds by operator and category for the night of a day (SH-9).

    Police bodies see police-run houses only: a bed more that is taken elsewhere would show them a case that was not
    handed over (ID-7).
    """
    taken = select(BedNightBlock.bed_id, BedNightBlock.kind).where(BedNightBlock.nights.op("@>")(literal(on)))
    kinds = {row.bed_id: row.kind for row in await uow.session.execute(taken)}
    beds = (
        select(Bed.id, Bed.child_places, Facility.operator, Facility.takes)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .where((Facility.since.is_(None)) | (Facility.since <= on))
    )
    if await agencies.viewer_is_police(uow):
        beds = beds.where(Facility.operator.in_(await agencies.police_operators(uow)))
    counts: dict[tuple[str, str], list[int]] = {}
    for bed_id, child_places, operator, takes in await uow.session.execute(beds):
        kind = kinds.get(bed_id)
        for category in _categories(takes, child_places):
            line = counts.setdefault((operator, category), [0, 0, 0])
            line[0] += 1
            line[1] += kind == "closure"
            line[2] += kind == "stay"
    return CapacityAnswer(on=on, lines=[_line(*of_what, *counted) for of_what, counted in sorted(counts.items())])


def _line(operator: str, category: str, *counted: int) -> CapacityLine:
    beds, out_of_use, stays = counted
    return CapacityLine(
        operator=operator,
        category=category,
        beds=beds,
        out_of_use=out_of_use,
        held=stays,
        free=beds - out_of_use - stays,
    )


def _categories(takes: Sequence[str], child_places: int) -> set[str]:
    """The categories that a bed can serve."""
    found = {"adult" if take.startswith("adult_") else take for take in takes if take != "adult_with_children"}
    return found | ({"adult_with_children"} if "adult_with_children" in takes and child_places else set())
