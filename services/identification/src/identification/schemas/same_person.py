"""What is said to a task about the same person (ID-18)."""

from typing import Annotated

from pydantic import ConfigDict, Field

from identification.domain.same_person import Reason, Verdict
from identification.schemas.bodies import Act


class SamePersonAnswerGiven(Act):
    """Whether somebody else met the same person, as far as the holder of the case can say (ID-18)."""

    version: Annotated[int, Field(ge=1)]
    verdict: Verdict
    reason: Reason
    person_agrees: bool = Field(default=False, description="That the other agency learns who works with them here")

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"version": 1, "verdict": "not_same", "reason": "descriptions_differ"}]},
    )
