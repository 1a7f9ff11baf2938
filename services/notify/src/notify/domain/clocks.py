"""The clock engine as pure functions: what is announced of a clock, and when (NO-3). A breach blocks nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from notify.domain.durations import Span, WorkingDay
from notify.domain.machines import CLOCK

_NOTHING = timedelta(0)


@dataclass(frozen=True)
class Settle:
    """How long a breach waits to be announced, because the event that meets the clock may be under way."""

    kinds: Mapping[str, timedelta]
    late: timedelta


@dataclass(frozen=True)
class Clock:
    """A clock: `started_at` is when its act took effect, `recorded_at` when its present end was recorded."""

    kind: str
    state: str
    started_at: datetime
    recorded_at: datetime
    due_at: datetime
    warn_at: datetime | None
    breach_at: datetime

    @property
    def entered_late(self) -> bool:
        """Its end was over before anybody recorded its act."""
        return self.recorded_at >= self.due_at

    @property
    def look_at(self) -> datetime | None:
        """When the ticker must look at it next."""
        if self.state == "running" and self.warn_at is not None:
            return self.warn_at
        return self.breach_at if self.state in ("running", "approaching") else None


@dataclass(frozen=True)
class Change:
    """The clock after something happened, and what is announced: approaching, breached, met; with `entered_late`."""

    clock: Clock
    announced: tuple[tuple[str, bool], ...] = ()


def start(
    kind: str,
    *,
    effective_at: datetime,
    recorded_at: datetime,
    due_at: datetime,
    warn_before: Span | None,
    settle: Settle,
    is_working_day: WorkingDay,
) -> Clock:
    """A running clock; no warning where `warn_before` is unset or the act was entered after its end.

    A warning is shorter than its term: one that would come with the start or before comes in the middle (NO-3).
    """
    warn_at = warn_before.before(due_at, is_working_day) if warn_before else None
    if warn_at is not None and warn_at <= effective_at < due_at:
        warn_at = effective_at + (due_at - effective_at) / 2
    return Clock(
        kind=kind,
        state=CLOCK.start,
        started_at=effective_at,
        recorded_at=recorded_at,
        due_at=due_at,
        warn_at=warn_at if warn_at is not None and recorded_at < due_at else None,
        breach_at=_breach_at(kind, due_at, recorded_at, settle),
    )


def _breach_at(kind: str, due_at: datetime, recorded_at: datetime, settle: Settle) -> datetime:
    settled = due_at + settle.kinds.get(kind, _NOTHING)
    return max(settled, recorded_at + settle.late) if recorded_at >= due_at else settled


def look(clock: Clock, now: datetime) -> Change:
    """What the ticker announces at `now`: at most one thing, and each only once (NO-3)."""
    if clock.state in ("running", "approaching") and now >= clock.breach_at:
        return _changed(clock, "breach", ("breached", clock.entered_late))
    warn_due = clock.warn_at is not None and clock.warn_at <= now
    if clock.state == "running" and warn_due:
        if now < clock.due_at:
            return _changed(clock, "approach", ("approaching", False))
        return Change(replace(clock, warn_at=None))
    return Change(clock)


def end(clock: Clock, *, effective_at: datetime, recorded_at: datetime, without_identity: bool = False) -> Change:
    """What the clock waited for happened at `effective_at`.

    In time: met; entered late, it is met without a warning or a breach. Too late: the breach is announced, once, even
    when the ticker had not come by, and then that it was met. `without_identity`: by a notice without the name (ID-7).
    """
    late_entry = recorded_at >= clock.due_at
    if effective_at <= clock.due_at:
        return _changed(clock, "meet_without_identity" if without_identity else "meet", ("met", late_entry))
    announced: tuple[tuple[str, bool], ...] = ()
    if clock.state != "breached":
        change = _changed(clock, "breach", ("breached", clock.entered_late))
        clock, announced = change.clock, change.announced
    met = _changed(clock, "meet_without_identity" if without_identity else "meet_late", ("met", False))
    return Change(met.clock, announced + met.announced)


def extend(
    clock: Clock,
    *,
    recorded_at: datetime,
    due_at: datetime,
    warn_before: Span | None,
    settle: Settle,
    is_working_day: WorkingDay,
) -> Clock:
    """The clock runs to another end (a stay or permit extended); warned and breached begin anew."""
    moved = start(
        clock.kind,
        effective_at=clock.started_at,
        recorded_at=recorded_at,
        due_at=due_at,
        warn_before=warn_before,
        settle=settle,
        is_working_day=is_working_day,
    )
    return replace(moved, state=CLOCK.after(clock.state, "extend"))


def cancel(clock: Clock) -> Clock:
    """The case closed, so nobody waits any more."""
    return replace(clock, state=CLOCK.after(clock.state, "cancel"))


def _changed(clock: Clock, action: str, announced: tuple[str, bool]) -> Change:
    return Change(replace(clock, state=CLOCK.after(clock.state, action)), (announced,))
