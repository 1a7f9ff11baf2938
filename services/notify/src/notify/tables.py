"""What notify stores: clocks, messages and the staff inbox.

Never an address, a number, a language or a text of a message: these live as long as one sending does (NO-1, NO-2).
"""

from datetime import datetime
from uuid import UUID

from casework.decreed_days import decreed_day
from casework.tables import casework_metadata
from sqlalchemy import Boolean, Column, DateTime, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONSTRAINTS = {
    "uq_message_event_id_template_recipient": ("message_exists", "This message was made already."),
    "uq_clock_open": ("clock_runs", "A clock of this kind runs for this object already."),
}


class Base(DeclarativeBase):
    metadata = casework_metadata(decreed_day)
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads a plain class attribute
        datetime: DateTime(timezone=True),
        int: Integer,
        str: Text,
        UUID: Uuid,
    }


class KnownCase(Base):
    """A case, who holds it, and how it ended, if it has; a projection of identification's events."""

    __tablename__ = "known_case"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    holder: Mapped[str]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]


class ClockRow(Base):
    """A clock of NO-3. `duty_agency` empty = the holder of the case, whoever that is when it is read.

    `requested_by` is the agency that waits for the answer, where the clock runs for a request.
    """

    __tablename__ = "clock"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    kind: Mapped[str]
    object_id: Mapped[UUID]
    state: Mapped[str]
    started_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    due_at: Mapped[datetime]
    warn_at: Mapped[datetime | None]
    breach_at: Mapped[datetime]
    look_at: Mapped[datetime | None]
    duty_agency: Mapped[str | None]
    duty_role: Mapped[str | None]
    requested_by: Mapped[str | None]
    breached_at: Mapped[datetime | None]
    escalate_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    entered_late: Mapped[bool]
    version: Mapped[int]


class EarlyEnd(Base):
    """An end that came before its start; it is retained until the start comes.

    It is from another topic, or the start waits in a parked case.
    """

    __tablename__ = "early_end"
    kind: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    effective_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class MessageRow(Base):
    """A message to the person: one per event, template and recipient (NO-4). Its channel is requested each time.

    `author` is the agency whose act it follows, where that agency may read it by its own part. `round` counts what
    staff sent again; with the id it is the reference that providers see. `lasting`: about a decision, which the person
    learns of also where the case was closed meanwhile.
    """

    __tablename__ = "message"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    event_id: Mapped[UUID]
    template: Mapped[str]
    recipient: Mapped[str]
    author: Mapped[str | None]
    state: Mapped[str]
    reason: Mapped[str | None]
    effective_at: Mapped[datetime]
    queued_at: Mapped[datetime]
    next_at: Mapped[datetime]
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    round: Mapped[int]
    tries: Mapped[int]
    unknown_outcomes: Mapped[int]
    lasting: Mapped[bool]
    sent_at: Mapped[datetime | None]
    version: Mapped[int]


class InboxItem(Base):
    """A task for staff with one of these `roles`. `recipient` is an agency, `holder` or `operator`.

    `part` and `object_id` decide by which basis the recipient sees it.
    """

    __tablename__ = "inbox_item"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    event_id: Mapped[UUID]
    template: Mapped[str]
    recipient: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    task: Mapped[str]
    part: Mapped[str]
    subject: Mapped[str]
    object_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class InboxRead(Base):
    """Who has read an item; each person reads for themself."""

    __tablename__ = "inbox_read"
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    sub: Mapped[str] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]


clock_seen = Table(
    "clock_seen",
    Base.metadata,
    Column("clock_id", Uuid, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("mine", Boolean, nullable=False),
)
"""Where the clocks of an agency's lists are. `mine`: it must act, as named in the clock or as holder (NO-3).

This table and the two below are written by triggers alone (migration 0008); `facts.visible` decides what is shown.
"""

item_seen = Table(
    "item_seen",
    Base.metadata,
    Column("item_id", Uuid, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("box", Text, primary_key=True),
    Column("role", Text, primary_key=True),
)
"""Where the tasks of an agency are that have not ended, by role (NO-4).

`box`: its `own`, those for the `holder`, or those about `agencies`, whose `agency` is the recipient as it stands.
"""

message_seen = Table(
    "message_seen",
    Base.metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("state", Text, nullable=False),
)
"""Where the messages are that an agency may read."""
