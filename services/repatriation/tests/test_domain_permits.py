"""Residence permits as rules (RP-1, RP-2, RP-3)."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from chassis.errors import Invalid, NotPossible
from hypothesis import given
from hypothesis import strategies as st
from repatriation.domain import permits
from repatriation.domain.permits import PERMIT, Facts, Law, Opinion

NOW = datetime(2024, 6, 3, 12, tzinfo=UTC)
TODAY = date(2024, 6, 3)
LAW = Law(
    first_max_months=12,
    extension_max_months=24,
    requires_motion=True,
    opinion_workdays=10,
    decision_workdays=None,
    standing_grounds=("security", "false_documents"),
    waived_grounds=("passport_validity", "infectious_disease"),
    waived_documents=("housing",),
    fee_qepik=0,
    fingerprint_age=15,
    until_judgment=True,
)
NO_LAW = Law(None, None, False, None, None, (), (), (), None, None, False)
FACTS = Facts(citizenship="foreign", handed_to_prosecution=True)
ANSWERED = Opinion("state_border_service", NOW + timedelta(days=10), NOW - timedelta(hours=1))
DECIDED = replace(FACTS, appealed_before=True, decided_before=True)
AWAITED = Opinion("state_border_service", NOW + timedelta(days=1))


def decide(state: str, action: str, facts: Facts = FACTS, law: Law = LAW) -> str:
    return permits.decide(state, action, facts, law=law, now=NOW)


@pytest.mark.parametrize(("state", "action", "after"), list(PERMIT.table()))
def test_every_state_and_action_of_a_permit(state: str, action: str, after: str | None) -> None:
    """RP-1, RP-3: the machine of the permit, nothing beside it."""
    if after:
        assert PERMIT.after(state, action) == after
    else:
        with pytest.raises(NotPossible, match="not_possible_in_state"):
            PERMIT.after(state, action)


def test_the_states_are_those_of_the_domain() -> None:
    """RP-1: no state of our own."""
    assert set(PERMIT.states) == {
        "eligible", "applied", "motion_requested", "motion_received", "lodged", "opinion_pending", "granted",
        "refused", "extended", "expired", "cancelled", "surrendered", "appealed", "reapplied", "withdrawn",
    }  # fmt: skip


def test_the_whole_way_to_a_grant() -> None:
    """RP-1, RP-3: application, motion, lodging, opinion, decision."""
    state, facts = PERMIT.start, replace(FACTS, opinions=(ANSWERED,))
    for action in ("apply", "request_motion", "receive_motion", "lodge", "ask_opinion", "give_opinion", "grant"):
        state = decide(state, action, facts)
    assert state == "granted"


@pytest.mark.parametrize(
    ("state", "action", "facts", "law", "code"),
    [
        ("eligible", "apply", replace(FACTS, citizenship="citizen"), LAW, "is_citizen"),
        ("applied", "request_motion", replace(FACTS, handed_to_prosecution=False), LAW, "not_handed_over"),
        ("applied", "lodge", FACTS, LAW, "motion_needed"),
        ("lodged", "grant", FACTS, LAW, "opinion_needed"),
        ("lodged", "refuse", FACTS, LAW, "opinion_needed"),
        ("lodged", "ask_opinion", FACTS, NO_LAW, "not_in_force"),
        ("lodged", "grant", FACTS, NO_LAW, "not_in_force"),
        ("opinion_pending", "grant", replace(FACTS, opinions=(ANSWERED, AWAITED)), LAW, "opinion_awaited"),
        ("opinion_pending", "refuse", replace(FACTS, opinions=(AWAITED,)), LAW, "opinion_awaited"),
        ("opinion_pending", "grant", replace(FACTS, re_examine=True), LAW, "re_examination_open"),
        ("granted", "extend", FACTS, NO_LAW, "not_in_force"),
        ("granted", "extend", replace(FACTS, valid_until=TODAY - timedelta(days=1)), LAW, "valid_no_more"),
        ("appealed", "grant", FACTS, LAW, "never_lodged"),
        ("appealed", "set_aside", replace(FACTS, was_lodged=True), LAW, "was_lodged"),
        ("appealed", "grant", replace(DECIDED, was_lodged=True), LAW, "you_decided_this"),
        ("appealed", "refuse", DECIDED, LAW, "you_decided_this"),
        ("appealed", "set_aside", DECIDED, LAW, "you_decided_this"),
        ("refused", "appeal", replace(FACTS, appealed_before=True), LAW, "appealed_already"),
    ],
)
def test_what_a_rule_forbids_is_refused_with_its_code(
    state: str, action: str, facts: Facts, law: Law, code: str
) -> None:
    """RP-1, RP-3, ID-7, ID-9: illegal means raise, with a code."""
    with pytest.raises(NotPossible, match=code):
        decide(state, action, facts, law)


def test_before_the_law_of_the_motion_a_permit_is_lodged_without_it() -> None:
    """RP-1: before a parameter's first day the rule did not exist, and everything else goes on."""
    assert decide("applied", "lodge", law=replace(LAW, requires_motion=False)) == "lodged"
    assert decide("lodged", "grant", law=replace(LAW, opinion_workdays=None)) == "granted"


def test_silence_is_no_objection() -> None:
    """RP-3: after the term the decision is free, at the moment it ends it is not yet."""
    over = Opinion("state_border_service", NOW - timedelta(seconds=1))
    assert decide("opinion_pending", "grant", replace(FACTS, opinions=(over,))) == "granted"
    with pytest.raises(NotPossible, match="opinion_awaited"):
        decide("opinion_pending", "grant", replace(FACTS, opinions=(Opinion("x", NOW),)))


def test_an_answer_counts_from_the_day_it_came() -> None:
    """RP-3: a decision dated before the answer could not know it."""
    later = Opinion("state_border_service", NOW + timedelta(days=9), NOW + timedelta(days=2))
    with pytest.raises(NotPossible, match="opinion_awaited"):
        decide("opinion_pending", "grant", replace(FACTS, opinions=(later,)))


def test_months_are_bounded_by_the_law() -> None:
    """RP-1: up to 12 at first, up to 24 each time after."""
    permits.require_first_months(12, LAW)
    permits.require_extension_months(24, LAW)
    with pytest.raises(NotPossible, match="too_many_months"):
        permits.require_first_months(13, LAW)
    with pytest.raises(NotPossible, match="too_many_months"):
        permits.require_extension_months(25, LAW)
    with pytest.raises(NotPossible, match="not_in_force"):
        permits.require_extension_months(1, NO_LAW)


def test_a_waived_ground_refuses_nobody() -> None:
    """RP-3: refusal grounds waived for victims; also beside one that stands."""
    permits.require_refusal_reasons(["security"], LAW, LAW.standing_grounds)
    with pytest.raises(NotPossible, match="refusal_ground_waived"):
        permits.require_refusal_reasons(["security", "infectious_disease"], LAW, LAW.standing_grounds)
    with pytest.raises(Invalid, match="unknown_reason"):
        permits.require_refusal_reasons(["weather"], LAW, LAW.standing_grounds)
    with pytest.raises(Invalid, match="reason_missing"):
        permits.require_refusal_reasons([], LAW, LAW.standing_grounds)
    with pytest.raises(NotPossible, match="not_in_force"):
        permits.require_refusal_reasons(["security"], NO_LAW, ())


def test_before_lodging_only_a_missing_motion_or_an_ended_ground_refuses() -> None:
    """RP-1, RP-3: the other grounds are for a decision after the bodies were consulted."""
    law, missing = replace(LAW, standing_grounds=("security", "ground_ended")), replace(FACTS, motion_missing=True)
    for state in permits.BEFORE_LODGING:
        assert permits.refusal_grounds(state, FACTS, law) == ("ground_ended",)
        assert permits.refusal_grounds(state, missing, law) == ("ground_ended", "no_motion")
    assert permits.refusal_grounds("opinion_pending", FACTS, law) == ("security", "ground_ended")


@pytest.mark.parametrize(
    ("group", "taken"),
    [("adult", "taken"), ("child", "taken_from_age"), ("unknown", "taken_from_age"), (None, "taken_from_age")],
)
def test_fingerprints_are_taken_from_fifteen(group: str | None, taken: str) -> None:
    """RP-2: of an adult; of a child by the age on the document, for no birth date is known here."""
    assert permits.fingerprints(group, LAW) == taken
    assert permits.fingerprints(group, NO_LAW) == "not_taken"


def test_apply_thirty_days_before_lawful_stay_ends() -> None:
    """RP-3: the day is told, and blocks nobody."""
    assert permits.apply_by(date(2024, 7, 31), 30) == date(2024, 7, 1)
    assert permits.apply_by(date(2024, 7, 31), None) is None


def test_only_the_assisting_ground_runs_until_the_judgment() -> None:
    """RP-1, ID-11: the one place where the ground is read, and it decides no help."""
    assert permits.runs_until_judgment(permits.ASSISTING, False, LAW)
    assert not permits.runs_until_judgment(permits.ASSISTING, True, LAW)
    assert not permits.runs_until_judgment(permits.VICTIM, False, LAW)
    assert not permits.runs_until_judgment(permits.ASSISTING, False, NO_LAW)


def test_overdue_opinions_are_those_without_an_answer() -> None:
    """RP-3: each falls silent once."""
    silent = replace(AWAITED, due_at=NOW - timedelta(days=1))
    assert permits.overdue_opinions([silent, replace(silent, silent=True), ANSWERED, AWAITED], NOW) == [silent]


@given(st.lists(st.sampled_from(PERMIT.actions), max_size=25), st.booleans(), st.booleans())
def test_any_sequence_of_acts_keeps_a_permit_in_its_machine(acts: list[str], handed: bool, answered: bool) -> None:
    """RP-1, RP-3: nothing is granted without motion and opinion, and what ended does not come back to life."""
    opinions = (ANSWERED if answered else AWAITED,)
    state, done = PERMIT.start, []
    for act in acts:
        facts = replace(
            FACTS,
            handed_to_prosecution=handed,
            opinions=opinions if "ask_opinion" in done else (),
            was_lodged="lodge" in done,
            motion_brought="receive_motion" in done,
        )
        with suppress(NotPossible):
            state = decide(state, act, facts)
            done.append(act)
    assert state in PERMIT.states
    if "grant" in done:
        assert handed
        assert answered
        assert {"receive_motion", "ask_opinion"} <= set(done)
    if state in ("cancelled", "surrendered", "reapplied", "withdrawn"):
        assert PERMIT.possible_in(state) == []
