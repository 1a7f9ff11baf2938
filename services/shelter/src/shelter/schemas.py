"""Answers of requests and answers over HTTP. Codes only; a request with an unknown field or code is refused."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from chassis.answers import ActionAnswer, ClockAnswer
from chassis.moments import Moment
from pydantic import BaseModel, ConfigDict, Field

from shelter.domain import codes

Day = Annotated[date, Field(ge=date(1950, 1, 1), lt=date(2200, 1, 1))]
Version = Annotated[int, Field(ge=1, le=2**31 - 1, description="The version that was read")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Act(Body):
    happened_at: Moment | None = Field(
        default=None,
        description="When it took effect, with zone; null is now",
        examples=["2024-03-04T10:00:00+04:00"],
    )


class RequestPlace(Act):
    """What a place must offer. A protection flag that is left out counts as *protected* (SH-7)."""

    case_id: UUID
    category: codes.Category = Field(examples=["adult"])
    sex: codes.Sex = Field(examples=["female"])
    age_group: codes.AgeGroup | None = Field(default=None, description="Left out: as identification told (ID-5)")
    track: codes.Track = Field(default="unknown", examples=["SexualExploitation"])
    children: Annotated[int, Field(ge=0, le=20)] = 0
    accessibility: Annotated[list[codes.Need], Field(max_length=3)] = []
    region: codes.Region | None = Field(default=None, description="ISO 3166-2:AZ")
    region_rule: codes.RegionRule = "prefer"
    protection: codes.Protection | None = None
    addressed_to: Annotated[
        list[codes.OperatorAgency], Field(min_length=1, max_length=5, examples=[["mia-shelter", "ngo-amc"]])
    ]
    wanted_from: Day | None = Field(default=None, alias="from", description="First night; left out: the day of asking")


class OfferPlace(Act):
    bed_id: UUID
    offered_from: Day | None = Field(default=None, alias="from", description="First night; left out: as asked for")


class RefusePlace(Act):
    reasons: Annotated[list[codes.RefusalReason], Field(min_length=1, max_length=10, examples=[["no_free_bed"]])]


class DeclinePlace(Act):
    reason: codes.DeclineReason = "not_given"


class AskExtension(Act):
    reason: codes.ExtensionReason = Field(examples=["recovery"])


class DecideExtension(Act):
    """Granted: the new end, or days more; neither is one practice step more (SH-1)."""

    granted: bool
    reason: codes.ExtensionReason = Field(examples=["recovery"])
    ends_on: Day | None = None
    days: Annotated[int, Field(ge=1, le=730)] | None = None


class Leave(Act):
    """Of the person no reason is asked (SH-2). `to` is a kind of place, never a place."""

    how: codes.LeaveHow = "left"
    to: codes.Destination | None = None


class Transfer(Act):
    bed_id: UUID


class GiveService(Act):
    service: codes.Service = Field(examples=["psychological"])
    payer: codes.Agency = Field(examples=["mia-shelter"], description="The agency that pays; never the person (SH-6)")


class ReExamine(Act):
    reason: codes.ReExaminationOutcome = Field(examples=["stay_goes_on"])


class CloseBed(Act):
    reason: codes.ClosureReason = Field(examples=["repair"])
    begins: Day
    returns_on: Day = Field(description="The first night on which the bed is in use again")


class EndClosure(Act):
    pass


class MoveReturn(Body):
    version: Version
    returns_on: Day


class HandOver(Act):
    case_id: UUID
    to: codes.HandoverTo = Field(examples=["vac"])


class GiveAssistance(Act):
    case_id: UUID
    kind: codes.AssistanceKind = Field(examples=["legal"])
    payer: codes.Agency


class NameConflict(Act):
    case_id: UUID
    other_case_id: UUID
    kind: codes.ConflictKind = Field(examples=["recruiter"])


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
    operator: str | None
    requested_at: datetime
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
    withdrawn_at: datetime | None
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


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


class AuditAnswer(BaseModel):
    """An audit entry: who in which role, what, when, with what outcome."""

    recorded_at: datetime
    effective_at: datetime | None
    actor: str
    role: str | None
    agency: str | None
    action: str
    kind: str
    subject: str | None
    case_id: UUID | None
    outcome: str
    facts: dict[str, Any]
