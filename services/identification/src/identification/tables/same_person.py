"""The search for the same person, and what holders answer (ID-18)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from identification.tables.base import Base


class SamePersonSearch(Base):
    """A search for the same person was shown; registering names it, with a verdict on each candidate (ID-18)."""

    __tablename__ = "same_person_search"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    candidates: Mapped[list[str]]
    verdicts: Mapped[dict[str, str]] = mapped_column(default=dict)
    searched_at: Mapped[datetime]
    searched_by: Mapped[str]
    tasks_left_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_same_person_search_unfinished", "id", postgresql_where=text("tasks_left_at is null")),)


class SamePersonTask(Base):
    """The holder of a case learns that somebody may have met the same person; not who, nor which case (ID-18).

    `holder`: who knows of the case as its holder, by a trigger.
    """

    __tablename__ = "same_person_task"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    search_id: Mapped[UUID] = mapped_column(ForeignKey("same_person_search.id"))
    holder: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    verdict: Mapped[str | None]
    reason: Mapped[str | None]
    person_agrees: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("case_id", "search_id"),
        Index("ix_same_person_task_holder", "holder", "id"),
        Index("ix_same_person_task_holder_open", "holder", "id", postgresql_where=text("verdict is null")),
        Index("ix_same_person_task_holder_answered", "holder", "id", postgresql_where=text("verdict is not null")),
        Index("ix_same_person_task_open", "id", postgresql_where=text("verdict is null")),
        Index("ix_same_person_task_agreed", "id", postgresql_where=text("verdict = 'same' and person_agrees")),
    )
