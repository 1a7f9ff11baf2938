"""What shelter stores. The constraints are in migrations/; here is their meaning to people.

A person is a `case_id` with the codes that a place is chosen by: no name, birth date or free text. No table has an
address of a facility, and its code never leaves this service (SH-7).
"""

from datetime import date, datetime
from uuid import UUID

from casework.decreed_days import decreed_day
from casework.listing_tables import listed
from casework.releases import figure_release
from casework.tables import casework_metadata
from sqlalchemy import DateTime, ForeignKey, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shelter.domain import stays

CONSTRAINTS = {
    "ex_bed_night_block_single": ("bed_taken", "The bed was taken or put out of use for some of these nights."),
    "uq_stay_waiting": ("request_exists", "This case has an open request for a place already."),
    "uq_stay_resident": ("already_resident", "This person lives in a shelter already."),
    "uq_extension_pending": ("extension_pending", "An extension of this stay waits for its decision already."),
    "uq_handover_pending": ("handover_exists", "The same hand-over waits for an answer already."),
    "uq_conflict_named": ("conflict_exists", "This conflict is named already."),
    "uq_conflict_active": ("conflict_exists", "This conflict is named already."),
    "uq_stay_transferred_from": ("already_transferred", "This stay was transferred already."),
}


stay_listed = listed("stay", keys=("standing",), flags=("re_examine", "extension_pending"))
handover_listed = listed("handover", keys=("state",))
assistance_listed = listed("assistance")
course_enrolment_listed = listed("course_enrolment")
conflict_listed = listed("conflict", keys=("named",))
_LISTED = (stay_listed, handover_listed, assistance_listed, course_enrolment_listed, conflict_listed)


class Base(DeclarativeBase):
    metadata = casework_metadata(figure_release, decreed_day, *_LISTED)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads a plain class attribute
        datetime: DateTime(timezone=True),
        int: Integer,
        str: Text,
        UUID: Uuid,
        list[str]: ARRAY(Text),
        Range[date]: DATERANGE,
    }


class CaseFacts(Base):
    """What the events of a case state: enough to choose a category, never who it is."""

    __tablename__ = "case_facts"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_ref: Mapped[str]
    age_group: Mapped[str]
    age_changed_at: Mapped[datetime | None]
    child_until: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    outcome: Mapped[str | None]

    def age_group_at(self, moment: datetime) -> str:
        """The group on the day of an act: a grown-up counted as a child before `child_until` (ID-5)."""
        return "child" if self.child_until and moment < self.child_until else self.age_group


class Agreement(Base):
    """A consent that stands, of a purpose on which a place or support rests; police included (ID-12)."""

    __tablename__ = "agreement"
    consent_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    recipient: Mapped[str]
    purpose: Mapped[str]
    since: Mapped[datetime]


class Facility(Base):
    """A shelter or centre, by code (SH-7, SH-9)."""

    __tablename__ = "facility"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    operator: Mapped[str]
    kind: Mapped[str]
    takes: Mapped[list[str]]
    track: Mapped[str | None]
    region: Mapped[str | None]
    protected: Mapped[bool]
    since: Mapped[date | None]


class Room(Base):
    __tablename__ = "room"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))
    number: Mapped[int]


class Bed(Base):
    """A place; `child_places` are cots beside it for children who come along (SH-4)."""

    __tablename__ = "bed"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("room.id"))
    number: Mapped[int]
    child_places: Mapped[int]
    accessibility: Mapped[list[str]]


class BedNightBlock(Base):
    """Nights of a bed taken by a stay or a closure; the database lets no two overlap (SH-5)."""

    __tablename__ = "bed_night_block"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    bed_id: Mapped[UUID] = mapped_column(ForeignKey("bed.id"))
    nights: Mapped[Range[date]]
    kind: Mapped[str]
    stay_id: Mapped[UUID | None] = mapped_column(ForeignKey("stay.id"))
    closure_id: Mapped[UUID | None] = mapped_column(ForeignKey("closure.id"))


class Closure(Base):
    """A bed out of use, with its reason and date of return (SH-9)."""

    __tablename__ = "closure"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    bed_id: Mapped[UUID] = mapped_column(ForeignKey("bed.id"))
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    reason: Mapped[str]
    begins: Mapped[date]
    returns_on: Mapped[date]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Stay(Base):
    """A request for a place and the stay that came of it (SH-1 … SH-4)."""

    __tablename__ = "stay"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    asked_by: Mapped[str]
    category: Mapped[str]
    sex: Mapped[str]
    age_group: Mapped[str]
    track: Mapped[str]
    children: Mapped[int]
    accessibility: Mapped[list[str]]
    region: Mapped[str | None]
    region_rule: Mapped[str]
    protection: Mapped[str]
    wanted_from: Mapped[date]
    requested_at: Mapped[datetime]
    operator: Mapped[str | None]
    bed_id: Mapped[UUID | None] = mapped_column(ForeignKey("bed.id"))
    offered_at: Mapped[datetime | None]
    offered_from: Mapped[date | None]
    lapses_at: Mapped[datetime | None]
    admitted_at: Mapped[datetime | None]
    counted_from: Mapped[date | None]
    ends_on: Mapped[date | None]
    last_act_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    how: Mapped[str | None]
    destination: Mapped[str | None]
    transferred_from: Mapped[UUID | None] = mapped_column(ForeignKey("stay.id"))
    reasons: Mapped[list[str]] = mapped_column(server_default="{}")
    overdue_told_for: Mapped[date | None]
    re_examine_since: Mapped[datetime | None]
    re_examine_reasons: Mapped[list[str]] = mapped_column(server_default="{}")
    weigh_again_since: Mapped[datetime | None]
    recorded_at: Mapped[datetime]

    @property
    def rules(self) -> stays.Stay:
        """The stay as its rules see it."""
        return stays.Stay(self.state, self.category, self.counted_from, self.ends_on, self.how)


class StayAddressee(Base):
    """An operator to which the request is addressed, and whether it refused (SH-4)."""

    __tablename__ = "stay_addressee"
    stay_id: Mapped[UUID] = mapped_column(ForeignKey("stay.id"), primary_key=True)
    operator: Mapped[str] = mapped_column(primary_key=True)
    refused_at: Mapped[datetime | None]
    reasons: Mapped[list[str]] = mapped_column(server_default="{}")


class Extension(Base):
    """A longer stay, requested and decided (SH-1)."""

    __tablename__ = "extension"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stay_id: Mapped[UUID] = mapped_column(ForeignKey("stay.id"))
    state: Mapped[str]
    requested_at: Mapped[datetime]
    requested_by: Mapped[str]
    reason: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    ends_on: Mapped[date | None]


class ServiceGiven(Base):
    """A service during the stay and its payer, never the person (SH-6)."""

    __tablename__ = "service_given"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    stay_id: Mapped[UUID] = mapped_column(ForeignKey("stay.id"))
    service: Mapped[str]
    payer: Mapped[str]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Handover(Base):
    """Support after the stay, or without one, in the hands of another agency (SH-8)."""

    __tablename__ = "handover"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    stay_id: Mapped[UUID | None] = mapped_column(ForeignKey("stay.id"))
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    from_agency: Mapped[str]
    to_agency: Mapped[str]
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    re_examine_since: Mapped[datetime | None]
    re_examine_reasons: Mapped[list[str]] = mapped_column(server_default="{}")
    recorded_at: Mapped[datetime]


class CourseEnrolment(Base):
    """A person's enrolment on a course; of each course the newest row counts (SH-8). Rows stay."""

    __tablename__ = "course_enrolment"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    agency: Mapped[str]
    course: Mapped[str]
    enrolled: Mapped[int]
    needed: Mapped[int]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Assistance(Base):
    """Care by an agency that took the support over (SH-8)."""

    __tablename__ = "assistance"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    handover_id: Mapped[UUID] = mapped_column(ForeignKey("handover.id"))
    kind: Mapped[str]
    payer: Mapped[str]
    agency: Mapped[str]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class Conflict(Base):
    """Two cases that never live in one facility (SH-4). A house learns that a conflict lives there, never which.

    `other_case_id` is none where it was named by reference: whether there is such a case is not looked up to store it.
    """

    __tablename__ = "conflict"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    other_case_id: Mapped[UUID | None]
    other_case_ref: Mapped[str]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    kind: Mapped[str]
    named_by: Mapped[str]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
