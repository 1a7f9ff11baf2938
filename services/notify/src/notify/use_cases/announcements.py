"""What is announced of a clock: on the bus, and in the inbox of who must act or watches (NO-3)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid5

from casework.agencies import kind
from casework.calendar import local_date
from casework.decreed_days import working_days
from chassis.unit_of_work import UnitOfWork
from nrm_events import notify as events
from nrm_events.taking_part import is_police

from notify.domain import clocks
from notify.domain.clocks import Clock
from notify.domain.kinds import BY_CODE
from notify.domain.roles import DESK
from notify.domain.routes import AGENCY_TASK, HOLDER
from notify.domain.steps import Watcher
from notify.facts import terms
from notify.tables import ClockRow, KnownCase
from notify.use_cases.inbox import Task, notify_staff

_EVENTS = {
    "approaching": events.DeadlineApproaching,
    "breached": events.DeadlineBreached,
    "met": events.DeadlineMet,
}


async def announce(uow: UnitOfWork, row: ClockRow, change: clocks.Change, now: datetime) -> None:
    """Store the clock and announce its change, each thing once."""
    warn_at, due_at = row.warn_at or row.due_at, row.due_at
    store(row, change.clock)
    at = {"approaching": warn_at, "breached": due_at, "met": row.ended_at or now}
    for what, entered_late in change.announced:
        if what == "breached":
            row.breached_at = now
            row.escalate_at = None if row.ended_at else await escalate_at(uow, now)
        if what in ("approaching", "breached"):
            await notify_duty(uow, row, f"clock_{what}", now)
        uow.emit(
            _EVENTS[what](
                case_id=row.case_id,
                effective_at=at[what],
                clock_id=row.id,
                kind=row.kind,
                due_at=due_at,
                entered_late=entered_late,
            )
        )
        note(uow, f"clock_{what}", row, at[what])


async def escalate(uow: UnitOfWork, row: ClockRow) -> None:
    """A breach that stays open goes one level up, once: above an agency the holder, above everybody who supervises.

    Who supervises learns which agency, and of no case; police never of a case that is hidden from them (ID-7).
    """
    row.escalate_at = None
    row.version += 1
    if not BY_CODE[row.kind].watchers:
        above = [Watcher(HOLDER, DESK)] if row.duty_agency is not None else []
        body, role = terms.supervisor(local_date(uow.now))
        if not is_police(await kind(uow, body)):
            above.append(Watcher(body, (role,), sees_case=False))
        for one in above:
            await notify_staff(uow, [await _task(uow, row, "clock_escalated", one, now=uow.now)])
    note(uow, "escalate_clock", row, uow.now)


async def escalate_at(uow: UnitOfWork, announced_at: datetime) -> datetime:
    """When a breach that was announced then goes one level up."""
    calendar = await working_days(uow)
    return terms.escalate_after(local_date(announced_at)).after(announced_at, calendar.works)


async def notify_duty(uow: UnitOfWork, row: ClockRow, task: str, now: datetime) -> None:
    """A task for who must act, or for who watches over it (ID-12)."""
    await notify_staff(uow, await duty_tasks(uow, row, task, now))


async def duty_tasks(uow: UnitOfWork, row: ClockRow, task: str, now: datetime) -> Sequence[Task]:
    """The tasks of `notify_duty`, for a caller that has several clocks."""
    law = BY_CODE[row.kind]
    own = Watcher(row.duty_agency, law.roles) if row.duty_agency else Watcher(HOLDER, DESK)
    return [await _task(uow, row, task, one, now=now) for one in law.watchers or (own,)]


async def _task(uow: UnitOfWork, row: ClockRow, task: str, to: Watcher, *, now: datetime) -> Task:
    due_today = local_date(row.due_at) == local_date(now)
    early = "task_due_today" if due_today else "new_notification"
    return Task(
        case_id=row.case_id,
        event_id=uuid5(row.id, f"{task}/{row.due_at.isoformat()}"),
        recipient=to.to,
        task=task,
        part=BY_CODE[row.kind].part,
        subject=f"clock/{row.id}" if to.sees_case else AGENCY_TASK + await _who_must_act(uow, row),
        object_id=row.object_id,
        at=now,
        template="tasks_overdue" if task in ("clock_breached", "clock_escalated") else early,
        roles=to.roles,
    )


async def _who_must_act(uow: UnitOfWork, row: ClockRow) -> str:
    if row.duty_agency:
        return row.duty_agency
    case = await uow.session.get(KnownCase, row.case_id)
    return case.holder if case else ""


def value_of(row: ClockRow) -> Clock:
    """The clock of the domain in a stored row."""
    return Clock(
        kind=row.kind,
        state=row.state,
        started_at=row.started_at,
        recorded_at=row.recorded_at,
        due_at=row.due_at,
        warn_at=row.warn_at,
        breach_at=row.breach_at,
    )


def store(row: ClockRow, clock: Clock) -> None:
    """Write the clock of the domain into its row."""
    row.state = clock.state
    row.started_at, row.recorded_at, row.due_at = clock.started_at, clock.recorded_at, clock.due_at
    row.warn_at, row.breach_at, row.look_at = clock.warn_at, clock.breach_at, clock.look_at
    row.entered_late = clock.entered_late
    row.version += 1


def note(uow: UnitOfWork, action: str, row: ClockRow, effective_at: datetime) -> None:
    """Audit what became of the clock."""
    uow.audit(
        action,
        subject=f"clock/{row.id}",
        case_id=row.case_id,
        at=effective_at,
        facts={"kind": row.kind, "state": row.state, "due_at": row.due_at.isoformat()},
    )
