"""The acts of shelter, one frozen model each. Codes only; an unknown field or code is refused."""

from datetime import date
from typing import Annotated
from uuid import UUID

from casework.commands import Change, Command, Decision
from nrm_events.base import Agency
from pydantic import Field

from shelter.domain import codes
from shelter.domain.stays import LONGEST_STEP

_OPERATOR = codes.example_of("ngo")
Day = Annotated[date, Field(ge=date(1950, 1, 1), lt=date(2200, 1, 1))]
Payer = Annotated[Agency, Field(description="The agency that pays; never the person (SH-6)", examples=[_OPERATOR])]


class RequestPlace(Command):
    """What a place must offer. A protection flag that is left out counts as *protected* (SH-7)."""

    case_id: UUID
    category: codes.Category = Field(examples=["adult"])
    sex: codes.Sex = Field(examples=["female"])
    age_group: codes.AgeGroup | None = Field(default=None, description="Left out: as identification states it (ID-5)")
    track: codes.Track = Field(default="unknown", examples=["SexualExploitation"])
    children: Annotated[int, Field(ge=0, le=20)] = 0
    accessibility: list[codes.Need] = Field(default=[], max_length=3)
    region: codes.Region | None = Field(default=None, description="ISO 3166-2:AZ")
    region_rule: codes.RegionRule = "prefer"
    protection: codes.Protection | None = None
    addressed_to: Annotated[
        list[Agency],
        Field(min_length=1, max_length=5, description="Agencies with places", examples=[[_OPERATOR]]),
    ]
    wanted_from: Day | None = Field(default=None, alias="from", description="First night; left out: the day of the act")


class OfferPlace(Decision):
    """A bed of the operator's own house that fits; its nights are taken from now on (SH-4, SH-5)."""

    bed_id: UUID
    offered_from: Day | None = Field(default=None, alias="from", description="First night; left out: as requested")


class PutOnWaitingList(Change):
    """Nothing is free; the request waits (SH-4)."""


class RefusePlace(Decision):
    """An operator refuses, or the requester ends the request for the person (SH-4)."""

    reasons: Annotated[list[codes.RefusalReason], Field(min_length=1, max_length=10, examples=[["no_free_bed"]])]


class DeclinePlace(Change):
    """The person does not want the place; no reason is demanded (SH-2)."""

    reason: codes.DeclineReason = "not_given"


class Admit(Change):
    """The person moved in (SH-1), into the bed that was offered or another of the operator that fits (SH-4)."""

    bed_id: UUID | None = Field(default=None, description="Another bed than the one that was offered")


class RequestExtension(Change):
    """A longer stay; a manager decides (SH-1)."""

    reason: codes.ExtensionReason = Field(examples=["recovery"])


class DecideExtension(Decision):
    """Granted: the new end, or days more; neither is one practice step more (SH-1)."""

    granted: bool
    reason: codes.ExtensionReason = Field(examples=["recovery"])
    ends_on: Day | None = None
    days: Annotated[int, Field(ge=1, le=LONGEST_STEP.days)] | None = None


class ReExamine(Decision):
    """A person looked again after a recognition was declined or revoked (ID-9)."""

    reason: codes.ReExaminationOutcome = Field(examples=["stay_goes_on"])


class ReExamineHandover(Change):
    """The agency that serves looked again after a negative decision, and the support goes on (ID-9)."""


class RecordService(Command):
    """A service during the stay and its payer (SH-6)."""

    service: codes.Service = Field(examples=["psychological"])
    payer: Payer


class RecordServices(Command):
    """What several residents got, from the evening's sheet: services by stay, with one payer for all (SH-6)."""

    services: dict[UUID, Annotated[list[codes.Service], Field(max_length=len(codes.SERVICES))]] = Field(max_length=200)
    payer: Payer


class Transfer(Decision):
    """Move to another bed of the same operator (SH-1)."""

    bed_id: UUID


class Leave(Change):
    """The stay ends; no reason is demanded (SH-2). `to` is a kind of place, never a place."""

    how: codes.LeaveHow = "left"
    to: codes.Destination | None = None


class CloseBed(Command):
    """A bed out of use, with a reason and a date of return (SH-9)."""

    reason: codes.ClosureReason = Field(examples=["repair"])
    begins: Day
    returns_on: Day = Field(description="The first night on which the bed is in use again")


class EndClosure(Change):
    """The bed is in use again (SH-9)."""


class MoveReturn(Decision):
    """Another date of return (SH-9)."""

    returns_on: Day


class HandOver(Command):
    """Support in the hands of another agency, with or without a stay before (SH-8)."""

    case_id: UUID
    to: Agency = Field(examples=[codes.example_of("social_support")])


class AcknowledgeHandover(Change):
    """The agency takes the support over (SH-8)."""


class DeclineHandover(Change):
    """The agency cannot take the support over (SH-8)."""

    reason: codes.HandoverRefusal = Field(examples=["no_capacity"])


class EndHandover(Change):
    """The agency that took the support over ends it (SH-8)."""

    reason: codes.HandoverEnding = Field(examples=["support_completed"])


class WithdrawHandover(Change):
    """Whoever handed over takes it back before it is acknowledged (SH-8)."""


class RecordCourse(Command):
    """The person is enrolled on a course that begins once `needed` persons are (SH-8)."""

    case_id: UUID
    course: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$", examples=["sewing-2026-02"])]
    enrolled: Annotated[int, Field(ge=0, le=10_000, description="Persons so far")]
    needed: Annotated[int, Field(ge=1, le=10_000, description="Persons without whom it does not begin")]


class RecordAssistance(Command):
    """Care by an agency that took the support over (SH-8). An agency pays (SH-6)."""

    case_id: UUID
    kind: codes.AssistanceKind = Field(examples=["legal"])
    payer: Payer


class NameConflict(Command):
    """Two cases that never live in one house (SH-4)."""

    case_id: UUID
    other_case_id: UUID
    kind: codes.ConflictKind = Field(examples=["recruiter"])


class NameConflictByReference(Command):
    """The same with a case in another agency's hands. The answer is the same whether there is such a case or not."""

    case_id: UUID
    other_case_ref: Annotated[str, Field(max_length=32, examples=["K7F3-XA9M"])]
    kind: codes.ConflictKind = Field(examples=["recruiter"])


class EndConflict(Change):
    """The two may live in one house again (SH-4)."""
