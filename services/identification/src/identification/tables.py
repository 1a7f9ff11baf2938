"""What identification stores. Names, birth dates, documents, contacts and accounts are in `person_field`, sealed."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from chassis.database import service_metadata
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = service_metadata()
    type_annotation_map: ClassVar = {
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
    }


class Case(Base):
    """One person's case: no name, only what decisions and statistics need."""

    __tablename__ = "case_file"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_ref: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    holder: Mapped[str]
    source: Mapped[str]
    age_group: Mapped[str]
    citizenship: Mapped[str]
    age_doubted: Mapped[bool]
    age_established: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    came_of_age: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    age_looked_at: Mapped[date | None]
    sex: Mapped[str]
    reported_at: Mapped[datetime]
    categories: Mapped[list[str]]
    potential_at: Mapped[datetime | None]
    referral_awaited: Mapped[bool | None] = mapped_column(default=False)


class Report(Base):
    """One report about a presumed victim (ID-1), with what the standard codes say of the exploitation (ID-3)."""

    __tablename__ = "report"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    source: Mapped[str]
    received_by: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str]
    channel_hours: Mapped[str | None]
    anonymous: Mapped[bool]
    region: Mapped[str | None]
    language: Mapped[str | None]
    crossed_border: Mapped[bool | None]
    reported_at: Mapped[datetime] = mapped_column(index=True)
    recorded_at: Mapped[datetime]
    codes: Mapped[dict[str, Any]]
    attached_to: Mapped[UUID | None] = mapped_column(ForeignKey("case_file.id"), index=True)


class Person(Base):
    """The key of one person, wrapped by the master key. Erasing a person is erasing this key."""

    __tablename__ = "person"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)


class PersonField(Base):
    """One sealed field of a person."""

    __tablename__ = "person_field"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("person.case_id", ondelete="CASCADE"))
    field: Mapped[str]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (PrimaryKeyConstraint("case_id", "field"),)


class ReferralHandle(Base):
    """What an agency's system told of a person, sealed, until its message names it: once."""

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
    __table_args__ = (PrimaryKeyConstraint("case_id", "kind", "digest"), Index("ix_search_digest_digest", "digest"))


class SamePersonSearch(Base):
    """A search for the same person was shown; registering names it, with a verdict on each candidate (ID-18)."""

    __tablename__ = "same_person_search"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("report.id"), index=True)
    candidates: Mapped[list[str]]
    verdicts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    searched_at: Mapped[datetime]


class SamePersonTask(Base):
    """The holder of a case learns that somebody may have met the same person; not who, nor which case (ID-18)."""

    __tablename__ = "same_person_task"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    search_id: Mapped[UUID] = mapped_column(ForeignKey("same_person_search.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    verdict: Mapped[str | None]
    reason: Mapped[str | None]
    person_agrees: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    answered_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("case_id", "search_id"),)


class Screening(Base):
    """One screening with its explanation; it advises, people decide (ID-4)."""

    __tablename__ = "screening"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    indicator_set: Mapped[str]
    set_version: Mapped[int]
    answers: Mapped[dict[str, Any]]
    explanation: Mapped[dict[str, Any]]
    screened_at: Mapped[datetime]


class Consent(Base):
    """A grant per recipient, purpose and class of data (ID-12)."""

    __tablename__ = "consent"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    recipient: Mapped[str]
    purpose: Mapped[str]
    data_class: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_consent_standing",
            "case_id",
            "recipient",
            "purpose",
            "data_class",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )


class ConsentAcknowledgement(Base):
    """Who held data under a withdrawn consent has ended it, or is asked to: a service or an agency (ID-12)."""

    __tablename__ = "consent_acknowledgement"
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    service: Mapped[str]
    acknowledged_at: Mapped[datetime | None]
    __table_args__ = (PrimaryKeyConstraint("consent_id", "service"),)


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
    """A negative or revoking decision with its reasons and what followed it (ID-9).

    `about` is the kind of recognition that was declined or revoked; one about `ngo` or `presumed` may be given anew.
    """

    __tablename__ = "decision"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    authority: Mapped[str]
    kind: Mapped[str]
    about: Mapped[str]
    reasons: Mapped[list[str]]
    decided_at: Mapped[datetime] = mapped_column(index=True)
    appealed_at: Mapped[datetime | None]
    appeal_rejected_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("kind in ('declined', 'revoked')", name="kind"),
        CheckConstraint("about in ('presumed', 'ngo', 'formal')", name="about"),
    )


class Referral(Base):
    """The hand-over to the special police body (ID-7)."""

    __tablename__ = "referral"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), unique=True)
    to: Mapped[str]
    referred_at: Mapped[datetime]
    due_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    best_interests: Mapped[bool]


class Reflection(Base):
    """Reflection and recovery beside the status (ID-10)."""

    __tablename__ = "reflection"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    state: Mapped[str]
    offered_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (Index("uq_reflection_open", "case_id", unique=True, postgresql_where=text("state <> 'ended'")),)


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


class RightsExplanation(Base):
    """The person was told their rights (ID-14)."""

    __tablename__ = "rights_explanation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    language: Mapped[str]
    document_version: Mapped[str]
    interpreter: Mapped[bool]
    explained_at: Mapped[datetime]


class JoinedAgency(Base):
    """An agency that takes part by an agreement, beside those of the start (`nrm_events.taking_part`)."""

    __tablename__ = "joined_agency"
    code: Mapped[str] = mapped_column(primary_key=True)
    joined_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Disclosure(Base):
    """Personal data disclosed by decision of a prosecutor or court (ID-13)."""

    __tablename__ = "disclosure"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    recipient: Mapped[str]
    decided_by: Mapped[str]
    decision_reference: Mapped[str]
    data_class: Mapped[str]
    disclosed_at: Mapped[datetime]
