"""What identification is told. Unknown fields and codes are refused."""

from typing import Annotated, Any, Literal
from uuid import UUID

from chassis.clock import Moment
from pydantic import BaseModel, ConfigDict, Field

from identification.domain.codes import (
    Category,
    Channel,
    DataClass,
    InternalPurpose,
    Purpose,
    ReadingPurpose,
    Region,
)

Agency = Annotated[str, Field(pattern=r"^[a-z]{2,12}(-[a-z]{2,12}){0,2}$", examples=["ngo-amc"])]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
ShortText = Annotated[str, Field(min_length=1, max_length=200)]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9./-]{1,64}$", description="Number of a decision or document")]
Hours = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$", examples=["10:00-17:00"])]
DocumentCode = Annotated[
    str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$", description="Edition of a document", examples=["rights-2024"])
]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["az"])]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Act(Body):
    """An act took effect at `happened_at`, or now; never in the future, never before what it follows."""

    happened_at: Moment | None = None


class SafeContact(Body):
    """A channel that the person marked safe (NO-2). None marked: nothing is sent."""

    channel: Literal["sms", "email"]
    address: Annotated[str, Field(min_length=3, max_length=200, description="Phone in E.164 or e-mail address")]
    hours: Hours | None = None
    language: LanguageCode


class Reported(Body):
    """What was reported (ID-1). `htcds` uses names and codes of the standard; everything in it is optional."""

    source: Literal["agency", "self"] = Field(default="agency", description="Who speaks: the agency, or the person")
    channel: Channel
    channel_hours: Hours | None = None
    anonymous: bool = False
    region: Region | None = None
    language: LanguageCode | None = None
    crossed_border: bool | None = None
    child_suspected: bool = Field(default=False, description="A reason to think of a child: counts as child (ID-5)")
    htcds: dict[str, Any] = Field(default_factory=dict, max_length=60)
    account: Text | None = Field(default=None, description="What was said; kept sealed")
    safe_contact: SafeContact | None = None


class NewReport(Reported, Act):
    """A report, and when it was made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "channel": "hotline",
                    "region": "Gəncə",
                    "language": "az",
                    "htcds": {"vic_TypeOfExploitation": ["ForcedLabour"]},
                }
            ]
        },
    )


class NewReferralHandle(Reported):
    """What an agency's system tells of a person before its message names the handle; when is said by the message."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"channel": "ngo", "htcds": {"vic_TypeOfExploitation": ["ForcedLabour"]}}]},
    )


class NewCase(Act):
    """Open the case after the search for the same person was looked at (ID-18)."""

    search_id: UUID
    verdicts: dict[UUID, Literal["same", "not_same", "cannot_say"]] = Field(default_factory=dict, max_length=100)

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "search_id": "0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                    "verdicts": {"0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c": "not_same"},
                    "happened_at": "2024-03-04T10:00:00+04:00",
                }
            ]
        },
    )


class Attachment(Act):
    """The report is about a person whose case is known (ID-18)."""

    search_id: UUID
    case_id: UUID

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"search_id": "0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b", "case_id": "0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c"}
            ]
        },
    )


class NewScreening(Act):
    indicator_set: ShortText
    set_version: Annotated[int, Field(ge=1, le=1000)]
    answers: dict[ShortText, Literal["met", "not_met", "unknown"]] = Field(max_length=100)
    act: Literal["met", "not_met", "unknown"]
    means: Literal["met", "not_met", "unknown"]
    purpose: Literal["met", "not_met", "unknown"]

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "indicator_set": "labour",
                    "set_version": 1,
                    "answers": {"documents_held": "met", "underpaid_or_unpaid": "met"},
                    "act": "unknown",
                    "means": "met",
                    "purpose": "met",
                }
            ]
        },
    )


class NewConsent(Act):
    recipient: Agency
    purpose: Purpose
    data_class: DataClass

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"recipient": "mia-special", "purpose": "referral", "data_class": "identity"}]},
    )


class NewReflection(Act):
    started: bool = Field(default=True, description="False: only offered")

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"started": True}]})


class NewExplanation(Act):
    language: LanguageCode
    document_version: DocumentCode
    interpreter: bool = False

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"language": "uz", "document_version": "rights-2024", "interpreter": True}]},
    )


class NewCategories(Act):
    categories: Annotated[list[Category], Field(min_length=1, max_length=10)]

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"categories": ["migrant_worker"]}]})


class NewAge(Act):
    age_group: Literal["child", "adult"]


class NewDisclosure(Act):
    recipient: Agency
    decided_by: Literal["prosecutor", "court"]
    decision_reference: Reference
    data_class: DataClass

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "recipient": "moj",
                    "decided_by": "court",
                    "decision_reference": "2001-15/2024",
                    "data_class": "identity",
                }
            ]
        },
    )


class NewSafeContact(Act):
    """`contact` empty: no channel is safe any more."""

    version: Annotated[int, Field(ge=1)]
    contact: SafeContact | None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "version": 1,
                    "contact": {"channel": "sms", "address": "+994501234567", "hours": "10:00-17:00", "language": "az"},
                }
            ]
        },
    )


class NewIdentity(Act):
    """Correct fields of the person, by the names of the standard; a null takes a field away."""

    version: Annotated[int, Field(ge=1)]
    htcds: dict[str, Any] = Field(min_length=1, max_length=40)

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"version": 1, "htcds": {"prs_FirstName": "Aysel", "prs_MiddleName": None}}]},
    )


class Reading(Body):
    """Every look at an identity has a purpose and is audited before it is shown (ID-13)."""

    purpose: ReadingPurpose
    reference: Reference | None = Field(default=None, description="Decision of a court or prosecutor, if they ask")

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"purpose": "assess"}]})


class InternalReading(Body):
    case_id: UUID
    purpose: InternalPurpose
    on_behalf_of: Annotated[str, Field(pattern=r"^[A-Za-z0-9:_-]{1,64}$")]
    concerning: UUID = Field(description="The payment order or notification that it is read for")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "case_id": "0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
                    "purpose": "payment_order",
                    "on_behalf_of": "0192a3b4-releaser",
                    "concerning": "0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c",
                }
            ]
        },
    )
