"""Hand-over, reflection, rights explained, the holder, and how a case ends."""

from typing import Annotated, Literal

from casework.commands import Command, Decision
from casework.purposes import DataClass
from pydantic import Field

from identification.commands.consents import ConsentDetails
from identification.commands.words import (
    AN_NGO,
    THE_COURTS,
    Agency,
    DocumentCode,
    LanguageCode,
    Reference,
    example,
)
from identification.domain.codes import Category

Ending = Literal["close", "withdraw", "transfer_abroad", "establish_as_adult"]


class Refer(Decision):
    """Hand the case over to the special police body (ID-7)."""

    best_interests_recorded: bool = Field(default=False, description="Needed for a child (ID-7)")

    model_config = example(version=3, happened_at="2024-03-04T15:00:00+04:00")


class Acknowledge(Command):
    """Take the case over and begin the assessment (ID-7)."""

    model_config = example(happened_at="2024-03-04T15:00:00+04:00")


class OfferReflection(Command):
    """Offer or start the reflection period (ID-10)."""

    started: bool = Field(default=True, description="False: only offered")

    model_config = example(started=True)


class ConfirmReflection(Command):
    """The period was looked at again after a negative decision, and goes on (ID-9, ID-10)."""

    model_config = example(happened_at="2024-03-12T12:00:00+04:00")


class EndReflection(Command):
    """The person ends the reflection period early, in writing (ID-10)."""

    written_wish: Reference = Field(description="Reference of the person's own written wish")

    model_config = example(written_wish="7/2024")


class ExplainRights(Command):
    """Record that the person's rights were explained (ID-14)."""

    language: LanguageCode
    document_version: DocumentCode
    interpreter: bool = False

    model_config = example(language="uz", document_version="rights-2024", interpreter=True)


class RecordPotential(Command):
    """Record a category with access to help without recognition (ID-19)."""

    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=10)]

    model_config = example(categories=["migrant_worker"])


class Disclose(Command):
    """Record a disclosure by decision of a prosecutor or court (ID-13)."""

    recipient: Agency
    decided_by: Literal["prosecutor", "court"]
    decision_reference: Reference
    data_class: DataClass

    model_config = example(
        recipient=THE_COURTS, decided_by="court", decision_reference="2001-15/2024", data_class="identity"
    )


class EndCase(Command):
    """Close or withdraw the case, or record that another country takes it over."""

    written_wish: Reference | None = Field(
        default=None,
        description="Reference of the person's own written wish to end the reflection period now; without it the "
        "period runs on to its last day",
    )

    model_config = example(happened_at="2024-03-12T12:00:00+04:00")


class OfferHolder(Command):
    """Request another agency to hold the case, with the person's consent or by law (ID-20)."""

    to: Agency
    ground: Literal["consent", "law"]
    consent: ConsentDetails | None = Field(default=None, description="On the ground of consent: who agreed and how")
    legal_reference: Reference | None = Field(default=None, description="On the ground of law: by which provision")

    model_config = example(
        to=AN_NGO,
        ground="consent",
        consent={
            "given_by": "person",
            "how": "in_person",
            "language": "az",
            "interpreter": False,
            "text_version": "consent-2024",
        },
    )


class AnswerHolderOffer(Command):
    """Accept to hold the case, or take the offer back (ID-20)."""

    model_config = example(happened_at="2024-03-12T12:00:00+04:00")


class DeclineHolder(Command):
    """Decline to hold the case, with the reason (ID-20)."""

    reason: Literal["no_capacity", "not_competent", "person_declined", "conflict_of_interest"]

    model_config = example(reason="no_capacity")
