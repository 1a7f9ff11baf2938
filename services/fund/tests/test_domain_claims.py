"""The claim machine and its rules: FU-2, FU-3, FU-6, FU-7, FU-8, ID-9, ID-11."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from chassis.errors import Invalid, NotPossible
from fund.domain import claims
from fund.domain.claims import CLAIM, Facts, Hands, Recognition, Terms
from hypothesis import given
from hypothesis import strategies as st

CLAIM_ID = UUID("01900000-0000-7000-8000-000000000001")
DAY = datetime(2024, 5, 2, 9, tzinfo=UTC)
HANDS = Hands(written_by="writer", requested_by="requester", approved_by="approver", released_by="releaser")
FACTS = Facts(
    kind="needs_grant", amount_qepik=500, hands=HANDS, counts=True, over_ceiling=False, free_qepik=500, re_examine=False
)
TERMS = Terms(CLAIM_ID, "needs_grant", "medicine", 500, "person", "R-1")

EXPECTED = {
    "draft": {"submit": "submitted", "confirm": "draft", "amend": "draft", "cancel": "cancelled"},
    "submitted": {
        "ask_information": "info_needed",
        "approve": "approved",
        "approve_first": "second_approval",
        "reject": "rejected",
        "confirm": "submitted",
        "amend": "draft",
        "cancel": "cancelled",
    },
    "second_approval": {
        "approve": "approved",
        "ask_information": "info_needed",
        "reject": "rejected",
        "confirm": "second_approval",
        "amend": "draft",
        "cancel": "cancelled",
    },
    "info_needed": {"submit": "submitted", "confirm": "info_needed", "amend": "draft", "cancel": "cancelled"},
    "approved": {"reserve": "reserved", "confirm": "paid", "amend": "draft", "cancel": "cancelled"},
    "reserved": {"release": "ordered", "confirm": "paid", "amend": "draft", "cancel": "cancelled"},
    "ordered": {"confirm": "paid", "fail": "failed"},
    "failed": {"confirm": "paid", "reserve": "reserved", "amend": "draft", "cancel": "cancelled"},
    "paid": {"confirm": "paid", "recover": "recovered", "return_payment": "returned"},
    "returned": {"confirm": "paid", "amend": "draft", "cancel": "cancelled"},
    "recovered": {
        "confirm": "recovered",
        "recover": "recovered",
        "return_payment": "returned",
        "reverse_recovery": "paid",
    },
    "rejected": {"appeal": "appealed", "confirm": "rejected"},
    "appealed": {
        "approve_on_appeal": "approved",
        "approve_first": "second_approval",
        "reject_on_appeal": "rejected_final",
        "confirm": "appealed",
    },
    "rejected_final": {"confirm": "rejected_final"},
    "cancelled": {"confirm": "paid", "recover": "cancelled", "amend": "draft"},
}


@pytest.mark.parametrize(("state", "action", "after"), list(CLAIM.table()))
def test_every_state_and_action(state: str, action: str, after: str | None) -> None:
    assert EXPECTED[state].get(action) == after
    if after is None:
        with pytest.raises(NotPossible, match="not_possible_in_state"):
            claims.decide(state, action, FACTS, "somebody")
    else:
        assert claims.decide(state, action, FACTS, "somebody") == after


def test_the_machine_has_the_states_of_the_domain() -> None:
    assert set(CLAIM.states) == set(EXPECTED)
    assert {CLAIM.after(state, "reserve") for state in CLAIM.states if CLAIM.transitions.get((state, "reserve"))} == {
        "reserved"
    }


@pytest.mark.parametrize(
    ("sub", "action", "code"),
    [
        ("requester", "approve", "you_requested_this"),
        ("writer", "approve", "you_requested_this"),
        ("requester", "approve_on_appeal", "you_requested_this"),
        ("requester", "release", "you_requested_this"),
        ("writer", "release", "you_requested_this"),
        ("approver", "release", "you_approved_this"),
        ("releaser", "confirm", "you_released_this"),
        ("releaser", "fail", "you_released_this"),
        ("releaser", "return_payment", "you_released_this"),
    ],
)
def test_three_different_persons_fu_6(sub: str, action: str, code: str) -> None:
    state = {"approve": "submitted", "approve_on_appeal": "appealed", "release": "reserved"}.get(
        action, "paid" if action == "return_payment" else "ordered"
    )
    with pytest.raises(NotPossible) as refused:
        claims.decide(state, action, FACTS, sub)
    assert refused.value.code == code
    assert claims.decide(state, action, FACTS, "a fourth person") == CLAIM.after(state, action)


@pytest.mark.parametrize(
    ("changed", "state", "action", "code"),
    [
        ({"counts": False}, "draft", "submit", "no_recognition_that_counts"),
        ({"counts": False}, "submitted", "approve", "no_recognition_that_counts"),
        ({"counts": False}, "appealed", "approve_on_appeal", "no_recognition_that_counts"),
        ({"over_ceiling": True}, "draft", "submit", "over_ceiling"),
        ({"over_ceiling": True}, "submitted", "approve", "over_ceiling"),
        ({"over_ceiling": True}, "submitted", "approve_first", "over_ceiling"),
        ({"over_ceiling": True}, "second_approval", "approve", "over_ceiling"),
        ({"free_qepik": 499}, "approved", "reserve", "not_enough_free_money"),
        ({"re_examine": True}, "submitted", "approve", "re_examination_open"),
        ({"re_examine": True}, "approved", "reserve", "re_examination_open"),
        ({"re_examine": True}, "reserved", "release", "re_examination_open"),
        ({"approval_holds": False}, "reserved", "release", "approval_void"),
        ({"pays_a_child": True}, "draft", "submit", "payee_is_a_child"),
        ({"pays_a_child": True}, "reserved", "release", "payee_is_a_child"),
        ({"paid_by_earlier_order": True}, "submitted", "approve", "already_paid"),
        ({"paid_by_earlier_order": True}, "reserved", "release", "already_paid"),
        ({"revives_withdrawn": True}, "cancelled", "amend", "case_withdrawn"),
        ({"order_at_bank": False}, "reserved", "confirm", "no_order_at_bank"),
    ],
)
def test_each_rule_refuses_with_its_code(changed: dict[str, Any], state: str, action: str, code: str) -> None:
    """FU-2 ceilings, FU-5 money, FU-6 binding, FU-8 recognitions, ID-9 re-examination."""
    with pytest.raises(NotPossible) as refused:
        claims.decide(state, action, replace(FACTS, **changed), "somebody")
    assert refused.value.code == code


def test_who_approved_first_neither_approves_again_nor_releases_fu_2() -> None:
    facts = replace(FACTS, hands=replace(HANDS, first_approved_by="first", approved_by=None))
    for state, action in (("second_approval", "approve"), ("reserved", "release")):
        with pytest.raises(NotPossible, match="you_approved_this"):
            claims.decide(state, action, facts, "first")
        assert claims.decide(state, action, facts, "another") == CLAIM.after(state, action)


def test_a_lack_of_money_says_how_much_fu_7() -> None:
    with pytest.raises(NotPossible) as refused:
        claims.decide("approved", "reserve", replace(FACTS, free_qepik=380), "x")
    assert refused.value.facts == {"missing_qepik": 120}


def test_money_stays_set_aside_while_an_order_is_out_or_failed_fu_7() -> None:
    assert set(claims.RESERVING_STATES) == {"reserved", "ordered", "failed", "returned"}


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("appealed", "approve_on_appeal"),
        ("appealed", "reject_on_appeal"),
        ("appealed", "approve_first"),
        ("second_approval", "approve"),
        ("second_approval", "reject"),
    ],
)
def test_who_rejected_does_not_decide_the_appeal_fu_6(state: str, action: str) -> None:
    """FU-6: neither alone nor as the second of two."""
    facts = replace(FACTS, hands=replace(HANDS, approved_by=None, rejected_by="rejecter"))
    with pytest.raises(NotPossible, match="you_decided_this"):
        claims.decide(state, action, facts, "rejecter")
    assert claims.decide(state, action, facts, "another") == CLAIM.after(state, action)


def test_the_digest_of_before_and_of_the_payee_of_now_fu_6() -> None:
    """FU-6: revision 0 has no line, so that approvals of before stay what they were."""
    lines = f"{CLAIM_ID}\nneeds_grant\nmedicine\n500\nperson\nR-1"
    assert TERMS.digest() == sha256(lines.encode()).hexdigest()
    assert replace(TERMS, payee_revision=2).digest() == sha256(f"{lines}\n2".encode()).hexdigest()


@given(st.sampled_from(["kind", "purpose", "amount_qepik", "payee", "document"]), st.integers(1, 10**15))
def test_every_edit_of_the_terms_changes_the_digest_fu_6(field: str, number: int) -> None:
    value: Any = number + 500 if field == "amount_qepik" else f"other-{number}"
    assert replace(TERMS, **{field: value}).digest() != TERMS.digest()
    assert replace(TERMS).digest() == TERMS.digest()


def test_recognitions_count_by_kind_and_day_fu_8() -> None:
    stood = Recognition(CLAIM_ID, "ngo", DAY, DAY + timedelta(days=10))
    assert claims.counts([stood], ["formal", "ngo"], DAY)
    assert not claims.counts([stood], ["formal"], DAY)
    assert not claims.counts([stood], ["ngo"], DAY - timedelta(seconds=1))
    assert not claims.counts([stood], ["ngo"], DAY + timedelta(days=10))
    assert not claims.counts([], ["ngo"], DAY)


def test_a_recorded_potential_victim_counts_like_a_recognition_for_needs_id_19() -> None:
    potential = Recognition(CLAIM_ID, "potential", DAY)
    assert claims.counts([potential], ["formal", "potential"], DAY)


def test_eligibility_cannot_see_the_investigation_id_11() -> None:
    assert {field.name for field in fields(Facts)} == {
        "kind", "amount_qepik", "hands", "counts", "over_ceiling", "free_qepik", "re_examine", "approval_holds",
        "order_at_bank", "needs_second_approver", "pays_a_child", "paid_by_earlier_order", "revives_withdrawn",
    }  # fmt: skip


def test_the_offenders_property_goes_first_fu_3() -> None:
    assert claims.shortfall(10_000, 4_000) == 6_000
    with pytest.raises(NotPossible, match="no_shortfall"):
        claims.shortfall(10_000, 10_000)


def test_no_more_comes_back_than_was_paid_fu_3() -> None:
    assert claims.require_recoverable(500, 200, 300) == 500
    with pytest.raises(NotPossible) as refused:
        claims.require_recoverable(500, 200, 301)
    assert refused.value.facts == {"open_qepik": 300}


def test_reasons_are_codes_from_a_list() -> None:
    claims.require_codes(["document_missing"], claims.REJECTION_REASONS)
    with pytest.raises(Invalid, match="reason_missing"):
        claims.require_codes([], claims.REJECTION_REASONS)
    with pytest.raises(Invalid, match="unknown_reason"):
        claims.require_codes(["because"], claims.REJECTION_REASONS)


def test_every_refusal_has_a_sentence() -> None:
    for sub in ("requester", "approver", "x"):
        for change in ({"counts": False}, {"free_qepik": 0}, {"re_examine": True}, {"approval_holds": False}):
            refused = claims.refused_actions(replace(FACTS, **change), sub)
            assert set(refused.values()) <= set(claims.DETAILS)
