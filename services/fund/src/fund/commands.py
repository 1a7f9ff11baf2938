"""What people do in the Fund, one model per act. Amounts are whole qəpik."""

from typing import Annotated, Literal
from uuid import UUID

from casework.commands import Change, Command, Decision
from pydantic import Field

from fund.domain.claims import (
    CANCELLATION_REASONS,
    FAILURE_REASONS,
    INFORMATION_REASONS,
    REJECTION_REASONS,
    RETURN_REASONS,
    STANDING_REASONS,
)
from fund.domain.ledger import INCOME_SOURCES

Amount = Annotated[int, Field(strict=True, ge=1, le=10**15, description="Whole qəpik", examples=[70000])]
Share = Annotated[int, Field(strict=True, ge=0, le=10**15, description="Whole qəpik", examples=[40000])]
Document = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[0-9A-Za-zƏəĞğİıÖöŞşÇçÜü№/._()-]*[0-9][0-9A-Za-zƏəĞğİıÖöŞşÇçÜü№/._()-]*$",
        description="Reference of a document: letters, digits and signs without spaces, at least one digit",
        examples=["2-1(106)-1234/2024"],
    ),
]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,63}$")]
Payee = Literal["person", "representative"]


def _reason(known: tuple[str, ...], example: str) -> object:
    return Field(description="Codes: " + ", ".join(known), examples=[example])


def _reasons(known: tuple[str, ...]) -> object:
    return Field(min_length=1, max_length=len(known), description="Codes: " + ", ".join(known), examples=[[known[0]]])


class ReceiveIncome(Command):
    """Book money received, with its source and document (FU-4)."""

    source: Code = Field(description="Codes: " + ", ".join(INCOME_SOURCES), examples=["donation"])
    amount_qepik: Amount
    document: Document
    court_document: Document | None = Field(default=None, description="Needed for confiscated_property")


class ReverseEntry(Command):
    """Correct an income or a recovery by a new entry that points at it (FU-5)."""


class CreateClaim(Command):
    """Needs grant: purpose and amount. Compensation: the court's award and what the offender's property gave."""

    case_id: UUID
    kind: Literal["needs_grant", "compensation"] = Field(examples=["needs_grant"])
    purpose: Code | None = Field(default=None, examples=["medicine"])
    amount_qepik: Amount | None = None
    payee: Payee = Field(
        default="person", description="Details stay in identification; for a child the representative by itself"
    )
    document: Document | None = Field(default=None, description="For compensation: the court decision")
    awarded_qepik: Amount | None = None
    from_property_qepik: Share | None = None
    property_document: Document | None = None
    shared_decision: bool = Field(default=False, description="The court's decision awards several persons")


class AmendClaim(Decision):
    """What is set replaces what is stored; an approval is void after it (FU-6)."""

    purpose: Code | None = None
    amount_qepik: Amount | None = None
    payee: Payee | None = None
    document: Document | None = None
    awarded_qepik: Amount | None = None
    from_property_qepik: Share | None = None
    property_document: Document | None = None
    shared_decision: bool | None = None


class SubmitClaim(Change):
    """Request approval (FU-6)."""


class RequestInformation(Change):
    """Send a claim back for what is missing."""

    reasons: Annotated[tuple[Code, ...], _reasons(INFORMATION_REASONS)]


class ApproveClaim(Decision):
    """Approve exactly the version that was read (FU-6)."""


class RejectClaim(Decision):
    """Reject with reasons; it can be appealed."""

    reasons: Annotated[tuple[Code, ...], _reasons(REJECTION_REASONS)]


class AppealRejection(Change):
    """Record that the person appealed a rejection."""


class DecideAppeal(Decision):
    """Grant the appeal, or reject it for good with reasons."""

    granted: bool
    reasons: tuple[Code, ...] = Field(
        default=(), max_length=len(REJECTION_REASONS), description="Needed when not granted"
    )


class CancelClaim(Decision):
    """End a claim that was not paid, with a reason (FU-7)."""

    reason: Annotated[Code, _reason(CANCELLATION_REASONS, "need_ended")]


class SettleReExamination(Decision):
    """The claim stands although the recognition behind it changed (ID-9)."""

    reason: Annotated[Code, _reason(STANDING_REASONS, "another_recognition")]


class ReserveMoney(Change):
    """Set money aside for an approved claim, or queue a failed payment anew (FU-7)."""


class ReleasePayment(Decision):
    """Release the payment order of exactly the version that was read (FU-6, FU-7)."""


class ConfirmPayment(Change):
    """The bank confirmed the payment, also one that had failed, was returned or stopped before (FU-7)."""

    bank_reference: Document
    order_id: UUID | None = Field(default=None, description="An earlier order of the claim; null is the newest")


class FailPayment(Change):
    """The bank refused the payment (FU-7)."""

    reason: Annotated[Code, _reason(FAILURE_REASONS, "returned_by_bank")]


class ReturnPayment(Decision):
    """The bank returned a payment that it had confirmed (FU-7)."""

    reason: Annotated[Code, _reason(RETURN_REASONS, "payee_details_wrong")]
    bank_reference: Document


class RecoverPayment(Decision):
    """Money came back, from the offender or the payee (FU-3)."""

    amount_qepik: Amount
    document: Document
