"""What an agency receives of a case: by its agreement, and by why it knows of the case (ID-7, ID-12). Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from casework.bases import FORMAL_BODY, Asked, Basis, covered
from casework.calendar import local_date
from chassis.machine import Machine
from nrm_events.taking_part import GUARDIANSHIP_AUTHORITY, MIGRATION_SERVICE, is_police

from exchange.domain import care
from exchange.domain.shareable import CONSENT_OPENS, GROUND_OPENS, RIGHT_OF, opened, own_object
from exchange.rights import RIGHTS, SYSTEM

Ground = Literal[
    "consent", "addressed", "holder", "formal_body", "guardian_authority", "asked", "serves", "told_of_bar"
]
POLICE_GROUNDS = frozenset({"formal_body", "addressed"})
"""Police learn of a case by the hand-over alone (ID-7), so an agreement with police has no other line."""
GROUND_OF_ONE = {"guardian_authority": GUARDIANSHIP_AUTHORITY, "told_of_bar": MIGRATION_SERVICE}
"""Grounds that the law gives to one agency (ID-5, RP-4): a line of another would never send anything."""

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
    """Events of this name go out with these fields, on a ground that the law states.

    `consent` takes the person's consent for the line's purpose; `addressed` takes an event that names the agency in
    `field`, and any basis; every other ground is the basis of that name. A purpose on those takes that consent as well.
    """

    event: str
    fields: tuple[str, ...]
    ground: str
    legal: str
    purpose: str | None = None
    field: str | None = None


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


def can_have(ground: str, agency: str, kind: str) -> bool:
    """Whether this agency can ever know of a case on this ground."""
    if is_police(kind):
        return ground in POLICE_GROUNDS
    return ground != "formal_body" and GROUND_OF_ONE.get(ground, agency) == agency


@dataclass(frozen=True)
class Known:
    """A reason why an agency knows of a case, and since when."""

    basis: Basis
    since: datetime


def is_handed_over(known: Iterable[Known]) -> bool:
    """Whether the case was handed over to the agency: police learn of no other (ID-7)."""
    return any(reason.basis.name == FORMAL_BODY.name for reason in known)


@dataclass(frozen=True)
class Happened:
    """An event, just received or one that waited: all of its fields, or those that some line names."""

    case_id: UUID
    event_id: UUID
    event: str  # its type
    effective_at: datetime
    recorded_at: datetime
    fields: Mapping[str, object]

    @property
    def name(self) -> str:
        """`shelter.ShelterExtended`: how agreements name it."""
        _, service, name, _ = self.event.split(".")
        return f"{service}.{name}"


@dataclass(frozen=True)
class Extract:
    """What goes out of an event. `purpose` is what it rests on: that of a consent, else the line's ground."""

    purpose: str
    fields: Mapping[str, object]


def extract(agreement: Agreement, happened: Happened, known: Collection[Known], today: date) -> Extract | None:
    """What the agency receives of the event; None where no line applies (ID-12).

    The first line that applies counts. A basis covers what took effect since it began.
    """
    if not (agreement.in_force(local_date(happened.effective_at)) and agreement.in_force(today)):
        return None
    bases = [reason.basis for reason in known if reason.since <= happened.effective_at]
    for line in agreement.lines_for(happened.name):
        if _applies(line, happened, agreement.agency, bases):
            fields = _opened_by(line, bases) & set(line.fields)
            return Extract(line.purpose or line.ground, cut(sorted(fields), happened.fields))
    return None


def _applies(line: Line, happened: Happened, agency: str, bases: Collection[Basis]) -> bool:
    if line.ground == "addressed":
        reasons = list(bases) if is_addressed(line, happened, agency) else []
    else:
        cell = cell_of(line.event)
        reasons = [b for b in bases if b.name == line.ground and covered(cell, [b]) and _is_about(happened, b)]
    if line.purpose is not None and not _consents(line.purpose, bases):
        return False
    return bool(reasons if line.ground != "consent" else _consents(line.purpose, reasons))


def _is_about(happened: Happened, basis: Basis) -> bool:
    """Whoever provides a service, or is to provide it, receives that one alone; a consent opens care of its purpose."""
    if not care.opens(basis, happened.name, happened.fields):
        return False
    field = own_object(happened.name)
    return basis.name not in ("asked", "serves") or field is None or happened.fields.get(field) == str(basis.ref)


def _consents(purpose: str | None, bases: Iterable[Basis]) -> list[Basis]:
    return [basis for basis in bases if basis.name == "consent" and basis.about == purpose]


def _opened_by(line: Line, bases: Collection[Basis]) -> frozenset[str]:
    classes = GROUND_OPENS[line.ground]
    if line.purpose is not None:
        by_consent = (CONSENT_OPENS.get(basis.data_class, frozenset()) for basis in _consents(line.purpose, bases))
        classes &= frozenset().union(*by_consent)
    return opened(line.event, classes)


def cell_of(event: str) -> tuple[Asked, ...]:
    """The bases on which the law lets an agency's system receive the event, whatever was agreed."""
    cell = RIGHTS[RIGHT_OF[event]][SYSTEM] if event in RIGHT_OF else ()
    return cell if isinstance(cell, tuple) else ()


def is_addressed(line: Line, happened: Happened, agency: str) -> bool:
    return line.ground == "addressed" and line.field is not None and happened.fields.get(line.field) == agency


def fields_to_store(agreement: Agreement, happened: Happened) -> frozenset[str] | None:
    """Fields that may go out once the agency has a basis, and those that decide; None without such a line."""
    lines = [
        line
        for line in agreement.lines_for(happened.name)
        if line.ground != "addressed" or is_addressed(line, happened, agreement.agency)
    ]
    deciding = (own_object(happened.name), care.KIND_FIELD.get(happened.name), *(line.field for line in lines))
    needed = {name for name in deciding if name is not None}
    return frozenset(name for line in lines for name in line.fields) | needed if lines else None


def cut(fields: Iterable[str], data: Mapping[str, object]) -> dict[str, object]:
    """These fields, and nothing else of the event."""
    return {name: data[name] for name in fields if name in data}
