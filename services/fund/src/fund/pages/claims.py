"""Claims on the pages: drafted, approved, paid, each by another person, with the facts beside the decision (F2–F5)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

from chassis.clock import utc_now
from staffui import formats, words_of
from staffui.ask import Asked
from staffui.catalogue import Language, text
from staffui.choosing import one_of
from staffui.pages import Facts, Form, List, Object, Paper, Part, Start, shown
from staffui.view import Hand, Option

from fund import parameters
from fund.answers import ClaimAnswer, ClaimSummary, Kind, OrderAnswer
from fund.domain.claims import (
    CANCELLATION_REASONS,
    CLAIM,
    FAILURE_REASONS,
    INFORMATION_REASONS,
    REJECTION_REASONS,
    RETURN_REASONS,
    STANDING_REASONS,
)
from fund.pages.ledger import ENTRIES

_TERMS = "kind purpose amount_qepik:money payee document"
_AWARD = "awarded_qepik:money from_property_qepik:money property_document"
_COURT = f"{_AWARD} shared_decision"
_PAID = f"{_TERMS} recovered_qepik:money overpaid_qepik:money"
_ASKED: Mapping[str, Collection[str]] = {
    "allowance": ("payee", "document"),
    "needs_grant": ("purpose", "amount_qepik", "payee", "document"),
    "compensation": (
        *("document", "awarded_qepik", "from_property_qepik", "property_document", "shared_decision"),
        "payee",
    ),
}
"""What can be changed, by the kind of claim: the law sets an allowance, the court a compensation (FU-1, FU-3)."""
_OF_NEW = {kind: {"case_id", *asked} - {"payee"} for kind, asked in _ASKED.items()}
"""The payee of a new claim follows from the case: for a child the representative."""

_STEPS = {"requested": "submit", "first_approved": "approve", "approved": "approve", "released": "release"}
_NOT_YOU = ("you_requested_this", "you_approved_this", "you_decided_this")
_SHORT = 8
"""Digits of a digest that people compare."""

PURPOSES = one_of("purpose", lambda: parameters.needs(utc_now()))


def _asked_again(claim: Mapping[str, object]) -> Collection[str]:
    return _ASKED[str(claim["kind"])]


async def orders_at_the_bank(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """The orders that the bank may still confirm, the newest first (FU-7)."""
    claim = await asked.get("/api/claims/{claim_id}".format(**ids))
    unpaid = [order for order in reversed(claim["orders"]) if order["outcome"] != "paid"]
    return [_order(order, language) for order in unpaid]


def three_persons(language: Language, claim: Mapping[str, Any]) -> Sequence[Hand]:
    """Requested, approved, released; of what is to come who can do it, and whether the reader cannot (C13, FU-6)."""
    refused = {one["action"]: one["reason"] for one in claim["actions"] if not one["allowed"]}
    return [_hand(language, claim, of, refused.get(_STEPS[of["part"]], "")) for of in claim["hands"]]


def _hand(language: Language, claim: Mapping[str, Any], of: Mapping[str, Any], reason: str) -> Hand:
    words = words_of.code(language, "part", of["part"])
    if of["at"] is None:
        roles = ", ".join(words_of.code(language, "role", role) for role in of["roles"])
        not_you = words_of.reason(language, "claim", reason) if reason in _NOT_YOU else ""
        return Hand(words, by=text(language, "ui.who_can", role=roles), not_you=not_you)
    digest = claim["approval"] if of["part"] == "approved" else None
    at = datetime.fromisoformat(of["at"])
    return Hand(
        words,
        by=words_of.by(language, of["role"], of["agency"]),
        at=formats.moment(language, at),
        machine=of["at"],
        yours=of["yours"],
        bound=text(language, "ui.approval_binds", digest=digest[:_SHORT]) if digest else "",
    )


def _order(order: Mapping[str, object], language: Language) -> Option:
    amount = order["amount_qepik"]
    money = formats.money(language, amount) if isinstance(amount, int) else ""
    outcome = words_of.code(language, "outcome", str(order["outcome"])) if order["outcome"] else ""
    words = text(language, "ui.order", number=order["number"], amount=money)
    return Option(str(order["id"]), f"{words} · {outcome}" if outcome else words)


CLAIMS = List(
    "/claims",
    "/api/claims",
    ClaimSummary,
    shown(ClaimSummary, "case_ref:ref state:tag:claim kind purpose amount_qepik:money recorded_at:since"),
    ordered="recorded_at",
    filters={"state": CLAIM.states, "kind": get_args(Kind), "re_examine": ("true",)},
    opens="/claims/{id}",
    machine=CLAIM,
    begins=(
        Start(
            "/claims/new",
            "page.new_needs_grant",
            Form(
                given={"kind": "needs_grant"},
                needs=("purpose", "amount_qepik"),
                asks=lambda _: _OF_NEW["needs_grant"],
                choices={"purpose": PURPOSES},
            ),
        ),
        Start(
            "/claims/new-compensation",
            "page.new_compensation",
            Form(
                given={"kind": "compensation"},
                needs=("document", "awarded_qepik", "from_property_qepik"),
                asks=lambda _: _OF_NEW["compensation"],
                choices={"purpose": PURPOSES},
            ),
            right="claim_compensation",
        ),
    ),
)

ORDER = Paper(
    "order",
    "paper.order",
    ClaimAnswer,
    dated=lambda claim: str(claim["orders"][-1]["effective_at"]),
    cards=(
        Facts("order", shown(OrderAnswer, "number amount_qepik:money effective_at outcome"), within="orders"),
        Facts("claim", shown(ClaimAnswer, "kind purpose document payee"), known_only=True),
    ),
    sentences=("order.payee",),
    signed=("order.released_by", "order.bank"),
    when=lambda claim: bool(claim["orders"]),
    of_object=True,
)
"""The last order. The payee’s details are shown to the releaser once, and are on no paper (FU-6)."""
CLAIM_PAGE = Object(
    "/claims/{claim_id}",
    "/api/claims/{claim_id}",
    ClaimAnswer,
    CLAIM,
    back="/claims",
    way=("draft", "submitted", "approved", "reserved", "ordered", "paid"),
    person=shown(ClaimAnswer, "kind amount_qepik:money"),
    hands=three_persons,
    cards=(
        Facts(
            "claim",
            shown(ClaimAnswer, "purpose payee document free_qepik:money effective_at recorded_at"),
            known_only=True,
        ),
        Facts("court", shown(ClaimAnswer, _COURT), quiet=True),
        Facts(
            "money", shown(ClaimAnswer, "missing_qepik:money recovered_qepik:money overpaid_qepik:money"), quiet=True
        ),
        Facts("why", shown(ClaimAnswer, "reasons re_examine_since re_examine_reason second_approval"), quiet=True),
    ),
    tables={
        "orders": Facts(
            "orders",
            shown(
                OrderAnswer,
                "number amount_qepik:money outcome:tag bank_reference failure_reason surplus effective_at settled_at",
            ),
        )
    },
    papers=(ORDER,),
    related=(
        Part("claims_of_case", CLAIMS, {"case_id": "{case_id}"}),
        Part("entries_of_claim", ENTRIES, {"claim_id": "{id}"}),
    ),
    choices={
        ("amend", "purpose"): PURPOSES,
        ("ask_information", "reasons"): one_of("reasons", INFORMATION_REASONS),
        ("reject", "reasons"): one_of("reasons", REJECTION_REASONS),
        ("reject_on_appeal", "reasons"): one_of("reasons", REJECTION_REASONS),
        ("approve_on_appeal", "reasons"): one_of("reasons", REJECTION_REASONS),
        ("cancel", "reason"): one_of("reason", CANCELLATION_REASONS),
        ("settle_re_examination", "reason"): one_of("reason", STANDING_REASONS),
        ("fail", "reason"): one_of("reason", FAILURE_REASONS),
        ("return_payment", "reason"): one_of("reason", RETURN_REASONS),
        ("confirm", "order_id"): orders_at_the_bank,
    },
    grave=("reject", "reject_on_appeal", "cancel", "release"),
    sent_to={"approve_on_appeal": "appeal-decision", "reject_on_appeal": "appeal-decision"},
    forms={
        "amend": Form(asks=_asked_again, filled=True, beside=shown(ClaimAnswer, "kind amount_qepik:money")),
        "approve": Form(beside=shown(ClaimAnswer, f"{_TERMS} {_AWARD} free_qepik:money")),
        "approve_on_appeal": Form(
            given={"granted": True},
            asks=lambda _: (),
            beside=shown(ClaimAnswer, f"{_TERMS} {_AWARD} reasons free_qepik:money"),
        ),
        "reject": Form(beside=shown(ClaimAnswer, _TERMS)),
        "reject_on_appeal": Form(
            given={"granted": False}, needs=("reasons",), beside=shown(ClaimAnswer, f"{_TERMS} reasons")
        ),
        "release": Form(beside=shown(ClaimAnswer, f"{_TERMS} free_qepik:money"), shows="payee_details"),
        "confirm": Form(beside=shown(ClaimAnswer, "kind amount_qepik:money")),
        "recover": Form(beside=shown(ClaimAnswer, _PAID)),
        "settle_re_examination": Form(beside=shown(ClaimAnswer, f"{_TERMS} re_examine_since re_examine_reason")),
    },
)
