"""The parts without a database: days, months, moments, machines, parameters, clocks of objects."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from casework.calendar import (
    BAKU,
    add_months,
    add_working_days,
    due_in_working_days,
    end_of_day,
    holiday_name,
    is_working_day,
    local_date,
    subtract_working_days,
    year_bounds,
)
from casework.deadlines import Deadline
from casework.parameters import NotInForce, Parameters
from chassis.clock import effective, new_id
from chassis.errors import Invalid, NotPossible
from chassis.machine import Machine, Possible
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

DAYS = st.dates(date(2005, 1, 1), date(2035, 1, 1))
TERMS = st.integers(0, 60)
NOW = datetime(2024, 3, 4, 10, tzinfo=UTC)


def test_a_saturday_that_a_decree_moved_is_a_working_day_and_the_day_it_replaced_is_not() -> None:
    """NO-3: in November 2024, for the climate conference in Baku."""
    assert is_working_day(date(2024, 11, 16))
    assert not is_working_day(date(2024, 11, 12))


def test_weekends_and_holidays_are_no_working_days() -> None:
    assert not is_working_day(date(2024, 3, 20)), "Novruz"
    assert not is_working_day(date(2024, 3, 2)), "a Saturday"
    assert is_working_day(date(2024, 3, 4))
    assert holiday_name(date(2024, 3, 20))
    assert holiday_name(date(2024, 3, 4)) is None


@given(DAYS, TERMS)
def test_a_term_of_working_days_holds_exactly_so_many(start: date, days: int) -> None:
    end = add_working_days(start, days)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(is_working_day, between)) == days
    assert days == 0 or is_working_day(end)


@given(DAYS, TERMS)
def test_subtracting_undoes_adding(start: date, days: int) -> None:
    """Up to the free days between, which are worth nothing."""
    end = add_working_days(start, days)
    back = subtract_working_days(end, days)
    assert start <= back
    assert add_working_days(back, days) == end


@given(DAYS, DAYS, TERMS, TERMS)
def test_a_later_start_or_a_longer_term_never_ends_earlier(a: date, b: date, n: int, m: int) -> None:
    assert add_working_days(min(a, b), n) <= add_working_days(max(a, b), n)
    assert add_working_days(a, min(n, m)) <= add_working_days(a, max(n, m))


@pytest.mark.parametrize("days", [-1, 3_661])
def test_a_term_that_must_be_a_mistake_is_refused(days: int) -> None:
    for count in (add_working_days, subtract_working_days):
        with pytest.raises(ValueError, match="between 0 and 3660"):
            count(date(2024, 1, 1), days)


def test_a_term_begins_on_the_day_after_and_ends_with_its_last_day_in_baku() -> None:
    late = datetime(2024, 3, 4, 21, tzinfo=UTC)  # already the 5th in Baku
    assert due_in_working_days(late, 1) == datetime(2024, 3, 6, 23, 59, 59, tzinfo=BAKU)


@given(DAYS, st.integers(-240, 240))
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_months_of_different_length() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2023, 11, 30), 3) == date(2024, 2, 29)
    assert add_months(date(2023, 12, 31), 12) == date(2024, 12, 31)


def test_an_act_took_effect_as_said_or_now() -> None:
    hour = timedelta(hours=1)
    assert effective(None, NOW) == NOW
    assert effective(None, NOW, not_before=NOW - hour) == NOW
    assert effective(NOW - hour, NOW, not_before=NOW - hour) == NOW - hour
    assert effective(NOW + timedelta(seconds=4), NOW) == NOW + timedelta(seconds=4), "clocks of two machines differ"
    assert effective(None, NOW, not_before=NOW + timedelta(seconds=4)) == NOW + timedelta(seconds=4)


@pytest.mark.parametrize(
    ("happened_at", "code"),
    [
        (NOW + timedelta(seconds=6), "in_the_future"),
        (NOW - timedelta(hours=2), "before_what_it_follows"),
    ],
)
def test_an_act_is_neither_in_the_future_nor_before_what_it_follows(happened_at: datetime, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        effective(happened_at, NOW, not_before=NOW - timedelta(hours=1))
    assert (refusal.value.code, refusal.value.faults[0].where) == (code, "body.happened_at")


def test_days_and_years_are_those_of_baku() -> None:
    first, next_first = year_bounds(2024)
    assert first.astimezone(UTC) == datetime(2023, 12, 31, 20, tzinfo=UTC)
    assert local_date(first) == date(2024, 1, 1)
    assert local_date(first - timedelta(seconds=1)) == date(2023, 12, 31)
    assert local_date(next_first) == date(2025, 1, 1)
    assert local_date(end_of_day(date(2024, 2, 29))) == date(2024, 2, 29)


def test_ids_sort_by_the_time_they_were_made() -> None:
    made = [new_id() for _ in range(200)]
    assert sorted(made) == made
    assert {id_.version for id_ in made} == {7}


LAMP = Machine("lamp", "off", {("off", "switch_on"): "on", ("on", "switch_off"): "off", ("on", "break"): "broken"})


def test_every_state_and_action_of_a_machine_either_follows_the_table_or_is_refused() -> None:
    assert LAMP.states == ("off", "on", "broken")
    walked = list(LAMP.table())
    assert len(walked) == 9
    for state, action, after in walked:
        if after:
            assert LAMP.after(state, action) == after
        else:
            with pytest.raises(NotPossible) as refusal:
                LAMP.after(state, action)
            assert refusal.value.code == "not_possible_in_state"
            assert refusal.value.facts["possible"] == LAMP.possible_in(state)


def test_actions_are_listed_with_the_reason_why_not_and_without_those_of_other_roles() -> None:
    assert LAMP.list_actions("on", {"break": "glass_is_holy", "switch_on": "never_said"}) == [
        Possible("switch_on", False, "state_is_on"),
        Possible("switch_off", True),
        Possible("break", False, "glass_is_holy"),
    ]
    assert LAMP.list_actions("broken", may={"break"}) == [Possible("break", False, "state_is_broken")]


def test_a_clock_warns_and_says_what_became_of_it() -> None:
    """NO-3."""
    due, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    assert [Deadline("x", due).state(at) for at in (NOW, due, later)] == ["running", "running", "breached"]
    assert Deadline("x", due, due).state(later) == "met"
    assert Deadline("x", due, later).state(later) == "met_late"


def _parameters(tmp_path: Path, rows: str) -> Parameters:
    path = tmp_path / "parameters.yaml"
    path.write_text(rows, encoding="utf-8")
    return Parameters.load(path)


ROWS = """
term:
  - {value: 30, from: 2020-01-01, until: 2024-01-01, legal: Law 1, source: S1, verified: true}
  - {value: 60, from: 2024-01-01, legal: Law 2, source: S1, verified: true}
stay:
  - {value: 30, from: 2013-01-01, legal: Law, source: S1, verified: true, applies_to: adult}
  - {value: 60, from: 2015-01-01, legal: Law, source: S1, verified: true, applies_to: child}
ceiling:
  - {value: null, from: 2013-01-01, legal: unset, source: R, verified: false}
ended:
  - {value: 1, from: 2013-01-01, until: 2014-01-01, legal: Law, source: S1, verified: true}
"""


def test_a_parameter_has_the_value_of_the_day(tmp_path: Path) -> None:
    law = _parameters(tmp_path, ROWS)
    assert law.value("term", date(2023, 12, 31)) == 30
    assert law.value("term", date(2024, 1, 1)) == 60
    assert law.value("stay", date(2016, 1, 1), applies_to="adult") == 30
    assert law.value("stay", date(2016, 1, 1), applies_to="child") == 60
    assert law.value("ceiling", date(2016, 1, 1)) is None, "unset blocks nobody"


@pytest.mark.parametrize(
    ("name", "on", "group", "since"),
    [
        ("term", date(2019, 12, 31), None, "2020-01-01"),
        ("stay", date(2014, 1, 1), "child", "2015-01-01"),
        ("stay", date(2012, 12, 31), "adult", "2013-01-01"),
        ("ended", date(2014, 1, 1), None, "2013-01-01"),
    ],
)
def test_before_its_first_day_and_after_its_last_a_rule_is_not_in_force(
    tmp_path: Path, name: str, on: date, group: str | None, since: str
) -> None:
    with pytest.raises(NotInForce) as refusal:
        _parameters(tmp_path, ROWS).value(name, on, applies_to=group)
    assert refusal.value.code == "not_in_force"
    assert refusal.value.facts == {"parameter": name, "on": on.isoformat(), "in_force_from": since}


@pytest.mark.parametrize("row", ["value: 1", "{value: 1, from: soon, legal: L, source: S, verified: true}"])
def test_a_row_without_its_source_or_with_a_wrong_day_is_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(ValidationError):
        _parameters(tmp_path, f"term: [{row}]")


FILES = sorted(Path(__file__).parents[3].glob("services/*/src/*/parameters.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_the_parameters_of_every_service_load_and_name_their_source(path: Path) -> None:
    for name, rows in Parameters.load(path):
        assert all(row.legal and row.source for row in rows), name
        assert all(row.until is None or row.until > row.valid_from for row in rows), name


def test_every_service_has_parameters() -> None:
    assert len(FILES) >= 5
