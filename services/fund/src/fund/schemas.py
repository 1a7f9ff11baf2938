"""HTTP shapes. Amounts are whole qəpik; `happened_at` is when an act took effect, null for now."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from chassis.answers import ActionAnswer, ClockAnswer
from chassis.clock import Moment
from pydantic import BaseModel, ConfigDict, Field

from fund.domain.claims import (
    CANCELLATION_REASONS,
    FAILURE_REASONS,
    INFORMATION_REASONS,
    PAYEES,
    REJECTION_REASONS,
    RETURN_REASONS,
    STANDING_REASONS,
)
from fund.domain.ledger import INCOME_SOURCES

Amount = Annotated[int, Field(strict=True, ge=1, le=10**15, description="Whole qəpik", examples=[70000])]
Share = Annotated[int, Field(strict=True, ge=0, le=10**15, description="Whole qəpik", examples=[40000])]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, description="The version you read")]
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
Kind = Literal["allowance", "needs_grant", "compensation"]


def _reasons(known: tuple[str, ...]) -> Any:
    return Field(min_length=1, max_length=len(known), description="Codes: " + ", ".join(known), examples=[[known[0]]])


class Command(BaseModel):
    model_config = ConfigDict(extra="forbid")

    happened_at: Moment | None = Field(default=None, description="When it took effect; null is now")


class Change(Command):
    """An act on a claim that was read before."""

    version: Version | None = Field(default=None, description="The version you read; null is any")


class Decision(Change):
    """A decision on the ground of what was read: where the claim changed since, nothing is done."""

    version: Version


class IncomeReceipt(Command):
    source: Code = Field(description="Codes: " + ", ".join(INCOME_SOURCES), examples=["donation"])
    amount_qepik: Amount
    document: Document
    court_document: Document | None = Field(default=None, description="Needed for confiscated_property")


class ClaimDraft(Command):
    """Needs grant: purpose and amount. Compensation: the court's award and what the offender's property gave."""

    case_id: UUID
    kind: Literal["needs_grant", "compensation"] = Field(examples=["needs_grant"])
    purpose: Code | None = Field(default=None, examples=["medicine"])
    amount_qepik: Amount | None = None
    payee: Literal["person", "representative"] = Field(default="person", description="Details stay in identification")
    document: Document | None = Field(default=None, description="For compensation: the court decision")
    awarded_qepik: Amount | None = None
    from_property_qepik: Share | None = None
    property_document: Document | None = None


class Amendment(Command):
    """What is given replaces what is stored; an approval is void after it."""

    version: Version
    purpose: Code | None = None
    amount_qepik: Amount | None = None
    payee: Literal["person", "representative"] | None = None
    document: Document | None = None
    awarded_qepik: Amount | None = None
    from_property_qepik: Share | None = None
    property_document: Document | None = None


class Approval(Command):
    version: Version


class InformationRequest(Change):
    reasons: list[Code] = _reasons(INFORMATION_REASONS)


class Rejection(Decision):
    reasons: list[Code] = _reasons(REJECTION_REASONS)


class AppealDecision(Command):
    version: Version
    granted: bool
    reasons: list[Code] = Field(default=[], max_length=len(REJECTION_REASONS), description="Needed when not granted")


class Confirmation(Change):
    bank_reference: Document


class Failure(Change):
    reason: Code = Field(description="Codes: " + ", ".join(FAILURE_REASONS), examples=["returned_by_bank"])


class Return(Decision):
    reason: Code = Field(description="Codes: " + ", ".join(RETURN_REASONS), examples=["payee_details_wrong"])
    bank_reference: Document


class Cancellation(Decision):
    reason: Code = Field(description="Codes: " + ", ".join(CANCELLATION_REASONS), examples=["need_ended"])


class Recovery(Decision):
    amount_qepik: Amount
    document: Document


class ReExamination(Decision):
    reason: Code = Field(description="Codes: " + ", ".join(STANDING_REASONS), examples=["another_recognition"])


class OrderAnswer(BaseModel):
    id: UUID
    number: int
    amount_qepik: int
    outcome: Literal["paid", "failed", "returned"] | None
    bank_reference: str | None
    failure_reason: str | None
    effective_at: datetime
    settled_at: datetime | None


class ClaimSummary(BaseModel):
    """A claim as lists show it."""

    id: UUID
    case_id: UUID
    kind: Kind
    purpose: str | None
    state: str
    version: int
    amount_qepik: int
    recovered_qepik: int
    re_examine_since: datetime | None
    effective_at: datetime
    recorded_at: datetime


class ClaimAnswer(ClaimSummary):
    """A claim with its terms, its money and what you can do now."""

    payee: str = Field(description=f"{' or '.join(PAYEES)}: who they are is known to identification alone")
    document: str | None
    recognition_id: UUID | None
    awarded_qepik: int | None
    from_property_qepik: int | None
    property_document: str | None
    reasons: list[str]
    re_examine_reason: str | None
    missing_qepik: int = Field(description="What free money lacks for an approved claim")
    approval: str | None = Field(description="SHA-256 of what was approved")
    orders: list[OrderAnswer]
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer] = []


class ReleasedAnswer(ClaimAnswer):
    """The released claim; `payee_details` are shown to the releaser for this order and are kept nowhere in the Fund."""

    payee_details: dict[str, Any] | None = None


class IncomeAnswer(BaseModel):
    id: UUID
    source: str
    amount_qepik: int
    document: str
    court_document: str | None
    entry_id: UUID
    effective_at: datetime
    recorded_at: datetime


class PostingAnswer(BaseModel):
    account: str
    amount_qepik: int = Field(description="Positive debit, negative credit")


class EntryAnswer(BaseModel):
    id: UUID
    kind: str
    claim_id: UUID | None
    document: str | None
    reverses: UUID | None
    reversed_by: UUID | None
    effective_at: datetime
    recorded_at: datetime
    postings: list[PostingAnswer]
    actions: list[ActionAnswer]


class AccountAnswer(BaseModel):
    name: str
    balance_qepik: int = Field(description="In the account's own sign: never below zero")


class BalanceAnswer(BaseModel):
    """Money at the bank, what of it is set aside, and what is free."""

    as_of: datetime
    bank_qepik: int
    reserved_qepik: int
    free_qepik: int
    waiting_qepik: int = Field(description="Approved claims that wait for free money")


class SourceAnswer(BaseModel):
    source: str
    amount_qepik: int


class UseAnswer(BaseModel):
    use: str
    persons: int | None
    amount_qepik: int | None
    suppressed: bool


class StatementAnswer(BaseModel):
    """Public: groups under the threshold are not shown."""

    model_config = ConfigDict(populate_by_name=True)

    since: date = Field(alias="from")
    until: date = Field(alias="to")
    threshold: int
    income: list[SourceAnswer]
    income_total_qepik: int
    uses: list[UseAnswer]
    total: UseAnswer


class YearAnswer(BaseModel):
    year: int
    allowances_paid: int
    allowance_total_qepik: int
    needs_persons: int
    needs_total_qepik: int
