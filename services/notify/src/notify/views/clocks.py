"""Clocks as people see them: lists, one, its history."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from casework import access
from casework.answers import ActionAnswer, History, history
from casework.calendar import WorkingDays, local_date
from casework.decreed_days import working_days
from casework.history import visible_history
from chassis import paging
from chassis.paging import Page
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from sqlalchemy import and_, select

from notify.answers import CalendarDay, DeadlineAnswer
from notify.domain.kinds import BY_CODE
from notify.domain.machines import CLOCK, CLOCK_OPEN
from notify.facts import listed, terms, visible
from notify.facts.listed import ClockFilter
from notify.tables import ClockRow
from notify.views.calendar import show_days
from notify.views.reads import read_one

_LONGEST_COUNTED_DAYS = 92
CLOCK_ACTS = (
    *("start_clock", "move_clock", "hand_on_clock", "end_clock"),
    *("clock_approaching", "clock_breached", "clock_met", "escalate_clock"),
)


async def list_clocks(uow: UnitOfWork, wanted: ClockFilter, *, limit: int, after: UUID | None) -> Page[DeadlineAnswer]:
    """Clocks that the actor may see, newest first."""
    found = await listed.clocks(uow, wanted, before=after)
    rows, following = await paging.page(uow.session, found, ClockRow.id, limit=limit, after=after)
    calendar = await working_days(uow)
    return Page(items=[answer(row, calendar) for row in rows], next=following)


async def list_due(uow: UnitOfWork, wanted: ClockFilter, *, limit: int, after: UUID | None) -> Page[DeadlineAnswer]:
    """Clocks that nothing has met yet, the first to end first (NO-3).

    After a clock that the actor may not see there is nothing, as after one that never was (ID-7).
    """
    last = None
    if after:
        shown = await visible.clocks(uow)
        last = await uow.session.scalar(select(ClockRow).where(ClockRow.id == after, shown))
        if last is None:
            return Page(items=[])
    found = await listed.due_clocks(uow, wanted, last)
    rows = (await uow.session.scalars(found.limit(limit + 1))).all()
    following = rows[limit - 1].id if len(rows) > limit else None
    calendar = await working_days(uow)
    return Page(items=[answer(row, calendar) for row in rows[:limit]], next=following)


async def get_clock(uow: UnitOfWork, clock_id: UUID) -> DeadlineAnswer:
    """One clock; of one in working days, each day that its term runs (NO-3)."""
    row = await _read(uow, clock_id)
    answered = answer(row, await working_days(uow))
    return answered.model_copy(update={"counted": await _counted(uow, row)}) if answered.in_working_days else answered


async def _counted(uow: UnitOfWork, row: ClockRow) -> list[CalendarDay]:
    first, last = local_date(row.started_at), local_date(row.due_at)
    days = [first + timedelta(days=n) for n in range(1, min((last - first).days, _LONGEST_COUNTED_DAYS) + 1)]
    return (await show_days(uow, days)).items


async def clock_history(uow: UnitOfWork, clock_id: UUID) -> History:
    """What was announced of the clock and when, newest first."""
    row = await _read(uow, clock_id)
    part_of = dict.fromkeys(CLOCK_ACTS, "read_clock")
    bases = await access.bases(uow, row.case_id)
    return history(await visible_history(uow, row.case_id, bases, part_of, subject=f"clock/{row.id}"))


async def _read(uow: UnitOfWork, clock_id: UUID) -> ClockRow:
    wanted = and_(ClockRow.id == clock_id, await visible.known(uow, ClockRow.case_id))
    return await read_one(uow, ClockRow, wanted, shown=await visible.clocks(uow), action="read_clock")


async def open_clocks_of(uow: UnitOfWork, case_id: UUID) -> Sequence[ClockRow]:
    """The open clocks of a case that the actor may see, the most urgent first; at most fifty."""
    found = select(ClockRow).where(
        ClockRow.case_id == case_id, ClockRow.state.in_(CLOCK_OPEN), await visible.clocks(uow)
    )
    return (await uow.session.scalars(found.order_by(ClockRow.due_at).limit(50))).all()


async def count_overdue(uow: UnitOfWork) -> int:
    """How many visible clocks ran out on which the actor's agency must act; at most 100."""
    return int(await uow.session.scalar(await listed.overdue_clocks(uow)) or 0)


def answer(row: ClockRow, calendar: WorkingDays) -> DeadlineAnswer:
    """The row as it is answered."""
    counted = terms.is_in_working_days(BY_CODE[row.kind], local_date(row.started_at))
    return DeadlineAnswer(
        id=row.id,
        case_id=row.case_id,
        case_ref=case_reference(row.case_id),
        kind=row.kind,
        object_id=row.object_id,
        state=row.state,
        started_at=row.started_at,
        due_at=row.due_at,
        warn_at=row.warn_at,
        breached_at=row.breached_at,
        ended_at=row.ended_at,
        entered_late=row.entered_late,
        in_working_days=counted,
        provisional=counted and row.state in CLOCK_OPEN and calendar.is_provisional(row.started_at, row.due_at),
        agency=row.duty_agency,
        role=row.duty_role,
        version=row.version,
        actions=[
            ActionAnswer(action=one.action, allowed=False, reason=one.reason or "by_events_only")
            for one in CLOCK.list_actions(row.state)
        ],
    )
