"""Names, birth dates, documents, contacts and accounts: in `person_field`, sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from identification.tables.base import Base


class Person(Base):
    """The key of one person, wrapped by the master key. Erasing a person is erasing this key."""

    __tablename__ = "person"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)
    indexed_by: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)


class PersonField(Base):
    """One sealed field of a person."""

    __tablename__ = "person_field"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("person.case_id", ondelete="CASCADE"))
    field: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (PrimaryKeyConstraint("case_id", "field"),)


class FormerValue(Base):
    """A name, document or phone that was replaced, sealed: nobody is shown it, the search finds by it (ID-18)."""

    __tablename__ = "former_value"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("person.case_id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    replaced_at: Mapped[datetime]


class ReferralHandle(Base):
    """What an agency's system entered about a person, sealed, until its message names it: once."""

    __tablename__ = "referral_handle"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    agency: Mapped[str]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    good_until: Mapped[datetime]


class SearchDigest(Base):
    """Keyed digests that a person is found by (ID-18)."""

    __tablename__ = "search_digest"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("person.case_id", ondelete="CASCADE"))
    kind: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (
        PrimaryKeyConstraint("case_id", "kind", "digest"),
        Index("ix_search_digest_digest_case_id", "digest", "case_id"),
    )


class NameWord(Base):
    """A spelled part of names, sealed, by its keyed digest (ID-18). A search looks among them for what is alike.

    The column `made_in`, of the transaction that wrote it, is the database's own.
    """

    __tablename__ = "name_word"
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class PersonWord(Base):
    """A word that a present or former name of the person has. A word that nobody has any more is deleted."""

    __tablename__ = "person_word"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("person.case_id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(ForeignKey("name_word.digest"), index=True)
    __table_args__ = (PrimaryKeyConstraint("case_id", "digest"),)
