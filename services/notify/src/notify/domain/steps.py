"""What a kind of clock is, and what an event means for it (NO-3). Pure.

Rows name events by their class and read them by typed functions, so that mypy checks every field.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from casework.deadlines import ClockName
from nrm_events import Envelope
from nrm_events.base import CaseEvent

from notify.domain.durations import end_of_day
from notify.rights import Part

E = TypeVar("E", bound=CaseEvent)


@dataclass(frozen=True)
class Act:
    """What an event means for a clock: of which object, when it took effect and was recorded, and until when.

    `agency` must act; `requested_by` waits for it.
    """

    case_id: UUID
    object_id: UUID
    effective_at: datetime
    recorded_at: datetime
    due_at: datetime | None = None
    agency: str | None = None
    requested_by: str | None = None


@dataclass(frozen=True)
class Step:
    """An event that does something to a clock; `act` returns None where this one does not count."""

    event: type[CaseEvent]
    act: Callable[[Envelope[CaseEvent]], Act | None]


def step(
    event: type[E],
    object_id: Callable[[E], UUID],
    *,
    until: Callable[[E], datetime | date | None] | None = None,
    agency: Callable[[E], str | None] | None = None,
    requested_by: Callable[[E], str] | None = None,
    unless: Callable[[E], bool] | None = None,
) -> Step:
    """A row: how to read the object, the end, who must act and who waits from this class of events."""

    def act(envelope: Envelope[CaseEvent]) -> Act | None:
        data = envelope.data
        if not isinstance(data, event):
            raise TypeError(f"{type(data).__name__} is no {event.__name__}")
        if unless is not None and unless(data):
            return None
        return Act(
            case_id=data.case_id,
            object_id=object_id(data),
            effective_at=data.effective_at,
            recorded_at=envelope.time,
            due_at=_moment(until(data)) if until else None,
            agency=agency(data) if agency else None,
            requested_by=requested_by(data) if requested_by else None,
        )

    return Step(event, act)


def _moment(end: datetime | date | None) -> datetime | None:
    """A permit carries a day: it is over when the day is."""
    return end if end is None or isinstance(end, datetime) else end_of_day(end)


@dataclass(frozen=True)
class Watcher:
    """Who is notified for an agency that may not know of the case. An operator learns which agency, not which case."""

    to: str
    roles: tuple[str, ...]
    sees_case: bool = True


@dataclass(frozen=True)
class Kind:
    """A clock of a part of the case. Who must act: the agency of the step, else `agency`, else the holder.

    A start of a clock that runs to the same end passes the duty on. `meets` is what it waits for; `drops` ends the
    waiting, as a closed case does `with_case`. `within` is the parameter with the term where the event has no end;
    `in_working_days`: whoever set the end counted so. `task` is what whoever must act finds in the inbox at the start.
    """

    code: ClockName
    part: Part
    roles: tuple[str, ...]
    starts: tuple[Step, ...]
    meets: tuple[Step, ...]
    moves: tuple[Step, ...] = ()
    drops: tuple[Step, ...] = ()
    meets_without_identity: tuple[Step, ...] = ()
    agency: str | None = None
    with_case: bool = False
    watchers: tuple[Watcher, ...] = ()
    within: str | None = None
    in_working_days: bool = False
    task: str | None = None

    @property
    def steps(self) -> Iterator[Step]:
        yield from (*self.starts, *self.moves, *self.meets, *self.drops, *self.meets_without_identity)
