"""The clock engine on the database: events start, move and end clocks, the ticker looks at them (NO-3)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from casework.calendar import WorkingDays, local_date
from casework.decreed_days import working_days_for_term
from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select

from notify.domain import clocks
from notify.domain.clocks import Clock
from notify.domain.machines import CLOCK_OPEN
from notify.domain.steps import Act, Kind
from notify.facts import terms
from notify.tables import ClockRow, EarlyEnd
from notify.use_cases.announcements import announce, duty_tasks, escalate_at, note, notify_duty, store, value_of
from notify.use_cases.early_ends import drop_ends, load_ends, store_ends
from notify.use_cases.inbox import Task, end_tasks_about, notify_staff


async def start_clocks(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> None:
    """Start a clock for each act that has an end. One that runs already is moved, or passed on."""
    running = await _open(uow, kind, acts)
    ends = await load_ends(uow, kind, acts)
    calendar = await _calendar(uow, kind, acts)
    tasks: list[Task] = []
    came_late: list[tuple[ClockRow, Act, EarlyEnd]] = []
    for act in acts:
        due_at = act.due_at or _end_of_term(kind, act, calendar)
        if due_at is None:
            continue
        row = running.get(act.object_id)
        if row is not None and row.due_at == due_at:
            await _pass_on(uow, row, kind, act)
            continue
        if row is not None:
            _move(uow, row, act, due_at=due_at, calendar=calendar)
            continue
        row = _new_row(kind, act, due_at, calendar)
        uow.session.add(row)
        note(uow, "start_clock", row, act.effective_at)
        if kind.task:
            tasks += await duty_tasks(uow, row, kind.task, act.recorded_at)
        end = ends.get(act.object_id)
        if end is not None and end.effective_at >= act.effective_at:
            came_late.append((row, act, end))
    await notify_staff(uow, tasks)
    await drop_ends(uow, kind, [act.object_id for _, act, _ in came_late])
    for row, act, end in came_late:
        await _end(uow, row, end.effective_at, max(act.recorded_at, end.recorded_at))
    await uow.session.flush()


async def _calendar(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> WorkingDays:
    """The calendar with its decrees, read for those clocks alone that count by it."""
    if any(terms.counts_working_days(kind, local_date(act.effective_at)) for act in acts):
        return await working_days_for_term(uow)
    return WorkingDays()


def _end_of_term(kind: Kind, act: Act, calendar: WorkingDays) -> datetime | None:
    """The end by the kind's own parameter, where the event has none."""
    term = terms.within(kind.within, local_date(act.effective_at)) if kind.within else None
    return term.after(act.effective_at, calendar.works) if term else None


async def move_clocks(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> None:
    """The object runs longer (SH-1, RP-1, RP-4). Without an end any more, nobody waits; without a clock, one starts."""
    running = await _open(uow, kind, acts)
    calendar = await _calendar(uow, kind, acts)
    for act in acts:
        row = running.get(act.object_id)
        if row is not None and act.due_at is not None:
            _move(uow, row, act, due_at=act.due_at, calendar=calendar)
        elif row is not None:
            _cancel(uow, row, act.effective_at)
    await start_clocks(uow, kind, [act for act in acts if act.object_id not in running])


async def meet_clocks(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> None:
    """What the clocks waited for happened; an end without a clock is stored for a start that may come later."""
    running = await _open(uow, kind, acts)
    early = []
    for act in acts:
        row = running.get(act.object_id)
        if row is not None:
            await _end(uow, row, act.effective_at, act.recorded_at)
        else:
            early.append(act)
    await store_ends(uow, kind, early)


async def meet_clocks_without_identity(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> None:
    """The duty was met by a notice without the name (ID-7); a later consent starts another clock."""
    running = await _open(uow, kind, acts)
    for act in acts:
        if act.object_id in running:
            await _end(uow, running[act.object_id], act.effective_at, act.recorded_at, without_identity=True)


async def drop_clocks(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> None:
    """Nobody waits for it any more, and it was not met."""
    running = await _open(uow, kind, acts)
    for act in acts:
        if act.object_id in running:
            _cancel(uow, running[act.object_id], act.effective_at)


async def end_with_case(uow: UnitOfWork, kinds: Sequence[str], closed: Mapping[UUID, datetime]) -> None:
    """The cases closed: clocks that only make sense in an open case end without being met."""
    running = await uow.session.scalars(
        select(ClockRow)
        .where(ClockRow.case_id.in_(closed), ClockRow.kind.in_(kinds))
        .where(ClockRow.state.in_(CLOCK_OPEN))
        .with_for_update()
    )
    rows = running.all()
    for row in rows:
        _cancel(uow, row, closed[row.case_id])
    if rows:
        await end_tasks_about(uow, closed, [f"clock/{row.id}" for row in rows])


async def _open(uow: UnitOfWork, kind: Kind, acts: Sequence[Act]) -> dict[UUID, ClockRow]:
    rows = await uow.session.scalars(
        select(ClockRow)
        .where(ClockRow.kind == kind.code, ClockRow.object_id.in_({act.object_id for act in acts}))
        .where(ClockRow.state.in_(CLOCK_OPEN))
        .with_for_update()
    )
    return {row.object_id: row for row in rows}


def _new_row(kind: Kind, act: Act, due_at: datetime, calendar: WorkingDays) -> ClockRow:
    day = local_date(act.effective_at)
    clock = clocks.start(
        kind.code,
        effective_at=act.effective_at,
        recorded_at=act.recorded_at,
        due_at=due_at,
        warn_before=terms.warn_before(kind.code, day),
        settle=terms.settle(day),
        is_working_day=calendar.works,
    )
    agency = act.agency or kind.agency
    row = ClockRow(
        id=new_id(),
        case_id=act.case_id,
        kind=kind.code,
        object_id=act.object_id,
        duty_agency=agency,
        duty_role=kind.roles[0] if agency else None,
        requested_by=act.requested_by,
        version=0,
    )
    store(row, clock)
    return row


def _move(uow: UnitOfWork, row: ClockRow, act: Act, *, due_at: datetime, calendar: WorkingDays) -> None:
    day = local_date(act.effective_at)
    moved = clocks.extend(
        value_of(row),
        recorded_at=act.recorded_at,
        due_at=due_at,
        warn_before=terms.warn_before(row.kind, day),
        settle=terms.settle(day),
        is_working_day=calendar.works,
    )
    store(row, moved)
    row.breached_at = row.escalate_at = None
    note(uow, "move_clock", row, act.effective_at)


async def _pass_on(uow: UnitOfWork, row: ClockRow, kind: Kind, act: Act) -> None:
    """Another agency must act now, by the same end; what was announced already is repeated to it (ID-7)."""
    agency = act.agency or kind.agency
    if agency == row.duty_agency:
        return
    row.duty_agency, row.duty_role = agency, kind.roles[0] if agency else None
    row.version += 1
    if row.state in ("approaching", "breached"):
        await notify_duty(uow, row, f"clock_{row.state}", act.recorded_at)
    if row.state == "breached":
        row.escalate_at = await escalate_at(uow, act.recorded_at)
    note(uow, "hand_on_clock", row, act.effective_at)


async def _end(
    uow: UnitOfWork, row: ClockRow, effective_at: datetime, recorded_at: datetime, *, without_identity: bool = False
) -> None:
    row.ended_at = effective_at
    row.escalate_at = None
    change = clocks.end(
        value_of(row), effective_at=effective_at, recorded_at=recorded_at, without_identity=without_identity
    )
    await announce(uow, row, change, recorded_at)


def _cancel(uow: UnitOfWork, row: ClockRow, effective_at: datetime) -> None:
    row.ended_at = effective_at
    row.escalate_at = None
    ended: Clock = clocks.cancel(value_of(row))
    store(row, ended)
    note(uow, "end_clock", row, effective_at)
