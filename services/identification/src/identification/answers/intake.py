"""What the intake desk is shown: reports, candidates, tasks about the same person (ID-1, ID-18)."""

from datetime import datetime
from uuid import UUID

from casework.answers import ActionAnswer
from pydantic import BaseModel, Field


class WarningAnswer(BaseModel):
    """What of a report was left out, and why; the report is stored. The value is never repeated."""

    where: str = Field(examples=["body.safe_contact.address"])
    code: str = Field(examples=["not_a_phone_number"])
    message: str


class ReportAnswer(BaseModel):
    id: UUID
    case_id: UUID
    case_ref: str
    source: str
    received_by: str
    channel: str
    channel_hours: str | None
    anonymous: bool
    region: str | None
    language: str | None
    reported_at: datetime
    recorded_at: datetime
    status: str
    age_group: str
    exploitation: list[str]
    warnings: list[WarningAnswer] = Field(description="Contacts that were left out, because they reach nobody")
    agrees_to_police: bool | None = Field(
        default=None, description="Shown to the holder alone; null: nobody put the question"
    )
    closed_because: str | None = Field(default=None, description="Why no case came of it")
    actions: list[ActionAnswer]


class ReferralHandleAnswer(BaseModel):
    """Named once by the agency's message, before `good_until`."""

    handle_id: UUID
    good_until: datetime
    warnings: list[WarningAnswer] = Field(description="Contacts that will be left out, because they reach nobody")


class Candidate(BaseModel):
    """Somebody who may be the same person, with the reasons and masked values."""

    case_id: UUID
    case_ref: str
    status: str = Field(description="Of a case that has ended the same person gets a new one")
    score: int
    reasons: list[str]
    masked_name: str
    birth_year: int | None


class SamePersonAnswer(BaseModel):
    """The likeliest first. `more`: others were found that are less likely; a fuller report finds fewer."""

    search_id: UUID
    candidates: list[Candidate]
    more: bool


class TaskAnswer(BaseModel):
    """Somebody may have met the person of this case; not who, nor where. `verdict` empty: nobody has answered yet."""

    id: UUID
    case_id: UUID
    case_ref: str
    state: str = Field(description="open or answered")
    actions: list[ActionAnswer]
    created_at: datetime
    version: int
    verdict: str | None
    reason: str | None
    person_agrees: bool
    answered_at: datetime | None


class OfferAnswer(BaseModel):
    """Another agency works with the person of this case. It and the person would like to do so together."""

    id: UUID
    case_id: UUID
    case_ref: str
    agency: str
    since: datetime
