"""Days that a decree made holidays or working days, in every service that counts a term in working days (NO-3).

The coordinator enters them in notify, `CalendarDecreed` notifies the others, and each moves its own terms that run.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from chassis.locks import Lock
from chassis.unit_of_work import UnitOfWork
from nrm_events.notify import CalendarDecreed
from sqlalchemy import Boolean, Column, Date, DateTime, MetaData, Table, Text, delete, select, text
from sqlalchemy.dialects.postgresql import insert

from casework.calendar import BAKU, WorkingDays, local_date

decreed_day = Table(
    "decreed_day",
    MetaData(),
    Column("day", Date, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("decree", Text, nullable=False),
    Column("decreed_at", DateTime(timezone=True), nullable=False),
)

DECREED_DAY = """create table decreed_day (day date constraint pk_decreed_day primary key, works boolean not null,
   decree text not null, decreed_at timestamptz not null)"""

T = TypeVar("T")
_SHARED = text("select pg_advisory_xact_lock_shared(:lock)").bindparams(lock=Lock.CALENDAR)
_EXCLUSIVE = text("select pg_advisory_xact_lock(:lock)").bindparams(lock=Lock.CALENDAR)


class Decreed(NamedTuple):
    """The calendar before a decree and after it. Terms that ended before `since` do not move."""

    before: WorkingDays
    after: WorkingDays
    since: datetime
    entered_on: date

    def due(self, start: datetime, due: datetime) -> datetime:
        """Where a term now ends. One that would be over by then ends with the next working day, if not before."""
        moved = self.after.moved(start, due, before=self.before)
        if moved >= due or local_date(moved) >= self.entered_on:
            return moved
        next_day = self.after.add(self.entered_on - timedelta(days=1), 1)
        return min(due, datetime.combine(next_day, due.astimezone(BAKU).time(), tzinfo=BAKU))


async def working_days(uow: UnitOfWork) -> WorkingDays:
    """The calendar as it is known now, to show terms by."""
    rows = await uow.session.execute(select(decreed_day.c.day, decreed_day.c.works))
    return WorkingDays({row.day: row.works for row in rows})


async def working_days_for_term(uow: UnitOfWork) -> WorkingDays:
    """The same to set a term by: a decree waits until this transaction ends, and then moves the term."""
    await uow.session.execute(_SHARED)
    return await working_days(uow)


async def decree(uow: UnitOfWork, event: CalendarDecreed) -> Decreed:
    """Store the decreed days; the caller moves its terms."""
    (decreed,) = await decree_each(uow, [event])
    return decreed


async def decree_each(uow: UnitOfWork, events: Sequence[CalendarDecreed]) -> list[Decreed]:
    """Store the days of these decrees as one after the other leaves them; the caller moves its terms by each."""
    await uow.session.execute(_EXCLUSIVE)
    calendar = await working_days(uow)
    days: dict[date, dict[str, object] | None] = {}
    decrees = []
    for event in events:
        works = dict.fromkeys(event.holidays, False) | dict.fromkeys(event.working_days, True)
        row = {"decree": event.decree, "decreed_at": event.effective_at}
        days |= {day: row | {"day": day, "works": works[day]} for day in works}
        days |= dict.fromkeys(event.as_published)
        left = (dict(calendar.decreed) | works).items()
        after = WorkingDays({day: value for day, value in left if day not in event.as_published})
        decrees.append(_decreed(event, calendar, after))
        calendar = after
    await _store(uow, days)
    return decrees


def _decreed(event: CalendarDecreed, before: WorkingDays, after: WorkingDays) -> Decreed:
    entered_on = local_date(event.effective_at)
    first = min((*event.holidays, *event.working_days, *event.as_published), default=entered_on)
    return Decreed(before, after, since=datetime.combine(first, time(), tzinfo=BAKU), entered_on=entered_on)


async def _store(uow: UnitOfWork, days: Mapping[date, Mapping[str, object] | None]) -> None:
    """The row of each decreed day; one without a row is as published again."""
    if rows := [row for row in days.values() if row is not None]:
        stored = insert(decreed_day).values(rows)
        changed = {name: stored.excluded[name] for name in ("works", "decree", "decreed_at")}
        await uow.session.execute(stored.on_conflict_do_update(index_elements=["day"], set_=changed))
    as_published = [day for day, row in days.items() if row is None]
    await uow.session.execute(delete(decreed_day).where(decreed_day.c.day.in_(as_published)))


def moved_terms(
    decrees: Sequence[Decreed], terms: Mapping[T, tuple[datetime, datetime]]
) -> Iterator[tuple[T, datetime]]:
    """Each term that a decree moves, with its new end: decree after decree, in the order of `terms`.

    `terms` has the beginning and the end of each. Those of the same day that end at the same moment move alike.
    """
    place = {name: number for number, name in enumerate(terms)}
    alike: dict[tuple[datetime, datetime], list[T]] = defaultdict(list)
    for name, (start, due) in terms.items():
        alike[datetime.combine(local_date(start), time(), tzinfo=BAKU), due].append(name)
    for decreed in decrees:
        moved: dict[T, tuple[datetime, datetime]] = {}
        for first, due in list(alike):
            if due >= decreed.since and (end := decreed.due(first, due)) != due:
                moved |= dict.fromkeys(alike.pop((first, due)), (first, end))
        for name in sorted(moved, key=place.__getitem__):
            alike[moved[name]].append(name)
            yield name, moved[name][1]
