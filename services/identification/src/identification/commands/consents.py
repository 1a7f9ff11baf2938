"""Consent, its withdrawal, its refusal (ID-7, ID-12)."""

from typing import Annotated, Literal

from casework.commands import Command
from casework.purposes import DataClass, Purpose
from nrm_events.taking_part import SPECIAL_POLICE_BODY
from pydantic import Field, JsonValue

from identification.commands.words import AN_NGO, Agency, Body, DocumentCode, LanguageCode, example

GivenBy = Literal["person", "guardian", "guardianship_authority"]
How = Literal["in_person", "telephone", "writing"]
ChildView = Literal["agrees", "disagrees", "cannot_say"]

_DETAILS: dict[str, JsonValue] = {
    "given_by": "person",
    "how": "in_person",
    "language": "az",
    "interpreter": False,
    "text_version": "consent-2024",
}


class Informed(Body):
    """How the person was informed: in which language, by which text, with an interpreter or without (ID-12)."""

    how: How
    language: LanguageCode
    interpreter: bool
    text_version: DocumentCode = Field(description="Edition of the text that was read out")


class ConsentDetails(Informed):
    """Who agreed, and how they were informed; for a child never the child alone, and with the child's view (ID-12)."""

    given_by: GivenBy
    child_view: ChildView | None = Field(default=None, description="For a child: what the child thinks of it")

    model_config = example(**_DETAILS)


class RecordConsent(Command, ConsentDetails):
    """Record a consent for one recipient, purpose and class of data (ID-12)."""

    recipient: Agency
    purpose: Purpose
    data_class: DataClass

    model_config = example(recipient=SPECIAL_POLICE_BODY, purpose="referral", data_class="identity", **_DETAILS)


class Grant(Body):
    """One line of what the person agrees to: for whom, what for, which data (ID-12)."""

    recipient: Agency
    purpose: Purpose
    data_class: DataClass


class RecordConsents(Command, ConsentDetails):
    """Record several consents that the person grants at one time: all of them, or none (ID-12)."""

    grants: Annotated[tuple[Grant, ...], Field(min_length=1, max_length=50)]

    model_config = example(
        grants=[
            {"recipient": SPECIAL_POLICE_BODY, "purpose": "referral", "data_class": "identity"},
            {"recipient": AN_NGO, "purpose": "legal_aid", "data_class": "needs"},
        ],
        **_DETAILS,
    )


class WithdrawConsent(Command):
    """The person withdraws a consent (ID-12)."""

    model_config = example(happened_at="2024-03-08T12:00:00+04:00")


class MeetDutyWithoutName(Command, Informed):
    """An adult refuses the hand-over: record it, and meet the duty to report without the name (ID-7)."""

    model_config = example(how="in_person", language="az", interpreter=False, text_version="consent-2024")
