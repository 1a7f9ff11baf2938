"""Days of the law: the zone of Azerbaijan, its working days and holidays. Pure.

The published calendar is the package `holidays`, with moved days and working Saturdays; decrees go before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

BAKU = ZoneInfo("Asia/Baku")
_DAY = timedelta(days=1)
_FURTHEST = 3_660  # days; a term longer than ten years is a mistake
_ESTIMATE_MAY_MISS = timedelta(days=2)
_ESTIMATED = "təxmini"  # as the package marks it


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
def _published() -> holidays.HolidayBase:
    return holidays.country_holidays("AZ", language="az")


@dataclass(frozen=True)
class WorkingDays:
    """The days on which offices work: as a decree states, else the published calendar (NO-3).

    `decreed`: day → whether offices work on it. A holiday by the moon is published as estimated until it is decreed.
    """

    decreed: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether offices work on this day; a Saturday that a decree made a working day counts as one."""
        found = self.decreed.get(day)
        return _published().is_working_day(day) if found is None else found

    def is_estimated(self, day: date) -> bool:
        """A published holiday whose day is not certain yet, and which no decree settles."""
        return day not in self.decreed and _ESTIMATED in (holiday_name(day) or "")

    def add(self, start: date, days: int) -> date:
        """The day on which a term of `days` working days ends; it begins on the day after `start`."""
        _check(days)
        day = start
        while days:
            day += _DAY
            days -= self.works(day)
        return day

    def subtract(self, end: date, days: int) -> date:
        """The day from which `days` working days are left until `end`."""
        _check(days)
        day = end
        while days:
            days -= self.works(day)
            day -= _DAY
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days a term has that begins on the day after `start` and ends with `end`."""
        return sum(self.works(start + n * _DAY) for n in range(1, (end - start).days + 1))

    def due(self, start: datetime, days: int) -> datetime:
        """The end, in Baku, of the last day of a term of working days that began at `start`."""
        return end_of_day(self.add(local_date(start), days))

    def moved(self, start: datetime, due: datetime, *, before: "WorkingDays") -> datetime:
        """Where a term counted by `before` now ends: as many working days, the same time of the last one."""
        first, last = local_date(start), local_date(due)
        end = self.add(first, before.between(first, last))
        return due if end == last else datetime.combine(end, due.astimezone(BAKU).time(), tzinfo=BAKU)

    def is_provisional(self, start: datetime, due: datetime) -> bool:
        """Whether a term of working days may still move: an estimated holiday lies in it or close behind."""
        first, last = local_date(start) + _DAY, local_date(due) + _ESTIMATE_MAY_MISS
        return any(self.is_estimated(first + n * _DAY) for n in range((last - first).days + 1))


def holiday_name(day: date) -> str | None:
    """The name of the published holiday in Azerbaijani, or None."""
    name: str | None = _published().get(day)
    return name


def _check(days: int) -> None:
    if not 0 <= days <= _FURTHEST:
        raise ValueError("a term lies between 0 and 3660 working days")


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
