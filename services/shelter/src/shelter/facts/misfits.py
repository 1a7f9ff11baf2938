"""Whose place fits no more because of somebody else in the house (SH-4)."""

from collections import defaultdict
from uuid import UUID

from casework.calendar import local_date
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from shelter.domain.neighbours import Placed, Resident, misfits
from shelter.facts.conflicts import conflicts_among
from shelter.facts.places import nights_of, taken_from
from shelter.tables import Bed, BedNightBlock, Room, Stay


async def stays_that_fit_no_more(uow: UnitOfWork) -> set[UUID]:
    """Two statements for all the houses, whatever changed: nights, beds, age, or a conflict that was named."""
    today = local_date(uow.now)
    found = (
        select(Room, Stay, BedNightBlock)
        .join(Bed, Bed.room_id == Room.id)
        .join(BedNightBlock, BedNightBlock.bed_id == Bed.id)
        .join(Stay, BedNightBlock.stay_id == Stay.id)
        .where(Stay.state.in_(("offered", "admitted")))
        .where(BedNightBlock.id.in_(taken_from(today)))
    )
    rows = (await uow.session.execute(found)).tuples().all()
    conflicts = await conflicts_among(uow, {stay.case_id for _, stay, _ in rows})
    houses: dict[UUID, list[Placed]] = defaultdict(list)
    for room, stay, row in rows:
        lives = stay.state == "admitted"
        nights = nights_of(uow, row, lives=lives, since=today)
        person = Resident(stay.case_id, room.id, stay.sex, stay.age_group, nights, lives)
        houses[room.facility_id].append(Placed(stay.id, row.bed_id, person, conflicts.get(stay.case_id, frozenset())))
    return {stay_id for placed in houses.values() for stay_id in misfits(placed)}
