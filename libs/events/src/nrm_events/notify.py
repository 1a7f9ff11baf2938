"""What `services/notify` publishes on `nrm.notify`. Never a text, an address or a number (NO-1)."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from nrm_events.base import CaseEvent, Code, Event


class NotifyEvent(CaseEvent):
    service: ClassVar[str] = "notify"


class NotificationEvent(NotifyEvent):
    """One notification per event, template and recipient (NO-4)."""

    about: ClassVar[str] = "notification"
    notification_id: UUID
    template: Code
    recipient: Literal["person", "staff"]


class NotificationQueued(NotificationEvent):
    """A notification waits to be sent."""


class NotificationDelivered(NotificationEvent):
    """The provider took it, or the inbox shows it."""


class NotificationFailed(NotificationEvent):
    """All tries failed; staff are notified."""

    reason: Code


class ContactWithheld(NotificationEvent):
    """No channel is marked safe, so nothing was sent and staff were notified (NO-2)."""

    reason: Code


class DeadlineEvent(NotifyEvent):
    """A clock of NO-3. It never blocks anything."""

    about: ClassVar[str] = "clock"
    clock_id: UUID
    kind: Code
    due_at: AwareDatetime
    entered_late: bool = False


class DeadlineApproaching(DeadlineEvent):
    """The warning before the end of a clock."""


class DeadlineBreached(DeadlineEvent):
    """The clock ran out."""


class DeadlineMet(DeadlineEvent):
    """What the clock waited for happened."""


class ConsentWithdrawalAcknowledged(NotifyEvent):
    """This service ended what it did under the consent (ID-12)."""

    about: ClassVar[str] = "consent"
    consent_id: UUID


class CalendarDecreed(Event):
    """A decree made days holidays or working days, or took that back; terms that run in working days move (NO-3)."""

    service: ClassVar[str] = "notify"
    classification: ClassVar[str] = "no-case"
    about: ClassVar[str] = "calendar"
    calendar_id: UUID = Field(description="The calendar of Azerbaijan: one id, so that decrees stay in order")
    decree: Code = Field(description="The decree's number")
    holidays: list[date] = Field(max_length=60)
    working_days: list[date] = Field(max_length=60)
    as_published: list[date] = Field(max_length=60, description="No decree settles these days any more")
