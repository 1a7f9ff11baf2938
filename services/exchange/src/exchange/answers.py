"""Agencies' systems as operators and who oversees see them."""

from datetime import datetime
from typing import Annotated, Literal

from casework.answers import ActionAnswer
from nrm_events.taking_part import AgencyKind
from pydantic import BaseModel, Field

from exchange.commands import AgreementFields, Code, LineFields

State = Literal["active", "suspended", "removed"]


class LineAnswer(LineFields):
    """A line as it was agreed to; its purpose may be one that is on no list any more."""

    purpose: Code | None = Field(description="The person's consent for it is needed")


class AgreementAnswer(AgreementFields):
    """An edition as it was agreed to; one of the first format states no kind."""

    kind: AgencyKind | None = None
    tells: Annotated[list[LineAnswer], Field(max_length=100)]


class AgencySummary(BaseModel):
    code: str
    title: str
    kind: AgencyKind | None = Field(description="null: nobody stated it, and nothing of a case goes out")
    state: State
    edition: int
    joined_at: datetime
    changed_at: datetime
    version: int


class RefusedCount(BaseModel):
    """How many submissions were refused with a code."""

    code: str
    submissions: int


class AgencyAnswer(AgencySummary):
    """An agency, what was agreed with it, and how much went in and out."""

    agreement: AgreementAnswer
    cases_told: int
    events_told: int
    last_told_at: datetime | None
    events_withheld: int = Field(description="They wait for a basis that covers their time")
    submissions_accepted: int
    submissions_refused: dict[str, int] = Field(description="Code → how many")
    refused: list[RefusedCount] = Field(description="The same, as a list by code")
    submissions_waiting: int
    last_heard_at: datetime | None
    withdrawals_not_acknowledged: int
    actions: list[ActionAnswer]


class AgreementChecked(BaseModel):
    """The agreement can be agreed to."""

    state: State | None = Field(description="Of the agency; null: it is new")
    holds: bool = Field(description="This very agreement is in force")


class Agencies(BaseModel):
    items: list[AgencySummary] = Field(description="All of them: there are some twenty")
