"""What the Fund stores. The migrations have the constraints themselves; here is only their meaning to people.

Amounts are whole qəpik. A claim knows the person by `case_id` alone; no payee's name or account is ever stored (FU-6).
"""

from datetime import datetime
from uuid import UUID

from casework.listing_tables import listed
from casework.releases import figure_release
from casework.tables import casework_metadata
from nrm_events.fund import ClaimKind
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from fund.domain.claims import APPROVED_STATES, PAID_STATES, Hands, Terms
from fund.domain.drafts import TERMS, Draft

CONSTRAINTS = {
    "ck_account_never_overdrawn": ("not_enough_free_money", "There is not enough money for this entry."),
    "ck_claim_appeal_by_another": ("you_decided_this", "Who rejected the claim does not decide the appeal."),
    "ck_claim_three_persons": ("three_persons", "Requester, approver and releaser are three different persons."),
    "ck_claim_approval_binds": ("approval_void", "The claim is not what was approved."),
    "claim_recovers_what_was_paid": ("more_than_paid", "More would come back than was paid."),
    "uq_claim_allowance_of_recognition": ("allowance_exists", "This recognition has an allowance already."),
    "uq_claim_allowance_of_case": ("allowance_exists", "This case has an allowance already."),
    "uq_entry_reverses": ("already_reversed", "This entry has a correction already."),
    "uq_entry_payment_of_claim": ("already_paid", "This claim was paid already."),
    "uq_paper_living": ("paper_used", "This paper was booked already."),
    "uq_claim_receipt": ("paper_used", "Another claim rests on this paper."),
    "uq_claim_decision": ("paper_used", "Another claim rests on this decision."),
    "uq_claim_decision_of_case": ("paper_used", "Another claim of this case rests on this decision."),
    "ck_payment_order_settled_by_another": ("you_released_this", "You released this order: another person settles it."),
    "uq_payment_order_living": ("order_exists", "This claim has a payment order already."),
    "pk_payment_order": ("order_exists", "This payment order was released already."),
}


claim_listed = listed("claim", keys=("kind", "state"), flags=("re_examine",))


class Base(DeclarativeBase):
    """The Fund's own tables, beside those of chassis and casework."""

    metadata = casework_metadata(figure_release, claim_listed)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads a plain class attribute
        datetime: DateTime(timezone=True),
        int: BigInteger,
        str: Text,
        UUID: Uuid,
        list[str]: ARRAY(Text),
    }


class Account(Base):
    """Balance of an account; only the posting trigger of the database moves it (FU-5)."""

    __tablename__ = "account"
    name: Mapped[str] = mapped_column(primary_key=True)
    balance_qepik: Mapped[int] = mapped_column(server_default="0")


class Entry(Base):
    """An entry of the ledger; append-only, corrected only by another that `reverses` it (FU-5)."""

    __tablename__ = "entry"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    claim_id: Mapped[UUID | None]
    document: Mapped[str | None]
    reverses: Mapped[UUID | None]
    repays: Mapped[UUID | None]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class LedgerPosting(Base):
    """One side of an entry: positive debit, negative credit (FU-5)."""

    __tablename__ = "posting"
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("account.name"), primary_key=True)
    amount_qepik: Mapped[int]


class Income(Base):
    """Money received, with its source and document (FU-4)."""

    __tablename__ = "income"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    document: Mapped[str]
    court_document: Mapped[str | None]
    amount_qepik: Mapped[int]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class OpenedCase(Base):
    """A case that identification opened: since when, and whether it is a child's. No claim is older than its case.

    `payee_revision` counts the changes of whoever is paid for it; who that is stays in identification (FU-6).
    """

    __tablename__ = "opened_case"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    age_group: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    payee_revision: Mapped[int] = mapped_column(Integer, server_default="0")


class CaseRecognition(Base):
    """A line of the case's list of recognitions, from the bus (FU-8); `potential` has the id of its case."""

    __tablename__ = "recognition"
    recognition_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    kind: Mapped[str]
    since: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Claim(Base):
    """A claim of a case on the Fund and the hands through which it went (FU-6)."""

    __tablename__ = "claim"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    kind: Mapped[ClaimKind] = mapped_column(Text)
    purpose: Mapped[str | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    amount_qepik: Mapped[int]
    payee: Mapped[str]
    document: Mapped[str | None]
    recognition_id: Mapped[UUID | None]
    awarded_qepik: Mapped[int | None]
    from_property_qepik: Mapped[int | None]
    property_document: Mapped[str | None]
    shared_decision: Mapped[bool] = mapped_column(server_default="false")
    written_by: Mapped[str]
    written_by_agency: Mapped[str]
    requested_by: Mapped[str | None]
    first_approved_by: Mapped[str | None]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    approved_digest: Mapped[str | None]
    payee_revision: Mapped[int] = mapped_column(Integer, server_default="0")
    rejected_by: Mapped[str | None]
    released_by: Mapped[str | None]
    order_id: Mapped[UUID | None]
    recovered_qepik: Mapped[int] = mapped_column(server_default="0")
    overpaid_qepik: Mapped[int] = mapped_column(server_default="0")
    reasons: Mapped[list[str]] = mapped_column(server_default="{}")
    re_examine_since: Mapped[datetime | None]
    re_examine_reason: Mapped[str | None]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]

    def draft(self) -> Draft:
        """The terms as they were drafted or amended last."""
        return Draft(**{name: getattr(self, name) for name in TERMS})

    def terms(self) -> Terms:
        """What an approval of this claim binds (FU-6)."""
        return Terms(
            self.id, self.kind, self.purpose, self.amount_qepik, self.payee, self.document, self.payee_revision
        )

    def hands(self) -> Hands:
        """Who acted on it so far (FU-6)."""
        return Hands(
            self.written_by,
            self.requested_by,
            self.approved_by,
            self.released_by,
            self.first_approved_by,
            self.rejected_by,
        )

    def paid_qepik(self) -> int:
        """What the bank paid by orders of the claim (FU-7)."""
        return self.overpaid_qepik + (self.amount_qepik if self.state in PAID_STATES else 0)

    def granted_qepik(self) -> int:
        """What counts against a ceiling: approved or overpaid, and not recovered (FU-2)."""
        approved = self.amount_qepik if self.state in APPROVED_STATES else 0
        return max(0, approved + self.overpaid_qepik - self.recovered_qepik)


class PaymentOrder(Base):
    """An order to the bank: number, amount and outcome; the payee's details are not here (FU-6, FU-7).

    A `surplus` order was paid and does not pay its claim: its money is overpaid.
    """

    __tablename__ = "payment_order"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Identity(always=True))
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claim.id"))
    amount_qepik: Mapped[int]
    released_by: Mapped[str]
    outcome: Mapped[str | None]
    bank_reference: Mapped[str | None]
    failure_reason: Mapped[str | None]
    effective_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    surplus: Mapped[bool] = mapped_column(server_default="false")


class Paper(Base):
    """An outer paper by which money moved; the database writes it, and refuses a second living one (FU-2, FU-4)."""

    __tablename__ = "paper"
    use: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[UUID] = mapped_column(primary_key=True)
    void: Mapped[bool]
