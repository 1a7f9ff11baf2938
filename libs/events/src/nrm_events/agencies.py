"""What agencies' systems send on `ext.<agency>.in` and receive on `ext.<agency>.out` (docs/adr/0018).

The person never travels here, in neither direction: the facts of a referral go to identification over HTTPS first,
 and the message names the one-time handle that identification answered with.
"""

import re
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from nrm_events.base import Agency, CaseEvent, Code, Event

Direction = Literal["in", "out"]
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9:.+@_-]{0,119}", re.ASCII)


def _one_word(text: str) -> str:
    """An id, a code, a date, a type: what the services' events hold; never a sentence or a name."""
    if not _WORD.fullmatch(text):
        raise ValueError("no id, code, date or type")
    return text


Word = Annotated[str, AfterValidator(_one_word)]
Fact = Word | int | bool | list[Word] | None


def agency_topic(agency: str, direction: Direction) -> str:
    """`in`: what the agency's system sends; `out`: what it receives."""
    return f"ext.{agency}.{direction}"


class AgencyMessage(Event):
    """A message between one agency's system and the platform. Each agency has topics of its own, so which topic it is
    on is not part of it."""

    service: ClassVar[str] = "agency"
    direction: ClassVar[Direction]

    @classmethod
    def topic(cls) -> str:
        return agency_topic("{agency}", cls.direction)

    @classmethod
    def belongs_on(cls, topic: str) -> bool:
        """On the topics of this direction, whichever agency's."""
        return topic.startswith("ext.") and topic.endswith(f".{cls.direction}")


class Submission(AgencyMessage):
    """Sent by an agency's system. Each is answered once, with its `ce_id`, by SubmissionAnswered.

    A field that there is none of is refused: what somebody typed into one would lie on the topic.
    """

    model_config = ConfigDict(extra="forbid")
    direction: ClassVar[Direction] = "in"


class CaseSubmission(CaseEvent, Submission):
    """Sent about a case that the agency may know of; any other is answered as unknown (ID-7)."""


class AgreedConsent(BaseModel):
    """What the person agreed to: `recipient` gets `data_class` for `purpose` (ID-12)."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    recipient: Agency
    purpose: Code
    data_class: Code


class SubmittedConsent(AgreedConsent):
    """What the person agreed to, as an agency submits it."""

    model_config = ConfigDict(extra="forbid")


class ReferralFacts(Event):
    handle_id: UUID = Field(description="What identification answered when it was told of the person; good once")
    consents: list[AgreedConsent] = Field(default_factory=list, max_length=20)


class ReferralSubmitted(ReferralFacts, Submission):
    """A presumed victim is reported by an agency's system (ID-1)."""

    about: ClassVar[str] = "handle"
    consents: list[SubmittedConsent] = Field(default_factory=list, max_length=20)  # type: ignore[assignment]  # narrower


class ReferralTaken(CaseSubmission):
    """The special police body took the case that was handed over to it (ID-7)."""


class HandoverFacts(Event):
    handover_id: UUID
    taken: bool
    reason: Code | None = Field(default=None, description="Why not, when the support is not taken over")


class HandoverAnswered(HandoverFacts, CaseSubmission):
    """The agency takes over the support that was handed to it, or states why it cannot (SH-8)."""

    about: ClassVar[str] = "handover"


class CourseFacts(Event):
    course: Code
    enrolled: int = Field(ge=0, le=10_000, description="Persons on the course so far")
    needed: int = Field(ge=1, le=10_000, description="Persons without whom it does not begin")


class CourseEnrolmentTold(CourseFacts, CaseSubmission):
    """The person is enrolled on a course; one that lacks enrolment is marked as such (SH-8)."""


class WithdrawalFacts(Event):
    consent_id: UUID


class WithdrawalAcknowledged(WithdrawalFacts, CaseSubmission):
    """The agency ended what it did under a withdrawn consent (ID-12)."""

    about: ClassVar[str] = "consent"


class ToldMessage(AgencyMessage):
    """Sent to an agency's system by the exchange."""

    direction: ClassVar[Direction] = "out"

    @classmethod
    def publisher(cls) -> str:
        return "/nrm/exchange"


class SubmissionAnswered(ToldMessage):
    """What became of a submission: accepted, or refused with a stable code."""

    about: ClassVar[str] = "submission"
    submission_id: UUID = Field(description="Its `ce_id`, or made from its place where none could be read")
    place: Word | None = Field(default=None, description="Partition and offset of what could not be read, as 2@117")
    key: UUID = Field(description="The key of the submission: its case or its handle")
    accepted: bool
    code: Code = Field(description="`accepted`, or why not")
    case_id: UUID | None = Field(default=None, description="The case that an accepted referral began or belongs to")

    @classmethod
    def key_field(cls) -> str:
        return "key"


class EventShared(CaseEvent, ToldMessage):
    """Something happened in a case that this agency may know of, for this purpose (ID-12)."""

    event_id: UUID
    event: Word = Field(description="Type of the event, e.g. nrm.shelter.ShelterExtended.v1", max_length=120)
    purpose: Code
    agreement: int = Field(ge=1, description="Edition of the agreement it is told by")
    fields: dict[str, Fact] = Field(description="The fields of the event that the agreement names")


class ConsentEnded(CaseEvent, ToldMessage):
    """The person withdrew a consent: nothing more is sent under it (ID-12).

    The agency deletes what it received and answers with WithdrawalAcknowledged.
    """

    about: ClassVar[str] = "consent"
    consent_id: UUID
    purpose: Code
    data_class: Code
    acknowledge_by: AwareDatetime
