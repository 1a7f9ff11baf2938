"""What `services/shelter` publishes on `nrm.shelter`. `operator` is an agency and never a place (SH-7)."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from nrm_events.base import Agency, Answered, CaseEvent, Code, GrantEvent, ReExamination

Onward = Literal["vac", "ngo_shelter", "family", "independent", "not_told"]


class ShelterEvent(CaseEvent):
    service: ClassVar[str] = "shelter"


class StayEvent(ShelterEvent):
    about: ClassVar[str] = "stay"
    stay_id: UUID


class ShelterRequested(StayEvent):
    """A place was requested (SH-4)."""

    asked_by: Agency
    addressed_to: list[Agency] = Field(default_factory=list, description="Operators that may offer a place")


class PlaceOffered(StayEvent):
    """A place that fits was offered (SH-4); without an answer it lapses at `lapses_at`."""

    operator: Agency
    lapses_at: AwareDatetime


class PlaceWithdrawn(StayEvent):
    """The request ended without admission: refused, declined or lapsed."""

    outcome: Literal["refused", "declined", "lapsed"]
    reasons: list[Code]


class ShelterAdmitted(StayEvent):
    """The person moved in (SH-1); the stay runs until `ends_at` unless extended."""

    operator: Agency
    ends_at: AwareDatetime


class ShelterExtended(StayEvent):
    """A decider extended the stay for a reason (SH-1)."""

    extension_id: UUID
    ends_at: AwareDatetime
    reason: Code


class ShelterExtensionRefused(StayEvent):
    """A decider did not extend the stay, with the reason (SH-1)."""

    extension_id: UUID
    reason: Code


class PlaceToWeighAgain(StayEvent):
    """A place that was promised, or is lived in, fits no more; its house must look (SH-4). Nobody is put out (SH-3)."""

    operator: Agency


class StayOverdue(StayEvent):
    """The stay ran out and waits for a decision; nobody is put out (SH-3)."""

    ended_at: AwareDatetime


class ShelterTransferred(StayEvent):
    """The person moved to another place; the new stay is `to_stay_id`."""

    to_stay_id: UUID
    operator: Agency


class ShelterLeft(StayEvent):
    """The stay ended (SH-2). `to` is the kind of support that comes next (SH-8), from a list: never a place (SH-7)."""

    version: ClassVar[int] = 2
    how: Literal["left", "transferred", "discharged", "repatriated"]
    to: Onward


class HandoverEvent(ShelterEvent):
    about: ClassVar[str] = "handover"
    handover_id: UUID
    to: Agency


class HandoverRequested(HandoverEvent):
    """Support after the stay, or without one, was handed to another agency (SH-8)."""

    from_agency: Agency
    due_at: AwareDatetime | None = Field(default=None, description="Empty before the term existed: then no clock runs")


class HandoverDueMoved(HandoverEvent):
    """A decree moved the working days in which the agency answers (SH-8, NO-3)."""

    from_agency: Agency
    due_at: AwareDatetime


class HandoverAcknowledged(HandoverEvent):
    """The agency took the support over (SH-8)."""


class HandoverDeclined(HandoverEvent):
    """The agency could not take the support over, and states why (SH-8)."""

    reason: Code


class HandoverWithdrawn(HandoverEvent):
    """Ended before the agency took the support over: taken back, or the consent was withdrawn (SH-8, ID-12)."""


class HandoverEnded(HandoverEvent):
    """The support that the agency took over ended: by the agency, or with the consent or the case (SH-8, ID-12)."""

    reason: Code | None = Field(default=None, description="Empty in events from before reasons were recorded")


class AssistanceGiven(ShelterEvent):
    """The assistance centre gave care of this kind (SH-8)."""

    about: ClassVar[str] = "assistance"
    assistance_id: UUID
    kind: Code
    agency: Agency


class CourseEnrolled(ShelterEvent):
    """The person is enrolled on a course; it begins once `lacking` persons more are (SH-8)."""

    about: ClassVar[str] = "enrolment"
    enrolment_id: UUID
    course: Code
    lacking: int = Field(ge=0, le=10_000, description="Persons")


class ReExaminationRequired(ReExamination):
    """A stay, or support after it, rests on a recognition that was declined or revoked (ID-9)."""

    service: ClassVar[str] = "shelter"


class ReExaminationSettled(GrantEvent):
    """A person looked again, the grant ended, or a new recognition carries it (ID-9)."""

    service: ClassVar[str] = "shelter"


class ConsentWithdrawalAcknowledged(ShelterEvent):
    """This service ended what it did under the consent (ID-12)."""

    about: ClassVar[str] = "consent"
    consent_id: UUID


class SubmissionAnswered(Answered):
    """The outcome of a submission of an agency's system; the exchange passes it on (docs/adr/0018)."""

    service: ClassVar[str] = "shelter"
