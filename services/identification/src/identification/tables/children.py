"""Age, the steps for a found child, and who agreed to an ending (ID-5, ID-7)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from identification.tables.base import Base


class ChildStep(Base):
    """A step for a found child: guardian, identity, family tracing, in this order (ID-5)."""

    __tablename__ = "child_step"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    step: Mapped[str]
    outcome: Mapped[str]
    reference: Mapped[str | None]
    taken_by: Mapped[str]
    taken_at: Mapped[datetime]


class AgeFinding(Base):
    """Age was established: on which ground, by which method and document (ID-5)."""

    __tablename__ = "age_finding"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    age_group: Mapped[str]
    ground: Mapped[str]
    method: Mapped[str]
    document: Mapped[str]
    established_by: Mapped[str]
    established_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("age_group in ('child', 'adult')", name="age_group"),)


class AgeDoubt(Base):
    """Somebody doubts that the person is an adult: a task to the holder until age is established (ID-5)."""

    __tablename__ = "age_doubt"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    ground: Mapped[str]
    doubted_by: Mapped[str]
    doubted_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class EndingAgreement(Base):
    """The guardianship authority agreed to one ending of a child's case; it counts once, until it is void (ID-7)."""

    __tablename__ = "ending_agreement"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    ending: Mapped[str]
    reference: Mapped[str]
    agreed_by: Mapped[str]
    agreed_by_person: Mapped[str]
    agreed_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    void_since: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("ending in ('close', 'withdraw', 'transfer_abroad', 'establish_as_adult')", name="ending"),
        Index(
            "uq_ending_agreement_open",
            "case_id",
            "ending",
            unique=True,
            postgresql_where=text("used_at is null and void_since is null"),
        ),
    )
