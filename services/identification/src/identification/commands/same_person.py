"""What the holder of a case answers to a task about the same person (ID-18)."""

from casework.commands import Decision
from pydantic import Field

from identification.commands.words import example
from identification.domain.same_person import Reason, Verdict


class AnswerSamePersonTask(Decision):
    """Whether somebody else met the same person, as far as the holder of the case knows (ID-18)."""

    verdict: Verdict
    reason: Reason
    person_agrees: bool = Field(default=False, description="That the other agency learns who works with them here")

    model_config = example(version=1, verdict="not_same", reason="descriptions_differ")
