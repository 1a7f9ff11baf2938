"""What an agency is told of a case: by its agreement, and by the person's consent or the event's address (ID-12)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chassis.machine import Machine
from chassis.clock import local_date

POLICE = "mia-"
"""Police learn of a case by the hand-over alone (ID-7): no consent opens a stream of events to them."""

AGENCY = Machine(
    "agency",
    "active",
    {
        ("active", "suspend"): "suspended",
        ("suspended", "resume"): "active",
        ("active", "remove"): "removed",
        ("suspended", "remove"): "removed",
        ("removed", "rejoin"): "active",
    },
)


@dataclass(frozen=True)
class Line:
    """Events of this name are told with these fields, for a purpose, on a ground that the law gives.

    Without `of` it takes a consent: the person agreed that this agency hears of it for this purpose. With it the event
    is addressed: it names the agency in that field.
    """

    event: str
    fields: tuple[str, ...]
    purpose: str
    legal: str
    of: str | None = None


@dataclass(frozen=True)
class Agreement:
    agency: str
    edition: int
    since: date
    until: date | None
    may_say: frozenset[str]
    lines: tuple[Line, ...]

    def in_force(self, day: date) -> bool:
        """From its first day up to the day before `until`."""
        return self.since <= day and (self.until is None or day < self.until)

    def lines_for(self, event: str) -> Iterator[Line]:
        return (line for line in self.lines if line.event == event)


@dataclass(frozen=True)
class Consent:
    """What the person agreed to, as far as it stands."""

    recipient: str
    purpose: str
    given_at: datetime


def line_that_allows(
    agreement: Agreement, event: str, data: Mapping[str, Any], at: datetime, today: date, standing: Iterable[Consent]
) -> Line | None:
    """The line by which the agency is told today of what took effect at `at`; None: it is not told (ID-12)."""
    if not (agreement.in_force(local_date(at)) and agreement.in_force(today)):
        return None
    agreed = {c.purpose for c in standing if c.recipient == agreement.agency and c.given_at <= at}
    for line in agreement.lines_for(event):
        if data.get(line.of) == agreement.agency if line.of else line.purpose in agreed:
            return line
    return None


def fields_by_consent(agreement: Agreement, event: str) -> frozenset[str] | None:
    """Fields of which any may be told if the person agrees; None where no consent would let the agency be told."""
    lines = [line for line in agreement.lines_for(event) if line.of is None]
    return frozenset(name for line in lines for name in line.fields) if lines else None


def cut(fields: Iterable[str], data: Mapping[str, Any]) -> dict[str, Any]:
    """These fields, and nothing else of the event."""
    return {name: data[name] for name in fields if name in data}
