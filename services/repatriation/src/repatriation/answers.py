"""What the API answers. A field that the viewer may not read is absent, never null (access by basis)."""

from datetime import date, datetime
from uuid import UUID

from casework.answers import ActionAnswer, ClockAnswer
from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

Absent = SkipJsonSchema[None]
"""The field is not there where the viewer may not read it; it is never null for that."""


class Answer(BaseModel):
    """What every object answers on every basis."""

    id: UUID
    case_id: UUID
    case_ref: str = Field(examples=["K7F3-XA9M"])
    age_group: str
    state: str


class BarRow(Answer):
    """With a notice of the bar alone: that it stands, and until when (RP-4)."""

    until: datetime | None
    version: int | Absent = None
    effective_at: datetime | Absent = None
    basis: str | Absent = None
    advisory: bool | Absent = None
    since: datetime | Absent = None
    told: bool | Absent = Field(default=None, description="Whether the State Migration Service is notified of it")
    re_examine: bool | Absent = None
    lifted_at: datetime | None = None


class BarAnswer(BarRow):
    clocks: list[ClockAnswer]
    actions: list[ActionAnswer] | Absent = None


class Certificate(BaseModel):
    """To be shown when needed. It states that the person may not be removed, and not why."""

    bar_id: UUID
    case_id: UUID
    case_ref: str = Field(examples=["K7F3-XA9M"])
    until: datetime | None
    issued_at: datetime
    issuer: str
    number: str
    check: str = Field(description="With the number it verifies the certificate, and opens nothing else")
    holder: str | None = Field(description="The name, as identification has it; null by a notice of the bar alone")
    legal: str
    text: dict[str, str] = Field(description="The wording by language")


class Verification(BaseModel):
    """Whether a certificate holds today, and until which day; nothing else."""

    valid: bool
    until: date | None = None


class PermitRow(Answer):
    version: int
    effective_at: datetime
    ground: str | Absent = Field(default=None, description="Absent for who may not read it (ID-11)")
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


class PermitAnswer(PermitRow):
    follows: UUID | None
    lawful_stay_ends: date | None
    registered_at: str = Field(description="The agency at whose address the person is registered (RP-2)")
    fee_qepik: int | None
    fingerprints_taken: bool = Field(description="Certain by the age group alone; `fingerprints` shows when it is not")
    fingerprints: str = Field(description="taken, taken_from_age (by the age on the document) or not_taken (RP-2)")
    fingerprints_from_age: int | None
    waived_documents: list[str]
    standing_refusal_grounds: list[str]
    waived_refusal_grounds: list[str]
    refusal_grounds_now: list[str] = Field(description="What a refusal in this state may name (RP-3)")
    opinions: list[OpinionAnswer]
    decisions: list[DecisionAnswer]
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class ReturnRow(Answer):
    version: int
    effective_at: datetime
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


class GatesAnswer(BaseModel):
    """What the gates of a return rest on; absent for the receiving body (RP-5, RP-6)."""

    consent_at: datetime | None = None
    risk_level: str | None = None
    retrafficking_risk: bool | None = None
    risk_assessed_at: datetime | None = None
    guardian: bool | None = None
    best_interests: str | None = None
    opinion_heard: str | None = None
    opinion_age: int | None = Field(default=None, description="Age from which a child is heard, by the law of today")
    claims_checked_at: datetime | None = None
    open_claims: list[ClaimAnswer] | Absent = Field(default=None, description="A warning, not an obstacle")
    payer: str | None = None
    re_examine: bool | Absent = Field(
        default=None, description="A negative decision requires that somebody looks again"
    )
    gates: list[GateAnswer] | Absent = None


class ReturnAnswer(ReturnRow, GatesAnswer):
    handover_to: str | None
    handed_over_at: datetime | None
    ended_without_body: str | None = Field(description="Why nobody took the person over (RP-6)")
    visits: list[VisitAnswer]
    actions: list[ActionAnswer]
    clocks: list[ClockAnswer]


class Statistics(BaseModel):
    """By effective date, year in Asia/Baku. Null: too few persons to show."""

    year: int
    permits_granted: int | None
    returns: int | None = Field(description="Persons who departed")
