"""The rights of a found child: a guardian, then an identity, then the search for the family (ID-5). The search is made
if it is in the child's interest. Doubt about the age is no reason to wait: who may be a child is a child. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from chassis.errors import NotPossible
from nrm_events.taking_part import GUARDIANSHIP_AUTHORITY

Step = Literal["guardian", "identity", "family_tracing"]
GuardianOutcome = Literal["appointed", "ended"]
IdentityOutcome = Literal["documents_found", "documents_issued", "established_without_documents"]
TracingOutcome = Literal["begun", "not_in_childs_interest", "family_found", "family_not_found"]

ORDER: tuple[Step, ...] = get_args(Step)
HOLDS: Mapping[str, tuple[str, ...]] = {"guardian": ("appointed",), "identity": get_args(IdentityOutcome)}
"""With which outcomes a step is done, so that the next one can follow."""
AFTER: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("guardian", "ended"): ("appointed",),
    ("family_tracing", "family_found"): ("begun", "family_not_found"),
    ("family_tracing", "family_not_found"): ("begun",),
}
"""Outcomes that only follow another outcome of the same step; all others may come first, and anew."""


@dataclass(frozen=True)
class Refusal:
    code: str
    sentence: str


NOT_A_CHILD = Refusal("not_a_child", "The person is not a child, nor taken for one.")
_MISSING = {
    "guardian": Refusal("guardian_missing", "A guardian comes first."),
    "identity": Refusal("identity_missing", "The identity comes before the search for the family."),
}


def may_doubt(agency: str, *, decides: bool, guardianship_alone: bool) -> bool:
    """Whether one more doubt about who is treated as a child changes something (ID-5).

    It does where it `decides` over another agency's doubt, or joins the guardianship authority's own.
    """
    return decides or (guardianship_alone and agency != GUARDIANSHIP_AUTHORITY)


def may_agree(bases: Collection[str], holder: str) -> bool:
    """Whether these bases give a word on an ending: nobody gives it to themselves, so a second body may (ID-7)."""
    return "guardian_authority" in bases or holder == GUARDIANSHIP_AUTHORITY


def why_not(step: Step, age_group: str, taken: Mapping[str, str]) -> Refusal | None:
    """What keeps this step from being taken now; `taken` has the newest outcome of each step so far (ID-5)."""
    if age_group != "child":
        return NOT_A_CHILD
    before = ORDER[: ORDER.index(step)]
    return next((_MISSING[earlier] for earlier in before if taken.get(earlier) not in HOLDS[earlier]), None)


def check_step(step: Step, outcome: str, age_group: str, taken: Mapping[str, str]) -> None:
    """NotPossible: `not_a_child`, `guardian_missing`, `identity_missing`, or `outcome_does_not_follow` (ID-5)."""
    if refused := why_not(step, age_group, taken):
        raise NotPossible(refused.code, refused.sentence)
    follows = AFTER.get((step, outcome))
    if follows is not None and taken.get(step) not in follows:
        raise NotPossible(
            "outcome_does_not_follow", f"Before {outcome} comes another outcome.", facts={"after": list(follows)}
        )
