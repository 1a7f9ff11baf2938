"""Cases and reports: no name, only what decisions and statistics need."""

from datetime import date, datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, synonym

from identification.tables.base import Base


class Case(Base):
    """One person's case: no name, only what decisions and statistics need.

    `age_without_doubt` is the group that the hand-over goes by while a birth date or another agency's doubt alone
    makes a child (ID-5).
    `birth_date_doubted`: one agency alone made the birth date earlier, so that no child comes of age by it (ID-7).
    `payee_revision` counts the changes of whoever is paid for the case (FU-6).
    `refused_at` is when an adult refused the hand-over, `duty_met_at` when the duty was met without the name (ID-7).
    """

    __tablename__ = "case_file"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    holder: Mapped[str]
    source: Mapped[str]
    age_group: Mapped[str]
    citizenship: Mapped[str]
    age_doubted: Mapped[bool]
    age_established: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    erased_at: Mapped[datetime | None]
    birth_date_doubted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    came_of_age: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    age_looked_at: Mapped[date | None]
    sex: Mapped[str]
    reported_at: Mapped[datetime]
    categories: Mapped[list[str]]
    potential_at: Mapped[datetime | None]
    referral_awaited: Mapped[bool | None] = mapped_column(default=False)
    age_without_doubt: Mapped[str | None]
    refused_at: Mapped[datetime | None]
    duty_met_at: Mapped[datetime | None]
    payee_revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    case_id = synonym("id")
    __table_args__ = (
        Index("ix_case_file_potential_at", "potential_at", postgresql_where=text("potential_at is not null")),
    )


class Report(Base):
    """One report about a presumed victim (ID-1), with the standard's codes of the exploitation (ID-3)."""

    __tablename__ = "report"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    source: Mapped[str]
    received_by: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str]
    channel_hours: Mapped[str | None]
    anonymous: Mapped[bool]
    region: Mapped[str | None]
    language: Mapped[str | None]
    crossed_border: Mapped[bool | None]
    reported_at: Mapped[datetime] = mapped_column(index=True)
    recorded_at: Mapped[datetime]
    codes: Mapped[dict[str, JsonValue]]
    warnings: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    attached_to: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    agrees_to_police: Mapped[bool | None]
    closed_because: Mapped[str | None]
    __table_args__ = (
        CheckConstraint(
            "closed_because in ('no_indication', 'no_contact', 'other_help', 'entered_twice', 'person_declined')",
            name="closed_because",
        ),
    )


class Referral(Base):
    """The hand-over to the special police body (ID-7)."""

    __tablename__ = "referral"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), unique=True)
    to: Mapped[str]
    referred_at: Mapped[datetime]
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    best_interests: Mapped[bool]


class Reflection(Base):
    """Reflection and recovery beside the status (ID-10)."""

    __tablename__ = "reflection"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    state: Mapped[str]
    offered_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    written_wish: Mapped[str | None]
    re_examine_since: Mapped[datetime | None]
    __table_args__ = (Index("uq_reflection_open", "case_id", unique=True, postgresql_where=text("state <> 'ended'")),)


class RightsExplanation(Base):
    """The rights were explained to the person (ID-14)."""

    __tablename__ = "rights_explanation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    language: Mapped[str]
    document_version: Mapped[str]
    interpreter: Mapped[bool]
    explained_at: Mapped[datetime]


class Disclosure(Base):
    """Personal data disclosed by decision of a prosecutor or court (ID-13)."""

    __tablename__ = "disclosure"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    recipient: Mapped[str]
    decided_by: Mapped[str]
    decision_reference: Mapped[str]
    data_class: Mapped[str]
    disclosed_at: Mapped[datetime]


class HolderOffer(Base):
    """Another agency is requested to hold the case, with the person's consent or by law (ID-20)."""

    __tablename__ = "holder_offer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    to: Mapped[str]
    offered_by: Mapped[str]
    ground: Mapped[str]
    legal_reference: Mapped[str | None]
    consent: Mapped[dict[str, JsonValue] | None]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    __table_args__ = (
        Index("uq_holder_offer_open", "case_id", unique=True, postgresql_where=text("state = 'offered'")),
    )

    @property
    def given_by(self) -> str | None:
        """Who agreed, on the ground of consent."""
        return str(self.consent["given_by"]) if self.consent else None


class UnnamedNotice(Base):
    """The duty to report was met without the name (ID-7). It names no case, so that it opens none."""

    __tablename__ = "unnamed_notice"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    forms: Mapped[list[str]]
    region: Mapped[str | None]
    sex: Mapped[str]
    age_group: Mapped[str]
