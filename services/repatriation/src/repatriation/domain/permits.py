"""Residence permits from eligibility to their end (RP-1, RP-2, RP-3, ID-9, ID-11)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.calendar import local_date
from chassis.errors import Invalid, NotPossible
from chassis.machine import Machine

BEFORE_LODGING = ("applied", "motion_requested", "motion_received")
WITHDRAWABLE = ("eligible", *BEFORE_LODGING, "lodged", "opinion_pending", "refused", "appealed")

PERMIT = Machine(
    name="permit",
    start="eligible",
    transitions={
        ("eligible", "record_lawful_stay"): "eligible",
        ("eligible", "apply"): "applied",
        ("applied", "request_motion"): "motion_requested",
        ("applied", "lodge"): "lodged",
        ("motion_requested", "receive_motion"): "motion_received",
        ("motion_requested", "decline_motion"): "applied",
        ("motion_received", "lodge"): "lodged",
        ("lodged", "ask_opinion"): "opinion_pending",
        ("lodged", "grant"): "granted",
        ("lodged", "refuse"): "refused",
        ("opinion_pending", "ask_opinion"): "opinion_pending",
        ("opinion_pending", "give_opinion"): "opinion_pending",
        ("opinion_pending", "grant"): "granted",
        ("opinion_pending", "refuse"): "refused",
        ("granted", "give_opinion"): "granted",
        ("granted", "extend"): "extended",
        ("granted", "expire"): "expired",
        ("granted", "cancel"): "cancelled",
        ("granted", "surrender"): "surrendered",
        ("extended", "give_opinion"): "extended",
        ("extended", "extend"): "extended",
        ("extended", "expire"): "expired",
        ("extended", "cancel"): "cancelled",
        ("extended", "surrender"): "surrendered",
        ("expired", "extend"): "extended",
        ("refused", "give_opinion"): "refused",
        ("refused", "appeal"): "appealed",
        ("refused", "reapply"): "reapplied",
        ("appealed", "give_opinion"): "appealed",
        ("appealed", "grant"): "granted",
        ("appealed", "refuse"): "refused",
        ("appealed", "set_aside"): "applied",
    }
    | {(state, "refuse"): "refused" for state in BEFORE_LODGING}
    | {(state, "withdraw"): "withdrawn" for state in WITHDRAWABLE},
)
"""A late opinion is recorded whatever was decided meanwhile. From `applied` a permit is lodged without a motion, and
from `lodged` it is decided without an opinion, only for days on which the law did not know these steps. An extension
that was decided in time and is entered late finds the permit `expired` already.

Every state has a way out that a person opens: withdrawal at any time before the grant and surrender after it; a refusal
where the motion does not come; an appeal against a refusal before lodging, which sets it aside so that the application
goes on."""

VICTIM, ASSISTING = "victim", "assisting_prosecution"
MOTION_AWAITED = "motion_requested"
GROUNDS = (VICTIM, ASSISTING)
CITIZENSHIPS = ("foreign", "stateless", "unknown")
LIVE_STATES = (
    "eligible", "applied", "motion_requested", "motion_received", "lodged", "opinion_pending", "granted", "extended",
    "refused", "appealed",
)  # fmt: skip
PENDING_STATES = LIVE_STATES[:6]
VALID_STATES = ("granted", "extended")
ENDED_HOW = {"expired": "expire", "cancelled": "cancel", "surrendered": "surrender"}

CONSULTED_BODIES = (
    "state_security_service", "foreign_intelligence_service", "ministry_of_internal_affairs", "state_border_service",
    "ministry_of_health",
)  # fmt: skip
OBJECTION_REASONS = ("security", "false_documents", "removal_decision", "undesirable", "other_legal_ground")


@dataclass(frozen=True)
class Law:
    """The parameters of the day on which an act takes effect.

    None or empty where the rule did not exist or is unset. Months are calendar months, `fee_qepik` whole qəpik,
    `fingerprint_age` years.
    """

    first_max_months: int | None
    extension_max_months: int | None
    requires_motion: bool
    opinion_workdays: int | None
    decision_workdays: int | None
    standing_grounds: tuple[str, ...]
    waived_grounds: tuple[str, ...]
    waived_documents: tuple[str, ...]
    fee_qepik: int | None
    fingerprint_age: int | None
    until_judgment: bool


@dataclass(frozen=True)
class Opinion:
    """The opinion of a consulted body; the term ends in silence at `due_at` (RP-3)."""

    body: str
    due_at: datetime
    answered_at: datetime | None = None
    silent: bool = False

    def is_over_at(self, moment: datetime) -> bool:
        """Answered, or its ten working days ended: silence is no objection (RP-3)."""
        return self.due_at < moment or (self.answered_at is not None and self.answered_at <= moment)


@dataclass(frozen=True)
class Facts:
    """What the rules look at beside the state. `motion_missing`: it was declined, or its term ended.

    `decided_before`: whoever acts decided the round before this one.
    """

    citizenship: str | None
    handed_to_prosecution: bool
    opinions: tuple[Opinion, ...] = ()
    re_examine: bool = False
    appealed_before: bool = False
    decided_before: bool = False
    was_lodged: bool = False
    motion_brought: bool = False
    motion_missing: bool = False
    valid_until: date | None = None


def refused_actions(facts: Facts, law: Law, now: datetime) -> dict[str, str]:
    """Action → code of the rule that forbids it now, whatever the state allows."""
    refused: dict[str, str] = {}
    if facts.citizenship == "citizen":
        refused |= dict.fromkeys(("apply", "grant", "extend"), "is_citizen")
    if not facts.handed_to_prosecution:
        refused["request_motion"] = "not_handed_over"
    if law.opinion_workdays is None:
        refused["ask_opinion"] = "not_in_force"
    if facts.re_examine:
        refused |= dict.fromkeys(("grant", "extend"), "re_examination_open")
    if law.first_max_months is None:
        refused["grant"] = "not_in_force"
    if law.extension_max_months is None:
        refused["extend"] = "not_in_force"
    if any(not opinion.is_over_at(now) for opinion in facts.opinions):
        refused |= dict.fromkeys(("grant", "refuse"), "opinion_awaited")
    if facts.appealed_before:
        refused["appeal"] = "appealed_already"
    return refused


def refused_in(state: str, facts: Facts, law: Law, now: datetime) -> dict[str, str]:
    """The same with the steps that the law of the day makes necessary: the motion (RP-1) and the opinion (RP-3)."""
    refused = refused_actions(facts, law, now)
    if state == "applied" and law.requires_motion and not facts.motion_brought:
        refused["lodge"] = "motion_needed"
    if state == "lodged" and law.opinion_workdays is not None:
        refused |= dict.fromkeys(("grant", "refuse"), "opinion_needed")
    if state == "appealed" and facts.decided_before:
        refused |= dict.fromkeys(("grant", "refuse", "set_aside"), "you_decided_this")
    if state == "appealed":
        refused |= {"set_aside": "was_lodged"} if facts.was_lodged else {"grant": "never_lodged"}
    if facts.valid_until and local_date(now) > facts.valid_until:
        refused["extend"] = "valid_no_more"
    return refused


def decide(state: str, action: str, facts: Facts, *, law: Law, now: datetime) -> str:
    """The state after the action. NotPossible `not_possible_in_state`, or the code of the rule that forbids it."""
    after = PERMIT.after(state, action)
    if code := refused_in(state, facts, law, now).get(action):
        raise NotPossible(code, DETAILS[code])
    return after


def may_have_permit(citizenship: str | None) -> bool:
    """RP-1: a permit is for who is not a citizen."""
    return citizenship in CITIZENSHIPS


def require_first_months(months: int, law: Law) -> None:
    """RP-1: up to 12 months at first. NotPossible `too_many_months` or `not_in_force`."""
    _require_months(months, law.first_max_months)


def require_extension_months(months: int, law: Law) -> None:
    """RP-1: up to 24 months each time. NotPossible `too_many_months` or `not_in_force`."""
    _require_months(months, law.extension_max_months)


def _require_months(months: int, at_most: int | None) -> None:
    if at_most is None:
        raise NotPossible("not_in_force", DETAILS["not_in_force"])
    if months > at_most:
        raise NotPossible(
            "too_many_months", f"At most {at_most} months are possible.", facts={"at_most_months": at_most}
        )


NO_MOTION, GROUND_ENDED = "no_motion", "ground_ended"


def refusal_grounds(state: str, facts: Facts, law: Law) -> tuple[str, ...]:
    """RP-1, RP-3: grounds that a refusal may name: all that stand, once the other bodies were consulted.

    Before lodging nobody was: then that the ground ended, or that the motion was declined or did not come in its term.
    """
    standing = (GROUND_ENDED,) if state in BEFORE_LODGING else law.standing_grounds
    return (*(g for g in standing if g in law.standing_grounds), *((NO_MOTION,) if facts.motion_missing else ()))


def require_refusal_reasons(reasons: Collection[str], law: Law, possible: Collection[str]) -> None:
    """RP-3: a refusal names grounds that stand for this person and are `possible` in this state.

    NotPossible `refusal_ground_waived`, `not_in_force`; Invalid `unknown_reason`, `reason_missing`.
    """
    if not reasons:
        raise Invalid("reason_missing", "A refusal needs at least one reason.")
    if not law.standing_grounds:
        raise NotPossible("not_in_force", DETAILS["not_in_force"])
    if waived := sorted(set(reasons) & set(law.waived_grounds)):
        raise NotPossible(
            "refusal_ground_waived",
            "A permit of this kind is not refused on these grounds.",
            facts={"waived": waived, "standing": list(law.standing_grounds)},
        )
    if not set(reasons) <= set(possible):
        raise Invalid("unknown_reason", "A reason is not on the list.", facts={"known": list(possible)})


def apply_by(lawful_stay_ends: date, days: int | None) -> date | None:
    """RP-3: apply so many days before lawful stay ends. A day that is past blocks nobody; None where unset."""
    return None if days is None else lawful_stay_ends - timedelta(days=days)


def fingerprints(age_group: str | None, law: Law) -> str:
    """RP-2: of an adult always; of anybody else by the age on the document. No birth date is known here."""
    if law.fingerprint_age is None:
        return "not_taken"
    return "taken" if age_group == "adult" else "taken_from_age"


def runs_until_judgment(ground: str, proceedings_ended: bool, law: Law) -> bool:
    """RP-1: on the assisting ground the permit runs until the judgment; it is extended, not left to expire (ID-11)."""
    return ground == ASSISTING and not proceedings_ended and law.until_judgment


def overdue_opinions(opinions: Iterable[Opinion], now: datetime) -> list[Opinion]:
    """RP-3: the opinions whose term has ended in silence and was not noted yet."""
    return [found for found in opinions if found.answered_at is None and not found.silent and found.due_at < now]


DETAILS = {
    "is_citizen": "A citizen needs no residence permit.",
    "not_handed_over": "The case is not handed over to the prosecuting body, so it cannot be asked for its motion.",
    "not_in_force": "The rule that this needs did not exist on that day.",
    "re_examination_open": "What the permit rests on changed: decide first whether it stands.",
    "opinion_awaited": "A consulted body has time to answer yet.",
    "opinion_needed": "The consulted bodies are asked before the decision.",
    "motion_needed": "The motion of the prosecuting body is needed first.",
    "was_lodged": "The application was complete: the appeal is answered by a grant or a refusal.",
    "never_lodged": "The application was never complete: the appeal sets the refusal aside, or upholds it.",
    "valid_no_more": "The permit had ended by that day.",
    "not_considered_victim": "On that day nobody considered the person a victim.",
    "not_on_this_ground": "The permit is not on that ground.",
    "appealed_already": "The refusal was upheld on appeal.",
    "you_decided_this": "Whoever refused the permit does not decide the appeal.",
    "no_re_examination_open": "Nothing about it waits for re-examination.",
    "no_opinion_asked": "This body was not asked.",
    "opinion_already_given": "This body answered already.",
    "already_asked": "This body was asked already.",
}
