"""What is asked over HTTP. Codes only; a request with an unknown field or code is refused."""

from datetime import date
from typing import Annotated
from uuid import UUID

from chassis.clock import Moment
from pydantic import BaseModel, ConfigDict, Field

from shelter.domain import codes
from shelter.domain.stays import LONGEST_STEP

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


class Change(Act):
    """An act on an object that was read before."""

    version: Version | None = Field(default=None, description="The version that was read; null is any")


class Decision(Change):
    """A decision on the ground of what was read: where the object changed since, nothing is done."""

    version: Version


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


class OfferPlace(Decision):
    bed_id: UUID
    offered_from: Day | None = Field(default=None, alias="from", description="First night; left out: as asked for")


class RefusePlace(Decision):
    reasons: Annotated[list[codes.RefusalReason], Field(min_length=1, max_length=10, examples=[["no_free_bed"]])]


class DeclinePlace(Change):
    reason: codes.DeclineReason = "not_given"


class AskExtension(Change):
    reason: codes.ExtensionReason = Field(examples=["recovery"])


class DecideExtension(Decision):
    """Granted: the new end, or days more; neither is one practice step more (SH-1)."""

    granted: bool
    reason: codes.ExtensionReason = Field(examples=["recovery"])
    ends_on: Day | None = None
    days: Annotated[int, Field(ge=1, le=LONGEST_STEP.days)] | None = None


class Leave(Change):
    """Of the person no reason is asked (SH-2). `to` is a kind of place, never a place."""

    how: codes.LeaveHow = "left"
    to: codes.Destination | None = None


class Transfer(Decision):
    bed_id: UUID


class GiveService(Act):
    service: codes.Service = Field(examples=["psychological"])
    payer: codes.Agency = Field(examples=["mia-shelter"], description="The agency that pays; never the person (SH-6)")


class ReExamine(Decision):
    reason: codes.ReExaminationOutcome = Field(examples=["stay_goes_on"])


class CloseBed(Act):
    reason: codes.ClosureReason = Field(examples=["repair"])
    begins: Day
    returns_on: Day = Field(description="The first night on which the bed is in use again")


class EndClosure(Change):
    pass


class MoveReturn(Body):
    version: Version
    returns_on: Day


class HandOver(Act):
    case_id: UUID
    to: codes.HandoverTo = Field(examples=["vac"])


class DeclineHandover(Change):
    reason: codes.HandoverRefusal = Field(examples=["no_capacity"])


class TellCourse(Act):
    """The person is enrolled on a course that begins once `needed` persons are."""

    case_id: UUID
    course: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$", examples=["sewing-2026-02"])]
    enrolled: Annotated[int, Field(ge=0, le=10_000, description="Persons so far")]
    needed: Annotated[int, Field(ge=1, le=10_000, description="Persons without whom it does not begin")]


class GiveAssistance(Act):
    case_id: UUID
    kind: codes.AssistanceKind = Field(examples=["legal"])
    payer: codes.Agency


class NameConflict(Act):
    case_id: UUID
    other_case_id: UUID
    kind: codes.ConflictKind = Field(examples=["recruiter"])
