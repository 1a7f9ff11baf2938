"""Days of the law: the zone of Azerbaijan, its working days and holidays (source: package `holidays`).

Moved days and working Saturdays are included.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

BAKU = ZoneInfo("Asia/Baku")
_FURTHEST = 3_660  # days; a term longer than ten years is a mistake


def local_date(moment: datetime) -> date:
    """The day in Azerbaijan on which the law counts this moment."""
    return moment.astimezone(BAKU).date()


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """First moment of the year and of the next one, in Baku."""
    return datetime(year, 1, 1, tzinfo=BAKU), datetime(year + 1, 1, 1, tzinfo=BAKU)


def end_of_day(day: date) -> datetime:
    """The last moment of the day in Baku: a term of days ends with its last day."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=BAKU)


@lru_cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("AZ", language="az")


def is_working_day(day: date) -> bool:
    """Whether offices work on this day; a Saturday that a decree made a working day counts as one."""
    return _calendar().is_working_day(day)


def holiday_name(day: date) -> str | None:
    """The name of the holiday in Azerbaijani, or None."""
    name: str | None = _calendar().get(day)
    return name


def add_working_days(start: date, days: int) -> date:
    """The day on which a term of `days` working days ends; it begins on the day after `start`."""
    if not 0 <= days <= _FURTHEST:
        raise ValueError("a term lies between 0 and 3660 working days")
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def subtract_working_days(end: date, days: int) -> date:
    """The day from which `days` working days are left until `end`."""
    if not 0 <= days <= _FURTHEST:
        raise ValueError("a term lies between 0 and 3660 working days")
    day = end
    while days:
        days -= is_working_day(day)
        day -= timedelta(days=1)
    return day


def due_in_working_days(start: datetime, days: int) -> datetime:
    """The end, in Baku, of the last day of a term of working days that began at `start`."""
    return end_of_day(add_working_days(local_date(start), days))


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or the month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


@dataclass(frozen=True)
class Term:
    """Calendar months from a first day, whatever its extensions: 31 January and three times a month is 30 April."""

    begins: date
    months: int

    @property
    def ends(self) -> date:
        return add_months(self.begins, self.months)

    def extended(self, months: int) -> "Term":
        return replace(self, months=self.months + months)
