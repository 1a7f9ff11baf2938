"""What goes over HTTP. No address, number, name or text to a person is in any of it (NO-1)."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from casework.answers import ActionAnswer, ClockAnswer
from chassis.paging import Page
from nrm_events.taking_part import SPECIAL_POLICE_BODY
from pydantic import BaseModel, Field

Language = Literal["az", "en", "ru"]
ClockState = Literal["running", "approaching", "breached", "met", "met_late", "met_without_identity", "ended"]
OpenState = Literal["running", "approaching", "breached"]
MessageState = Literal["queued", "claimed", "sending", "sent", "delivered", "failed", "withheld", "skipped"]


class CalendarDay(BaseModel):
    """A day of the working calendar. `estimated`: a holiday by the moon, until a decree settles its day."""

    day: date
    works: bool
    name: str | None = Field(description="Of the published holiday", examples=["Novruz bayramı"])
    estimated: bool
    decree: str | None = Field(description="Number of the decree that settles it", examples=["NK-512-2026"])


class CalendarAnswer(BaseModel):
    items: list[CalendarDay]


class DeadlineAnswer(BaseModel):
    """A clock of NO-3. `agency` is who must act: an agency's code, or null for the holder of the case."""

    id: UUID
    case_id: UUID
    case_ref: str = Field(examples=["K7F3-XA9M"])
    kind: str = Field(examples=["referral"])
    object_id: UUID
    state: ClockState
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    entered_late: bool
    provisional: bool = Field(description="An estimated holiday may still move `due_at`")
    agency: str | None = Field(examples=[SPECIAL_POLICE_BODY])
    role: str | None = Field(examples=["assessor"])
    version: int
    actions: list[ActionAnswer] = []
    in_working_days: bool = Field(default=False, description="Its term is counted in working days")
    counted: list[CalendarDay] = Field(
        default=[], description="Of one clock in working days: each day from the first that counts to the last"
    )


class MessageAnswer(BaseModel):
    """A message to the person: that it exists and how it stands; never where it went or its text."""

    id: UUID
    case_id: UUID
    case_ref: str = Field(examples=["K7F3-XA9M"])
    template: str = Field(examples=["new_notification"])
    state: MessageState
    reason: str | None = Field(examples=["no_safe_contact"])
    effective_at: datetime
    queued_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    tries: int
    version: int
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer] = []


class InboxItemAnswer(BaseModel):
    """A task: what it is about by id only; `text` names what to do, and nothing that NO-1 forbids."""

    id: UUID
    case_id: UUID
    case_ref: str = Field(examples=["K7F3-XA9M"])
    task: str = Field(examples=["referral_received"])
    subject: str = Field(examples=["referral/01993b0e-7c1e-7d33-9b1a-6f0a53f1c001"])
    template: str
    text: str
    created_at: datetime
    read_at: datetime | None


class AgencyTaskAnswer(BaseModel):
    """A task about an agency's system; it names no case (ID-12)."""

    id: UUID
    agency: str = Field(examples=[SPECIAL_POLICE_BODY])
    task: str = Field(examples=["clock_breached"])
    text: str
    created_at: datetime
    read_at: datetime | None


class InboxPage(Page[InboxItemAnswer]):
    """`unread` and `overdue` count what the actor may see, up to 100; `summary` is the second in words."""

    unread: int
    overdue: int
    summary: str | None


class TemplateText(BaseModel):
    subject: str
    body: str


class TemplateAnswer(BaseModel):
    template: str
    version: int
    first_day: date
    texts: dict[str, TemplateText]
    subject: str = Field(description="In the language that was asked for")
    body: str = Field(description="In the language that was asked for")


class TemplatesAnswer(BaseModel):
    items: list[TemplateAnswer]


class StatisticsAnswer(BaseModel):
    """Clocks by the year in which their end fell, per kind and state; messages by the year of the act. Counts alone."""

    year: int
    clocks: dict[str, dict[str, int]]
    messages: dict[str, int]


class ClockCount(BaseModel):
    """How many clocks of a kind ended, or end, in the year, by how they stand."""

    kind: str = Field(examples=["referral"])
    open: int
    breached: int
    met: int
    met_late: int
    met_without_identity: int
    ended: int


class ClockCounts(BaseModel):
    year: int
    items: list[ClockCount]


class MessageCount(BaseModel):
    state: MessageState
    messages: int


class MessageCounts(BaseModel):
    """Messages about acts of the year; every state is listed."""

    year: int
    items: list[MessageCount]
