"""A decree changes the working days: every service learns of it, and terms that notify counts itself move (NO-3)."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from uuid import NAMESPACE_URL, uuid5

from casework.calendar import local_date
from casework.decreed_days import Decreed, decree, decreed_day
from chassis.errors import Fault, Invalid
from chassis.unit_of_work import UnitOfWork
from nrm_events.notify import CalendarDecreed
from sqlalchemy import or_, select

from notify.commands import EnterDecree
from notify.domain import clocks
from notify.domain.kinds import BY_CODE
from notify.domain.machines import CLOCK_OPEN
from notify.facts import terms
from notify.tables import ClockRow
from notify.use_cases.announcements import note, store, value_of

CALENDAR = uuid5(NAMESPACE_URL, "urn:nrm:calendar:az")
_FARTHEST = timedelta(days=3 * 366)


async def enter_decree(uow: UnitOfWork, command: EnterDecree) -> None:
    """Days become holidays or working days, or are again as published. Invalid names every day that is at fault."""
    await _check(uow, command)
    event = CalendarDecreed(
        effective_at=uow.now,
        calendar_id=CALENDAR,
        decree=command.decree,
        holidays=command.holidays,
        working_days=command.working_days,
        as_published=command.as_published,
    )
    decreed = await decree(uow, event)
    uow.emit(event)
    facts = command.model_dump(mode="json")
    uow.audit("enter_decree", subject=f"calendar/{CALENDAR}", at=uow.now, facts=facts)
    await _move_terms(uow, decreed)


async def _check(uow: UnitOfWork, command: EnterDecree) -> None:
    lists = {name: getattr(command, name) for name in ("holidays", "working_days", "as_published")}
    named = Counter(day for days in lists.values() for day in days)
    if not named:
        raise Invalid("no_days", "Name at least one day that the decree changes.")
    stored = await uow.session.scalars(select(decreed_day.c.day).where(decreed_day.c.day.in_(command.as_published)))
    known, today = set(stored), local_date(uow.now)
    faults = [
        Fault(f"body.{name}.{index}", code, detail)
        for name, days in lists.items()
        for index, day in enumerate(days)
        for code, detail in _faults(day, named[day], today, taken_back=name == "as_published", known=known)
    ]
    if faults:
        raise Invalid("invalid_days", "Some days cannot be decreed; nothing was changed.", faults=faults)


def _faults(day: date, times: int, today: date, *, taken_back: bool, known: set[date]) -> list[tuple[str, str]]:
    found = []
    if times > 1:
        found.append(("day_named_twice", "the day is named more than once"))
    if abs(day - today) > _FARTHEST:
        found.append(("day_too_far", "the day lies more than three years from today"))
    if taken_back and day not in known:
        found.append(("not_decreed", "no decree names this day"))
    return found


async def _move_terms(uow: UnitOfWork, decreed: Decreed) -> None:
    """Clocks whose end, warning or escalation notify counts in working days; owners of other ends publish theirs."""
    rows = await uow.session.scalars(
        select(ClockRow)
        .where(ClockRow.state.in_(CLOCK_OPEN))
        .where(or_(ClockRow.due_at >= decreed.since, ClockRow.escalate_at >= decreed.since))
        .order_by(ClockRow.id)
        .with_for_update()
    )
    for row in rows:
        _move_end(uow, row, decreed)
        if row.escalate_at is not None and row.breached_at is not None:
            row.escalate_at = decreed.due(row.breached_at, row.escalate_at)


def _move_end(uow: UnitOfWork, row: ClockRow, decreed: Decreed) -> None:
    day, kind = local_date(row.started_at), BY_CODE[row.kind]
    term = terms.within(kind.within, day) if kind.within else None
    due_at = decreed.due(row.started_at, row.due_at) if term and term.working_days else row.due_at
    moved = clocks.extend(
        value_of(row),
        recorded_at=uow.now if due_at != row.due_at else row.recorded_at,
        due_at=due_at,
        warn_before=terms.warn_before(row.kind, day),
        settle=terms.settle(day),
        is_working_day=decreed.after.works,
    )
    if due_at > uow.now and due_at != row.due_at:
        store(row, moved)
        row.breached_at = row.escalate_at = None
        note(uow, "move_clock", row, uow.now)
    elif row.state == "running" and moved.warn_at != row.warn_at:
        store(row, replace(value_of(row), warn_at=moved.warn_at))
