"""What `services/notify` publishes on `nrm.notify`. Never a text, an address or a number (NO-1)."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from nrm_events.base import CaseEvent, Code


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
