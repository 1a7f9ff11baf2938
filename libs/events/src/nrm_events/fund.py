"""What `services/fund` publishes on `nrm.fund`. Amounts in whole qəpik (FU-5); never a payee."""

from typing import ClassVar, Literal
from uuid import UUID

from nrm_events.base import CaseEvent, Code, Event, GrantEvent, Qepik

ClaimKind = Literal["allowance", "needs_grant", "compensation"]


class ClaimEvent(CaseEvent):
    service: ClassVar[str] = "fund"
    about: ClassVar[str] = "claim"
    claim_id: UUID
    kind: ClaimKind
    amount_qepik: Qepik


class ClaimDrafted(ClaimEvent):
    """The allowance was drafted by itself on formal recognition (FU-1)."""


class ClaimSubmitted(ClaimEvent):
    """The requester requested approval (FU-6)."""


class ClaimApproved(ClaimEvent):
    """Another person approved exactly this amount, payee and decision (FU-6)."""


class ApprovalVoided(ClaimEvent):
    """The claim was changed after approval, so the approval is void (FU-6)."""


class ClaimRejected(ClaimEvent):
    """The claim was rejected with reasons."""

    reasons: list[Code]
    final: bool


class ClaimCancelled(ClaimEvent):
    """The claim ended unpaid, by a person and with a reason (FU-7)."""

    reasons: list[Code]


class PaymentReserved(ClaimEvent):
    """Money was set aside for the claim (FU-7)."""


class PaymentOrdered(ClaimEvent):
    """A third person released the payment order (FU-6, FU-7)."""

    order_id: UUID


class PaymentMade(ClaimEvent):
    """The bank confirmed the payment (FU-7)."""

    order_id: UUID


class PaymentFailed(ClaimEvent):
    """The bank refused or returned the payment; the money is reserved again or free (FU-7)."""

    order_id: UUID
    reason: Code


class PaymentReturned(ClaimEvent):
    """The bank gave back what it had confirmed; the claim is paid again only after a new approval (FU-7)."""

    order_id: UUID
    reason: Code


class PaymentRecovered(ClaimEvent):
    """Money came back, from the offender or the payee (FU-3)."""


class RecoveryReversed(ClaimEvent):
    """A recovery was booked by mistake; a new entry corrects it (FU-5)."""


class ClaimReexamined(ClaimEvent):
    """The recognition behind the claim was declined or revoked; a person decides what follows (ID-9)."""


class ReExaminationSettled(GrantEvent):
    """A person decided about the claim, or a new recognition carries it (ID-9)."""

    service: ClassVar[str] = "fund"


class IncomeReceived(Event):
    """The Fund received money (FU-4). Not about a case."""

    service: ClassVar[str] = "fund"
    classification: ClassVar[str] = "no-case"
    about: ClassVar[str] = "income"
    income_id: UUID
    source: Code
    amount_qepik: Qepik


class ConsentWithdrawalAcknowledged(CaseEvent):
    """This service ended what it did under the consent (ID-12)."""

    service: ClassVar[str] = "fund"
    about: ClassVar[str] = "consent"
    consent_id: UUID
