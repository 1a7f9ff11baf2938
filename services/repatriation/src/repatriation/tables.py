"""What repatriation stores: codes, dates and ids, and no person. A refusal's text is in `permit_decision` alone."""

from datetime import date, datetime
from uuid import UUID

from casework.releases import figure_release
from casework.tables import casework_metadata
from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from repatriation.domain.bars import BASES
from repatriation.domain.permits import LIVE_STATES, PERMIT
from repatriation.domain.returns import ENDED_STATES, RETURN

NOTE_MAX = 2_000  # characters of the only text that people write here


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL that holds a column to a list of codes."""
    return f"{column} in ({', '.join(repr(value) for value in values)})"


class Base(DeclarativeBase):
    metadata = casework_metadata(figure_release)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads a plain class attribute
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
    }


class OfACase:
    """An object that people act on: its state, and what they see where somebody changed it meanwhile."""

    state: Mapped[str]
    effective_at: Mapped[datetime]


class CaseFile(Base):
    """The facts of a case that bars, permits and returns rest on, from the events of identification.

    `citizenship_before` is what it was before the last of these events; `child_until`: a child before then (ID-5).
    """

    __tablename__ = "case_file"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    citizenship: Mapped[str]
    citizenship_before: Mapped[str | None]
    age_group: Mapped[str]
    child_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class Guardian(Base):
    """A guardian was appointed to a child, or is one no longer (ID-5): that there is one, never who."""

    __tablename__ = "guardian"
    step_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    appointed: Mapped[bool]
    since: Mapped[datetime]


class Recognition(Base):
    """The person is considered a victim (ID-8); it ends only by being revoked (ID-9)."""

    __tablename__ = "recognition"
    recognition_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    since: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint(one_of("kind", ("presumed", "ngo", "formal")), name="kind"),)


class Reflection(Base):
    """Reflection and recovery (ID-10)."""

    __tablename__ = "reflection"
    reflection_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    since: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ClaimSeen(Base):
    """A claim at the Fund, open or not (RP-4, RP-5)."""

    __tablename__ = "claim_seen"
    claim_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    is_open: Mapped[bool]
    since: Mapped[datetime]
    changed_at: Mapped[datetime]


class Bar(OfACase, Base):
    """A removal bar (RP-4). `source` is the reflection, permit or claim it rests on.

    `notified`: whether the migration service knows of it, since `notified_at` for the last time.
    """

    __tablename__ = "bar"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(index=True)
    basis: Mapped[str]
    source: Mapped[UUID | None]
    advisory: Mapped[bool]
    state: Mapped[str]
    version: Mapped[int]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    notified: Mapped[bool] = mapped_column("told")
    notified_at: Mapped[datetime | None] = mapped_column("told_at")
    re_examine: Mapped[bool]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(one_of("basis", BASES), name="basis"),
        CheckConstraint("state in ('standing', 'lifted')", name="state"),
        CheckConstraint("(state = 'lifted') = (lifted_at is not null and lifted_by is not null)", name="lifted"),
        CheckConstraint("basis not in ('reflection', 'permit', 'open_claim') or source is not null", name="source"),
        Index(
            "uq_bar_standing",
            "case_id",
            "basis",
            "source",
            unique=True,
            postgresql_where=text("state = 'standing' and basis <> 'decision'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_bar_until", "until", postgresql_where=text("state = 'standing'")),
    )


class Certificate(Base):
    """A certificate of a removal bar (RP-4). The holder's name is printed on it and stored nowhere here (ID-13)."""

    __tablename__ = "certificate"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    verification: Mapped[str]
    bar_id: Mapped[UUID] = mapped_column(ForeignKey("bar.id"))
    case_id: Mapped[UUID]
    agency: Mapped[str]
    until: Mapped[datetime | None]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("bar_id", "agency", "until", postgresql_nulls_not_distinct=True),)


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


CONSTRAINTS = {
    "uq_bar_standing": ("bar_already_standing", "A bar of this kind stands already."),
    "uq_permit_live": ("permit_already_open", "A permit on this ground is open already."),
    "uq_permit_decision_permit_id_round": ("already_decided", "The permit was decided already."),
    "uq_permit_opinion_permit_id_body": ("already_asked", "This body was consulted already."),
    "ck_voluntary_return_second_person": ("second_person_needed", "Another person does this."),
    "ck_voluntary_return_acknowledged": ("second_person_needed", "Another person does this."),
    "ck_voluntary_return_receiver": ("sender_receives", "Whoever hands over does not take over."),
    "uq_voluntary_return_open": ("return_already_open", "A return of this person is open already."),
}
"""Constraint → the code and the sentence that a person gets."""
