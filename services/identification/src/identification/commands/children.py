"""The order for a found child and what is decided of the age (ID-5). They name that there is a guardian, never who."""

from typing import Literal

from casework.commands import Command
from pydantic import Field

from identification.commands.cases import Ending
from identification.commands.words import Reference, example
from identification.domain.children import GuardianOutcome, IdentityOutcome, TracingOutcome

AgeGround = Literal["document", "register", "court_decision", "assessment", "own_statement"]
AgeMethod = Literal[
    "document_checked", "register_searched", "consular_confirmation", "interview", "medical_examination"
]
DoubtGround = Literal["appearance", "own_statement", "others_state_so", "document_doubtful", "circumstances"]


class AppointGuardian(Command):
    """A guardian was appointed, or is one no longer."""

    outcome: GuardianOutcome
    reference: Reference = Field(description="Decision of the guardianship authority")

    model_config = example(outcome="appointed", reference="12/2024")


class EstablishIdentity(Command):
    """The child's identity was established; the documents themselves are stored sealed."""

    outcome: IdentityOutcome

    model_config = example(outcome="documents_found")


class TraceFamily(Command):
    """The search for the family: whether it is in the child's interest, and what came of it."""

    outcome: TracingOutcome

    model_config = example(outcome="not_in_childs_interest")


class EstablishAge(Command):
    """Establish the age group, with ground, method and document (ID-5)."""

    age_group: Literal["child", "adult"]
    ground: AgeGround
    method: AgeMethod
    document: Reference

    model_config = example(age_group="adult", ground="register", method="register_searched", document="44/2024")


class DoubtAge(Command):
    """Doubt that the person is an adult: they count as a child at once (ID-5)."""

    ground: DoubtGround

    model_config = example(ground="appearance")


class AgreeToEnding(Command):
    """Another agency than the one that acts agrees to one ending of a child's case, once (ID-7)."""

    ending: Ending
    reference: Reference = Field(description="Decision of the guardianship authority")

    model_config = example(ending="close", reference="15/2024")


class WithdrawAgreement(Command):
    """The guardianship authority takes an agreement back before it is used (ID-7)."""

    ending: Ending

    model_config = example(ending="close")
