"""What the database keeps beside the cases, so that lists and counts stay short (migration 0019).

Triggers write these rows from `case_file` and `case_access`; the code only reads them, and folds the changes.
"""

from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from identification.tables.base import Base


class CaseProgress(Base):
    """The agency may read the progress of the case (ID-7), with what the case is listed by."""

    __tablename__ = "case_progress"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    holder: Mapped[str]
    __table_args__ = (
        Index("ix_case_progress_status", "agency", "status", "case_id"),
        Index("ix_case_progress_holder", "agency", "holder", "case_id"),
    )


class CaseCount(Base):
    """How many cases of a status the agency may read the progress of, but for the changes since."""

    __tablename__ = "case_count"
    agency: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int] = mapped_column(BigInteger)


class CaseCountChange(Base):
    """So many cases more or fewer: rows of their own, so that no two acts wait for each other's count."""

    __tablename__ = "case_count_change"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    agency: Mapped[str]
    status: Mapped[str]
    cases: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_case_count_change_agency", "agency", "status", postgresql_include=["cases"]),)
