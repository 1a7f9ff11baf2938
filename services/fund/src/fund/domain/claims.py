"""A claim from its draft to the bank's confirmation: machine, reasons and the rules of three persons (FU-1 … FU-8)."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casework.endings import CASE_WITHDRAWN, WHY_NOTHING_NEW
from chassis.errors import Invalid, NotPossible
from chassis.machine import Machine

_SETTLED_OTHERWISE = (
    "draft", "submitted", "second_approval", "info_needed", "rejected", "appealed", "rejected_final", "paid",
    "recovered",
)  # fmt: skip
"""States that a late confirmation of an earlier order leaves as they are: its money is booked as overpaid (FU-7)."""

CLAIM = Machine(
    name="claim",
    start="draft",
    transitions={
        ("draft", "submit"): "submitted",
        ("draft", "amend"): "draft",
        ("draft", "cancel"): "cancelled",
        ("submitted", "ask_information"): "info_needed",
        ("submitted", "approve"): "approved",
        ("submitted", "reject"): "rejected",
        ("submitted", "amend"): "draft",
        ("submitted", "cancel"): "cancelled",
        ("submitted", "approve_first"): "second_approval",  # a large sum: another person approves it too
        ("second_approval", "approve"): "approved",
        ("second_approval", "ask_information"): "info_needed",
        ("second_approval", "reject"): "rejected",
        ("second_approval", "amend"): "draft",
        ("second_approval", "cancel"): "cancelled",
        ("info_needed", "submit"): "submitted",
        ("info_needed", "amend"): "draft",
        ("info_needed", "cancel"): "cancelled",
        ("approved", "reserve"): "reserved",
        ("approved", "amend"): "draft",
        ("approved", "cancel"): "cancelled",
        ("reserved", "release"): "ordered",
        ("reserved", "amend"): "draft",
        ("reserved", "cancel"): "cancelled",
        ("ordered", "confirm"): "paid",
        ("ordered", "fail"): "failed",
        ("failed", "confirm"): "paid",  # the bank corrects itself
        ("returned", "confirm"): "paid",
        ("approved", "confirm"): "paid",  # by an order that had failed
        ("reserved", "confirm"): "paid",
        ("cancelled", "confirm"): "paid",
        ("paid", "return_payment"): "returned",
        ("recovered", "return_payment"): "returned",
        ("returned", "amend"): "draft",  # paid again only by a new approval
        ("returned", "cancel"): "cancelled",
        ("failed", "reserve"): "reserved",
        ("failed", "amend"): "draft",
        ("failed", "cancel"): "cancelled",
        ("cancelled", "amend"): "draft",  # one wrong click must not cost the person the allowance
        ("paid", "recover"): "recovered",
        ("recovered", "recover"): "recovered",
        ("recovered", "reverse_recovery"): "paid",  # once nothing is recovered any more
        ("cancelled", "recover"): "cancelled",  # what the bank paid by an earlier order
        ("rejected", "appeal"): "appealed",
        ("appealed", "approve_on_appeal"): "approved",
        ("appealed", "approve_first"): "second_approval",
        ("appealed", "reject_on_appeal"): "rejected_final",
    }
    | {(state, "confirm"): state for state in _SETTLED_OTHERWISE},
)

APPROVED_STATES = ("approved", "reserved", "ordered", "paid", "returned", "failed", "recovered")
RESERVING_STATES = ("reserved", "ordered", "failed", "returned")
"""A failed or returned payment keeps its money set aside until a person decides what follows (FU-7)."""
ENDED_STATES = ("cancelled", "rejected_final", "paid", "recovered")
UNPAID_ENDS = ("cancelled", "rejected_final")
PAID_STATES = ("paid", "recovered")
VOIDED_BY_PAYEE = ("second_approval", "approved", "reserved", "failed")
"""States with an approval and no order out: another payee voids the approval (FU-6)."""

APPROVALS = ("approve", "approve_first", "approve_on_appeal")
_AFTER_APPEAL = (*APPROVALS, "reject", "reject_on_appeal", "ask_information")
"""What decides an appeal, by one person or by the second of two."""

LEGAL_NEEDS = ("court_travel", "other")
"""What an agency may claim whom the person let in for legal aid alone (ID-12)."""
PAYEES = ("person", "representative")

INFORMATION_REASONS = ("document_missing", "document_unreadable", "amount_unclear", "purpose_unclear", "payee_unclear")
REJECTION_REASONS = (
    "no_recognition_that_counts", "document_missing", "document_not_valid", "already_paid", "another_payer",
    "not_a_need_of_the_fund", "amount_not_founded", "no_court_decision",
)  # fmt: skip
FAILURE_REASONS = ("refused_by_bank", "returned_by_bank", "account_closed", "payee_details_wrong", "not_collected")
RETURN_REASONS = ("returned_by_bank", "account_closed", "payee_details_wrong", "not_collected")
CANCELLATION_REASONS = ("recognition_ended", "declined_by_person", "need_ended", "another_payer", "written_in_error")
STANDING_REASONS = ("assistance_already_due", "recognised_anew", "decision_under_appeal", "another_recognition")

DETAILS = {
    "you_requested_this": "You requested this claim: another person approves or releases it.",
    "you_approved_this": "You approved this claim: another person goes on with it.",
    "you_decided_this": "You rejected this claim: another person decides the appeal.",
    "you_released_this": "You released this order: another person settles it.",
    "payee_is_a_child": "A child is paid through the representative: amend the claim.",
    "no_order_at_bank": "The bank has no order of this claim that it could confirm.",
    "already_paid": "The bank paid an earlier order of this claim: recover that money or cancel the claim.",
    CASE_WITHDRAWN: WHY_NOTHING_NEW,
    "no_recognition_that_counts": "On that day the case has no recognition that counts for this kind of claim.",
    "over_ceiling": "With what this person was granted in the period, the amount is above the ceiling.",
    "re_examination_open": "The recognition behind the claim changed: decide first whether the claim stands.",
    "amount_set_by_law": "The amount of an allowance is set by law for the day of recognition.",
    "approval_void": "The claim is not what was approved.",
    "not_enough_free_money": "There is not enough free money.",
    "no_re_examination_open": "Nothing about this claim waits for re-examination.",
}


@dataclass(frozen=True)
class Recognition:
    """One line of the case's list of recognitions (ID-8); `potential` is a recorded potential victim (ID-19)."""

    recognition_id: UUID
    kind: str
    since: datetime
    revoked_at: datetime | None = None

    def stands_at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.revoked_at is None or moment < self.revoked_at)


@dataclass(frozen=True)
class Terms:
    """What an approval binds (FU-6): change any of it and the approval is void. Amount in whole qəpik."""

    claim_id: UUID
    kind: str
    purpose: str | None
    amount_qepik: int
    payee: str
    document: str | None
    payee_revision: int = 0

    def digest(self) -> str:
        """SHA-256, hex, over the terms one a line; the database computes the same in a constraint.

        The payee of the case as it was opened (revision 0) has no line.
        """
        lines = (
            str(self.claim_id),
            self.kind,
            self.purpose or "",
            str(self.amount_qepik),
            self.payee,
            self.document or "",
            *([str(self.payee_revision)] if self.payee_revision else []),
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class Hands:
    """Keycloak subject ids of those who acted on a claim (FU-6)."""

    written_by: str
    requested_by: str | None = None
    approved_by: str | None = None
    released_by: str | None = None
    first_approved_by: str | None = None
    rejected_by: str | None = None


@dataclass(frozen=True)
class Facts:
    """What the rules look at beside the state; nothing in it is about the investigation (ID-11)."""

    kind: str
    amount_qepik: int
    hands: Hands
    counts: bool
    over_ceiling: bool
    free_qepik: int
    re_examine: bool
    approval_holds: bool = True
    order_at_bank: bool = True
    needs_second_approver: bool = False
    pays_a_child: bool = False
    paid_by_earlier_order: bool = False
    revives_withdrawn: bool = False


def counts(recognitions: Iterable[Recognition], accepted: Collection[str], moment: datetime) -> bool:
    """FU-8: eligibility reads recognitions only; which kinds count is a parameter of that day."""
    return any(found.kind in accepted and found.stands_at(moment) for found in recognitions)


def refused_actions(facts: Facts, sub: str) -> dict[str, str]:
    """Action → code of the rule that forbids it to this person now, whatever the state allows."""
    refused: dict[str, str] = {}
    if facts.over_ceiling:
        refused |= dict.fromkeys(("submit", *APPROVALS), "over_ceiling")
    if not facts.counts:
        refused |= dict.fromkeys(("submit", *APPROVALS), "no_recognition_that_counts")
    if facts.free_qepik < facts.amount_qepik:
        refused["reserve"] = "not_enough_free_money"
    if not facts.approval_holds:
        refused |= dict.fromkeys(("reserve", "release"), "approval_void")
    if facts.pays_a_child:
        refused |= dict.fromkeys(("submit", *APPROVALS, "release"), "payee_is_a_child")
    if facts.paid_by_earlier_order:
        refused |= dict.fromkeys((*APPROVALS, "reserve", "release"), "already_paid")
    if facts.revives_withdrawn:
        refused["amend"] = CASE_WITHDRAWN
    if not facts.order_at_bank:
        refused["confirm"] = "no_order_at_bank"
    if facts.re_examine:
        refused |= dict.fromkeys((*APPROVALS, "reserve", "release"), "re_examination_open")
    return refused | _refused_to(facts.hands, sub)


def _refused_to(hands: Hands, sub: str) -> dict[str, str]:
    """FU-6: who wrote or requested a claim neither approves nor releases it; who approved it does not release it.

    Who rejected it does not decide the appeal. Who released its order records nothing of what the bank did with it.
    """
    refused = {"release": "you_approved_this"} if sub in (hands.approved_by, hands.first_approved_by) else {}
    if sub == hands.first_approved_by:
        refused |= dict.fromkeys(APPROVALS, "you_approved_this")
    if sub == hands.rejected_by:
        refused |= dict.fromkeys(_AFTER_APPEAL, "you_decided_this")
    if sub == hands.released_by:
        refused |= dict.fromkeys(("confirm", "fail", "return_payment"), "you_released_this")
    if sub in (hands.written_by, hands.requested_by):
        refused |= dict.fromkeys((*APPROVALS, "release"), "you_requested_this")
    return refused


def decide(state: str, action: str, facts: Facts, sub: str) -> str:
    """The state after the action. NotPossible with `not_possible_in_state` or the code of the rule that forbids it."""
    after = CLAIM.after(state, action)
    if code := refused_actions(facts, sub).get(action):
        raise refusal(code, facts)
    return after


def refusal(code: str, facts: Facts | None = None) -> NotPossible:
    """The refusal by rule, with what is missing where money is the reason (FU-7)."""
    if code == "not_enough_free_money" and facts:
        return NotPossible(code, DETAILS[code], facts={"missing_qepik": facts.amount_qepik - facts.free_qepik})
    return NotPossible(code, DETAILS[code])


def require_confirmable(outcome: str | None, *, is_own: bool) -> None:
    """NotPossible `not_possible_in_state` for an order that is paid already, `you_released_this` for an own one."""
    if is_own:
        raise refusal("you_released_this")
    if outcome == "paid":
        raise NotPossible("not_possible_in_state", "The bank confirmed this order already.", facts={"state": outcome})


def settles(state: str, claim_qepik: int, order_qepik: int, *, approved: bool) -> bool:
    """Whether a confirmed order pays the claim as it stands; else its money is overpaid (FU-7)."""
    return approved and CLAIM.after(state, "confirm") != state and order_qepik == claim_qepik


def shortfall(awarded_qepik: int, from_property_qepik: int) -> int:
    """FU-3: the trafficker's property goes first, the Fund pays what is missing. NotPossible `no_shortfall`."""
    if from_property_qepik >= awarded_qepik:
        raise NotPossible("no_shortfall", "The property of the offender covers what the court awarded.")
    return awarded_qepik - from_property_qepik


def require_codes(reasons: Collection[str], known: Collection[str]) -> None:
    """Reasons are codes from a list, at least one. Invalid `reason_missing` or `unknown_reason`."""
    if not reasons:
        raise Invalid("reason_missing", "At least one reason is needed.")
    if not set(reasons) <= set(known):
        raise Invalid("unknown_reason", "A reason is not on the list.", facts={"known": list(known)})


def require_recoverable(paid_qepik: int, recovered_qepik: int, amount_qepik: int) -> int:
    """All that is recovered after this act (FU-3). NotPossible `more_than_paid`."""
    if recovered_qepik + amount_qepik > paid_qepik:
        raise NotPossible(
            "more_than_paid",
            "More would come back than was paid.",
            facts={"open_qepik": paid_qepik - recovered_qepik},
        )
    return recovered_qepik + amount_qepik
