"""What `services/repatriation` publishes on `nrm.repatriation`. No event states a permit's ground (ID-11)."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from nrm_events.base import Agency, CaseEvent, Code, GrantEvent, ReExamination


class RepatriationEvent(CaseEvent):
    service: ClassVar[str] = "repatriation"


class BarEvent(RepatriationEvent):
    """A removal bar (RP-4). `until` is empty where the bar has no end of its own."""

    about: ClassVar[str] = "bar"
    bar_id: UUID
    until: AwareDatetime | None = None
    advisory: bool = False


class RemovalBarRaised(BarEvent):
    """The person may not be removed (RP-4)."""


class RemovalBarExtended(BarEvent):
    """The bar runs longer (RP-4)."""


class RemovalBarLifted(BarEvent):
    """The bar ended: by its date, by decision, or with what it rested on (RP-4)."""


class RemovalBarNoticed(BarEvent):
    """The State Migration Service was notified of the change, with consent or for a child (RP-4)."""

    told: Agency
    stands: bool = Field(default=True, description="Whether the bar still stands")


class RemovalBarNoticeEnded(RepatriationEvent):
    """`told` is notified of this person's bars no more (RP-4, ID-12): consent ended, or a child is an adult now."""

    told: Agency


class PermitEvent(RepatriationEvent):
    about: ClassVar[str] = "permit"
    permit_id: UUID


class PermitEligible(PermitEvent):
    """The person may apply for a residence permit (RP-1); apply before `apply_by` where lawful stay ends (RP-3)."""

    apply_by: AwareDatetime | None = None


class PermitApplied(PermitEvent):
    """The application was made (RP-2)."""


class PermitMotionRequested(PermitEvent):
    """The motion of the prosecuting body was requested (RP-1)."""

    due_at: AwareDatetime | None = Field(default=None, description="Until when it is expected; empty: unset")


class PermitMotionDueMoved(PermitEvent):
    """A decree moved the working days in which the motion is expected (RP-1, NO-3)."""

    due_at: AwareDatetime


class PermitMotionReceived(PermitEvent):
    """The motion came (RP-1)."""


class PermitMotionDeclined(PermitEvent):
    """The prosecuting body brings no motion (RP-1); the application can be refused, withdrawn or moved again."""


class PermitLodged(PermitEvent):
    """The application is complete and lodged (RP-2)."""


class PermitOpinionAsked(PermitEvent):
    """Another body is consulted; silence until `due_at` means no objection (RP-3)."""

    due_at: AwareDatetime
    opinion_id: UUID | None = Field(default=None, description="Told apart by it where several bodies are asked")


class PermitOpinionDueMoved(PermitEvent):
    """A decree moved the working days of the consulted body (RP-3, NO-3)."""

    due_at: AwareDatetime
    opinion_id: UUID


class PermitOpinionGiven(PermitEvent):
    """The consulted body answered, or its ten working days ended in silence (RP-3)."""

    silent: bool
    opinion_id: UUID | None = None


class PermitGranted(PermitEvent):
    """The permit was granted (RP-1)."""

    valid_until: date


class PermitRefused(PermitEvent):
    """The permit was refused in writing, with reasons (RP-3)."""

    reasons: list[Code]


class PermitExtended(PermitEvent):
    """The permit was extended by at most 24 months (RP-1)."""

    valid_until: date


class PermitExpiring(PermitEvent):
    """The permit ends soon (NO-3)."""

    valid_until: date


class PermitEnded(PermitEvent):
    """The permit ended."""

    how: Literal["expired", "cancelled", "surrendered"]


class PermitAppealed(PermitEvent):
    """The refusal was appealed."""


class PermitSetAside(PermitEvent):
    """A refusal before lodging was set aside on appeal; the application goes on (RP-3)."""


class PermitWithdrawn(PermitEvent):
    """The person withdrew the application (RP-2)."""


class ReturnEvent(RepatriationEvent):
    """Voluntary return (RP-5, RP-6)."""

    about: ClassVar[str] = "return"
    return_id: UUID


class ReturnRequested(ReturnEvent):
    """The person requested to return (RP-5)."""


class ReturnCleared(ReturnEvent):
    """Every gate of RP-5 is passed."""


class ReturnSuspended(ReturnEvent):
    """A gate of RP-5 is not passed; the return waits."""

    reasons: list[Code]


class ReturnRefused(ReturnEvent):
    """The risk assessment forbids the return (RP-5)."""


class ReturnWithdrawn(ReturnEvent):
    """The person withdrew before departure (RP-5)."""


class Departed(ReturnEvent):
    """The person left the country."""


class DepartureCorrected(ReturnEvent):
    """A departure that was recorded did not take place; the booking stands again (RP-5)."""

    reason: Code


class ReturnHandoverOffered(ReturnEvent):
    """A receiving body is requested to take the person over (RP-6); it acknowledges until `due_at`, if that is set."""

    to: Code
    due_at: AwareDatetime | None = None


class HandedOver(ReturnEvent):
    """The receiving body acknowledged the hand-over (RP-6)."""

    to: Code


class ReturnClosed(ReturnEvent):
    """Follow-up ended, or nobody took the person over (RP-6)."""

    without_receiving_body: bool = False


class ReExaminationRequired(ReExamination):
    """A bar, permit or return rests on a recognition that was declined or revoked (ID-9)."""

    service: ClassVar[str] = "repatriation"


class ReExaminationSettled(GrantEvent):
    """A person looked again, the grant ended, or a new recognition carries it (ID-9)."""

    service: ClassVar[str] = "repatriation"


class ConsentWithdrawalAcknowledged(RepatriationEvent):
    """This service ended what it did under the consent (ID-12)."""

    about: ClassVar[str] = "consent"
    consent_id: UUID
