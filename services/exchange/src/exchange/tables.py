"""What the exchange stores: agencies and their agreements, submissions, and what was sent or waits. No person.

Why an agency knows of a case is in `case_access`, and of which kind it is in `joined_agency`, both of casework.
"""

from datetime import datetime
from uuid import UUID

from casework.decreed_days import decreed_day
from casework.tables import casework_metadata
from pydantic import JsonValue
from sqlalchemy import BigInteger, Boolean, DateTime, Identity, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONSTRAINTS = {
    "pk_agreement": ("edition_exists", "Another agreement of this edition was added meanwhile."),
    "pk_agency": ("agency_exists", "The agency was joined meanwhile."),
}


class Base(DeclarativeBase):
    metadata = casework_metadata(decreed_day)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads a plain class attribute
        datetime: DateTime(timezone=True),
        int: Integer,
        bool: Boolean,
        str: Text,
        UUID: Uuid,
        dict[str, JsonValue]: JSONB,
    }


class Agency(Base):
    """An agency whose system is joined to the bus, and the edition of the agreement that holds."""

    __tablename__ = "agency"
    code: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    edition: Mapped[int]
    joined_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int]


class AgreementRow(Base):
    """An edition of an agreement, as the operator provided it. Rows stay."""

    __tablename__ = "agreement"
    agency: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, JsonValue]]
    given_at: Mapped[datetime]


class Withheld(Base):
    """An event, cut to fields that some line names, that waits for a basis which covers its time."""

    __tablename__ = "withheld"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agency: Mapped[str]
    case_id: Mapped[UUID]
    event_id: Mapped[UUID]
    event: Mapped[str]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    fields: Mapped[dict[str, JsonValue]]


class SharedCount(Base):
    """How many events of a case an agency received, for a purpose."""

    __tablename__ = "told"
    agency: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    events: Mapped[int]
    last_at: Mapped[datetime]


class SharedCase(Base):
    """A case of which an agency received something; written by a trigger of `told`."""

    __tablename__ = "told_case"
    agency: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)


class Tally(Base):
    """How much went to an agency (`case`, `event`) and came from it (`submission`, by the code of its answer)."""

    __tablename__ = "tally"
    agency: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime | None]


class TallyChange(Base):
    """What a statement added, until the ticker adds it to the tally; written by triggers of `told` and `submission`."""

    __tablename__ = "tally_change"
    __table_args__ = (Index("ix_tally_change_agency", "agency"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agency: Mapped[str]
    what: Mapped[str]
    code: Mapped[str]
    amount: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime | None]


class Withdrawal(Base):
    """A consent ended: its recipient is notified, and acknowledges that it deleted what rested on it (ID-12)."""

    __tablename__ = "withdrawal"
    consent_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency: Mapped[str]
    case_id: Mapped[UUID]
    purpose: Mapped[str]
    data_class: Mapped[str]
    withdrawn_at: Mapped[datetime]
    counted_from: Mapped[datetime]
    acknowledge_by: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column("told_at")
    acknowledged_at: Mapped[datetime | None]


class Submission(Base):
    """What an agency's system submitted, and the answer to it."""

    __tablename__ = "submission"
    agency: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[UUID]
    place: Mapped[str | None]
    received_at: Mapped[datetime]
    code: Mapped[str | None]
    case_id: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None] = mapped_column("told_at")
