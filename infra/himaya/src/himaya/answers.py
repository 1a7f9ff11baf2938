"""What the services answer to an operator: the fields that `himaya` reads. All others pass through to `--json`."""

from typing import Literal

from pydantic import ConfigDict, JsonValue, with_config
from typing_extensions import TypedDict

_open = with_config(ConfigDict(extra="allow"))


@_open
class BusState(TypedDict):
    """A service's part of the bus."""

    version: str
    events_version: str
    outbox_waiting: int
    outbox_oldest_seconds: float
    relay_leads_since: str | None
    parked_cases: int
    parked_events: int
    parked_tries: int


@_open
class ParkedCase(TypedDict):
    stream: str
    events: int
    error_code: str | None
    attempts: int
    next_attempt_at: str | None
    first: int
    event_type: str | None


@_open
class ParkedCases(TypedDict):
    items: list[ParkedCase]
    next: int | None


@_open
class ParkedEvent(TypedDict):
    number: int
    event_id: str | None
    topic: str
    partition: int
    position: int
    error_code: str | None
    attempts: int
    headers: dict[str, str]
    data: JsonValue


@_open
class ParkedEvents(TypedDict):
    items: list[ParkedEvent]


@_open
class Replayed(TypedDict):
    cases: int


@_open
class Done(TypedDict):
    """An answer of which nothing is read."""


@_open
class Rebuild(TypedDict):
    id: str
    state: Literal["running", "done", "failed"]
    done: int
    total: int
    removed: int | None
    added: int | None
    error_code: str | None
    ended_at: str | None


@_open
class Projection(TypedDict):
    name: str
    tables: list[str]
    hears: list[str]
    last_rebuild: Rebuild | None


@_open
class Projections(TypedDict):
    items: list[Projection]


@_open
class AgencySummary(TypedDict):
    code: str
    title: str
    kind: str | None
    state: str
    edition: int
    changed_at: str
    version: int


@_open
class Agencies(TypedDict):
    items: list[AgencySummary]


@_open
class Agency(AgencySummary):
    """An agency, and how much went in and out."""

    cases_told: int
    events_told: int
    last_told_at: str | None
    events_withheld: int
    submissions_accepted: int
    submissions_refused: dict[str, int]
    submissions_waiting: int
    last_heard_at: str | None
    withdrawals_not_acknowledged: int


@_open
class AgreementChecked(TypedDict):
    state: str | None
    holds: bool
