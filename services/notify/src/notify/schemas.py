"""What goes over HTTP. No address, number, name or text to a person is in any of it (NO-1)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from chassis.answers import ActionAnswer, ClockAnswer
from chassis.clock import Moment
from chassis.paging import Page
from nrm_events.base import Code
from pydantic import BaseModel, ConfigDict, Field

from notify.domain.contact import SafeContact

Language = Literal["az", "en", "ru"]
Reference = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[1-9][0-9]{0,5}$",
        description="As it was given to the provider",
        examples=["01993b0e-7c1e-7d33-9b1a-6f0a53f1c001.1"],
    ),
]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Act(Strict):
    happened_at: Moment | None = Field(default=None, description="When it took effect; null = now")


class Resend(Act):
    version: int | None = Field(
        default=None, strict=True, ge=1, le=2**31 - 1, description="The version you read; null is any"
    )


class ReceiptGiven(Act):
    """What the SMS gateway or mail provider says became of a message."""

    reference: Reference
    outcome: Literal["delivered", "failed"]


class ClockOut(BaseModel):
    """A clock of NO-3. `agency` is who must act: an agency's code, or null for the holder of the case."""

    id: UUID
    case_id: UUID
    kind: str = Field(examples=["referral"])
    object_id: UUID
    state: Literal["running", "approaching", "breached", "met", "met_late", "ended"]
    started_at: datetime
    due_at: datetime
    warn_at: datetime | None
    breached_at: datetime | None
    ended_at: datetime | None
    entered_late: bool
    agency: str | None = Field(examples=["mia-special"])
    role: str | None = Field(examples=["assessor"])
    version: int
    actions: list[ActionAnswer] = []


class MessageOut(BaseModel):
    """A message to the person: that it exists and how it stands; never where it went or what it said."""

    id: UUID
    case_id: UUID
    template: str = Field(examples=["new_notification"])
    state: Literal["queued", "claimed", "sending", "sent", "delivered", "failed", "withheld", "skipped"]
    reason: str | None = Field(examples=["no_safe_contact"])
    effective_at: datetime
    queued_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    tries: int
    version: int
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer] = []


class InboxItemOut(BaseModel):
    """A task: what it is about by id only; `text` is what NO-1 allows to be said."""

    id: UUID
    case_id: UUID
    task: str = Field(examples=["referral_received"])
    subject: str = Field(examples=["referral/01993b0e-7c1e-7d33-9b1a-6f0a53f1c001"])
    template: str
    text: str
    created_at: datetime
    read_at: datetime | None


class AgencyTaskOut(BaseModel):
    """A task about an agency's system; of which case is not said (ID-12)."""

    id: UUID
    agency: str = Field(examples=["ngo-amc"])
    task: str = Field(examples=["clock_breached"])
    text: str
    created_at: datetime
    read_at: datetime | None


class InboxPage(Page[InboxItemOut]):
    """`unread` and `overdue` count what the asker may see; `summary` says the second in words."""

    unread: int
    overdue: int
    summary: str | None


class TemplateText(BaseModel):
    subject: str
    body: str


class TemplateOut(BaseModel):
    template: str
    version: int
    first_day: date
    texts: dict[str, TemplateText]


class TemplatesOut(BaseModel):
    items: list[TemplateOut]


class StatisticsOut(BaseModel):
    """Clocks by the year in which their end fell, per kind and state; messages by the year of the act. Counts alone."""

    year: int
    clocks: dict[str, dict[str, int]]
    messages: dict[str, int]


class SafeContactAnswer(BaseModel):
    """What identification answers. It becomes a SafeContact at once and is never answered, logged or stored."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    channel: Code
    address: str = Field(max_length=254, repr=False)
    hours: str | None = Field(default=None, max_length=40)
    language: str | None = Field(default=None, max_length=16)
    languages: list[str] = Field(default=[], max_length=20)

    def contact(self) -> SafeContact:
        first = [self.language] if self.language else []
        return SafeContact(self.channel, self.address, self.hours, tuple(dict.fromkeys([*first, *self.languages])))
