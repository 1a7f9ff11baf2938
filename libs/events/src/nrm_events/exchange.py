"""What `services/exchange` publishes on `nrm.exchange`: what agencies' systems sent, for the services that decide.

Whoever decides answers with its own SubmissionAnswered; the exchange passes it on to the agency (docs/adr/0018).
"""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from nrm_events.agencies import CourseFacts, HandoverFacts, ReferralFacts, WithdrawalFacts
from nrm_events.base import Agency, CaseEvent, Event
from nrm_events.taking_part import AgencyKind


class AgencyEvent(Event):
    """Not about a case."""

    service: ClassVar[str] = "exchange"
    classification: ClassVar[str] = "no-case"
    about: ClassVar[str] = "agency"
    agency_id: UUID = Field(description="Made from the code: the same agency always has the same")
    agency: Agency


class AgencyJoined(AgencyEvent):
    """By an agreement the agency takes part from now on; emitted again with each newer agreement."""

    kind: AgencyKind | None = Field(
        default=None, description="What it is; empty in old events, and then nothing is opened to it by consent"
    )


class AgencyRemoved(AgencyEvent):
    """What was agreed with the agency ended; whoever takes part from the start goes on taking part."""


class SubmissionEvent(Event):
    """Sent by the system of `agency`."""

    service: ClassVar[str] = "exchange"
    about: ClassVar[str] = "submission"
    submission_id: UUID
    agency: Agency


class CaseSubmissionEvent(SubmissionEvent, CaseEvent):
    """The same about a case; whether the agency may know of it is for who decides."""

    about: ClassVar[str] = "submission"


class ReferralSubmitted(SubmissionEvent, ReferralFacts):
    """An agency's system reports a presumed victim; `handle_id` names what it entered at identification (ID-1)."""


class ReferralTaken(CaseSubmissionEvent):
    """The special police body took the case that was handed over to it (ID-7)."""


class HandoverAnswered(CaseSubmissionEvent, HandoverFacts):
    """The agency takes over the support that was handed to it, or states why it cannot (SH-8)."""


class CourseEnrolmentTold(CaseSubmissionEvent, CourseFacts):
    """The person is enrolled on a course (SH-8)."""


class WithdrawalAcknowledged(CaseSubmissionEvent, WithdrawalFacts):
    """The agency ended what it did under a withdrawn consent; the exchange has checked that it was notified (ID-12)."""


class WithdrawalTold(CaseEvent):
    """The agency was notified that a consent ended (ID-12). It is to acknowledge that it ended what rested on it."""

    service: ClassVar[str] = "exchange"
    about: ClassVar[str] = "consent"
    consent_id: UUID
    agency: Agency
    acknowledge_by: AwareDatetime


class WithdrawalDueMoved(CaseEvent):
    """A decree moved the working days in which the agency acknowledges the end of a consent (ID-12, NO-3)."""

    service: ClassVar[str] = "exchange"
    about: ClassVar[str] = "consent"
    consent_id: UUID
    agency: Agency
    acknowledge_by: AwareDatetime


class ConsentWithdrawalAcknowledged(CaseEvent):
    """This service ended what it did under the consent (ID-12)."""

    service: ClassVar[str] = "exchange"
    about: ClassVar[str] = "consent"
    consent_id: UUID
