"""The person behind a case: read for a purpose, corrected by version (ID-13, NO-2)."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from casework.commands import Command, Decision, Version
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from identification.commands.words import Body, Hours, LanguageCode, Reference, example
from identification.domain.codes import InternalPurpose, ReadingPurpose
from identification.domain.representatives import Payee

_CONTACT: dict[str, JsonValue] = {
    "channel": "sms",
    "address": "+994501234567",
    "hours": "10:00-17:00",
    "language": "az",
}


class SafeContact(Body):
    """A channel that the person marked safe (NO-2). None marked: nothing is sent."""

    channel: Literal["sms", "email"]
    address: Annotated[
        str, Field(min_length=3, max_length=200, description="Phone, as it was copied, or e-mail address")
    ]
    hours: Hours | None = Field(default=None, description="In Baku; they may pass midnight")
    language: Annotated[LanguageCode, Field(description="One that messages are written in: az, en, ru")]


class ReportedContact(BaseModel):
    """A safe contact as a report has it. One that nobody can be reached by is a warning, and the report is stored."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"examples": [_CONTACT]})

    channel: JsonValue = Field(default=None, description="sms or email")
    address: JsonValue = Field(default=None, description="Phone, as it was copied, or e-mail address")
    hours: JsonValue = Field(default=None, description="In Baku, like 10:00-17:00; may pass midnight")
    language: JsonValue = Field(default=None, description="One that messages are written in: az, en, ru")


class SetSafeContact(Command):
    """Mark a channel safe; `contact` empty: no channel is safe any more (NO-2)."""

    version: Version
    contact: SafeContact | None

    model_config = example(
        version=1,
        contact=_CONTACT,
    )


class CorrectIdentity(Command):
    """Correct fields of the person, by the names of the standard; a null takes a field away."""

    version: Version
    htcds: dict[str, object] = Field(min_length=1, max_length=40)

    model_config = example(version=1, htcds={"prs_FirstName": "Aysel", "prs_MiddleName": None})


class ErasePerson(Decision):
    """Destroy the person's key, fields and search digests; the case and its history stay true (ID-13)."""

    ground: Literal["person_asks", "retention_over", "court_decision"]
    reference: Reference = Field(description="The person's written wish, or the decision")

    model_config = example(version=9, ground="person_asks", reference="12/2026")


class ReadIdentity(Body):
    """Every read of an identity has a purpose and is audited before it is shown (ID-13)."""

    purpose: ReadingPurpose
    reference: Reference | None = Field(default=None, description="Decision of a court or prosecutor, if they ask")

    model_config = example(purpose="assess")


class ServeIdentity(Body):
    """What another service reads of a person for one order or notification (FU-6, NO-2)."""

    case_id: UUID
    purpose: InternalPurpose
    on_behalf_of: Annotated[str, Field(pattern=r"^[A-Za-z0-9:_-]{1,64}$")]
    concerning: UUID = Field(description="The payment order or notification that it is read for")
    payee: Payee = Field(default="person", description="Whom the approved claim names")

    model_config = example(
        case_id="0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
        purpose="payment_order",
        on_behalf_of="0192a3b4-releaser",
        concerning="0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c",
    )


class ServeAge(ServeIdentity):
    """Whether the person has reached an age on a day; the birth date itself is not answered (RP-5)."""

    age: Annotated[int, Field(strict=True, ge=1, le=25)]
    on: date

    model_config = example(
        case_id="0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
        purpose="return",
        on_behalf_of="0192a3b4-guardianship",
        concerning="0192a3b4-5c6d-7e8f-9a0b-1c2d3e4f5a6c",
        age=10,
        on="2024-03-04",
    )
