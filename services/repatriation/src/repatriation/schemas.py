"""HTTP shapes. `happened_at` is when an act took effect, null for now; `version` guards against old values."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from chassis.answers import ActionAnswer, ClockAnswer
from chassis.clock import Moment
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from repatriation.domain.bars import LIFTING_REASONS
from repatriation.domain.permits import CONSULTED_BODIES, OBJECTION_REASONS
from repatriation.domain.returns import RECEIVING_BODIES
from repatriation.tables import NOTE_MAX

Code = Annotated[str, Field(pattern=r"^[a-z][a-z_]{1,63}$")]
Months = Annotated[int, Field(strict=True, ge=1, le=120, description="Calendar months", examples=[12])]
Reasons = Annotated[list[Code], Field(min_length=1, max_length=20, examples=[["false_documents"]])]
Basis = Literal["reflection", "considered_victim", "permit", "child", "open_claim", "decision"]


def _in_reach(day: date) -> date:
    if not 1950 <= day.year < 2200:
        raise ValueError("must lie between 1950 and 2200")
    return day


Day = Annotated[date, AfterValidator(_in_reach)]


class Command(BaseModel):
    model_config = ConfigDict(extra="forbid")

    happened_at: Moment | None = Field(default=None, description="When it took effect; null is now")
    version: int | None = Field(
        default=None, strict=True, ge=1, le=2**31 - 1, description="The version you read; null is any"
    )


class Decision(Command):
    """A decision on the ground of what was read: where the object changed since, nothing is done."""

    version: int = Field(strict=True, ge=1, le=2**31 - 1, description="The version you read")


class Opening(BaseModel):
    model_config = ConfigDict(extra="forbid")

    case_id: UUID
    happened_at: Moment | None = Field(default=None, description="When it took effect; null is now")


class BarRaising(Opening):
    basis: Literal["decision"] = Field(description="The others are raised by what happened")
    until: Moment | None = Field(default=None, description="Empty: until it is lifted")


class BarExtension(Decision):
    until: Moment


class BarLifting(Decision):
    reason: Code = Field(description="Codes: " + ", ".join(LIFTING_REASONS), examples=["decision_ended"])


class PermitOpening(Opening):
    ground: Literal["victim", "assisting_prosecution"] = Field(examples=["victim"])


class LawfulStay(Command):
    lawful_stay_ends: Day = Field(description="Apply before it by the days of the law; a day that is past is taken")


class PermitApplication(Command):
    lawful_stay_ends: Day | None = Field(default=None, description="Proof of it is waived; a day that is past too")


class OpinionRequest(Command):
    body: Code = Field(description="Codes: " + ", ".join(CONSULTED_BODIES), examples=["state_security_service"])


class OpinionGiven(Command):
    body: Code | None = Field(default=None, description="Who answered; may be left out where one was asked")
    objection: bool = Field(strict=True)
    reason: Code | None = Field(default=None, description="With an objection: " + ", ".join(OBJECTION_REASONS))


class Grant(Decision):
    months: Months


class Refusal(Decision):
    """RP-3: reasoned and in writing. The text stays here and goes into no event, log or list."""

    reasons: Reasons
    text: str = Field(min_length=1, max_length=NOTE_MAX, examples=["The document of identity is not genuine."])


class PermitEnding(Decision):
    how: Literal["cancelled", "surrendered"]


class ReturnRequest(Opening):
    country: str = Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2", examples=["IN"])


class RiskAssessment(Command):
    level: Literal["low", "medium", "high"]
    retrafficking_risk: bool = Field(strict=True)


class BestInterests(Command):
    guardian: bool = Field(strict=True, description="A guardian is appointed")
    decision: Literal["return", "stay"]
    opinion_heard: Literal["yes", "no", "under_age"] = Field(description="under_age: younger than the age of the law")


class Travel(Command):
    payer: Literal["state", "iom", "fund", "receiving_state", "donor"] = Field(description="Never the person (RP-6)")


class Handover(Command):
    to: Code = Field(description="Codes: " + ", ".join(RECEIVING_BODIES), examples=["iom"])


class FollowUp(Command):
    outcome: Literal["well", "needs_support", "not_found", "at_risk"]


class Answer(BaseModel):
    """What every object answers."""

    id: UUID
    case_id: UUID
    state: str
    version: int
    effective_at: datetime


class Shown(BaseModel):
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class BarRow(Answer):
    basis: str
    advisory: bool
    since: datetime
    until: datetime | None
    told: bool = Field(description="Whether the State Migration Service knows of it")
    re_examine: bool
    lifted_at: datetime | None


class BarAnswer(BarRow, Shown):
    pass


class Certificate(BaseModel):
    """To be shown when needed. It says that the person may not be removed, and not why."""

    bar_id: UUID
    case_id: UUID
    until: datetime | None
    issued_at: datetime
    legal: str
    text: dict[str, str] = Field(description="The wording by language")


class PermitRow(Answer):
    ground: str | None = Field(description="Null for who may not see it")
    valid_until: date | None
    apply_by: date | None
    re_examine: bool


class OpinionAnswer(BaseModel):
    body: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    silent: bool
    objection: bool | None
    reason: str | None


class DecisionAnswer(BaseModel):
    outcome: str
    decided_at: datetime
    months: int | None
    valid_until: date | None
    reasons: list[str]
    text: str | None


class PermitAnswer(PermitRow, Shown):
    follows: UUID | None
    lawful_stay_ends: date | None
    registered_at: str = Field(description="The agency at whose address the person is registered (RP-2)")
    fee_qepik: int | None
    fingerprints_taken: bool
    waived_documents: list[str]
    standing_refusal_grounds: list[str]
    waived_refusal_grounds: list[str]
    opinions: list[OpinionAnswer]
    decisions: list[DecisionAnswer]


class ReturnRow(Answer):
    country: str
    agency: str
    requested_at: datetime
    departed_at: datetime | None


class GateAnswer(BaseModel):
    name: str
    passed: bool
    reason: str | None


class ClaimAnswer(BaseModel):
    claim_id: UUID
    kind: str
    since: datetime


class VisitAnswer(BaseModel):
    outcome: str
    visited_at: datetime


class ReturnAnswer(ReturnRow, Shown):
    consent_at: datetime | None
    risk_level: str | None
    retrafficking_risk: bool | None
    risk_assessed_at: datetime | None
    guardian: bool | None
    best_interests: str | None
    opinion_heard: str | None
    opinion_age: int | None = Field(description="Age from which a child is heard, by the law of today")
    claims_checked_at: datetime | None
    open_claims: list[ClaimAnswer] = Field(description="A warning, not an obstacle")
    payer: str | None
    handover_to: str | None
    handed_over_at: datetime | None
    gates: list[GateAnswer]
    visits: list[VisitAnswer]


class Statistics(BaseModel):
    """By effective date, year in Asia/Baku."""

    year: int
    permits_granted: int
    returns: int = Field(description="Persons who departed")
