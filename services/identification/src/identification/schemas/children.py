"""The order for a found child over HTTP (ID-5). It says that there is a guardian, never who."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from identification.domain.children import GuardianOutcome, IdentityOutcome, TracingOutcome
from identification.schemas.bodies import Act, Reference


class NewGuardian(Act):
    """A guardian was appointed, or is one no longer."""

    outcome: GuardianOutcome
    reference: Reference = Field(description="Decision of the guardianship authority")

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"outcome": "appointed", "reference": "12/2024"}]}
    )


class NewIdentityStep(Act):
    """The child's identity was established; the documents themselves are kept sealed."""

    outcome: IdentityOutcome

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"outcome": "documents_found"}]})


class NewTracing(Act):
    """The search for the family: whether it is in the child's interest, and what came of it."""

    outcome: TracingOutcome

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"outcome": "not_in_childs_interest"}]})


class ChildStepAnswer(BaseModel):
    """A step taken for the child, in the order of ID-5; of each step the newest counts."""

    step: str
    outcome: str
    reference: str | None
    taken_by: str = Field(description="Agency")
    taken_at: datetime
