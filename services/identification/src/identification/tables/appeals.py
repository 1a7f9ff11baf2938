"""Appeals against negative and revoking decisions (ID-9)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from identification.tables.base import Base


class Appeal(Base):
    """One appeal to one body; it lives beside the status of the case, also after the case has ended.

    `decided_by_person` is who took the decision: the database compares them with who records the outcome.
    """

    __tablename__ = "appeal"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    decision_id: Mapped[UUID]
    decided_by_person: Mapped[str]
    body: Mapped[str]
    entered_by: Mapped[str]
    entered_by_person: Mapped[str]
    lodged_at: Mapped[datetime]
    late: Mapped[bool]
    due_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    decision_reference: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    recorded_by: Mapped[str | None]
    recorded_by_person: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(
            ["decision_id", "decided_by_person"],
            ["decision.id", "decision.decided_by_person"],
            name="fk_appeal_decision",
        ),
        CheckConstraint("outcome in ('upheld', 'overturned')", name="outcome"),
        CheckConstraint("(outcome is null) = (settled_at is null)", name="settled"),
        CheckConstraint("recorded_by_person <> decided_by_person", name="another_person"),
        Index("uq_appeal_open", "decision_id", unique=True, postgresql_where=text("outcome is null")),
        Index("ix_appeal_decision_id", "decision_id"),
    )
