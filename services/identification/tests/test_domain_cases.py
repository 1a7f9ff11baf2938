"""The machines of the case and of reflection, and who may do what when (ID-7 … ID-10)."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import get_args

import pytest
from chassis.errors import NotPossible
from hypothesis import given
from hypothesis import strategies as st
from identification.domain import actions, cases
from identification.domain.cases import CASE, ENDED, REFLECTION, Recognition
from identification.parameters import must_report_without_asking
from nrm_events.taking_part import AgencyKind

NOW = datetime(2024, 3, 4, tzinfo=UTC)
AUTHORITIES = {"presumed": ["sms", "ngo-amc"], "ngo": ["ngo-amc"], "formal": ["mia-special"]}
ENDINGS = {"withdraw": "withdrawn", "transfer_abroad": "transferred_abroad"}
STEPS = {
    "reported": {"register": "registered", "attach": "closed", "close_report": "closed"},
    "registered": {"await_consent": "consent_pending", "refer": "referred", "close": "closed"},
    "consent_pending": {
        "receive_consent": "registered",
        "need_no_consent": "registered",
        "decline": "not_recognised",
        "close": "closed",
    },
    "referred": {"acknowledge": "assessment"},
    "assessment": {"recognise_formally": "recognised", "decline": "not_recognised"},
    "recognised": {"support": "supported", "revoke_formal": "not_recognised", "close": "closed"},
    "supported": {"revoke_formal": "not_recognised", "close": "closed"},
    "not_recognised": {"lodge": "appealed", "look_again": "reopened", "close": "closed"},
    "appealed": {"uphold": "not_recognised", "overturn": "reopened", "close": "closed"},
    "reopened": {
        "refer": "referred",
        "recognise_formally": "recognised",
        "decline": "not_recognised",
        "await_consent": "consent_pending",
        "close": "closed",
    },
}
AFTER_THE_END = {
    (s, a): after
    for s in ("closed", "withdrawn", "transferred_abroad")
    for a, after in (("overturn", "reopened"), ("revoke_formal", s))
}
EXPECTED = {(s, a): after for s, steps in STEPS.items() for a, after in (steps | ENDINGS).items()} | AFTER_THE_END
EXPECTED["closed", "look_again"] = "reopened"


@pytest.mark.parametrize("status", CASE.states)
def test_somebody_must_hand_over_what_may_be_and_was_not(status: str) -> None:
    """ID-7: from the report on, until it is handed over or the case takes another way."""
    before = status in ("reported", "registered", "reopened")
    for handed_over, free in ((False, True), (False, False), (True, True), (True, False)):
        assert cases.referral_awaited(status, handed_over, free) == (before and free and not handed_over)


@pytest.mark.parametrize(("state", "action", "after"), list(CASE.table()))
def test_every_state_and_action_of_a_case(state: str, action: str, after: str | None) -> None:
    """What the table does not hold is refused, and the refusal names what is possible instead."""
    assert after == EXPECTED.get((state, action))
    if after is None:
        with pytest.raises(NotPossible) as refused:
            CASE.after(state, action)
        assert refused.value.code == "not_possible_in_state"
        assert refused.value.facts["possible"] == CASE.possible_in(state)
    else:
        assert CASE.after(state, action) == after


@pytest.mark.parametrize(("state", "action", "after"), list(REFLECTION.table()))
def test_every_state_and_action_of_reflection(state: str, action: str, after: str | None) -> None:
    """ID-10: offered, active, ended."""
    expected = {("offered", "start"): "active", ("offered", "end"): "ended", ("active", "end"): "ended"}
    assert after == expected.get((state, action))


def test_a_person_may_withdraw_from_anywhere_before_the_end() -> None:
    for state in set(CASE.states) - ENDED:
        assert {"withdraw", "transfer_abroad"} <= set(CASE.possible_in(state))
    for state in ENDED:
        assert set(CASE.possible_in(state)) <= {"look_again", "overturn", "revoke_formal"}


@given(st.lists(st.sampled_from(CASE.actions), max_size=40))
def test_whatever_is_tried_a_case_keeps_its_order(tried: list[str]) -> None:
    """Property: nobody is formally recognised before a hand-over; what ended is opened by a reopening alone (ID-9)."""
    state, past = CASE.start, [CASE.start]
    for action in tried:
        if (state, action) in CASE.transitions:
            before, state = state, CASE.after(state, action)
            past.append(state)
            assert before not in ENDED or state in (before, "reopened")
    if "recognised" in past:
        assert {"assessment", "reopened"} & set(past[: past.index("recognised")])
    if "assessment" in past:
        assert "referred" in past[: past.index("assessment")]


@pytest.mark.parametrize("kind", [*get_args(AgencyKind), None])
def test_who_must_report_without_asking_is_a_dated_list_of_kinds(kind: str | None) -> None:
    """ID-7: police, border, migration and labour, since 1 February 2008; every other kind, and an unknown one, asks."""
    obliged = kind in ("police", "border", "migration", "labour")
    assert must_report_without_asking(kind, NOW) == obliged
    assert not must_report_without_asking(kind, datetime(2008, 1, 31, 12, tzinfo=UTC))
    assert must_report_without_asking(kind, datetime(2008, 2, 1, 12, tzinfo=UTC)) == obliged


@pytest.mark.parametrize(
    ("age_group", "obliged", "refused"), list(product(["adult", "unknown", "child"], *[[True, False]] * 2))
)
def test_an_adult_is_asked_unless_the_law_obliges_and_they_did_not_refuse(
    age_group: str, obliged: bool, refused: bool
) -> None:
    """ID-7; a child is not, and doubt about age is no reason to skip the question."""
    asks = cases.needs_consent(age_group, obliged, refused)
    assert asks == (age_group != "child" and (refused or not obliged))


@pytest.mark.parametrize("status", CASE.states)
@pytest.mark.parametrize("needed", [True, False])
@pytest.mark.parametrize("stands", [True, False])
def test_waiting_for_consent_follows_from_need_and_consent(status: str, needed: bool, stands: bool) -> None:
    """ID-7: these states tell whether a hand-over may be done, also of a reopened case; others do not move."""
    step = cases.consent_move(status, needed, stands)
    settled = CASE.after(status, step) if step else status
    if status in ("registered", "consent_pending"):
        assert settled == ("registered" if stands or not needed else "consent_pending")
    elif status == "reopened":
        assert settled == ("reopened" if stands or not needed else "consent_pending")
    else:
        assert step is None


@pytest.mark.parametrize(
    ("age_group", "handed_over", "free", "best_interests", "code"),
    [
        ("adult", False, True, False, None),
        ("adult", False, False, False, "consent_missing"),
        ("adult", True, True, False, "already_referred"),
        ("child", False, True, True, None),
        ("child", False, True, False, "best_interests_missing"),
    ],
)
def test_when_a_case_is_handed_over(
    age_group: str, handed_over: bool, free: bool, best_interests: bool, code: str | None
) -> None:
    """ID-7."""
    if code is None:
        cases.check_referral(age_group, handed_over, free, best_interests)
        return
    with pytest.raises(NotPossible) as refused:
        cases.check_referral(age_group, handed_over, free, best_interests)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("agency", "handed_over", "free", "code"),
    [
        ("ngo-amc", False, False, None),
        ("mia-special", True, True, None),
        ("ngo-amc", False, True, "hand_over_due"),
        ("ngo-amc", True, True, "not_an_authority"),
        ("sms", False, False, "not_an_authority"),
        ("mia-special", False, False, "not_an_authority"),
    ],
)
def test_who_gives_a_negative_decision(agency: str, handed_over: bool, free: bool, code: str | None) -> None:
    """ID-7, ID-9: after the hand-over the formal authority; without consent to it the NGO."""
    if code is None:
        cases.check_decline(agency, handed_over, free, AUTHORITIES)
        return
    with pytest.raises(NotPossible) as refused:
        cases.check_decline(agency, handed_over, free, AUTHORITIES)
    assert refused.value.code == code


def test_one_formal_recognition_stands_at_a_time() -> None:
    """ID-8: one formal one at all, one of the others per authority; a revoked one is no hindrance."""
    standing = [Recognition("formal", "mia-special", NOW), Recognition("ngo", "ngo-amc", NOW, revoked_at=NOW)]
    with pytest.raises(NotPossible):
        cases.check_not_given("formal", "sms", standing)
    cases.check_not_given("ngo", "ngo-amc", standing)
    with pytest.raises(NotPossible):
        cases.check_not_given("ngo", "ngo-amc", [Recognition("ngo", "ngo-amc", NOW)])
    cases.check_not_given("ngo", "ngo-acu", [Recognition("ngo", "ngo-amc", NOW)])


def test_reflection_needs_a_recognition_that_stands() -> None:
    """ID-10: of any kind."""
    for kind in ("presumed", "ngo", "formal"):
        cases.check_reflection([Recognition(kind, "ngo-amc", NOW)])
    for standing in ([], [Recognition("ngo", "ngo-amc", NOW, revoked_at=NOW)]):
        with pytest.raises(NotPossible):
            cases.check_reflection(standing)


def test_the_clock_of_the_hand_over_is_of_cases_that_may_be_handed_over() -> None:
    """ID-7: 24 hours from the report; an unset number is no clock."""
    clock = cases.deadlines(NOW, 24, None, None, referable=True)[0]
    assert clock.due_at == NOW + timedelta(hours=24)
    assert clock.state(NOW + timedelta(hours=25)) == "breached"
    assert cases.deadlines(NOW, 24, None, None, referable=False) == []
    assert cases.deadlines(NOW, None, None, None, referable=True) == []


@given(
    status=st.sampled_from(CASE.states),
    agency=st.sampled_from(["ngo-amc", "sms", "mia-special", "vac"]),
    handed_over=st.booleans(),
    free=st.booleans(),
    standing=st.lists(
        st.builds(
            Recognition,
            st.sampled_from(["presumed", "ngo", "formal"]),
            st.sampled_from(["ngo-amc", "mia-special"]),
            st.just(NOW),
            st.sampled_from([None, NOW]),
        ),
        max_size=3,
    ),
    reflection=st.sampled_from([None, "offered", "active"]),
    bases=st.frozensets(st.sampled_from(["holder", "formal_body", "guardian_authority", "consent", "serves"])),
    age_group=st.sampled_from(["child", "adult"]),
    data=st.data(),
)
def test_whatever_the_case_every_action_is_listed_with_its_reason(
    status: str,
    agency: str,
    handed_over: bool,
    free: bool,
    standing: list[Recognition],
    reflection: str | None,
    bases: frozenset[str],
    age_group: str,
    data: st.DataObject,
) -> None:
    """Every action of the actor's role is there once; not allowed always comes with a reason, allowed with none.

    What the basis does not give is refused for the basis, whatever the state.
    """
    facts = actions.Facts(
        status=status,
        agency=agency,
        holder="ngo-amc",
        bases=bases,
        is_police=agency == "mia-special",
        handed_over=handed_over,
        may_be_handed_over=free,
        authorities=AUTHORITIES,
        recognitions=standing,
        consents_standing=True,
        reflection=reflection,
        decisions=(),
        re_examines_reflection=False,
        classes=frozenset({"needs"}),
        age_group=age_group,
        hand_over_age="adult",
        child_steps={},
        agreed=(),
        offered_to=None,
        offer_given_by=None,
        duty="no_duty",
    )
    in_role = {*CASE.actions, *actions.BESIDE} - {"support"}
    by_basis = data.draw(st.frozensets(st.sampled_from(sorted(in_role))))
    listed = actions.list_actions(facts, in_role, by_basis)
    assert sorted(p.action for p in listed) == sorted(in_role)
    assert all(p.allowed == (p.reason is None) for p in listed)
    assert {p.reason for p in listed if p.action not in by_basis} <= {"not_for_this_basis"}
    unseen = actions.list_actions(facts, in_role, by_basis, shows_state=False)
    assert sorted(p.action for p in unseen) == sorted(in_role)
    assert not any("state_is" in (p.reason or "") for p in unseen)
    possible = {p.action for p in listed if p.allowed and (status, p.action) not in CASE.transitions}
    assert possible <= set(actions.BESIDE)
