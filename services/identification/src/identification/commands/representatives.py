"""Who acts for a child or a represented person, where money is paid (FU-6)."""

from typing import Annotated

from casework.commands import Decision
from pydantic import Field

from identification.commands.words import Body, Reference, ShortText, example
from identification.domain.representatives import Relation


class Representative(Body):
    """A payee who is not the person; sealed like the person, and opened for a payment order alone."""

    name: ShortText
    identity_number: Annotated[str, Field(min_length=1, max_length=40)]
    relation: Relation
    reference: Reference = Field(description="Decision or document that makes them the representative")


class SetRepresentative(Decision):
    """Record who represents the person; `representative` empty: nobody does any more."""

    representative: Representative | None

    model_config = example(
        version=1,
        representative={
            "name": "Sevda Quliyeva",
            "identity_number": "TST00000002",
            "relation": "guardian",
            "reference": "12/2024",
        },
    )
