"""What is answered over HTTP. A house is named to its own agency only (SH-7)."""

from datetime import date, datetime
from uuid import UUID

from chassis.answers import ActionAnswer, ClockAnswer
from pydantic import BaseModel, ConfigDict, Field


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
    id: UUID
    service: str
    payer: str
    effective_at: datetime


class AddresseeAnswer(BaseModel):
    operator: str
    refused_at: datetime | None
    reasons: list[str]


class StayAnswer(BaseModel):
    """A stay; `view` is the word that staff see."""

    id: UUID
    case_id: UUID
    state: str
    view: str | None
    version: int
    asked_by: str
    category: str
    sex: str
    age_group: str
    track: str
    children: int
    accessibility: list[str]
    region: str | None
    region_rule: str
    protection: str
    wanted_from: date
    requested_at: datetime
    operator: str | None
    offered_at: datetime | None
    offered_from: date | None
    lapses_at: datetime | None
    admitted_at: datetime | None
    counted_from: date | None
    ends_on: date | None
    ends_at: datetime | None
    unconditional_until: date | None
    ended_at: datetime | None
    how: str | None
    to: str | None
    transferred_from: UUID | None
    reasons: list[str]
    re_examine_since: datetime | None
    re_examine_reason: str | None
    warnings: list[str]
    place: OwnPlaceAnswer | None
    addressed_to: list[AddresseeAnswer]
    extensions: list[ExtensionAnswer]
    services: list[ServiceAnswer]
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class StayLine(BaseModel):
    """A stay in a list."""

    id: UUID
    case_id: UUID
    state: str
    view: str | None
    version: int
    category: str
    sex: str
    age_group: str
    children: int
    protection: str
    operator: str | None
    requested_at: datetime
    wanted_from: date
    offered_from: date | None
    lapses_at: datetime | None
    admitted_at: datetime | None
    ends_on: date | None
    re_examine: bool


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
    reasons: list[str]
    refusals: list[str]
    held: list[NightsAnswer]


class OperatorAnswer(BaseModel):
    """What an operator has for the request, without saying which house."""

    operator: str
    places_that_fit: int
    best_score: int | None
    refusals: dict[str, int] = Field(description="How many places are refused for which reason")


class PlacesAnswer(BaseModel):
    operators: list[OperatorAnswer]
    places: list[PlaceAnswer] = Field(description="Of the own agency only, best first, refused ones last (SH-7)")


class RoomAnswer(BaseModel):
    number: int
    beds: list["BedAnswer"]


class BedAnswer(BaseModel):
    bed_id: UUID
    number: int
    child_places: int
    accessibility: list[str]


class FacilityAnswer(BaseModel):
    """A facility; code, region and rooms are shown to its own staff only (SH-7)."""

    operator: str
    kind: str
    takes: list[str]
    track: str | None
    protected: bool
    beds: int
    code: str | None = None
    region: str | None = None
    rooms: list[RoomAnswer] | None = None


class FacilitiesAnswer(BaseModel):
    items: list[FacilityAnswer]


class CapacityLine(BaseModel):
    """Beds of an operator that serve a category; a bed that serves two is counted in both (SH-9)."""

    operator: str
    category: str
    beds: int
    out_of_use: int
    held: int
    free: int


class CapacityAnswer(BaseModel):
    on: date
    lines: list[CapacityLine]


class BoardHold(BaseModel):
    """What holds a bed: a stay, or a closure. No end: until somebody decides (SH-3)."""

    kind: str
    begins: date
    ends: date | None
    stay_id: UUID | None
    case_id: UUID | None
    view: str | None
    stay_ends_on: date | None
    closure_id: UUID | None
    reason: str | None


class BoardBed(BaseModel):
    bed_id: UUID
    facility: str
    room: int
    bed: int
    holds: list[BoardHold]


class BoardAnswer(BaseModel):
    """Nights from `from` up to `to`, that day's night excluded; the beds of the own houses only (SH-7)."""

    model_config = ConfigDict(populate_by_name=True)

    begins: date = Field(alias="from")
    ends: date = Field(alias="to")
    beds: list[BoardBed]


class ClosureAnswer(BaseModel):
    id: UUID
    bed_id: UUID
    state: str
    version: int
    reason: str
    begins: date
    returns_on: date
    effective_at: datetime
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class HandoverAnswer(BaseModel):
    id: UUID
    case_id: UUID
    stay_id: UUID | None
    state: str
    version: int
    from_agency: str
    to: str
    requested_at: datetime
    due_at: datetime | None
    acknowledged_at: datetime | None
    declined_at: datetime | None
    decline_reason: str | None
    withdrawn_at: datetime | None
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class CourseAnswer(BaseModel):
    """A person's enrolment on a course; `lacking` persons must enrol before it begins (SH-8)."""

    id: UUID
    case_id: UUID
    agency: str
    course: str
    enrolled: int
    needed: int
    lacking: int
    effective_at: datetime


class AssistanceAnswer(BaseModel):
    id: UUID
    case_id: UUID
    handover_id: UUID
    kind: str
    payer: str
    agency: str
    effective_at: datetime


class ConflictAnswer(BaseModel):
    id: UUID
    case_id: UUID
    other_case_id: UUID
    state: str
    version: int
    kind: str
    since: datetime
    ended_at: datetime | None
    together_now: bool = Field(description="They have beds in one facility at this moment: somebody must act")
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class YearAnswer(BaseModel):
    """A year by effective date, Asia/Baku."""

    year: int
    mia_shelter_admissions: int
    vac: int
    vac_psychological: int
    vac_legal: int
