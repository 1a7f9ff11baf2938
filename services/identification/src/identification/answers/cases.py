"""A case as it is shown: a field is absent where the viewer's basis does not give its part."""

from datetime import date, datetime
from uuid import UUID

from casework.answers import ActionAnswer, ClockAnswer
from pydantic import BaseModel, Field


class RecognitionAnswer(BaseModel):
    id: UUID
    kind: str
    authority: str
    reasons: list[str]
    dissent: list[str]
    since: datetime
    revoked_at: datetime | None
    revoked_reasons: list[str]


class AppealAnswer(BaseModel):
    """An appeal, to which body, until when it decides, and what it decided (ID-9)."""

    id: UUID
    body: str
    entered_by: str
    lodged_at: datetime
    late: bool = Field(description="Lodged after the term; the body decides whether it counts")
    due_at: datetime | None
    outcome: str | None = Field(description="upheld or overturned; empty while the body has not decided")
    decision_reference: str | None
    settled_at: datetime | None


class DecisionAnswer(BaseModel):
    id: UUID
    kind: str = Field(description="declined or revoked")
    about: str = Field(description="Kind of recognition that was declined or revoked")
    authority: str
    reasons: list[str]
    warnings: list[str] = Field(
        description="verdict_is_no_test: a verdict about an accused is no test of who was harmed"
    )
    decided_at: datetime
    appeal_by: datetime | None = Field(description="Until when it can be appealed in time; empty: unset")
    reopened_at: datetime | None
    appeals: list[AppealAnswer]
    appealed_at: datetime | None = Field(description="Of the last appeal, as are the next three")
    appeal_rejected_at: datetime | None
    appeal_decided_by: str | None
    appeal_reference: str | None


class OpinionAnswer(BaseModel):
    """An agency that joins the assessment gave its opinion (ID-8)."""

    id: UUID
    agency: str
    stance: str
    reasons: list[str]
    about: UUID | None
    dissents: bool
    given_at: datetime


class ScreeningAnswer(BaseModel):
    id: UUID
    indicator_set: str
    set_version: int
    explanation: dict[str, object]
    screened_at: datetime


class Acknowledged(BaseModel):
    service: str
    acknowledged_at: datetime | None


class ConsentAnswer(BaseModel):
    id: UUID
    recipient: str
    purpose: str
    data_class: str
    given_at: datetime
    withdrawn_at: datetime | None
    ended_because: str | None = Field(description="withdrawn by the person, or case_ended")
    given_by: str | None = Field(description="Empty in grants from before it was required, as are the next five")
    child_view: str | None
    how: str | None
    language: str | None
    interpreter: bool | None
    text_version: str | None
    acknowledgements: list[Acknowledged] = Field(description="After withdrawal: who has acknowledged, who has not")


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
    re_examine_since: datetime | None = Field(description="A negative decision requires that somebody looks again")


class ExplanationAnswer(BaseModel):
    """The person's rights were explained (ID-14)."""

    language: str
    document_version: str
    interpreter: bool
    explained_at: datetime


class ChildStepAnswer(BaseModel):
    """A step taken for the child, in the order of ID-5; of each step the newest counts."""

    step: str
    outcome: str
    reference: str | None
    taken_by: str = Field(description="Agency")
    taken_at: datetime


class AgeFindingAnswer(BaseModel):
    """Age was established, on which ground, by which method and document (ID-5)."""

    age_group: str
    ground: str
    method: str
    document: str
    established_by: str
    established_at: datetime


class AgeDoubtAnswer(BaseModel):
    """A doubt that the person is an adult; it waits for the holder until age is established (ID-5)."""

    id: UUID
    case_id: UUID
    case_ref: str
    ground: str
    doubted_by: str | None = Field(description="Null where the reader may not know of this agency")
    doubted_at: datetime
    settled_at: datetime | None


class AgreementAnswer(BaseModel):
    """The guardianship authority agreed to an ending of a child's case; it counts once, until it is void (ID-7)."""

    ending: str
    reference: str
    agreed_by: str
    agreed_at: datetime
    used_at: datetime | None
    void_since: datetime | None = Field(description="Taken back, or before a new decision or a reopening")


class HolderOfferAnswer(BaseModel):
    """An agency was requested to hold the case (ID-20)."""

    id: UUID
    to: str
    offered_by: str
    ground: str
    legal_reference: str | None
    state: str
    version: int
    offered_at: datetime
    answered_at: datetime | None
    reason: str | None


class KnowsAnswer(BaseModel):
    """Who may know of this case, why and since when."""

    agency: str
    basis: str
    since: datetime
    looked_at: datetime | None = Field(default=None, description="When it last read the person's identity here")
    about: str = Field(description="Kind of request or service, or purpose of the consent; empty for the others")


class CaseReference(BaseModel):
    """What every basis shows: the reference, the age group and the clocks of its own part."""

    id: UUID
    case_ref: str
    age_group: str | None = None
    clocks: list[ClockAnswer] | None = None


class CaseSummary(CaseReference):
    status: str | None = None
    version: int | None = None
    holder: str | None = None
    citizenship: str | None = None
    reported_at: datetime | None = None


class CountAnswer(BaseModel):
    """How many cases of a status the reader may know of."""

    status: str
    cases: int


class CaseAnswer(CaseSummary):
    """One case without the person. Fields are absent where the reader's basis does not give them."""

    sex: str | None = None
    language: str | None = Field(default=None, description="That the person was reported to speak")
    interpreter: bool | None = Field(default=None, description="Whether an interpreter was used; null: not recorded")
    actions: list[ActionAnswer] | None = None
    begins: list[str] | None = Field(default=None, description="Acts of shelter that may begin at this case")
    source: str | None = None
    categories: list[str] | None = None
    potential_at: datetime | None = None
    refused_at: datetime | None = Field(default=None, description="When the adult refused the hand-over")
    duty_met_at: datetime | None = Field(default=None, description="The 24-hour duty was met without the name")
    referral: ReferralAnswer | None = None
    reflection: ReflectionAnswer | None = None
    recognitions: list[RecognitionAnswer] | None = None
    decisions: list[DecisionAnswer] | None = None
    opinions: list[OpinionAnswer] | None = None
    screenings: list[ScreeningAnswer] | None = None
    child_steps: list[ChildStepAnswer] | None = None
    age_findings: list[AgeFindingAnswer] | None = None
    age_doubts: list[AgeDoubtAnswer] | None = None
    ending_agreements: list[AgreementAnswer] | None = None
    rights_explained: list[ExplanationAnswer] | None = None
    consents: list[ConsentAnswer] | None = None
    holder_offers: list[HolderOfferAnswer] | None = None
    who_knows: list[KnowsAnswer] | None = None
    hidden_from_police: bool | None = None


class NoticeAnswer(BaseModel):
    """A presumed victim whom an agency reported without the name (ID-7). It opens no case."""

    id: UUID
    day: date
    forms: list[str]
    region: str | None
    sex: str
    age_group: str


class AgencyAnswer(BaseModel):
    """An agency that takes part today."""

    agency: str
    kind: str | None


class PurposeAnswer(BaseModel):
    """What a consent to this purpose lets its recipient read and do, in words for the person (ID-12)."""

    purpose: str
    name: dict[str, str] = Field(description="By language: az, en, ru")
    reads: dict[str, list[str]]
    does: dict[str, list[str]]
