"""What can be done with a case now, and why not, by the rules that the acts follow."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from chassis.errors import NotPossible
from chassis.machine import Possible

from identification.domain import cases, children, holders, sharing
from identification.domain.cases import CASE, ENDED, RECOGNISABLE, Recognition

_NEEDS_GOING = ("screen", "record_consent", "explain_rights")
NOT_FOR_THIS_BASIS = "not_for_this_basis"


@dataclass(frozen=True)
class Standing:
    """A negative decision that stands: whose, whether the actor took it, and whether an appeal waits (ID-9)."""

    authority: str
    by_actor: bool
    moves_the_case: bool
    appealed: bool


@dataclass(frozen=True)
class Facts:
    """What decides beside the state.

    `authorities`: who may give which kind of recognition today (ID-8); `classes`: of data that the agency is shown;
    `agreed`: endings that another agency agreed to; `offer_given_by`: who agreed to the offer;
    `duty`: why it cannot be met without the name (ID-7).
    """

    status: str
    agency: str
    holder: str
    bases: Collection[str]
    is_police: bool
    handed_over: bool
    may_be_handed_over: bool
    authorities: Mapping[str, Sequence[str]]
    recognitions: Sequence[Recognition]
    consents_standing: bool
    reflection: str | None
    decisions: Sequence[Standing]
    re_examines_reflection: bool
    classes: Collection[str]
    age_group: str
    hand_over_age: str
    child_steps: Mapping[str, str]
    agreed: Collection[str]
    offered_to: str | None
    offer_given_by: str | None
    duty: str | None
    doubted_by_guardianship: bool = False
    agreed_itself: bool = False
    goes_on: bool = False
    erased: bool = False


def list_actions(
    facts: Facts, in_role: Collection[str], by_basis: Collection[str], *, shows_state: bool = True
) -> list[Possible]:
    """Every act that the actor's role has, with the reason where it is not possible now (ID-7 … ID-10, ID-12).

    What the agency's basis does not give is `not_for_this_basis`. Who may not read the state of the case learns nothing
    of it from the list: what the basis gives is there as possible, whatever the state.
    """
    if shows_state:
        beside = [(action, _beside(facts, action)) for action in BESIDE if action in by_basis]
        possible = [
            *CASE.list_actions(facts.status, _refusals(facts), by_basis),
            *(Possible(action, reason is None, reason) for action, reason in beside),
        ]
    else:
        listed = [action for action in (*CASE.actions, *BESIDE) if action in by_basis]
        reasons = {action: _REASONS[action](facts) for action in listed if action in _OF_THE_AGENCY_ITSELF}
        possible = [Possible(action, reasons.get(action) is None, reasons.get(action)) for action in listed]
    others = [action for action in (*CASE.actions, *BESIDE) if action in in_role and action not in by_basis]
    return possible + [Possible(action, False, NOT_FOR_THIS_BASIS) for action in others]


def _refusals(facts: Facts) -> dict[str, str]:
    """Acts that the state allows and a rule forbids."""
    rules: Mapping[str, Callable[[Facts], str | None]] = {
        "refer": _refer,
        "recognise_formally": lambda f: _code(partial(cases.check_authority, "formal", f.agency, f.authorities)),
        "decline": lambda f: _code(
            partial(cases.check_decline, f.agency, f.handed_over, f.may_be_handed_over, f.authorities)
        ),
        **{ending: partial(_end, ending) for ending in ("close", "withdraw", "transfer_abroad")},
        "close_report": partial(_agreement, "close"),
    }
    found = {action: rule(facts) for action, rule in rules.items()}
    return {action: code for action, code in found.items() if code}


def _code(check: Callable[[], None]) -> str | None:
    try:
        check()
    except NotPossible as refusal:
        return refusal.code
    return None


def _for_a_child(facts: Facts, needs_child: bool) -> str | None:
    return NOT_FOR_THIS_BASIS if needs_child and facts.age_group != "child" else None


def _refer(facts: Facts) -> str | None:
    if "holder" not in facts.bases and facts.hand_over_age != "child":
        return NOT_FOR_THIS_BASIS
    return _code(lambda: cases.check_referral("adult", facts.handed_over, facts.may_be_handed_over, False))


def _appeal(facts: Facts) -> str | None:
    if refused := _for_a_child(facts, set(facts.bases) == {"guardian_authority"}):
        return refused
    return None if any(not one.appealed for one in facts.decisions) else "nothing_to_appeal"


def _reject_appeal(facts: Facts) -> str | None:
    """Who decided first does not record the outcome (ID-9)."""
    waiting = [one for one in facts.decisions if one.appealed]
    if not waiting:
        return "no_appeal"
    return "you_decided_this" if waiting[0].by_actor else None


def _reopen(facts: Facts) -> str | None:
    """By the outcome of an appeal, or on new facts by the authority; never by who decided first (ID-9)."""
    if any(one.appealed for one in facts.decisions):
        return _reject_appeal(facts)
    if (facts.status, "look_again") not in CASE.transitions:
        return f"state_is_{facts.status}"
    own = [one for one in facts.decisions if one.moves_the_case]
    if not own:
        return "nothing_to_reopen"
    refused = _code(lambda: cases.check_own_decision(own[0].authority, facts.agency))
    return refused or ("you_decided_this" if own[0].by_actor else None)


def _give_opinion(facts: Facts) -> str | None:
    """A case that has ended takes a dissent from a decision, and no other opinion (ID-8)."""
    decided = [one.authority for one in facts.decisions] + [one.authority for one in facts.recognitions]
    return None if any(authority != facts.agency for authority in decided) else _ended(facts)


def _end(ending: str, facts: Facts) -> str | None:
    """The formal body ends a case after its assessment; a child's case needs an agreement (ID-7)."""
    if "holder" not in facts.bases and facts.status in cases.NOT_ASSESSED:
        return "not_assessed"
    if facts.is_police and facts.reflection == "active":
        return "reflection_active"
    return _agreement(ending, facts)


def _agreement(ending: str, facts: Facts) -> str | None:
    return "agreement_missing" if facts.age_group == "child" and ending not in facts.agreed else None


def _beside(facts: Facts, action: str) -> str | None:
    """The reason why an act that leaves the status as it is cannot be done now."""
    if action in _NEEDS_GOING:
        return _ended(facts)
    return _REASONS[action](facts)


def _ended(facts: Facts) -> str | None:
    return f"state_is_{facts.status}" if facts.status in ENDED else None


def _presume(facts: Facts) -> str | None:
    if facts.status not in RECOGNISABLE:
        return f"state_is_{facts.status}"
    kinds = [k for k in ("presumed", "ngo") if facts.agency in facts.authorities.get(k, ())]
    if not kinds:
        return "not_an_authority"
    taken = [_code(partial(cases.check_not_given, kind, facts.agency, facts.recognitions)) for kind in kinds]
    return None if None in taken else "already_recognised"


def _revoke(facts: Facts) -> str | None:
    own = [r for r in facts.recognitions if r.authority == facts.agency and r.revoked_at is None]
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
    return _code(lambda: cases.check_reflection(facts.recognitions))


def _child_step(facts: Facts, step: children.Step) -> str | None:
    """The order in which a found child is helped (ID-5)."""
    if facts.status in ENDED:
        return f"state_is_{facts.status}"
    refused = children.why_not(step, facts.age_group, facts.child_steps)
    return refused.code if refused else None


def _record_potential(facts: Facts) -> str | None:
    return f"state_is_{facts.status}" if facts.status in ENDED or facts.status == CASE.start else None


def _end_reflection(facts: Facts) -> str | None:
    if facts.is_police:
        return NOT_FOR_THIS_BASIS
    return None if facts.reflection else "no_reflection"


def _doubt_age(facts: Facts) -> str | None:
    if facts.status in ENDED:
        return _ended(facts)
    decides = bool({"holder", "formal_body"} & set(facts.bases))
    changes = children.may_doubt(
        facts.agency,
        decides=decides and facts.hand_over_age != facts.age_group,
        guardianship_alone=facts.doubted_by_guardianship,
    )
    return "already_a_child" if facts.age_group == "child" and not changes else None


def _agree_to_ending(facts: Facts) -> str | None:
    if not children.may_agree(facts.bases, facts.holder):
        return NOT_FOR_THIS_BASIS
    return _ended(facts) or (None if facts.age_group == "child" else "not_a_child")


def _offer_holder(facts: Facts) -> str | None:
    return passing_on(facts.status, bool(facts.offered_to)).reason


def passing_on(status: str, offered: bool) -> Possible:
    """Whether a report or a case that another agency can act on can be offered to it (ID-20)."""
    reason = f"state_is_{status}" if status in ENDED else "already_offered" if offered else None
    return Possible("offer_holder", reason is None, reason)


def _answer_offer(facts: Facts) -> str | None:
    """A case that has ended is offered to nobody, so the offer alone decides."""
    return None if facts.offered_to == facts.agency else "no_offer"


def _accept_offer(facts: Facts) -> str | None:
    carries = partial(holders.check_word_carries, facts.offer_given_by, facts.age_group)
    return _answer_offer(facts) or _code(carries)


def _stored_for_a_child(facts: Facts) -> str | None:
    return "person_erased" if facts.erased else _for_a_child(facts, "holder" not in facts.bases)


def _erase(facts: Facts) -> str | None:
    if facts.erased:
        return "person_erased"
    return "case_goes_on" if facts.goes_on else None


_REASONS: Mapping[str, Callable[[Facts], str | None]] = {
    "presume": _presume,
    "revoke": _revoke,
    "give_opinion": _give_opinion,
    "appeal": _appeal,
    "reject_appeal": _reject_appeal,
    "reopen": _reopen,
    "confirm_reflection": lambda facts: (
        _ended(facts) or (None if facts.re_examines_reflection else "nothing_to_re_examine")
    ),
    "withdraw_consent": lambda facts: None if facts.consents_standing else "no_consent",
    "meet_duty_without_name": lambda facts: _ended(facts) or facts.duty,
    "offer_reflection": _offer_reflection,
    "end_reflection": _end_reflection,
    "record_potential": _record_potential,
    "establish_age": _ended,
    "doubt_age": _doubt_age,
    "agree_to_ending": _agree_to_ending,
    "withdraw_agreement": lambda facts: None if facts.agreed_itself else "no_agreement",
    "appoint_guardian": lambda facts: _child_step(facts, "guardian"),
    "establish_identity": lambda facts: _child_step(facts, "identity"),
    "trace_family": lambda facts: _child_step(facts, "family_tracing"),
    "offer_holder": _offer_holder,
    "withdraw_holder_offer": lambda facts: None if facts.offered_to else "no_offer",
    "accept_holder": _accept_offer,
    "decline_holder": _answer_offer,
    "disclose": _ended,
    "read_identity": lambda facts: _code(lambda: sharing.check_opens(facts.classes)),
    "correct_identity": lambda facts: "person_erased" if facts.erased else None,
    "erase_person": _erase,
    "set_safe_contact": _stored_for_a_child,
    "set_representative": _stored_for_a_child,
}
_OF_THE_AGENCY_ITSELF = ("withdraw_consent", "accept_holder", "decline_holder", "read_identity")
"""Acts whose reasons are facts of the agency itself: its own consent, request and classes of data."""
BESIDE = (*_NEEDS_GOING, *_REASONS)
