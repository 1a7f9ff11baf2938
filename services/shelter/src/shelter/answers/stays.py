"""Stays, the places for them, and the services given."""

from datetime import date, datetime
from uuid import UUID

from casework.answers import ActionAnswer, ClockAnswer
from pydantic import BaseModel, Field

from shelter.answers import Absent
from shelter.domain.codes import FitCode, FitReason


class OwnPlaceAnswer(BaseModel):
    """Where in the house, shown to its own staff only (SH-7)."""

    facility: str
    room: int
    bed: int
    bed_id: UUID


class ExtensionAnswer(BaseModel):
    id: UUID
    state: str
    reason: str
    requested_at: datetime
    requested_by: str
    decided_at: datetime | None
    ends_on: date | None


class ServiceAnswer(BaseModel):
    """A service given (SH-6); who paid is absent where the viewer may not know the operator."""

    id: UUID
    service: str
    payer: str | Absent = None
    effective_at: datetime


class RecordedAnswer(BaseModel):
    recorded: int = Field(description="Services that are in the log now")


class AddresseeAnswer(BaseModel):
    operator: str
    refused_at: datetime | None
    reasons: list[str]


class _StayParts(BaseModel):
    """What each viewer of a stay sees: that there is one, since and until when."""

    id: UUID
    case_id: UUID
    case_ref: str
    state: str
    version: int
    sex: str
    age_group: str
    admitted_at: datetime | None
    ends_on: date | None


class StayAnswer(_StayParts):
    """A stay, as far as the viewer's basis shows it; `view` is the word that staff see."""

    ends_at: datetime | None
    ended_at: datetime | None

    asked_by: str | Absent = Field(default=None, description="From here to `reasons`: what the request states")
    category: str | Absent = None
    track: str | Absent = None
    children: int | Absent = None
    accessibility: list[str] | Absent = None
    region: str | None = None
    region_rule: str | Absent = None
    protection: str | Absent = None
    wanted_from: date | Absent = None
    requested_at: datetime | Absent = None
    reasons: list[str] | Absent = None
    addressed_to: list[AddresseeAnswer] | Absent = Field(default=None, description="To an operator: itself alone")

    operator: str | None = Field(default=None, description="From here to `transferred_from`: the stay at its operator")
    view: str | None = None
    offered_at: datetime | None = None
    offered_from: date | None = None
    lapses_at: datetime | None = None
    counted_from: date | None = None
    unconditional_until: date | None = None
    how: str | None = None
    to: str | None = None
    transferred_from: UUID | None = None

    extensions: list[ExtensionAnswer] | Absent = Field(default=None, description="From here to `warnings`: its course")
    re_examine_since: datetime | None = None
    re_examine_reason: str | None = Field(default=None, description="The first of `re_examine_reasons`")
    re_examine_reasons: list[str] | Absent = None
    warnings: list[str] | Absent = None

    services: list[ServiceAnswer] | Absent = None
    place: OwnPlaceAnswer | None = Field(default=None, description="To its own operator alone (SH-7)")
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class StayLine(_StayParts):
    """A stay in a list, as far as the viewer's basis shows it."""

    category: str | Absent = None
    children: int | Absent = None
    protection: str | Absent = None
    requested_at: datetime | Absent = None
    wanted_from: date | Absent = None
    view: str | None = None
    operator: str | None = None
    offered_from: date | None = None
    lapses_at: datetime | None = None
    re_examine: bool | Absent = None


class NightsAnswer(BaseModel):
    begins: date
    ends: date | None
    kind: str


class PlaceAnswer(BaseModel):
    """A place with why it fits, or with every reason why not (SH-4)."""

    bed_id: UUID
    operator: str
    facility: str
    room: int
    bed: int
    fits: bool
    score: int | None
    reasons: list[FitReason]
    refusals: list[FitCode]
    held: list[NightsAnswer]


class OperatorAnswer(BaseModel):
    """What an operator has for the request, without the houses that it is in."""

    operator: str
    places_that_fit: int
    best_score: int | None
    refusals: dict[str, int] = Field(description="How many places are refused for which reason")


class PlacesAnswer(BaseModel):
    """Places for a stay, with what it needs of them as far as the viewer's basis shows it (SH-4)."""

    case_ref: str
    sex: str
    age_group: str
    children: int | Absent = None
    protection: str | Absent = None
    category: str | Absent = None
    track: str | Absent = None
    accessibility: list[str] | Absent = None
    region: str | None = None
    region_rule: str | Absent = None
    wanted_from: date | Absent = None
    actions: list[ActionAnswer] = Field(description="What can be done with the stay")
    operators: list[OperatorAnswer] = Field(description="To an operator: itself alone")
    places: list[PlaceAnswer] = Field(description="Of the own agency only, best first, refused ones last (SH-7)")
