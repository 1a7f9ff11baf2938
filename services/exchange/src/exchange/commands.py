"""What an operator does to an agency's system. Each takes effect at once, so none has a time of its own."""

from datetime import date
from typing import Annotated, Literal

from casework.purposes import Purpose
from nrm_events.taking_part import AgencyKind
from pydantic import BaseModel, ConfigDict, Field

from exchange.domain.agreements import Ground

AgencyCode = Annotated[str, Field(pattern=r"^[a-z]{2,12}(-[a-z]{2,12}){0,2}$", examples=["aid-baku"])]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Legal = Annotated[str, Field(min_length=3, max_length=300, description="Where the law or a memorandum says so")]
Kind = Annotated[AgencyKind, Field(description="What the agency is; it never changes, and rules go by it")]
Saying = Literal[
    "ReferralSubmitted", "ReferralTaken", "HandoverAnswered", "CourseEnrolmentTold", "WithdrawalAcknowledged"
]
Reason = Literal["security_incident", "flooding", "agreement_ended", "asked_by_agency", "breach_of_agreement"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LineFields(Body):
    """Events of this name go out with these fields, on a ground."""

    event: Annotated[str, Field(pattern=r"^[a-z]+\.[A-Z][A-Za-z]{2,60}$", examples=["shelter.ShelterExtended"])]
    fields: Annotated[list[Code], Field(max_length=20)]
    ground: Ground = Field(description="`consent`, `addressed`, or the basis on which the agency knows of the case")
    field: Code | None = Field(default=None, description="With `addressed`: the field that names the agency")
    legal: Legal


class LineBody(LineFields):
    """A line as it can be agreed to."""

    purpose: Purpose | None = Field(
        default=None, description="The person's consent for it is needed, and limits the fields by its class of data"
    )


class AgreementFields(Body):
    """What an agency's system may submit, and what it receives (docs/adr/0018)."""

    model_config = ConfigDict(populate_by_name=True)

    agency: AgencyCode
    title: Annotated[str, Field(min_length=1, max_length=200)]
    edition: Annotated[int, Field(ge=1, le=10_000)]
    since: date = Field(alias="from")
    until: date | None = Field(default=None, description="The first day on which it is no longer in force")
    legal: Legal
    may_say: Annotated[list[Saying], Field(max_length=10)]


class Agree(AgreementFields):
    """Join an agency's system, or replace its agreement."""

    kind: Kind
    tells: Annotated[list[LineBody], Field(max_length=100)]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "agency": "aid-baku",
                    "title": "Aid to Migrants, Baku",
                    "kind": "ngo",
                    "edition": 1,
                    "from": "2024-01-01",
                    "legal": "Memorandum of co-operation with the National Coordinator",
                    "may_say": ["ReferralSubmitted", "WithdrawalAcknowledged"],
                    "tells": [
                        {
                            "event": "shelter.AssistanceGiven",
                            "fields": ["assistance_id", "kind"],
                            "purpose": "assistance",
                            "ground": "consent",
                            "legal": "Law on personal data, consent of the person",
                        }
                    ],
                }
            ]
        },
    )


class CutOff(Body):
    """Suspend or remove an agency's system, for a reason that is audited."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "security_incident"}]})
    reason: Reason


class EmptyBody(Body):
    """Nothing more needs to be stated."""
