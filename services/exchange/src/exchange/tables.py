"""What the exchange stores: agencies and their agreements, consents, and what was said and told. No person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.database import service_metadata
from sqlalchemy import BigInteger, Boolean, DateTime, Identity, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONSTRAINTS = {
    "pk_agreement": ("edition_exists", "Another agreement of this edition was given meanwhile."),
    "pk_agency": ("agency_exists", "The agency was joined meanwhile."),
}


class Base(DeclarativeBase):
    metadata = service_metadata()
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads a plain class attribute
        datetime: DateTime(timezone=True),
        int: Integer,
        bool: Boolean,
        str: Text,
        UUID: Uuid,
        dict[str, Any]: JSONB,
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
    """An edition of an agreement, as it was given. Rows stay."""

    __tablename__ = "agreement"
    agency: Mapped[str] = mapped_column(primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    given_at: Mapped[datetime]


class ConsentRow(Base):
    """A consent as identification told of it (ID-12)."""

    __tablename__ = "consent"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    recipient: Mapped[str]
    purpose: Mapped[str]
    data_class: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Withheld(Base):
    """An event, cut to fields that some consent may open, that waits for one which covers its time."""

    __tablename__ = "withheld"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agency: Mapped[str]
    case_id: Mapped[UUID]
    event_id: Mapped[UUID]
    event: Mapped[str]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    fields: Mapped[dict[str, Any]]


class Told(Base):
    """How much an agency was told of a case, for a purpose."""

    __tablename__ = "told"
    agency: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    events: Mapped[int]
    last_at: Mapped[datetime]


class Withdrawal(Base):
    """An agency is told that a consent ended, and says that it let go of what rested on it (ID-12)."""

    __tablename__ = "withdrawal"
    consent_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency: Mapped[str]
    case_id: Mapped[UUID]
    purpose: Mapped[str]
    data_class: Mapped[str]
    withdrawn_at: Mapped[datetime]
    acknowledge_by: Mapped[datetime]
    told_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


class Submission(Base):
    """Something that an agency's system said, and the answer to it."""

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
    told_at: Mapped[datetime | None]
