"""What can be done with a case now, and the code of the reason why not: the same rules that the acts themselves ask."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from chassis.errors import NotPossible
from chassis.machine import Possible

from identification.domain import cases, children, sharing
from identification.domain.cases import CASE, ENDED, RECOGNISABLE, Recognition

_NEEDS_GOING = ("screen", "record_consent", "explain_rights", "establish_age")
_SHOWN = {"read_identity": (), "correct_identity": (), "set_safe_contact": (sharing.SAFE_CONTACT,)}


@dataclass(frozen=True)
class Facts:
    """What decides beside the state. `authorities`: who may give which kind of recognition today (ID-8); `classes`: of
    data that the agency is shown (ID-12)."""

    status: str
    agency: str
    handed_over: bool
    may_be_handed_over: bool
    authorities: Mapping[str, Sequence[str]]
    held: Sequence[Recognition]
    consents_standing: bool
    reflection: str | None
    decided_by: str | None
    classes: Collection[str]
    age_group: str
    child_steps: Mapping[str, str]


def list_actions(facts: Facts, may: Collection[str]) -> list[Possible]:
    """Every act that the actor's rights know, with the reason where it is not possible now (ID-7 … ID-10, ID-12)."""
    beside = [(action, _beside(facts, action)) for action in BESIDE if action in may]
    return [
        *CASE.list_actions(facts.status, _refusals(facts), may),
        *(Possible(action, reason is None, reason) for action, reason in beside),
    ]


def _refusals(facts: Facts) -> dict[str, str]:
    """Acts that the state allows and a rule forbids."""
    asked: Mapping[str, Callable[[], None]] = {
        "refer": lambda: cases.check_referral("adult", facts.handed_over, facts.may_be_handed_over, False),
        "recognise_formally": lambda: cases.check_authority("formal", facts.agency, facts.authorities),
        "decline": lambda: cases.check_decline(
            facts.agency, facts.handed_over, facts.may_be_handed_over, facts.authorities
        ),
        "reject_appeal": lambda: cases.check_own_decision(facts.decided_by or facts.agency, facts.agency),
        "reopen": lambda: cases.check_own_decision(facts.decided_by or facts.agency, facts.agency),
    }
    found = {action: _code(check) for action, check in asked.items()}
    return {action: code for action, code in found.items() if code}


def _code(check: Callable[[], None]) -> str | None:
    try:
        check()
    except NotPossible as refusal:
        return refusal.code
    return None


def _beside(facts: Facts, action: str) -> str | None:
    """The reason why an act that leaves the status as it is cannot be done now."""
    if action in _NEEDS_GOING:
        return f"state_is_{facts.status}" if facts.status in ENDED else None
    if action in _SHOWN:
        return _code(lambda: sharing.check_opens(facts.classes, _SHOWN[action]))
    return _REASONS[action](facts)


def _presume(facts: Facts) -> str | None:
    if facts.status not in RECOGNISABLE:
        return f"state_is_{facts.status}"
    kinds = [k for k in ("presumed", "ngo") if facts.agency in facts.authorities.get(k, ())]
    if not kinds:
        return "not_an_authority"
    taken = [_code(partial(cases.check_not_given, kind, facts.agency, facts.held)) for kind in kinds]
    return None if None in taken else "already_recognised"


def _revoke(facts: Facts) -> str | None:
    own = [r for r in facts.held if r.authority == facts.agency and r.revoked_at is None]
    if not own:
        return "no_recognition_of_yours"
    formal_alone = all(r.kind == "formal" for r in own)
    if formal_alone and (facts.status, "revoke_formal") not in CASE.transitions:
        return f"state_is_{facts.status}"
    return None


def _offer_reflection(facts: Facts) -> str | None:
    if facts.status in ENDED:
        return f"state_is_{facts.status}"
    if facts.reflection == "active":
        return "already_active"
    return _code(lambda: cases.check_reflection(facts.held))


def _child_step(facts: Facts, step: children.Step) -> str | None:
    """The order in which a found child is helped (ID-5)."""
    if facts.status in ENDED:
        return f"state_is_{facts.status}"
    refused = children.why_not(step, facts.age_group, facts.child_steps)
    return refused.code if refused else None


def _record_potential(facts: Facts) -> str | None:
    return f"state_is_{facts.status}" if facts.status in ENDED or facts.status == CASE.start else None


_REASONS: Mapping[str, Callable[[Facts], str | None]] = {
    "presume": _presume,
    "revoke": _revoke,
    "withdraw_consent": lambda facts: None if facts.consents_standing else "no_consent",
    "offer_reflection": _offer_reflection,
    "end_reflection": lambda facts: None if facts.reflection else "no_reflection",
    "record_potential": _record_potential,
    "appoint_guardian": lambda facts: _child_step(facts, "guardian"),
    "establish_identity": lambda facts: _child_step(facts, "identity"),
    "trace_family": lambda facts: _child_step(facts, "family_tracing"),
    "disclose": lambda facts: None,
}
BESIDE = (*_NEEDS_GOING, *_REASONS, *_SHOWN)
