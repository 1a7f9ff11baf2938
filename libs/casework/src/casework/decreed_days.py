"""Days that a decree made holidays or working days, in every service that counts a term in working days (NO-3).

The coordinator enters them in notify, `CalendarDecreed` notifies the others, and each moves its own terms that run.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

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
    await uow.session.execute(_EXCLUSIVE)
    before = await working_days(uow)
    works = dict.fromkeys(event.holidays, False) | dict.fromkeys(event.working_days, True)
    row = {"decree": event.decree, "decreed_at": event.effective_at}
    if works:
        stored = insert(decreed_day).values([row | {"day": day, "works": works[day]} for day in works])
        changed = {name: stored.excluded[name] for name in ("works", "decree", "decreed_at")}
        await uow.session.execute(stored.on_conflict_do_update(index_elements=["day"], set_=changed))
    await uow.session.execute(delete(decreed_day).where(decreed_day.c.day.in_(event.as_published)))
    entered_on = local_date(event.effective_at)
    first = min((*works, *event.as_published), default=entered_on)
    since = datetime.combine(first, time(), tzinfo=BAKU)
    return Decreed(before, await working_days(uow), since=since, entered_on=entered_on)
