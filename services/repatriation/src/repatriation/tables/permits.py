"""Permits (RP-1 to RP-3). A refusal's text is in `permit_decision` alone."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repatriation.domain.permits import LIVE_STATES, PERMIT
from repatriation.tables.base import Base, OfACase, one_of


class Permit(OfACase, Base):
    """A residence permit from eligibility to its end. Only officers read the ground (ID-11)."""

    __tablename__ = "permit"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    ground: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    round: Mapped[int]
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("permit.id"))
    opened_at: Mapped[datetime]
    lawful_stay_ends: Mapped[date | None]
    apply_by: Mapped[date | None]
    applied_at: Mapped[datetime | None]
    motion_requested_at: Mapped[datetime | None]
    motion_due_at: Mapped[datetime | None]
    motion_declined_at: Mapped[datetime | None]
    motion_received_at: Mapped[datetime | None]
    lodged_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    term_begins: Mapped[date | None]
    term_months: Mapped[int | None]
    valid_until: Mapped[date | None]
    expiring_noticed_for: Mapped[date | None] = mapped_column("expiring_told_for")
    proceedings_ended_at: Mapped[datetime | None]
    re_examine: Mapped[bool]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("ground in ('victim', 'assisting_prosecution')", name="ground"),
        CheckConstraint(one_of("state", PERMIT.states), name="state"),
        CheckConstraint("state not in ('granted', 'extended', 'expired') or valid_until is not null", name="valid"),
        CheckConstraint(
            "(valid_until is null) = (term_begins is null) and (valid_until is null) = (term_months is null)",
            name="term",
        ),
        Index(
            "uq_permit_live",
            "case_id",
            "ground",
            unique=True,
            postgresql_where=text(one_of("state", LIVE_STATES)),
        ),
        Index("ix_permit_valid_until", "valid_until", postgresql_where=text("state in ('granted', 'extended')")),
    )


class PermitOpinion(Base):
    """The opinion of a consulted body (RP-3)."""

    __tablename__ = "permit_opinion"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    permit_id: Mapped[UUID] = mapped_column(ForeignKey("permit.id"))
    body: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    silent: Mapped[bool]
    objection: Mapped[bool | None]
    reason: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("permit_id", "body"),
        CheckConstraint("(answered_at is null) = (objection is null)", name="answer"),
    )


class PermitDecision(Base):
    """One decision on a permit per round; an appeal opens the next. Written once, never changed (RP-3)."""

    __tablename__ = "permit_decision"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    permit_id: Mapped[UUID] = mapped_column(ForeignKey("permit.id"))
    round: Mapped[int]
    outcome: Mapped[str]
    months: Mapped[int | None]
    valid_until: Mapped[date | None]
    reasons: Mapped[list[str]]
    text: Mapped[str | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("permit_id", "round"),
        CheckConstraint("outcome in ('granted', 'refused')", name="outcome"),
        CheckConstraint(
            "outcome <> 'refused' or (cardinality(reasons) > 0 and length(btrim(text)) between 1 and 2000)",
            name="refused_in_writing",
        ),
        CheckConstraint("outcome <> 'granted' or (months > 0 and valid_until is not null)", name="granted"),
        Index("ix_permit_decision_decided_at", "decided_at"),
    )
