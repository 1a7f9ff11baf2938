"""Consents, refusals, and who has ended what rested on a consent (ID-7, ID-12)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from identification.tables.base import Base


class Consent(Base):
    """A grant per recipient, purpose and class of data: who agreed, how, in which language, to which text (ID-12).

    Grants from before these were required have them empty. `ended_because`: withdrawn, or the case ended. `waits`: it
    ended, and a service or an agency has not yet acknowledged that.
    """

    __tablename__ = "consent"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    recipient: Mapped[str]
    purpose: Mapped[str]
    data_class: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    given_by: Mapped[str | None]
    child_view: Mapped[str | None]
    how: Mapped[str | None]
    language: Mapped[str | None]
    interpreter: Mapped[bool | None]
    text_version: Mapped[str | None]
    recorded_by: Mapped[str | None]
    waits: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    __table_args__ = (
        Index("ix_consent_waits", "case_id", postgresql_where=text("waits")),
        Index(
            "uq_consent_standing",
            "case_id",
            "recipient",
            "purpose",
            "data_class",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )


class ConsentAcknowledgement(Base):
    """Whether a service or an agency ended what rested on a withdrawn consent (ID-12)."""

    __tablename__ = "consent_acknowledgement"
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    service: Mapped[str]
    acknowledged_at: Mapped[datetime | None]
    __table_args__ = (PrimaryKeyConstraint("consent_id", "service"),)


class Refusal(Base):
    """An adult refused the hand-over; how and to which text, as of a consent (ID-7)."""

    __tablename__ = "refusal"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    how: Mapped[str]
    language: Mapped[str]
    interpreter: Mapped[bool]
    text_version: Mapped[str]
    recorded_by: Mapped[str]
    refused_at: Mapped[datetime]
