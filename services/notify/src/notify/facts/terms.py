"""Terms and bounds by day of effect, as the rules of notify read them from `parameters.yaml`."""

from datetime import date, timedelta

from casework.parameters import NotInForce

from notify.domain.clocks import Settle
from notify.domain.durations import Span
from notify.domain.steps import Kind
from notify.domain.texts import CallBack
from notify.parameters import PARAMETERS


def warn_before(kind: str, day: date) -> Span | None:
    """How long before its end a clock of this kind warns; None where unset or before the parameter's first day."""
    try:
        spans = PARAMETERS.value("warn_before", day) or {}
    except NotInForce:
        return None
    return Span.parse(spans[kind]) if spans.get(kind) else None


def within(name: str, day: date) -> Span | None:
    """The term of this parameter; None where unset or before its first day."""
    try:
        found = PARAMETERS.value(name, day)
    except NotInForce:
        return None
    return Span.parse(str(found)) if found else None


def is_in_working_days(kind: Kind, day: date) -> bool:
    """Whether the term of such a clock is in working days, by who set its end or by its parameter."""
    term = within(kind.within, day) if kind.within else None
    return kind.in_working_days or (term is not None and term.working_days > 0)


def counts_working_days(kind: Kind, day: date) -> bool:
    """Whether the end or the warning of such a clock needs the working calendar."""
    warning = warn_before(kind.code, day)
    return is_in_working_days(kind, day) or (warning is not None and warning.working_days > 0)


def settle(day: date) -> Settle:
    """How long a breach waits to be announced."""
    kinds = PARAMETERS.value("breach_settle", day)
    return Settle({kind: Span.parse(span).calendar for kind, span in kinds.items()}, late=_span("late_settle", day))


def escalate_after(day: date) -> Span:
    """When a breach that stays open goes one level up."""
    return Span.parse(PARAMETERS.value("escalate_after", day))


def call_back(day: date, holder: str | None) -> CallBack:
    """Whom a person rings about a message, and in which hours (NO-1)."""
    row = PARAMETERS.value("call_back", day)
    return CallBack(row["hours"], row["numbers"].get(holder, row["number"]))


def supervisor(day: date) -> tuple[str, str]:
    """Body and role that supervise whoever lets a term pass (NO-3)."""
    row = PARAMETERS.value("supervisor", day)
    return row["agency"], row["role"]


def retry_pauses(day: date) -> list[timedelta]:
    """The pauses between tries; as many tries more as there are pauses (NO-4)."""
    return [Span.parse(pause).calendar for pause in PARAMETERS.value("retry_pauses", day)]


def ask_again_after(day: date) -> timedelta:
    """When identification is called again after it did not answer."""
    return _span("ask_again_after", day)


def give_up_after(day: date) -> timedelta:
    """How long a message waits for identification before it failed (NO-4)."""
    return _span("give_up_after", day)


def person_late_after(day: date) -> timedelta:
    """About an act entered later than this after it happened, the person gets no message (NO-2)."""
    return _span("person_late_after", day)


def unknown_outcomes(day: date) -> int:
    """How often a message of unknown outcome is sent again (NO-4)."""
    return int(PARAMETERS.value("unknown_outcomes", day))


def _span(name: str, day: date) -> timedelta:
    return Span.parse(PARAMETERS.value(name, day)).calendar
