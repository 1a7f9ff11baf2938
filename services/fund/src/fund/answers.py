"""What the Fund answers. Amounts are whole qəpik; times are with zone."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from casework.answers import ActionAnswer, ClockAnswer
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from fund.domain.claims import PAYEES

Kind = Literal["allowance", "needs_grant", "compensation"]


class OrderAnswer(BaseModel):
    """A payment order and what the bank answered; the payee is not in it (FU-6)."""

    id: UUID
    number: int
    amount_qepik: int
    outcome: Literal["paid", "failed", "returned", "stopped"] | None
    bank_reference: str | None
    failure_reason: str | None
    surplus: bool = Field(description="Paid, but not what the claim owed: its money is to be recovered")
    effective_at: datetime
    settled_at: datetime | None


class HandAnswer(BaseModel):
    """A part in a claim that one person does and no other part with it (FU-6)."""

    part: Literal["requested", "first_approved", "approved", "released"]
    at: datetime | None = Field(description="Null where it is still to come")
    role: str | None
    agency: str | None
    yours: bool = Field(description="You did it")
    roles: list[str] = Field(description="Roles that can do it")


class ClaimSummary(BaseModel):
    """A claim as lists show it."""

    id: UUID
    case_id: UUID
    case_ref: str = Field(description="The reference of the case that people use", examples=["K7F3-XA9M"])
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
    shared_decision: bool
    overpaid_qepik: int = Field(description="What the bank paid beside what the claim owed")
    reasons: list[str]
    re_examine_reason: str | None
    second_approval: bool = Field(description="One person approved it; the sum needs another's approval too")
    missing_qepik: int = Field(description="What free money lacks for an approved claim")
    free_qepik: int | None = Field(description="Money free now; null outside the Fund")
    approval: str | None = Field(description="SHA-256 of what was approved")
    hands: list[HandAnswer] = Field(description="Requested, approved and released, each by another person")
    orders: list[OrderAnswer]
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer] = []


class ReleasedAnswer(ClaimAnswer):
    """The released claim; `payee_details` are shown to the releaser for this order and stored nowhere in the Fund."""

    payee_details: dict[str, JsonValue] | None = None


class IncomeAnswer(BaseModel):
    """Money received (FU-4)."""

    id: UUID
    source: str
    amount_qepik: int
    document: str
    court_document: str | None
    entry_id: UUID
    effective_at: datetime
    recorded_at: datetime


class PostingAnswer(BaseModel):
    """One side of an entry (FU-5)."""

    account: str
    amount_qepik: int = Field(description="Positive debit, negative credit")


class EntryAnswer(BaseModel):
    """An entry of the ledger with both its sides and its links to corrections (FU-5)."""

    id: UUID
    kind: str
    state: Literal["booked", "corrected"] = Field(description="Whether another entry corrects it")
    claim_id: UUID | None
    document: str | None
    amount_qepik: int = Field(description="The sum of one side")
    reverses: UUID | None
    reversed_by: UUID | None
    effective_at: datetime
    recorded_at: datetime
    postings: list[PostingAnswer]
    actions: list[ActionAnswer]


class AccountAnswer(BaseModel):
    """An account of the ledger (FU-5)."""

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
    """Income of one source in the period."""

    source: str
    amount_qepik: int


class UseAnswer(BaseModel):
    """Payments of one use in the period; null where the group is too small to show."""

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
    """The year's payments; null where the group is too small to show."""

    year: int
    allowances_paid: int | None
    allowance_total_qepik: int | None
    needs_persons: int | None
    needs_total_qepik: int | None
