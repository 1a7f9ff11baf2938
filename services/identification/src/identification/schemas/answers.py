"""What identification answers. No identity, but in the answers to readings of an identity."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.answers import ActionAnswer, ClockAnswer
from pydantic import BaseModel, Field

from identification.schemas.bodies import SafeContact
from identification.schemas.children import ChildStepAnswer


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
    actions: list[ActionAnswer]


class RecognitionAnswer(BaseModel):
    id: UUID
    kind: str
    authority: str
    reasons: list[str]
    dissent: list[str]
    since: datetime
    revoked_at: datetime | None
    revoked_reasons: list[str]


class Acknowledged(BaseModel):
    service: str
    acknowledged_at: datetime | None


class ReferralHandleAnswer(BaseModel):
    """Named once by the agency's message, before `good_until`."""

    handle_id: UUID
    good_until: datetime


class ConsentAnswer(BaseModel):
    id: UUID
    recipient: str
    purpose: str
    data_class: str
    given_at: datetime
    withdrawn_at: datetime | None
    acknowledgements: list[Acknowledged] = Field(description="After withdrawal: who has acknowledged, who has not")


class DecisionAnswer(BaseModel):
    id: UUID
    kind: str = Field(description="declined or revoked")
    about: str = Field(description="Kind of recognition that was declined or revoked")
    authority: str
    reasons: list[str]
    decided_at: datetime
    appealed_at: datetime | None
    appeal_rejected_at: datetime | None
    reopened_at: datetime | None


class ReferralAnswer(BaseModel):
    to: str
    referred_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None


class ReflectionAnswer(BaseModel):
    state: str
    offered_at: datetime
    started_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None


class ScreeningAnswer(BaseModel):
    id: UUID
    indicator_set: str
    set_version: int
    explanation: dict[str, Any]
    screened_at: datetime


class ExplanationAnswer(BaseModel):
    """The person was told their rights (ID-14)."""

    language: str
    document_version: str
    interpreter: bool
    explained_at: datetime


class KnowsAnswer(BaseModel):
    """Who may know of this case, why and since when."""

    agency: str
    basis: str
    since: datetime


class CaseSummary(BaseModel):
    id: UUID
    case_ref: str
    status: str
    version: int
    holder: str
    age_group: str
    citizenship: str
    reported_at: datetime
    clocks: list[ClockAnswer]


class CountAnswer(BaseModel):
    """How many cases of a status the asker may know of."""

    status: str
    cases: int


class CaseAnswer(CaseSummary):
    source: str
    sex: str
    categories: list[str]
    potential_at: datetime | None
    recognitions: list[RecognitionAnswer]
    decisions: list[DecisionAnswer]
    consents: list[ConsentAnswer]
    referral: ReferralAnswer | None
    reflection: ReflectionAnswer | None
    screenings: list[ScreeningAnswer]
    rights_explained: list[ExplanationAnswer]
    child_steps: list[ChildStepAnswer]
    who_knows: list[KnowsAnswer]
    hidden_from_police: bool
    actions: list[ActionAnswer]


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
    search_id: UUID
    candidates: list[Candidate]


class TaskAnswer(BaseModel):
    """Somebody may have met the person of this case; not who, nor where. `verdict` empty: nobody has answered yet."""

    id: UUID
    case_id: UUID
    created_at: datetime
    version: int
    verdict: str | None
    reason: str | None
    person_agrees: bool
    answered_at: datetime | None


class OfferAnswer(BaseModel):
    """Another agency works with the person of this case, and both it and the person would like to do so together."""

    id: UUID
    case_id: UUID
    agency: str
    since: datetime


class IdentityAnswer(BaseModel):
    version: int
    htcds: dict[str, Any]
    account: str | None
    safe_contact: SafeContact | None


class PayeeAnswer(BaseModel):
    """What a payment order needs of the payee; shown once for one order (FU-6)."""

    name: str
    identity_number: str | None


class ContactAnswer(BaseModel):
    """The channel marked safe (NO-2)."""

    channel: str
    address: str
    hours: str | None
    language: str


class IndicatorAnswer(BaseModel):
    code: str
    text: str


class IndicatorSetAnswer(BaseModel):
    indicator_set: str
    version: int
    legal: str | None
    verified: bool
    indicators: list[IndicatorAnswer]


class YearAnswer(BaseModel):
    """Counts by effective date in the year in Baku; no identities."""

    year: int
    reports: int
    identified: int
    potential: int
    not_recognised: int
