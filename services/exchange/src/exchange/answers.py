"""Agencies' systems as operators and who oversees see them."""

from datetime import date, datetime
from typing import Literal

from casework.answers import ActionAnswer
from nrm_events.taking_part import AgencyKind
from pydantic import BaseModel, ConfigDict, Field

State = Literal["active", "suspended", "removed"]


class LineAnswer(BaseModel):
    event: str
    fields: list[str]
    purpose: str | None = Field(description="The person's consent for it is needed")
    ground: str
    field: str | None = Field(description="With `addressed`: the field that names the agency")
    legal: str


class AgreementAnswer(BaseModel):
    """An edition as it was agreed; one of the first format states no kind."""

    model_config = ConfigDict(populate_by_name=True)

    agency: str
    title: str
    kind: AgencyKind | None = None
    edition: int
    since: date = Field(alias="from")
    until: date | None = Field(description="The first day on which it is no longer in force")
    legal: str
    may_say: list[str]
    tells: list[LineAnswer]


class AgencySummary(BaseModel):
    code: str
    title: str
    kind: AgencyKind | None = Field(description="null: nobody stated it, and nothing of a case goes out")
    state: State
    edition: int
    joined_at: datetime
    changed_at: datetime
    version: int


class AgencyAnswer(AgencySummary):
    """An agency, what was agreed with it, and how much went in and out."""

    agreement: AgreementAnswer
    cases_told: int
    events_told: int
    last_told_at: datetime | None
    events_withheld: int = Field(description="They wait for a basis that covers their time")
    submissions_accepted: int
    submissions_refused: dict[str, int] = Field(description="Code → how many")
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
