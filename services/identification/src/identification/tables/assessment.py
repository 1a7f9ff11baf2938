"""Screenings, recognitions, decisions and opinions (ID-4, ID-8, ID-9)."""

from datetime import datetime
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from identification.tables.base import Base


class Screening(Base):
    """One screening with its explanation; it advises, people decide (ID-4)."""

    __tablename__ = "screening"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    indicator_set: Mapped[str]
    set_version: Mapped[int]
    answers: Mapped[dict[str, str]]
    explanation: Mapped[dict[str, JsonValue]]
    screened_at: Mapped[datetime]


class RecognitionRow(Base):
    """Recognitions are a list, not a flag (ID-8). One formal recognition stands at a time: the database sees to it."""

    __tablename__ = "recognition"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    kind: Mapped[str]
    authority: Mapped[str]
    reasons: Mapped[list[str]]
    dissent: Mapped[list[str]]
    since: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revoked_reasons: Mapped[list[str]]
    __table_args__ = (
        CheckConstraint("kind in ('presumed', 'ngo', 'formal')", name="kind"),
        Index(
            "uq_recognition_formal",
            "case_id",
            unique=True,
            postgresql_where=text("kind = 'formal' and revoked_at is null"),
        ),
        Index(
            "uq_recognition_standing",
            "case_id",
            "kind",
            "authority",
            unique=True,
            postgresql_where=text("revoked_at is null"),
        ),
    )


class Decision(Base):
    """A negative or revoking decision with its reasons (ID-9); what followed it is in its appeals.

    `about` is the kind of recognition that was declined or revoked; one about `ngo` or `presumed` may be granted anew.
    `decided_by_person` and `reopened_by_person` are never the same: the database sees to it.
    """

    __tablename__ = "decision"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    authority: Mapped[str]
    decided_by_person: Mapped[str]
    kind: Mapped[str]
    about: Mapped[str]
    reasons: Mapped[list[str]]
    warnings: Mapped[list[str]]
    decided_at: Mapped[datetime] = mapped_column(index=True)
    appeal_by: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    reopened_by_person: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("kind in ('declined', 'revoked')", name="kind"),
        CheckConstraint("about in ('presumed', 'ngo', 'formal')", name="about"),
        CheckConstraint("reopened_by_person <> decided_by_person", name="another_person"),
        UniqueConstraint("id", "decided_by_person", name="uq_decision_decider"),
    )

    @property
    def moves_the_case(self) -> bool:
        """Revoking a presumed or an NGO recognition leaves the status as it is."""
        return self.kind == "declined" or self.about == "formal"


class Opinion(Base):
    """What an agency that joins the assessment thinks of the person's case, or of a recognition or decision (ID-8)."""

    __tablename__ = "opinion"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    agency: Mapped[str]
    stance: Mapped[str]
    reasons: Mapped[list[str]]
    about: Mapped[UUID | None]
    dissents: Mapped[bool]
    given_at: Mapped[datetime]
    __table_args__ = (CheckConstraint("stance in ('victim', 'not_a_victim')", name="stance"),)
