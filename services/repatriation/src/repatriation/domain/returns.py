"""Voluntary return from consent to hand-over and follow-up (RP-5, RP-6, ID-12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.errors import NotPossible
from chassis.machine import Machine

BEFORE_CLEARANCE = ("requested", "consent_recorded", "risk_assessed", "child_best_interests", "claims_checked")
ON_THE_WAY = ("cleared", "documents", "travel_booked")
BEFORE_DEPARTURE = (*BEFORE_CLEARANCE, "suspended", *ON_THE_WAY)
ENDED_STATES = ("withdrawn", "refused_risk", "closed")

_STEPS = {
    ("requested", "record_consent"): "consent_recorded",
    ("consent_recorded", "assess_risk"): "risk_assessed",
    ("risk_assessed", "decide_best_interests"): "child_best_interests",
    ("risk_assessed", "check_claims"): "claims_checked",
    ("child_best_interests", "check_claims"): "claims_checked",
    ("claims_checked", "clear"): "cleared",
    ("claims_checked", "suspend"): "suspended",
    ("suspended", "clear"): "cleared",
    ("cleared", "obtain_documents"): "documents",
    ("documents", "book_travel"): "travel_booked",
    ("travel_booked", "depart"): "departed",
    ("departed", "did_not_depart"): "travel_booked",
    ("departed", "offer_handover"): "departed",
    ("departed", "acknowledge_handover"): "handed_over",
    ("departed", "close_without_body"): "closed",
    ("handed_over", "follow_up"): "monitored",
    ("monitored", "follow_up"): "monitored",
    ("monitored", "close"): "closed",
}
_AGAIN = {
    (state, action): state
    for state in ("risk_assessed", "child_best_interests", "claims_checked", "suspended", *ON_THE_WAY)
    for action in ("record_consent", "assess_risk", "decide_best_interests", "check_claims")
    if (state, action) not in _STEPS
    and (state != "risk_assessed" or action in ("record_consent", "assess_risk"))
    and not (state == "child_best_interests" and action == "check_claims")
}
_ENDS = (
    {(state, "withdraw"): "withdrawn" for state in BEFORE_DEPARTURE}
    | {(state, "refuse_for_risk"): "refused_risk" for state in BEFORE_DEPARTURE if state != "requested"}
    | {(state, "suspend"): "suspended" for state in ("suspended", *ON_THE_WAY)}
    | {(state, "confirm"): state for state in BEFORE_DEPARTURE}
)

RETURN = Machine(name="return", start="requested", transitions=_STEPS | _AGAIN | _ENDS)
"""A gate may be passed again at any time before departure, so that an assessment stays current. A gate that is found
open on the way suspends the return. `refuse_for_risk` is what assessing the risk does when the outcome forbids it.
Consent is recorded anew when a child comes of age on the way. `did_not_depart` takes a departure back that did not take
place. Where nobody takes the person over, the return ends as such (`close_without_body`), and nobody has to acknowledge
what did not happen."""

RISK_LEVELS = ("low", "medium", "high")
FORBIDDING_LEVELS = ("high",)
PAYERS = ("state", "fund", "receiving_state", "donor")
PAYING_KINDS = ("international", "ngo", "consular", "fund")
"""RP-6: the state pays; others may, such as an agency of one of these kinds. The person can never be the payer."""

OUTSIDE_BODIES = ("receiving_ngo", "receiving_state_agency", "consulate", "guardian_authority")
RECEIVING_KINDS = ("international", "ngo", "consular", "child_protection", "social_support")
"""RP-6: who may take over: a body outside the mechanism, or an agency of these kinds, which acknowledges itself."""

BEST_INTERESTS = ("return", "stay")
OPINION_HEARD = ("yes", "no", "under_age")
VISIT_OUTCOMES = ("well", "needs_support", "not_found", "at_risk")


@dataclass(frozen=True)
class Risk:
    """A risk assessment. `retrafficking` is the assessor's answer to that one question."""

    level: str
    retrafficking: bool
    assessed_at: datetime

    @property
    def forbids(self) -> bool:
        return self.level in FORBIDDING_LEVELS


@dataclass(frozen=True)
class BestInterests:
    """The decision for a child, and whether the child gave an opinion."""

    decision: str
    opinion_heard: str


@dataclass(frozen=True)
class Facts:
    """What the gates look at. `risk_valid_days` is None where unset: then any assessment after the request counts.

    `has_guardian`: identification knows of one who is appointed. `agreed_as_child`: the consent was a guardian's.
    `is_citizen`: it was established that the person is one. `acts_again`: whoever acts has assessed the risk or decided
    the child's best interests. `cleared_alone`: the return is cleared, and not by a second person.
    `acknowledged_by_another`: the receiving body is an agency of the mechanism, and not the one that acts.
    `offered_it`: whoever acts has offered the hand-over.
    """

    requested_at: datetime
    is_child: bool
    is_citizen: bool = False
    has_guardian: bool = False
    agreed_as_child: bool = False
    acts_again: bool = False
    cleared_alone: bool = False
    consent_at: datetime | None = None
    risk: Risk | None = None
    risk_valid_days: int | None = None
    best_interests: BestInterests | None = None
    claims_checked_at: datetime | None = None
    has_unseen_claims: bool = False
    handover_offered: bool = False
    acknowledged_by_another: bool = False
    offered_it: bool = False


@dataclass(frozen=True)
class Gate:
    """One gate of RP-5: passed, or the code of what is missing."""

    name: str
    passed: bool
    reason: str | None = None


def gates(facts: Facts, now: datetime) -> list[Gate]:
    """Every gate of RP-5 with what is missing; the child's gates stand only for a child."""
    found = [
        _gate("consent", _consent_fault(facts)),
        _gate("risk", _risk_fault(facts, now)),
        _gate("claims", _claims_fault(facts)),
    ]
    return found + (_child_gates(facts) if facts.is_child else [])


def missing(facts: Facts, now: datetime) -> list[str]:
    """Codes of what is missing, in the order of the gates; empty when the return may be cleared."""
    return [gate.reason for gate in gates(facts, now) if gate.reason]


def _gate(name: str, reason: str | None) -> Gate:
    return Gate(name, reason is None, reason)


def _consent_fault(facts: Facts) -> str | None:
    """RP-5: recorded consent; who came of age since agrees in their own name."""
    if facts.consent_at is None:
        return "consent_missing"
    return "own_consent_missing" if facts.agreed_as_child and not facts.is_child else None


def _risk_fault(facts: Facts, now: datetime) -> str | None:
    """RP-5: the assessment is current: made after the request and, where the parameter is set, not too old."""
    if facts.risk is None or facts.risk.assessed_at < facts.requested_at:
        return "risk_assessment_missing"
    if facts.risk.forbids:
        return "risk_forbids"
    if facts.risk_valid_days is not None and facts.risk.assessed_at + timedelta(days=facts.risk_valid_days) < now:
        return "risk_assessment_outdated"
    return None


def _claims_fault(facts: Facts) -> str | None:
    """RP-5: open claims were looked at, and no damage claim was opened since. What is found only advises."""
    if facts.claims_checked_at is None:
        return "claims_check_missing"
    return "claims_changed_since_check" if facts.has_unseen_claims else None


def _child_gates(facts: Facts) -> list[Gate]:
    """RP-5 for a child: guardian, best interests, opinion, no risk of being trafficked again, two persons."""
    decided = facts.best_interests
    return [
        _gate("guardian", None if facts.has_guardian else "guardian_missing"),
        _gate("best_interests", _decision_fault(decided)),
        _gate("opinion", None if decided and decided.opinion_heard in ("yes", "under_age") else "opinion_not_heard"),
        _gate("no_retrafficking", "retrafficking_risk" if facts.risk is None or facts.risk.retrafficking else None),
        _gate("second_person", "second_person_missing" if facts.cleared_alone else None),
    ]


def _decision_fault(decided: BestInterests | None) -> str | None:
    if decided is None:
        return "best_interests_missing"
    return None if decided.decision == "return" else "best_interests_against"


def refused_actions(facts: Facts, now: datetime) -> dict[str, str]:
    """Action → code of the rule that forbids it now, whatever the state allows."""
    refused: dict[str, str] = {}
    if not facts.is_child:
        refused["decide_best_interests"] = "not_a_child"
    if facts.is_child and facts.best_interests is None:
        refused["check_claims"] = "best_interests_first"
    if facts.is_child and facts.acts_again:
        refused["clear"] = "second_person_needed"
    if missing(facts, now):
        refused |= dict.fromkeys(("clear", "obtain_documents", "book_travel", "depart"), "gates_missing")
    else:
        refused["suspend"] = "nothing_missing"
    if facts.is_citizen:
        refused |= dict.fromkeys(("clear", "suspend", "book_travel", "depart"), "is_citizen")
    if not facts.handover_offered:
        refused["acknowledge_handover"] = "handover_not_offered"
    elif facts.acknowledged_by_another:
        refused["acknowledge_handover"] = "receiving_body_acknowledges"
    elif facts.offered_it:
        refused["acknowledge_handover"] = "second_person_needed"
    return refused


def decide(state: str, action: str, facts: Facts, now: datetime) -> str:
    """The state after the action. NotPossible `not_possible_in_state`, `gates_missing` with the gates, or a rule's."""
    after = RETURN.after(state, action)
    if code := refused_actions(facts, now).get(action):
        raise NotPossible(code, DETAILS[code], facts={"missing": missing(facts, now)} if "gates" in code else None)
    return after


def clearance(state: str, facts: Facts, now: datetime) -> tuple[str, list[str]]:
    """RP-5: `cleared` when every gate is passed, else `suspended` with each missing gate named.

    NotPossible `is_citizen`, whatever is missing.
    """
    found = missing(facts, now)
    return decide(state, "suspend" if found else "clear", facts, now), found


def assessed(risk: Risk) -> str:
    """The action that an assessment is: one whose outcome forbids the return ends it (RP-5)."""
    return "refuse_for_risk" if risk.forbids else "assess_risk"


def require_opinion(opinion_heard: str, opinion_age: int | None, reached: bool | None) -> None:
    """RP-5: `under_age` is for a child who is known to be younger; all others give an opinion.

    NotPossible `opinion_needed`. Where the age is unset nothing blocks.
    """
    if opinion_heard == "under_age" and opinion_age is not None and reached is not False:
        raise NotPossible("opinion_needed", DETAILS["opinion_needed"], facts={"from_age": opinion_age})


DETAILS = {
    "opinion_needed": "Only a child who is known to be younger than the age of the law goes without an opinion.",
    "second_person_needed": "Another person does this.",
    "sender_receives": "Whoever hands over does not take over.",
    "paper_missing": "A body outside the mechanism acknowledges on paper; its reference is missing.",
    "not_a_child": "Best interests are decided for a child.",
    "best_interests_first": "For a child the best interests are decided first.",
    "gates_missing": "A gate is not passed.",
    "nothing_missing": "Every gate is passed.",
    "handover_not_offered": "The hand-over was not offered to a receiving body yet.",
    "receiving_body_acknowledges": "The receiving body itself acknowledges the hand-over.",
    "is_citizen": "The person is a citizen: this is not a return to another country.",
    "not_another_country": "A return goes to another country.",
}
