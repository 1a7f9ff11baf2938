"""The case from report to closing: its machine, who may recognise, when it may be handed over (ID-7 … ID-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.deadlines import Deadline
from chassis.errors import Fault, Invalid, NotPossible
from chassis.machine import Machine

_BEFORE_CLOSED = (
    "reported",
    "registered",
    "consent_pending",
    "referred",
    "assessment",
    "recognised",
    "not_recognised",
    "appealed",
    "reopened",
    "supported",
)

_ENDED = ("closed", "withdrawn", "transferred_abroad")

CASE = Machine(
    name="case",
    start="reported",
    transitions={
        ("reported", "register"): "registered",
        ("reported", "attach"): "closed",
        ("reported", "close_report"): "closed",
        ("registered", "await_consent"): "consent_pending",
        ("consent_pending", "receive_consent"): "registered",
        ("consent_pending", "need_no_consent"): "registered",
        ("consent_pending", "decline"): "not_recognised",
        ("registered", "refer"): "referred",
        ("reopened", "refer"): "referred",
        ("referred", "acknowledge"): "assessment",
        ("assessment", "recognise_formally"): "recognised",
        ("assessment", "decline"): "not_recognised",
        ("not_recognised", "lodge"): "appealed",
        ("appealed", "uphold"): "not_recognised",
        ("appealed", "overturn"): "reopened",
        ("not_recognised", "look_again"): "reopened",
        ("closed", "look_again"): "reopened",
        ("reopened", "recognise_formally"): "recognised",
        ("reopened", "decline"): "not_recognised",
        ("reopened", "await_consent"): "consent_pending",
        ("recognised", "support"): "supported",
        ("recognised", "revoke_formal"): "not_recognised",
        ("supported", "revoke_formal"): "not_recognised",
        ("registered", "close"): "closed",
        ("reopened", "close"): "closed",
        ("consent_pending", "close"): "closed",
        ("not_recognised", "close"): "closed",
        ("appealed", "close"): "closed",
        ("recognised", "close"): "closed",
        ("supported", "close"): "closed",
    }
    | {(state, "withdraw"): "withdrawn" for state in _BEFORE_CLOSED}
    | {(state, "transfer_abroad"): "transferred_abroad" for state in _BEFORE_CLOSED}
    | {(state, "overturn"): "reopened" for state in _ENDED}
    | {(state, "revoke_formal"): state for state in _ENDED},
)

REFLECTION = Machine(
    name="reflection period",
    start="offered",
    transitions={("offered", "start"): "active", ("offered", "end"): "ended", ("active", "end"): "ended"},
)

BEFORE_HAND_OVER = frozenset({"reported", "registered", "reopened"})
NOT_ASSESSED = frozenset(
    {"reported", "registered", "consent_pending", "referred", "assessment", "appealed", "reopened"}
)
ENDED = frozenset(_ENDED)
RECOGNISABLE = frozenset(
    {"registered", "consent_pending", "referred", "assessment", "not_recognised", "appealed", "reopened"}
)


@dataclass(frozen=True)
class Recognition:
    """One entry of the list of recognitions (ID-8)."""

    kind: str
    authority: str
    since: datetime
    revoked_at: datetime | None = None


def needs_consent(age_group: str, obliged: bool, refused: bool) -> bool:
    """ID-7: an adult is handed over only with their consent; a child always is.

    `obliged`: the law obliges the agency that reported to do so without asking the person, who has not `refused`.
    """
    return age_group != "child" and (refused or not obliged)


def consent_move(status: str, needed: bool, stands: bool) -> str | None:
    """ID-7: the step of the machine that follows when consent is granted, withdrawn or no longer needed.

    `registered` means that the case may be handed over, `consent_pending` that it waits, invisible to police. So does
    a reopened case that was not handed over.
    """
    if status in ("registered", "reopened") and needed and not stands:
        return "await_consent"
    if status == "consent_pending" and not needed:
        return "need_no_consent"
    return "receive_consent" if status == "consent_pending" and stands else None


def referral_awaited(status: str, handed_over: bool, may_be_handed_over: bool) -> bool:
    """ID-7: whether a hand-over is due, and the 24 hours since the report run. They run while it is a report, too."""
    return status in BEFORE_HAND_OVER and may_be_handed_over and not handed_over


def check_referral(age_group: str, handed_over: bool, may_be_handed_over: bool, best_interests_recorded: bool) -> None:
    """ID-7: hand-over to the special police body, once. Without consent the case stays invisible to police.

    For a child the best interests must be recorded; consent is not needed (ID-2).
    """
    if handed_over:
        raise NotPossible("already_referred", "The case was handed over already.")
    if not may_be_handed_over:
        raise NotPossible("consent_missing", "An adult is handed over only with their consent to it.")
    if age_group == "child" and not best_interests_recorded:
        raise NotPossible("best_interests_missing", "A child is handed over with their best interests recorded.")


def referral_due(reported_at: datetime, hours: int) -> datetime:
    """ID-7: hand-over and its acknowledgement are due this many hours after the report."""
    return reported_at + timedelta(hours=hours)


def check_authority(kind: str, agency: str, authorities: Mapping[str, Sequence[str]]) -> None:
    """ID-8: who may give which kind of recognition is a parameter."""
    if agency not in authorities.get(kind, ()):
        raise NotPossible(
            "not_an_authority",
            f"Your agency may not give a recognition of the kind {kind}.",
            facts={"kind": kind, "authorities": list(authorities.get(kind, ()))},
        )


def deciding_kind(handed_over: bool) -> str:
    """ID-7, ID-8: after the hand-over the formal authority decides. A case that police may not know of is assessed by
    the NGO that holds it, as an authority of the kind `ngo`."""
    return "formal" if handed_over else "ngo"


def check_decline(
    agency: str, handed_over: bool, may_be_handed_over: bool, authorities: Mapping[str, Sequence[str]]
) -> None:
    """ID-7, ID-9: who may give a negative decision. A case that may be handed over is handed over, not declined."""
    check_authority(deciding_kind(handed_over), agency, authorities)
    if not handed_over and may_be_handed_over:
        raise NotPossible("hand_over_due", "The case may be handed over; the special police body assesses it.")


def check_own_decision(authority: str, agency: str) -> None:
    """ID-9: a decision is looked at again, and a recognition revoked, by the authority that gave it."""
    if authority != agency:
        raise NotPossible(
            "not_the_authority", "Only the authority that decided can do this.", facts={"authority": authority}
        )


def check_not_given(kind: str, authority: str, others: Sequence[Recognition]) -> None:
    """ID-8: one standing recognition per kind and authority, and one formal one at all."""
    for recognition in others:
        same = recognition.kind == kind and (kind == "formal" or recognition.authority == authority)
        if same and recognition.revoked_at is None:
            raise NotPossible("already_recognised", f"A recognition of the kind {kind} stands already.")


def check_reflection(recognitions: Sequence[Recognition]) -> None:
    """ID-10: reflection is for every presumed or recognised victim."""
    if not any(recognition.revoked_at is None for recognition in recognitions):
        raise NotPossible("not_presumed", "Reflection needs a recognition of any kind that stands.")


def reflection_end(started_at: datetime, days: int) -> datetime:
    """ID-10: the period in calendar days from its start."""
    return started_at + timedelta(days=days)


def check_known(status: str | None) -> None:
    """A list is filtered by a state that there is, so that no empty one deceives. Invalid `invalid_request`."""
    if status is not None and status not in CASE.states:
        faults = [Fault("query.status", "unknown_status", f"one of: {', '.join(CASE.states)}")]
        raise Invalid("invalid_request", "There is no such state of a case.", faults=faults)


def check_going(status: str, action: str) -> None:
    """A case that has ended takes no new facts; withdrawing a consent and correcting what is stored stay possible."""
    if status in ENDED:
        raise NotPossible(
            "not_possible_in_state",
            f"A case that is {status} cannot be changed by {action}.",
            facts={"state": status, "action": action},
        )


def check_joins(age_group: str, known_age_group: str) -> None:
    """A child's report ends by joining a child's case alone: nobody ends a child's case alone (ID-7)."""
    if age_group == "child" and known_age_group != "child":
        raise NotPossible("age_differs", "A child's report joins only the case of a child; doubt the age there first.")


def check_assessed(status: str, action: str) -> None:
    """The body that a case was handed over to ends it only after its assessment."""
    if status in NOT_ASSESSED:
        facts = {"state": status, "action": action}
        raise NotPossible("not_assessed", "Your agency ends the case after its assessment.", facts=facts)


def deadlines(
    reported_at: datetime,
    hours: int | None,
    acknowledged_at: datetime | None,
    reflection: Deadline | None,
    *,
    referable: bool,
) -> list[Deadline]:
    """The case's own clocks: the 24 hours of ID-7 where a hand-over is due, and the reflection period (ID-10)."""
    found = [Deadline("referral", referral_due(reported_at, hours), acknowledged_at)] if hours and referable else []
    return found + ([reflection] if reflection else [])
