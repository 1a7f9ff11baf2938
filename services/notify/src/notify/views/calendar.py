"""The working calendar as people see it (NO-3)."""

from collections.abc import Sequence
from datetime import date, timedelta

from casework.calendar import WorkingDays, holiday_name, local_date
from casework.decreed_days import decreed_day
from chassis.errors import Invalid
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from notify.answers import CalendarAnswer, CalendarDay

_LONGEST_DAYS = 400
_YEAR = timedelta(days=365)


async def show(uow: UnitOfWork, first: date | None, last: date | None, *, estimated: bool = False) -> CalendarAnswer:
    """Days of the period that differ from the week, or only those that are `estimated`.

    Invalid `invalid_period`: none, or longer than 400 days.
    """
    first = first or local_date(uow.now)
    last = last or first + _YEAR
    if not 0 <= (last - first).days <= _LONGEST_DAYS:
        raise Invalid("invalid_period", "The last day follows the first within 400 days.")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = await show_days(uow, days)
    listed = (day for day in found.items if day.name or day.decree)
    return CalendarAnswer(items=[day for day in listed if day.estimated or not estimated])


async def show_days(uow: UnitOfWork, days: Sequence[date]) -> CalendarAnswer:
    """These days."""
    rows = await uow.session.execute(
        select(decreed_day.c.day, decreed_day.c.works, decreed_day.c.decree).where(decreed_day.c.day.in_(days))
    )
    decreed = {row.day: row for row in rows}
    calendar = WorkingDays({day: row.works for day, row in decreed.items()})
    return CalendarAnswer(
        items=[
            CalendarDay(
                day=day,
                works=calendar.works(day),
                name=holiday_name(day),
                estimated=calendar.is_estimated(day),
                decree=decreed[day].decree if day in decreed else None,
            )
            for day in days
        ]
    )
