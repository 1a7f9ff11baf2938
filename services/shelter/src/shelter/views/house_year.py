"""A year of the own houses: nights by month, and how long those waited who were admitted (SH-9). Nobody else's."""

from datetime import date, timedelta

from casework.calendar import local_date, year_bounds
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import Range

from shelter.answers.houses import HouseYearAnswer, MonthNights, WaitedAnswer
from shelter.domain import house_year as rules
from shelter.facts.access import own_record
from shelter.tables import Bed, BedNightBlock, Facility, Room, Stay


async def house_year(uow: UnitOfWork, year: int) -> HouseYearAnswer:
    """Counts of what the board shows bed by bed; to the agency's own staff, so small ones too (SH-7)."""
    nights = rules.by_month(await _blocks(uow, year), year, local_date(uow.now) + timedelta(days=1))
    return HouseYearAnswer(
        year=year,
        months=[
            MonthNights(month=month, occupied=nights[month, "stay"], out_of_use=nights[month, "closure"])
            for month in rules.months(year)
        ],
        waited=[
            WaitedAnswer(waited=group, stays=stays) for group, stays in rules.by_wait(await _waits(uow, year)).items()
        ],
    )


async def _blocks(uow: UnitOfWork, year: int) -> list[tuple[date, date | None, str]]:
    whole = Range(date(year, 1, 1), date(year + 1, 1, 1))
    found = (
        select(BedNightBlock.nights, BedNightBlock.kind)
        .join(Bed, BedNightBlock.bed_id == Bed.id)
        .join(Room, Bed.room_id == Room.id)
        .join(Facility, Room.facility_id == Facility.id)
        .where(Facility.operator == uow.actor.agency, BedNightBlock.nights.overlaps(whole))
    )
    rows = (await uow.session.execute(found)).tuples()
    return [(nights.lower or whole.lower or date.min, nights.upper, kind) for nights, kind in rows]


async def _waits(uow: UnitOfWork, year: int) -> list[int]:
    """Days from request to bed of the stays that began in the year; a move is no new wait."""
    first, after = year_bounds(year)
    found = select(Stay.requested_at, Stay.admitted_at).where(
        Stay.operator == uow.actor.agency,
        Stay.transferred_from.is_(None),
        Stay.admitted_at >= first,
        Stay.admitted_at < after,
        own_record(uow, for_="see_board"),
    )
    rows = (await uow.session.execute(found)).tuples()
    return [(local_date(admitted) - local_date(requested)).days for requested, admitted in rows if admitted]
