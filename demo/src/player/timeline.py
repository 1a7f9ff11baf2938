"""When each step of a line took effect. The line gives the report, the decision and some days; the rest is laid
between them, always the same for the same line.

Steps without a day in the line (help, payments, the permit) lie inside the year of the decision, and nothing lies after
the moment at which the line was first played: a recent case has only come so far.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from player.caseload import Line

BAKU = ZoneInfo("Asia/Baku")
_REFERRAL_TERM = timedelta(hours=24)  # the hand-over and its acknowledgement fit in (ID-7)
_ROOM = timedelta(days=60)  # the longest way from the decision to a step that the line gives no day for


@dataclass(frozen=True)
class Stay:
    """Admission, each extension with its decision, and the day of leaving; None for what has not come yet."""

    admitted_at: datetime
    extended_at: tuple[datetime, ...]
    ends_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class Timeline:
    """`played_at`: when the line was first played."""

    line: Line
    played_at: datetime

    @property
    def reported_at(self) -> datetime:
        return self.line.reported_at

    @property
    def decided_at(self) -> datetime:
        return self.line.decided_at

    def before_decision(self, share: float) -> datetime:
        """A moment between the report and the decision, and within the first day: `share` of that time, 0 to 1."""
        room = min(_REFERRAL_TERM, self.decided_at - self.reported_at)
        return _whole(self.reported_at + room * share)

    def after_decision(self, **later: float) -> datetime:
        """So many days or hours after the decision, in its year and not after the line was played."""
        return self.in_its_year(self.decided_at + timedelta(**later))

    def in_its_year(self, moment: datetime) -> datetime:
        """The moment, or the last one that is still possible; never before the decision."""
        last = min(end_of_year(self.decided_at), self.played_at)
        return _whole(max(self.decided_at, min(moment, last)))

    def stay(self) -> Stay:
        """The stay in the shelter; its end may lie in the next year."""
        shelter = self.line.course.shelter
        if shelter is None:
            raise AssertionError("the line has no stay")
        admitted_at = self.after_decision(hours=6)
        ends = list(accumulate(shelter.extensions, initial=shelter.days))
        extended = [admitted_at + timedelta(days=days - 1) for days in ends[:-1]]
        ends_at = admitted_at + timedelta(days=ends[-1])
        return Stay(
            admitted_at,
            tuple(moment for moment in extended if moment <= self.played_at),
            ends_at,
            ends_at if ends_at <= self.played_at else None,
        )

    def way_home(self, share: float) -> datetime:
        """A moment between the decision and the departure."""
        return _whole(self.decided_at + (self.departs_at - self.decided_at) * share)

    @property
    def departs_at(self) -> datetime:
        return min(self.planned_departure, _whole(self.played_at))

    @property
    def planned_departure(self) -> datetime:
        wanted = self.line.course.voluntary_return
        if wanted is None:
            raise AssertionError("the line has no return")
        return self.decided_at + timedelta(days=wanted.after_days)

    def after_departure(self, **later: float) -> datetime:
        return _whole(min(self.departs_at + timedelta(**later), self.played_at))

    def years(self) -> set[int]:
        """The years, in Baku, in whose statistics the line may count."""
        moments = [self.reported_at, self.decided_at]
        if self.line.course.voluntary_return:
            moments.append(self.departs_at)
        return {moment.astimezone(BAKU).year for moment in moments}


def reaches_into(line: Line, now: datetime) -> bool:
    """Whether a step of the line might lie after `now`, so that the first playing has to be remembered."""
    course = line.course
    days = course.voluntary_return.after_days if course.voluntary_return else 0
    if course.shelter:
        days = max(days, course.shelter.days + sum(course.shelter.extensions))
    return line.decided_at + timedelta(days=days) + _ROOM > now


def end_of_year(moment: datetime) -> datetime:
    """The last second of the moment's year in Baku."""
    return datetime(moment.astimezone(BAKU).year, 12, 31, 23, 59, 59, tzinfo=BAKU)


def start_of_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=BAKU)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
