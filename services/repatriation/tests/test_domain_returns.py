"""Voluntary return as rules (RP-5, RP-6)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chassis.errors import NotPossible
from hypothesis import given
from hypothesis import strategies as st
from repatriation.domain import returns
from repatriation.domain.returns import RETURN, BestInterests, Facts, Risk

ASKED = datetime(2024, 5, 1, 9, tzinfo=UTC)
NOW = ASKED + timedelta(days=20)
LOW = Risk("low", False, ASKED + timedelta(days=2))
ADULT = Facts(
    requested_at=ASKED,
    is_child=False,
    consent_at=ASKED + timedelta(days=1),
    risk=LOW,
    claims_checked_at=ASKED + timedelta(days=3),
    handover_offered=True,
)
CHILD = replace(ADULT, is_child=True, has_guardian=True, best_interests=BestInterests("return", "yes"))


@pytest.mark.parametrize(("state", "action", "after"), list(RETURN.table()))
def test_every_state_and_action_of_a_return(state: str, action: str, after: str | None) -> None:
    """RP-5, RP-6: the machine of the return, nothing beside it."""
    if after:
        assert RETURN.after(state, action) == after
    else:
        with pytest.raises(NotPossible, match="not_possible_in_state"):
            RETURN.after(state, action)


def test_the_states_are_those_of_the_domain() -> None:
    """RP-5: no state of our own."""
    assert set(RETURN.states) == {
        "requested", "consent_recorded", "risk_assessed", "child_best_interests", "claims_checked", "cleared",
        "suspended", "documents", "travel_booked", "departed", "handed_over", "monitored", "closed", "withdrawn",
        "refused_risk",
    }  # fmt: skip


@pytest.mark.parametrize("facts", [ADULT, CHILD])
def test_the_whole_way_home(facts: Facts) -> None:
    """RP-5, RP-6: from consent to the end of follow-up, for a child through best interests."""
    state = RETURN.start
    child = ("decide_best_interests",) if facts.is_child else ()
    gates = ("record_consent", "assess_risk", *child, "check_claims", "clear")
    way = ("obtain_documents", "book_travel", "depart", "offer_handover", "acknowledge_handover", "follow_up", "close")
    for action in (*gates, *way):
        state = returns.decide(state, action, facts, NOW)
    assert state == "closed"


@pytest.mark.parametrize("state", returns.BEFORE_DEPARTURE)
def test_the_person_withdraws_at_any_time_before_departure(state: str) -> None:
    """RP-5: consent can be withdrawn until departure."""
    assert returns.decide(state, "withdraw", ADULT, NOW) == "withdrawn"


@pytest.mark.parametrize("state", ["departed", "handed_over", "monitored", "closed", "refused_risk", "withdrawn"])
def test_after_departure_there_is_nothing_to_withdraw(state: str) -> None:
    """RP-5: until departure."""
    with pytest.raises(NotPossible, match="not_possible_in_state"):
        returns.decide(state, "withdraw", ADULT, NOW)


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (replace(ADULT, consent_at=None), ["consent_missing"]),
        (replace(ADULT, risk=None), ["risk_assessment_missing"]),
        (replace(ADULT, risk=replace(LOW, assessed_at=ASKED - timedelta(days=1))), ["risk_assessment_missing"]),
        (replace(ADULT, risk=replace(LOW, level="high")), ["risk_forbids"]),
        (replace(ADULT, risk_valid_days=10), ["risk_assessment_outdated"]),
        (replace(ADULT, claims_checked_at=None), ["claims_check_missing"]),
        (replace(ADULT, has_unseen_claims=True), ["claims_changed_since_check"]),
        (replace(ADULT, risk=replace(LOW, retrafficking=True)), []),
        (replace(CHILD, best_interests=None), ["best_interests_missing", "opinion_not_heard"]),
        (replace(CHILD, has_guardian=False), ["guardian_missing"]),
        (replace(CHILD, best_interests=BestInterests("stay", "yes")), ["best_interests_against"]),
        (replace(CHILD, best_interests=BestInterests("return", "no")), ["opinion_not_heard"]),
        (replace(CHILD, best_interests=BestInterests("return", "under_age")), []),
        (replace(ADULT, agreed_as_child=True), ["own_consent_missing"]),
        (replace(CHILD, agreed_as_child=True), []),
        (replace(CHILD, risk=replace(LOW, retrafficking=True)), ["retrafficking_risk"]),
    ],
)
def test_each_missing_gate_suspends_by_its_name(facts: Facts, missing: list[str]) -> None:
    """RP-5: cleared or suspended, with each missing gate named."""
    after, found = returns.clearance("claims_checked", facts, NOW)
    assert found == missing
    assert after == ("suspended" if missing else "cleared")


def test_any_assessment_counts_while_its_validity_is_unset() -> None:
    """RP-5: a parameter that is unset blocks nobody."""
    assert returns.missing(replace(ADULT, risk_valid_days=None), NOW + timedelta(days=4000)) == []


def test_a_high_risk_ends_the_return() -> None:
    """RP-5: the outcome forbids it."""
    assert returns.assessed(replace(LOW, level="high")) == "refuse_for_risk"
    assert returns.assessed(replace(LOW, level="medium", retrafficking=True)) == "assess_risk"
    assert RETURN.after("consent_recorded", "refuse_for_risk") == "refused_risk"


def test_a_childs_return_is_cleared_by_a_second_person() -> None:
    """RP-5: neither by whoever assessed the risk nor by whoever decided the best interests; and it stays so."""
    with pytest.raises(NotPossible, match="second_person_needed"):
        returns.decide("claims_checked", "clear", replace(CHILD, acts_again=True), NOW)
    assert returns.decide("claims_checked", "clear", replace(ADULT, acts_again=True), NOW) == "cleared"
    assert returns.missing(replace(CHILD, cleared_alone=True), NOW) == ["second_person_missing"]
    assert returns.missing(replace(ADULT, cleared_alone=True), NOW) == []


@given(st.none() | st.integers(1, 18), st.none() | st.booleans())
def test_only_a_child_known_to_be_younger_goes_without_an_opinion(age: int | None, reached: bool | None) -> None:
    """RP-5: an unknown age is no reason; where the age of the law is unset nothing blocks."""
    returns.require_opinion("yes", age, reached)
    if age is None or reached is False:
        returns.require_opinion("under_age", age, reached)
    else:
        with pytest.raises(NotPossible, match="opinion_needed"):
            returns.require_opinion("under_age", age, reached)


@pytest.mark.parametrize("action", ["obtain_documents", "book_travel", "depart"])
def test_a_gate_that_opens_on_the_way_stops_the_journey(action: str) -> None:
    """RP-5: the gates hold until departure, and the refusal names them."""
    state = {"obtain_documents": "cleared", "book_travel": "documents", "depart": "travel_booked"}[action]
    with pytest.raises(NotPossible) as refused:
        returns.decide(state, action, replace(ADULT, is_child=True), NOW)
    assert refused.value.code == "gates_missing"
    facts: dict[str, Any] = refused.value.facts
    assert "guardian_missing" in facts["missing"]
    assert returns.clearance(state, replace(ADULT, is_child=True), NOW)[0] == "suspended"


@pytest.mark.parametrize("known", [ADULT, replace(ADULT, consent_at=None)])
def test_a_citizen_goes_home_by_no_return(known: Facts) -> None:
    """RP-5: established later, it is looked at again at each step, whatever else is missing."""
    citizen = replace(known, is_citizen=True)
    for state in ("claims_checked", "suspended"):
        with pytest.raises(NotPossible, match="is_citizen"):
            returns.clearance(state, citizen, NOW)
    for state, action in (("documents", "book_travel"), ("travel_booked", "depart")):
        with pytest.raises(NotPossible, match="is_citizen"):
            returns.decide(state, action, citizen, NOW)
    assert returns.decide("travel_booked", "withdraw", citizen, NOW) == "withdrawn"


def test_the_childs_steps_are_for_a_child() -> None:
    """RP-5: best interests before claims for a child, and for nobody else."""
    with pytest.raises(NotPossible, match="not_a_child"):
        returns.decide("risk_assessed", "decide_best_interests", ADULT, NOW)
    with pytest.raises(NotPossible, match="best_interests_first"):
        returns.decide("risk_assessed", "check_claims", replace(CHILD, best_interests=None), NOW)


def test_a_hand_over_is_acknowledged_after_it_is_offered() -> None:
    """RP-6: an acknowledged hand-over."""
    with pytest.raises(NotPossible, match="handover_not_offered"):
        returns.decide("departed", "acknowledge_handover", replace(ADULT, handover_offered=False), NOW)


def test_the_person_who_offers_a_hand_over_does_not_acknowledge_it() -> None:
    """RP-6: the acknowledgement is the receiving body's, also where somebody here records it."""
    with pytest.raises(NotPossible, match="second_person_needed"):
        returns.decide("departed", "acknowledge_handover", replace(ADULT, offered_it=True), NOW)


def test_the_person_never_pays() -> None:
    """RP-6: the state pays travel and other costs; the person is not on the list."""
    assert "person" not in returns.PAYERS


facts = st.builds(
    replace,
    st.sampled_from([ADULT, CHILD]),
    consent_at=st.none() | st.just(NOW),
    risk=st.none() | st.builds(Risk, st.sampled_from(returns.RISK_LEVELS), st.booleans(), st.just(ASKED)),
    claims_checked_at=st.none() | st.just(NOW),
    has_guardian=st.booleans(),
    acts_again=st.booleans(),
    agreed_as_child=st.booleans(),
)


@given(st.lists(st.tuples(st.sampled_from(RETURN.actions), facts), max_size=25))
def test_nobody_departs_with_a_missing_gate(acts: list[tuple[str, Facts]]) -> None:
    """RP-5: whatever the order of acts and changes of facts, on the day of departure every gate is passed."""
    state = RETURN.start
    for action, known in acts:
        before = state
        try:
            state = returns.decide(state, action, known, NOW)
        except NotPossible:
            continue
        if action == "depart":
            assert returns.missing(known, NOW) == []
        if before in returns.ENDED_STATES:
            raise AssertionError("an ended return moved")
    assert state in RETURN.states
