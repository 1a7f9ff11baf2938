"""What `services/identification` publishes on `nrm.identification`."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from nrm_events.base import (
    AgeGroup,
    Agency,
    Answered,
    CaseEvent,
    Citizenship,
    Code,
    GrantEvent,
    ReExamination,
)
from nrm_events.taking_part import AgencyKind


class IdentificationEvent(CaseEvent):
    service: ClassVar[str] = "identification"


class PersonFacts(IdentificationEvent):
    """The two facts about the person that other services decide by."""

    age_group: AgeGroup = Field(description="A doubtful age counts as child until it is established (ID-5)")
    citizenship: Citizenship
    doubted_by_guardianship: bool = Field(
        default=False,
        description="A child by the guardianship authority's own doubt alone, which opens the case to it no further",
    )


class ReportReceived(PersonFacts):
    """Somebody reported a presumed victim (ID-1). The case is not open yet."""

    about: ClassVar[str] = "report"
    report_id: UUID
    source: Agency | Literal["self"]
    channel: Code
    anonymous: bool


class CaseOpened(PersonFacts):
    """A report became a case after the search for the same person (ID-18). `holder` is the agency that keeps it."""

    report_id: UUID
    holder: Agency


class HolderChanged(IdentificationEvent):
    """Another agency accepted to hold the case, with the person's consent or by law (ID-20)."""

    holder: Agency
    previous: Agency


class PersonFactsChanged(PersonFacts):
    """Age or citizenship was established or corrected (ID-5)."""


class PayeeChanged(IdentificationEvent):
    """Another is paid for the case, or the name or number of whoever is paid was corrected (FU-6). Who is not in it."""

    revision: int = Field(ge=1, description="How often this happened in the case; an approval binds it")


class PotentialVictimRecorded(IdentificationEvent):
    """The person belongs to a category with access to help without recognition (ID-19)."""

    categories: list[Code]


class VictimPresumed(PersonFacts):
    """A presumed or an NGO recognition was granted (ID-8)."""

    about: ClassVar[str] = "recognition"
    recognition_id: UUID
    kind: Literal["presumed", "ngo"]
    authority: Agency


class ReferralAwaited(IdentificationEvent):
    """The case may be handed over and has not been (ID-7). The term runs from the report, whatever opened the way.
    `holder` holds it and must hand it over."""

    holder: Agency
    due_at: AwareDatetime = Field(description="24 hours after the report: hand-over and its acknowledgement")


class ReferralNoLongerAwaited(IdentificationEvent):
    """The case may not be handed over any more, or its report joined another case (ID-7, ID-18)."""


class ReferralDutyMet(IdentificationEvent):
    """The duty to report was met without the name, since the adult refused (ID-7). It opens the case to nobody."""

    holder: Agency


class VictimReferred(IdentificationEvent):
    """The case was handed over to the special police body (ID-7). From now on `to` may know of it."""

    about: ClassVar[str] = "referral"
    referral_id: UUID
    to: Agency
    reported_at: AwareDatetime
    due_at: AwareDatetime = Field(description="24 hours after the report: hand-over and its acknowledgement")


class ReferralAcknowledged(IdentificationEvent):
    """The receiving agency took the case (ID-7)."""

    about: ClassVar[str] = "referral"
    referral_id: UUID
    by: Agency


class VictimIdentified(PersonFacts):
    """Formal recognition (ID-8): the Fund drafts the allowance (FU-1), the removal bar is raised (RP-4)."""

    about: ClassVar[str] = "recognition"
    recognition_id: UUID
    authority: Agency


class IdentificationDeclined(IdentificationEvent):
    """The formal recognition was declined with reasons (ID-9); services re-examine, nothing is cancelled silently."""

    about: ClassVar[str] = "decision"
    decision_id: UUID
    authority: Agency
    reasons: list[Code]
    appeal_by: AwareDatetime | None = Field(default=None, description="Until when it can be appealed; empty: unset")


class RecognitionRevoked(IdentificationEvent):
    """A recognition was revoked with reasons (ID-9); services re-examine what rests on it."""

    about: ClassVar[str] = "recognition"
    recognition_id: UUID
    kind: Literal["presumed", "ngo", "formal"]
    authority: Agency
    reasons: list[Code]
    decision_id: UUID | None = Field(default=None, description="The revoking decision, which can be appealed")
    appeal_by: AwareDatetime | None = Field(default=None, description="Until when it can be appealed; empty: unset")


class IdentificationAppealed(IdentificationEvent):
    """A negative or revoking decision was appealed to another body than the one that decided (ID-9)."""

    about: ClassVar[str] = "decision"
    decision_id: UUID
    appeal_id: UUID | None = None
    to: Code | None = Field(default=None, description="The body that decides on the appeal, such as court")
    due_at: AwareDatetime | None = Field(default=None, description="Until when that body decides; empty: unset")


class IdentificationAppealDecided(IdentificationEvent):
    """The body to which the appeal went decided on it (ID-9). `overturned`: the authority assesses again."""

    about: ClassVar[str] = "decision"
    decision_id: UUID
    appeal_id: UUID
    outcome: Literal["upheld", "overturned"]
    decided_by: Code


class IdentificationReopened(IdentificationEvent):
    """The assessment was opened again after a negative decision, also in a case that had been closed (ID-9)."""

    about: ClassVar[str] = "decision"
    decision_id: UUID


class OpinionGiven(IdentificationEvent):
    """An agency gave its opinion in the assessment, or dissents from a decision (ID-8); whose is not in it."""

    about: ClassVar[str] = "opinion"
    opinion_id: UUID
    dissents: bool
    authority: Agency | None = Field(default=None, description="Whose decision or assessment; empty: the holder's")


class ReExaminationRequired(ReExamination):
    """A reflection period rests on a recognition that was declined or revoked (ID-9, ID-10)."""

    service: ClassVar[str] = "identification"


class ReExaminationSettled(GrantEvent):
    """A person looked again, the period ended, or a new recognition carries it (ID-9)."""

    service: ClassVar[str] = "identification"


class ChildStepTaken(IdentificationEvent):
    """For a found child: a guardian, then the identity, then the search for the family (ID-5)."""

    about: ClassVar[str] = "step"
    step_id: UUID
    step: Literal["guardian", "identity", "family_tracing"]
    outcome: Code


class ReflectionStarted(IdentificationEvent):
    """Reflection and recovery began (ID-10); removal is barred until `ends_at`."""

    about: ClassVar[str] = "reflection"
    reflection_id: UUID
    ends_at: AwareDatetime


class ReflectionEnded(IdentificationEvent):
    """Reflection ended, by its time or by the person's wish (ID-10)."""

    about: ClassVar[str] = "reflection"
    reflection_id: UUID


class RightsExplained(IdentificationEvent):
    """The rights were explained to the person in a language they understand (ID-14)."""

    about: ClassVar[str] = "explanation"
    explanation_id: UUID
    language: Code
    document_version: Code


class ConsentEvent(IdentificationEvent):
    about: ClassVar[str] = "consent"
    consent_id: UUID
    recipient: Agency
    purpose: Code
    data_class: Code


class ConsentGranted(ConsentEvent):
    """The person agreed that `recipient` gets `data_class` for `purpose` (ID-12)."""

    recipient_kind: AgencyKind | None = Field(
        default=None, description="What the recipient is: police learn of a case by the hand-over alone (ID-7)"
    )


class ConsentWithdrawn(ConsentEvent):
    """The agreement ended; every service answers with ConsentWithdrawalAcknowledged (ID-12)."""

    because: Literal["withdrawn", "case_ended"] = Field(
        default="withdrawn", description="The person took it back, or the case ended that it was for"
    )


class IdentityDisclosed(IdentificationEvent):
    """Personal data was disclosed by decision of a prosecutor or court (ID-13)."""

    about: ClassVar[str] = "disclosure"
    disclosure_id: UUID
    recipient: Agency
    decided_by: Literal["prosecutor", "court"]


class CaseClosed(IdentificationEvent):
    """The case ended: closed, withdrawn by the person, or transferred abroad."""

    outcome: Literal["closed", "withdrawn", "transferred_abroad"]


class SubmissionAnswered(Answered):
    """The outcome of a submission of an agency's system; the exchange passes it on (docs/adr/0018)."""

    service: ClassVar[str] = "identification"
