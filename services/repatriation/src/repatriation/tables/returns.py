"""Returns and follow-up visits (RP-5, RP-6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from repatriation.domain.returns import ENDED_STATES, RETURN
from repatriation.tables.base import Base, OfACase, one_of


class Return(OfACase, Base):
    """A voluntary return with what its gates look at (RP-5, RP-6)."""

    __tablename__ = "voluntary_return"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    country: Mapped[str]
    agency: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    requested_at: Mapped[datetime]
    consent_at: Mapped[datetime | None]
    agreed_as_child: Mapped[bool] = mapped_column(server_default=false())
    risk_level: Mapped[str | None]
    retrafficking_risk: Mapped[bool | None]
    risk_assessed_at: Mapped[datetime | None]
    risk_assessed_by: Mapped[str | None]
    best_interests: Mapped[str | None]
    best_interests_by: Mapped[str | None]
    opinion_heard: Mapped[str | None]
    claims_checked_at: Mapped[datetime | None]
    claims_found: Mapped[list[str]]
    cleared_by: Mapped[str | None]
    cleared_as_child: Mapped[bool] = mapped_column(server_default=false())
    payer: Mapped[str | None]
    departed_at: Mapped[datetime | None] = mapped_column(index=True)
    handover_to: Mapped[str | None]
    handover_from: Mapped[str | None]
    handover_by: Mapped[str | None]
    handover_due_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    ended_without_body: Mapped[str | None]
    re_examine: Mapped[bool]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(one_of("state", RETURN.states), name="state"),
        CheckConstraint("country ~ '^[A-Z]{2}$' and country <> 'AZ'", name="country"),
        CheckConstraint("payer <> 'person'", name="never_the_person"),
        CheckConstraint("departed_at is null or consent_at is not null", name="consented"),
        CheckConstraint(
            "not cleared_as_child or cleared_by not in (risk_assessed_by, best_interests_by)", name="second_person"
        ),
        CheckConstraint("handover_to <> handover_from", name="receiver"),
        CheckConstraint("acknowledged_by <> handover_by", name="acknowledged"),
        CheckConstraint("ended_without_body is null or handed_over_at is null", name="without_body"),
        Index(
            "uq_voluntary_return_open",
            "case_id",
            unique=True,
            postgresql_where=text(f"not {one_of('state', ENDED_STATES)}"),
        ),
    )


class FollowUp(Base):
    """A follow-up visit after the hand-over (RP-6)."""

    __tablename__ = "follow_up"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    return_id: Mapped[UUID] = mapped_column(ForeignKey("voluntary_return.id"), index=True)
    outcome: Mapped[str]
    visited_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
