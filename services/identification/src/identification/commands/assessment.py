"""Screenings, recognitions, decisions and opinions: each decision on the version that was read (ID-4, ID-8, ID-9)."""

from typing import Annotated, Literal
from uuid import UUID

from casework.commands import Command, Decision
from pydantic import Field

from identification.commands.words import Outcome, Reference, ShortText, example
from identification.domain.codes import ReasonAgainst, ReasonFor

ReasonsFor = Annotated[tuple[ReasonFor, ...], Field(min_length=1, max_length=10)]
ReasonsAgainst = Annotated[tuple[ReasonAgainst, ...], Field(min_length=1, max_length=10)]
Dissent = Annotated[tuple[ReasonAgainst, ...], Field(max_length=10)]
AppealBody = Annotated[
    str, Field(pattern=r"^[a-z_]{1,40}$", description="Who decides on the appeal, e.g. court or prosecutor")
]


class Screen(Command):
    """Screen by a versioned indicator set (ID-2, ID-4)."""

    indicator_set: ShortText
    set_version: Annotated[int, Field(ge=1, le=1000)]
    answers: dict[ShortText, Outcome] = Field(max_length=100)
    act: Outcome
    means: Outcome
    purpose: Outcome

    model_config = example(
        indicator_set="labour",
        set_version=1,
        answers={"documents_held": "met", "underpaid_or_unpaid": "met"},
        act="unknown",
        means="met",
        purpose="met",
    )


class Presume(Command):
    """Give a presumed or an NGO recognition (ID-8)."""

    kind: Literal["presumed", "ngo"]
    reasons: ReasonsFor
    dissent: Dissent = ()

    model_config = example(kind="ngo", reasons=["own_account", "indicators_met"])


class RecogniseFormally(Decision):
    """Recognise formally after assessment (ID-8)."""

    reasons: ReasonsFor
    dissent: Dissent = ()

    model_config = example(version=5, reasons=["act_means_purpose_met"], happened_at="2024-03-08T12:00:00+04:00")


class DecideAgainst(Decision):
    """Decline or revoke; a negative decision always carries reasons (ID-9)."""

    reasons: ReasonsAgainst

    model_config = example(version=5, reasons=["purpose_not_established"])


class LodgeAppeal(Command):
    """Appeal a negative or revoking decision, to another body than the one that decided (ID-9)."""

    to: AppealBody | None = Field(default=None, description="Required: without it the refusal names the bodies")
    decision_id: UUID | None = Field(default=None, description="Empty: the decision that stands")

    model_config = example(to="court", happened_at="2024-03-12T12:00:00+04:00")


class SettleAppeal(Decision):
    """What came of an appeal, by the decision of the body that it went to (ID-9).

    `decided_by` and `decision_reference` are required of an appeal; a reopening on new facts has neither.
    """

    decided_by: AppealBody | None = None
    decision_reference: Reference | None = None
    decision_id: UUID | None = Field(default=None, description="The decision that was appealed; empty: the only one")

    model_config = example(version=7, decided_by="court", decision_reference="2-15/2024")


class GiveOpinion(Command):
    """Give an opinion in a joint assessment, or dissent from a recognition or a negative decision (ID-8)."""

    stance: Literal["victim", "not_a_victim"]
    reasons_for: Annotated[tuple[ReasonFor, ...], Field(max_length=10)] = ()
    reasons_against: Annotated[tuple[ReasonAgainst, ...], Field(max_length=10)] = ()
    about: UUID | None = Field(default=None, description="The recognition or decision; empty: the assessment")

    model_config = example(stance="victim", reasons_for=["own_account"])
