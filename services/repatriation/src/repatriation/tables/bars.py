"""Removal bars and their certificates (RP-4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from repatriation.domain.bars import BASES
from repatriation.tables.base import Base, OfACase, one_of


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
