"""Stay, extension, hand-over, closure, conflict: every state × action, and the rules SH-1, SH-2, SH-3, ID-5."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from chassis.errors import DomainError, Invalid, NotPossible
from chassis.machine import Machine
from hypothesis import given
from hypothesis import strategies as st
from shelter.domain import stays
from shelter.domain.care import CLOSURE, CONFLICT, HANDOVER, check_assistance, check_service, next_answer
from shelter.domain.stays import EXTENSION, STAY, Stay

BASE_DAYS = {"adult": 30, "child": 60, "adult_with_children": 60}
JANUARY = date(2024, 1, 10)
RESIDENT = Stay("admitted", "adult", JANUARY, date(2024, 2, 9))

EXPECTED: dict[str, dict[str, dict[str, str]]] = {
    "stay": {
        "requested": {"offer": "offered", "waitlist": "waitlisted", "refuse": "refused"},
        "waitlisted": {"offer": "offered", "refuse": "refused"},
        "offered": {"admit": "admitted", "decline": "declined", "lapse": "lapsed"},
        "admitted": {
            "request_extension": "admitted",
            "decide_extension": "admitted",
            "record_service": "admitted",
            "re_examine": "admitted",
            "transfer": "ended",
            "leave": "ended",
        },
        "refused": {},
        "declined": {},
        "lapsed": {},
        "ended": {"record_service": "ended"},
    },
    "extension": {"requested": {"grant": "granted", "refuse": "not_granted"}, "granted": {}, "not_granted": {}},
    "hand-over": {
        "requested": {"acknowledge": "acknowledged", "decline_handover": "declined", "withdraw": "withdrawn"},
        "acknowledged": {"re_examine_handover": "acknowledged", "end_handover": "ended"},
        "ended": {},
        "declined": {},
        "withdrawn": {},
    },
    "closure": {"open": {"move_return": "open", "end": "ended"}, "ended": {}},
    "conflict": {"active": {"end": "ended"}, "ended": {}},
}
MACHINES = (STAY, EXTENSION, HANDOVER, CLOSURE, CONFLICT)


@pytest.mark.parametrize(
    ("machine", "state", "action"),
    [(m, s, a) for m in MACHINES for s, a, _ in m.table()],
    ids=lambda v: getattr(v, "name", v),
)
def test_every_state_and_action(machine: Machine, state: str, action: str) -> None:
    """What is not in the table raises; nothing is silently ignored."""
    after = EXPECTED[machine.name][state].get(action)
    if after:
        assert machine.after(state, action) == after
        return
    with pytest.raises(NotPossible) as refused:
        machine.after(state, action)
    assert refused.value.code == "not_possible_in_state"
    facts: dict[str, Any] = refused.value.facts
    assert sorted(facts["possible"]) == sorted(EXPECTED[machine.name][state])


@pytest.mark.parametrize("machine", MACHINES, ids=lambda m: m.name)
def test_machines_have_no_other_states(machine: Machine) -> None:
    assert set(machine.states) == set(EXPECTED[machine.name])


@pytest.mark.parametrize(
    ("category", "end"),
    [("adult", date(2024, 2, 9)), ("child", date(2024, 3, 10)), ("adult_with_children", date(2024, 3, 10))],
)
def test_base_days_by_category_sh_1(category: str, end: date) -> None:
    """SH-1: 30 days for an adult, 60 for a child and for an adult with minor children; 2024 has a 29 February."""
    assert stays.base_end(JANUARY, category, BASE_DAYS) == end


def test_extension_adds_one_step_or_what_was_decided_sh_1() -> None:
    """SH-1: the practice step where nothing else is said, else the days or the end that the decider gives."""
    assert stays.extended_end(RESIDENT, step_days=30, ends_on=None, days=None) == date(2024, 3, 10)
    assert stays.extended_end(RESIDENT, step_days=30, ends_on=None, days=5) == date(2024, 2, 14)
    assert stays.extended_end(RESIDENT, step_days=30, ends_on=date(2024, 6, 1), days=None) == date(2024, 6, 1)


@pytest.mark.parametrize(
    ("ends_on", "days", "code"),
    [
        (date(2024, 2, 9), None, "end_not_later"),
        (None, 0, "end_not_later"),
        (date(2024, 3, 1), 3, "two_ends"),
        (date(2042, 3, 1), None, "end_too_far"),
    ],
)
def test_extension_needs_one_later_end_sh_1(ends_on: date | None, days: int | None, code: str) -> None:
    """SH-1: an extension has a new end, and it lies after the present one."""
    with pytest.raises(Invalid) as refused:
        stays.extended_end(RESIDENT, step_days=30, ends_on=ends_on, days=days)
    assert refused.value.code == code


def test_a_stay_that_has_not_begun_cannot_be_extended() -> None:
    with pytest.raises(NotPossible):
        stays.extended_end(Stay("requested", "adult"), step_days=30, ends_on=None, days=1)


def test_soft_limit_warns_and_never_blocks_sh_1() -> None:
    """SH-1: 60 days are a soft limit for adults; there is none for children, and none where the parameter is unset."""
    long = replace(RESIDENT, ends_on=JANUARY + timedelta(days=61))
    assert stays.warnings(long, JANUARY, {"adult": 60}) == ["soft_limit_exceeded"]
    assert stays.warnings(replace(long, ends_on=JANUARY + timedelta(days=60)), JANUARY, {"adult": 60}) == []
    assert stays.warnings(replace(long, category="child"), JANUARY, {"adult": 60}) == []
    assert stays.warnings(long, JANUARY, None) == []
    assert stays.extended_end(long, step_days=30, ends_on=None, days=None) == JANUARY + timedelta(days=91)


@pytest.mark.parametrize(
    ("stay", "today", "word"),
    [
        (Stay("requested", "adult"), JANUARY, None),
        (Stay("waitlisted", "adult"), JANUARY, None),
        (Stay("offered", "adult"), JANUARY, "upcoming"),
        (RESIDENT, date(2024, 2, 9), "resident"),
        (RESIDENT, date(2024, 2, 10), "overdue_decision"),
        (replace(RESIDENT, state="ended", how="left"), date(2025, 1, 1), "left"),
        (replace(RESIDENT, state="ended", how="transferred"), JANUARY, "transferred"),
        (replace(RESIDENT, state="ended", how="discharged"), JANUARY, "discharged"),
        (replace(RESIDENT, state="ended", how="repatriated"), JANUARY, "repatriated"),
        (Stay("refused", "adult"), JANUARY, None),
    ],
)
def test_the_view_is_derived_sh_3(stay: Stay, today: date, word: str | None) -> None:
    """SH-3: a stay that ran out is overdue a decision, not ended; the last day belongs to the stay."""
    assert stays.view(stay, today) == word
    assert word is None or word in stays.VIEWS


@given(st.integers(0, 4_000), st.sampled_from(sorted(BASE_DAYS)))
def test_no_day_ends_a_stay_sh_3(days: int, category: str) -> None:
    """SH-3: however long ago a stay ran out, it stays admitted and its bed is wanted for a decision."""
    stay = Stay("admitted", category, JANUARY, stays.base_end(JANUARY, category, BASE_DAYS))
    today = JANUARY + timedelta(days=days)
    assert stay.state == "admitted"
    assert stays.view(stay, today) == ("overdue_decision" if days > BASE_DAYS[category] else "resident")
    stays.check_leave(stay, today, how="left", to=None, unconditional_days=30)


@given(st.integers(0, 400), st.sampled_from(["left", "transferred", "repatriated"]))
def test_leaving_is_possible_at_any_time_sh_2(days: int, how: str) -> None:
    """SH-2: no day, warning or overrun stands between a person and the door, and no reason is asked."""
    stays.check_leave(RESIDENT, JANUARY + timedelta(days=days), how=how, to=None, unconditional_days=30)


@pytest.mark.parametrize("to", [None, "independent"])
def test_nobody_is_discharged_to_nowhere_in_the_first_30_days_sh_2(to: str | None) -> None:
    """SH-2: the first 30 days are unconditional."""
    with pytest.raises(NotPossible) as refused:
        stays.check_leave(RESIDENT, JANUARY + timedelta(days=29), how="discharged", to=to, unconditional_days=30)
    assert refused.value.code == "unconditional_days"
    stays.check_leave(RESIDENT, JANUARY + timedelta(days=29), how="discharged", to="vac", unconditional_days=30)
    stays.check_leave(RESIDENT, JANUARY + timedelta(days=30), how="discharged", to=to, unconditional_days=30)


@pytest.mark.parametrize("state", [s for s in STAY.states if s != "admitted"])
def test_only_who_moved_in_can_leave(state: str) -> None:
    with pytest.raises(NotPossible):
        stays.check_leave(Stay(state, "adult"), JANUARY, how="left", to=None, unconditional_days=30)


@pytest.mark.parametrize(
    ("category", "age_group", "children", "code"),
    [
        ("adult", "adult", 0, None),
        ("child", "child", 0, None),
        ("adult", "unknown", 0, None),
        ("child", "unknown", 0, None),
        ("child", "child", 1, None),
        ("adult_with_children", "adult", 2, None),
        ("adult", "child", 0, "category_not_of_age_group"),
        ("child", "adult", 0, "category_not_of_age_group"),
        ("adult_with_children", "child", 1, "category_not_of_age_group"),
        ("adult_with_children", "adult", 0, "children_of_category"),
        ("adult", "adult", 1, "children_of_category"),
    ],
)
def test_category_follows_age_group_id_5(category: str, age_group: str, children: int, code: str | None) -> None:
    """SH-1, ID-5: nobody who counts as a child gets the shorter stay of an adult."""
    if code is None:
        stays.check_category(category, age_group, children)
        return
    with pytest.raises(DomainError) as refused:
        stays.check_category(category, age_group, children)
    assert refused.value.code == code


def test_education_is_for_children_sh_6() -> None:
    """SH-6: the child itself, or children who came along; every other service is for everybody."""
    with pytest.raises(NotPossible):
        check_service("education", "adult", 0)
    check_service("education", "adult", 1)
    check_service("education", "child", 0)
    check_service("food", "adult", 0)


def test_assistance_only_after_acknowledgement_sh_8() -> None:
    """SH-8: care of the assistance centre begins once it took the support over."""
    with pytest.raises(NotPossible):
        check_assistance(False)
    check_assistance(True)


def test_one_operator_cannot_refuse_for_the_others_sh_4() -> None:
    """SH-4: a request that several were asked for is refused when the last of them refused."""
    assert next_answer(1, 2) is None
    assert next_answer(2, 2) == "refuse"
