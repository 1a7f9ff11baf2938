"""The clock engine on the database: events start, move and end clocks, the ticker looks at them (NO-3)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from chassis import audit, outbox
from chassis.actor import system
from chassis.calendar import is_working_day
from chassis.clock import local_date, new_id
from nrm_events import notify as events
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from notify import rules
from notify.domain import clocks
from notify.domain.clocks import Clock
from notify.domain.kinds import BY_CODE, Kind, Watcher
from notify.domain.machines import CLOCK_OPEN
from notify.domain.routes import HOLDER
from notify.tables import ClockRow, EarlyEnd
from notify.use_cases.early_ends import Act, keep_ends, kept_ends
from notify.use_cases.inbox import Told, tell_staff

_PER_TICK = 500
_SYSTEM = system("notify")
_SAYS = {
    "approaching": events.DeadlineApproaching,
    "breached": events.DeadlineBreached,
    "met": events.DeadlineMet,
}


async def start_clocks(session: AsyncSession, kind: Kind, acts: Sequence[Act]) -> None:
    """Start a clock for each act that has an end; one that runs already for the object is moved, or handed on."""
    running = await _open(session, kind, acts)
    ends = await kept_ends(session, kind, acts)
    for act in acts:
        if act.due_at is None:
            continue
        row = running.get(act.object_id)
        if row is not None and row.due_at == act.due_at:
            await _hand_on(session, row, kind, act)
            continue
        if row is not None:
            await _move(session, row, act, act.due_at)
            continue
        row = _new_row(kind, act, act.due_at)
        session.add(row)
        _note(session, "start_clock", row, act.effective_at)
        end = ends.get(act.object_id)
        if end is not None and end.effective_at >= act.effective_at:
            await session.execute(
                delete(EarlyEnd).where(EarlyEnd.kind == kind.code, EarlyEnd.object_id == row.object_id)
            )
            await _end(session, row, end.effective_at, max(act.recorded_at, end.recorded_at))
    await session.flush()


async def move_clocks(session: AsyncSession, kind: Kind, acts: Sequence[Act]) -> None:
    """The object runs longer (SH-1, RP-1, RP-4). Without an end any more, nobody waits; without a clock, one starts."""
    running = await _open(session, kind, acts)
    for act in acts:
        row = running.get(act.object_id)
        if row is not None and act.due_at is not None:
            await _move(session, row, act, act.due_at)
        elif row is not None:
            _cancel(session, row, act.effective_at)
    await start_clocks(session, kind, [act for act in acts if act.object_id not in running])


async def end_clocks(session: AsyncSession, kind: Kind, acts: Sequence[Act]) -> None:
    """What the clocks waited for happened; an end without a clock is kept for a start that may come later."""
    running = await _open(session, kind, acts)
    early = []
    for act in acts:
        row = running.get(act.object_id)
        if row is not None:
            await _end(session, row, act.effective_at, act.recorded_at)
        else:
            early.append(act)
    await keep_ends(session, kind, early)


async def drop_clocks(session: AsyncSession, kind: Kind, acts: Sequence[Act]) -> None:
    """Nobody waits for it any more, and it was not met."""
    running = await _open(session, kind, acts)
    for act in acts:
        if act.object_id in running:
            _cancel(session, running[act.object_id], act.effective_at)


async def end_with_case(session: AsyncSession, kinds: Sequence[str], acts: Sequence[Act]) -> None:
    """The case closed: clocks that only make sense in an open case end without being met."""
    rows = await session.scalars(
        select(ClockRow)
        .where(ClockRow.case_id.in_({act.case_id for act in acts}), ClockRow.kind.in_(kinds))
        .where(ClockRow.state.in_(CLOCK_OPEN))
        .with_for_update()
    )
    closed = {act.case_id: act for act in acts}
    for row in rows:
        _cancel(session, row, closed[row.case_id].effective_at)


async def tick(session: AsyncSession, now: datetime) -> None:
    """Say of each clock what is due as of `now`: the warning, the breach, the escalation; each once (NO-3)."""
    for row in await _due(session, ClockRow.look_at, now):
        await _take(session, row, clocks.look(_value(row), now), now)
    for row in await _due(session, ClockRow.escalate_at, now):
        row.escalate_at = None
        row.version += 1
        if row.duty_agency is not None and not BY_CODE[row.kind].watchers:
            await _tell(session, row, "clock_escalated", HOLDER, None, now)
            _note(session, "escalate_clock", row, now)


async def _due(
    session: AsyncSession, column: InstrumentedAttribute[datetime | None], now: datetime
) -> Sequence[ClockRow]:
    """The clocks whose time in `column` has come, their cases locked first as everywhere (chassis.outbox)."""
    due = select(ClockRow).where(column <= now)
    found = (await session.scalars(due.order_by(column, ClockRow.id).limit(_PER_TICK))).all()
    if not found:
        return []
    await outbox.lock_streams(session, [row.case_id for row in found])
    held = due.where(ClockRow.id.in_([row.id for row in found])).order_by(ClockRow.id)
    return (await session.scalars(held.with_for_update().execution_options(populate_existing=True))).all()


async def _open(session: AsyncSession, kind: Kind, acts: Sequence[Act]) -> dict[UUID, ClockRow]:
    rows = await session.scalars(
        select(ClockRow)
        .where(ClockRow.kind == kind.code, ClockRow.object_id.in_({act.object_id for act in acts}))
        .where(ClockRow.state.in_(CLOCK_OPEN))
        .with_for_update()
    )
    return {row.object_id: row for row in rows}


def _new_row(kind: Kind, act: Act, due_at: datetime) -> ClockRow:
    day = local_date(act.effective_at)
    clock = clocks.start(
        kind.code,
        effective_at=act.effective_at,
        recorded_at=act.recorded_at,
        due_at=due_at,
        warn_before=rules.warn_before(kind.code, day),
        settle=rules.settle(day),
        is_working_day=is_working_day,
    )
    row = ClockRow(
        id=new_id(),
        case_id=act.case_id,
        kind=kind.code,
        object_id=act.object_id,
        duty_agency=act.agency or kind.duty.agency,
        duty_role=kind.duty.role if act.agency or kind.duty.agency else None,
        version=0,
    )
    _store(row, clock)
    return row


async def _move(session: AsyncSession, row: ClockRow, act: Act, due_at: datetime) -> None:
    day = local_date(act.effective_at)
    moved = clocks.extend(
        _value(row),
        recorded_at=act.recorded_at,
        due_at=due_at,
        warn_before=rules.warn_before(row.kind, day),
        settle=rules.settle(day),
        is_working_day=is_working_day,
    )
    _store(row, moved)
    row.breached_at = row.escalate_at = None
    _note(session, "move_clock", row, act.effective_at)


async def _hand_on(session: AsyncSession, row: ClockRow, kind: Kind, act: Act) -> None:
    """Another agency must act now, by the same end; what was said of the clock already is told to it (ID-7)."""
    agency = act.agency or kind.duty.agency
    if agency == row.duty_agency:
        return
    row.duty_agency, row.duty_role = agency, kind.duty.role if agency else None
    row.version += 1
    if row.state in ("approaching", "breached"):
        await _tell_duty(session, row, f"clock_{row.state}", act.recorded_at)
    if row.state == "breached":
        row.escalate_at = _escalate_at(act.recorded_at)
    _note(session, "hand_on_clock", row, act.effective_at)


async def _end(session: AsyncSession, row: ClockRow, effective_at: datetime, recorded_at: datetime) -> None:
    row.ended_at = effective_at
    row.escalate_at = None
    change = clocks.end(_value(row), effective_at=effective_at, recorded_at=recorded_at)
    await _take(session, row, change, recorded_at)


def _cancel(session: AsyncSession, row: ClockRow, effective_at: datetime) -> None:
    row.ended_at = effective_at
    row.escalate_at = None
    _store(row, clocks.cancel(_value(row)))
    _note(session, "end_clock", row, effective_at)


async def _take(session: AsyncSession, row: ClockRow, change: clocks.Change, now: datetime) -> None:
    """Store the clock and say what is to be said: on the bus, and in the inbox of who must act."""
    warn_at, due_at = row.warn_at or row.due_at, row.due_at
    _store(row, change.clock)
    at = {"approaching": warn_at, "breached": due_at, "met": row.ended_at or now}
    for said, entered_late in change.said:
        if said == "breached":
            row.breached_at = now
            row.escalate_at = None if row.ended_at else _escalate_at(now)
        if said in ("approaching", "breached"):
            await _tell_duty(session, row, f"clock_{said}", now)
        outbox.emit(
            session,
            _SAYS[said](
                case_id=row.case_id,
                effective_at=at[said],
                clock_id=row.id,
                kind=row.kind,
                due_at=due_at,
                entered_late=entered_late,
            ),
        )
        _note(session, f"clock_{said}", row, at[said])


def _escalate_at(told_at: datetime) -> datetime:
    return rules.escalate_after(local_date(told_at)).after(told_at, is_working_day)


async def _tell_duty(session: AsyncSession, row: ClockRow, task: str, now: datetime) -> None:
    """Who must act, or who watches over it (ID-12)."""
    watchers = BY_CODE[row.kind].watchers or (Watcher(row.duty_agency or HOLDER, row.duty_role),)
    for one in watchers:
        await _tell(session, row, task, one.to, one.role, now, None if one.sees_case else f"agency/{row.duty_agency}")


async def _tell(
    session: AsyncSession,
    row: ClockRow,
    task: str,
    to: str,
    role: str | None,
    now: datetime,
    subject: str | None = None,
) -> None:
    due_today = local_date(row.due_at) == local_date(now)
    early = "task_due_today" if due_today else "new_notification"
    template = early if task == "clock_approaching" else "tasks_overdue"
    event_id = uuid5(row.id, f"{task}/{row.due_at.isoformat()}")
    await tell_staff(
        session,
        [Told(row.case_id, event_id, to, task, subject or f"clock/{row.id}", now, template=template, role=role)],
    )


def _value(row: ClockRow) -> Clock:
    return Clock(
        kind=row.kind,
        state=row.state,
        started_at=row.started_at,
        recorded_at=row.recorded_at,
        due_at=row.due_at,
        warn_at=row.warn_at,
        breach_at=row.breach_at,
    )


def _store(row: ClockRow, clock: Clock) -> None:
    row.state = clock.state
    row.started_at, row.recorded_at, row.due_at = clock.started_at, clock.recorded_at, clock.due_at
    row.warn_at, row.breach_at, row.look_at = clock.warn_at, clock.breach_at, clock.look_at
    row.entered_late = clock.entered_late
    row.version += 1


def _note(session: AsyncSession, action: str, row: ClockRow, effective_at: datetime) -> None:
    audit.record(
        session,
        _SYSTEM,
        action,
        subject=f"clock/{row.id}",
        case_id=row.case_id,
        effective_at=effective_at,
        facts={"kind": row.kind, "state": row.state, "due_at": row.due_at.isoformat()},
    )
