"""What repatriation knows of a case, from events: codes, dates and ids, and no person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from repatriation.tables.base import Base, one_of


class CaseFile(Base):
    """The facts of a case that bars, permits and returns rest on, from the events of identification.

    `citizenship_before` is what it was before the last of these events; `child_until`: a child before then (ID-5).
    `outcome` and `closed_at`: how and when the case ended; empty while it goes on, and once it is reopened (ID-9).
    """

    __tablename__ = "case_file"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    citizenship: Mapped[str]
    citizenship_before: Mapped[str | None]
    age_group: Mapped[str]
    child_until: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    outcome: Mapped[str | None]
    closed_at: Mapped[datetime | None]


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


class ThingSeen(Base):
    """A bar, permit or return that an agency may know of, in the order of lists (migration 0010).

    Triggers write these rows; what is shown is decided for every row by `facts.visibility`.
    """

    __tablename__ = "thing_seen"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(primary_key=True)
    thing: Mapped[str]
    case_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str]
    re_examine: Mapped[bool]
    __table_args__ = (
        Index("ix_thing_seen_list", "agency", "thing", "id"),
        Index("ix_thing_seen_state", "agency", "thing", "state", "id"),
        Index("ix_thing_seen_re_examine", "agency", "thing", "id", postgresql_where=text("re_examine")),
    )
