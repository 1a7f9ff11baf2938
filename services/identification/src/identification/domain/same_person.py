"""What the holder of a case answers to a task: the same person or not, and why (ID-18). Pure."""

from collections.abc import Mapping
from typing import Literal

from chassis.errors import Invalid
from chassis.machine import Machine

Verdict = Literal["same", "not_same"]
Reason = Literal["person_says_so", "documents_compared", "descriptions_differ", "too_little_known"]
TASK = Machine(
    name="same-person-task",
    start="open",
    transitions={
        ("open", "answer_same_person_task"): "answered",
        ("answered", "answer_same_person_task"): "answered",
    },
)
FITTING: Mapping[str, tuple[str, ...]] = {
    "same": ("person_says_so", "documents_compared"),
    "not_same": ("person_says_so", "documents_compared", "descriptions_differ", "too_little_known"),
}


def check_answer(verdict: Verdict, reason: Reason, person_agrees: bool) -> None:
    """Invalid `reason_does_not_fit`; `agreement_without_sameness`: only of the same person something can be offered."""
    if reason not in FITTING[verdict]:
        facts = {"reasons": list(FITTING[verdict])}
        raise Invalid("reason_does_not_fit", "This is no reason for that answer.", facts=facts)
    if person_agrees and verdict != "same":
        raise Invalid("agreement_without_sameness", "The person can agree only where it is the same person.")
