"""Spans as parameters write them: `30m`, `4h`, `5d` and `2wd` (Azerbaijani working days)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.calendar import BAKU

WorkingDay = Callable[[date], bool]
_FORM = re.compile(r"^([1-9]\d{0,3})(m|h|d|wd)$")
_PER_UNIT = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST_HOLIDAY_DAYS = 60


@dataclass(frozen=True)
class Span:
    """Calendar time, or whole working days."""

    calendar: timedelta = timedelta(0)
    working_days: int = 0

    @classmethod
    def parse(cls, text: str) -> "Span":
        """ValueError for anything but a whole number from 1 to 9999 with a unit."""
        found = _FORM.match(text)
        if not found:
            raise ValueError(f"not a duration: {text!r}")
        number, unit = int(found[1]), found[2]
        return cls(working_days=number) if unit == "wd" else cls(calendar=number * _PER_UNIT[unit])

    def before(self, moment: datetime, is_working_day: WorkingDay) -> datetime:
        """The moment this long before `moment`; working days keep the time of day in Baku (NO-3)."""
        return _walk(moment - self.calendar, -self.working_days, is_working_day)

    def after(self, moment: datetime, is_working_day: WorkingDay) -> datetime:
        """The moment this long after `moment`; working days keep the time of day in Baku (NO-3)."""
        return _walk(moment + self.calendar, self.working_days, is_working_day)


def _walk(moment: datetime, working_days: int, is_working_day: WorkingDay) -> datetime:
    if not working_days:
        return moment
    step = timedelta(days=1 if working_days > 0 else -1)
    local, left, idle = moment.astimezone(BAKU), abs(working_days), 0
    while left:
        local += step
        counts = is_working_day(local.date())
        left, idle = left - counts, 0 if counts else idle + 1
        if idle > _LONGEST_HOLIDAY_DAYS:
            raise ValueError("the calendar has no working day")
    return local


def end_of_day(day: date) -> datetime:
    """The moment at which `day` is over in Baku: a permit is valid through its last day."""
    return datetime(day.year, day.month, day.day, tzinfo=BAKU) + timedelta(days=1)
