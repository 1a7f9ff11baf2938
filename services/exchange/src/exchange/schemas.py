"""What operators say about agencies, and what they see."""

from datetime import date, datetime
from typing import Annotated, Literal

from chassis.answers import ActionAnswer
from pydantic import BaseModel, ConfigDict, Field

Agency = Annotated[str, Field(pattern=r"^[a-z]{2,12}(-[a-z]{2,12}){0,2}$", examples=["ngo-amc"])]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Legal = Annotated[str, Field(min_length=3, max_length=300, description="Where the law or a memorandum says so")]
Saying = Literal[
    "ReferralSubmitted", "ReferralTaken", "HandoverAnswered", "CourseEnrolmentTold", "WithdrawalAcknowledged"
]
Reason = Literal["security_incident", "flooding", "agreement_ended", "asked_by_agency", "breach_of_agreement"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LineBody(Body):
    """Events of this name are told with these fields, for a purpose, on a ground."""

    event: Annotated[str, Field(pattern=r"^[a-z]+\.[A-Z][A-Za-z]{2,60}$", examples=["shelter.ShelterExtended"])]
    fields: Annotated[list[Code], Field(max_length=20)]
    purpose: Code
    ground: Literal["consent", "addressed"]
    field: Code | None = Field(default=None, description="With `addressed`: the field that names the agency")
    legal: Legal


class AgreementBody(Body):
    """What an agency's system may say, and what it is told (docs/adr/0018)."""

    agency: Agency
    title: Annotated[str, Field(min_length=1, max_length=200)]
    edition: Annotated[int, Field(ge=1, le=10_000)]
    since: date = Field(alias="from")
    until: date | None = Field(default=None, description="The first day on which it no longer holds")
    legal: Legal
    may_say: Annotated[list[Saying], Field(max_length=10)]
    tells: Annotated[list[LineBody], Field(max_length=100)]

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        json_schema_extra={
            "examples": [
                {
                    "agency": "ngo-amc",
                    "title": "Azerbaijan Migration Centre",
                    "edition": 1,
                    "from": "2024-01-01",
                    "legal": "Memorandum of co-operation with the National Coordinator",
                    "may_say": ["ReferralSubmitted", "WithdrawalAcknowledged"],
                    "tells": [
                        {
                            "event": "shelter.ShelterExtended",
                            "fields": ["ends_at", "reason"],
                            "purpose": "assistance",
                            "ground": "consent",
                            "legal": "Law on personal data, consent of the person",
                        }
                    ],
                }
            ]
        },
    )


class Suspension(Body):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "security_incident"}]})
    reason: Reason


class Nothing(Body):
    """No more needs to be said."""


class AgencySummary(BaseModel):
    code: str
    title: str
    state: Literal["active", "suspended", "removed"]
    edition: int
    joined_at: datetime
    changed_at: datetime
    version: int


class AgencyAnswer(AgencySummary):
    """An agency, what was agreed with it, and how much was said and told."""

    agreement: AgreementBody
    cases_told: int
    events_told: int
    last_told_at: datetime | None
    events_withheld: int = Field(description="They wait for a consent that covers their time")
    submissions_accepted: int
    submissions_refused: dict[str, int] = Field(description="Code → how many")
    submissions_waiting: int
    last_heard_at: datetime | None
    withdrawals_not_acknowledged: int
    actions: list[ActionAnswer]


class AgreementChecked(BaseModel):
    """The agreement can be agreed to."""

    state: Literal["active", "suspended", "removed"] | None = Field(description="Of the agency; null: it is new")
    holds: bool = Field(description="This very agreement is the one that holds")


class Agencies(BaseModel):
    items: list[AgencySummary] = Field(description="All of them: there are some twenty")
