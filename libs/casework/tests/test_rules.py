"""What a service answers about its rules: the row of the day, its values one by one, and what comes next (X7)."""

from datetime import date

import pytest
from casework.parameters import Parameter
from casework.rules import RuleAnswer, in_force, open_to_all

DAYS = {"legal": "article 1", "source": "P", "verified": True}


def row(value: object, since: str, **more: object) -> Parameter:
    return Parameter.model_validate({"value": value, "from": since, **DAYS, **more})


def rule(name: str, value: object) -> RuleAnswer:
    (found,) = in_force(name, [row(value, "2020-01-01")], date(2024, 1, 1))
    return found


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        ("referral_hours", 24, [(None, 24, "hours")]),
        ("handover_workdays", 5, [(None, 5, "working_days")]),
        ("adult_age", 18, [(None, 18, None)]),
        ("decision_hours", None, [(None, None, None)]),
        ("doubt_means_child", True, [(None, True, None)]),
        ("base_days", {"adult": 30, "child": 60}, [("adult", 30, "days"), ("child", 60, "days")]),
        ("warn_before", {"stay": "7d", "opinion": "2wd"}, [("stay", 7, "days"), ("opinion", 2, "working_days")]),
        ("retry_pauses", ["1m", "12h"], [(None, 1, "minutes"), (None, 12, "hours")]),
        ("above", {"grant": {"qepik": 500, "days": 365}}, [("grant", 500, "qepik"), ("grant", 365, "days")]),
        ("call_back", {"hours": "09:00–18:00", "numbers": {}}, [("hours", "09:00–18:00", None)]),
    ],
)
def test_each_value_stands_by_itself(name: str, value: object, lines: list[object]) -> None:
    assert [(one.of, one.value, one.unit) for one in rule(name, value).values] == lines


def test_a_rule_is_that_of_the_day_and_the_next_one_is_named() -> None:
    rows = [row(12, "2013-01-01"), row(24, "2020-01-01")]
    assert list(in_force("months", rows, date(2012, 12, 31))) == []
    (before,) = in_force("months", rows, date(2019, 12, 31))
    assert before.next_values
    assert (before.values[0].value, before.next_since, before.next_values[0].value) == (12, date(2020, 1, 1), 24)
    (after,) = in_force("months", rows, date(2020, 1, 1))
    assert (after.values[0].value, after.since, after.next_since) == (24, date(2020, 1, 1), None)


def test_a_rule_that_only_ends_names_its_last_day_and_no_next_value() -> None:
    (found,) = in_force("months", [row(12, "2013-01-01", until="2027-01-01")], date(2026, 1, 1))
    assert (found.next_since, found.next_values) == (date(2027, 1, 1), None)


def test_groups_of_persons_have_a_rule_each() -> None:
    rows = [row(30, "2013-01-01", applies_to="foreign"), row(30, "2016-01-01", applies_to="all")]
    assert [one.values[0].of for one in in_force("reflection_days", rows, date(2014, 1, 1))] == ["foreign"]
    assert [one.values[0].of for one in in_force("reflection_days", rows, date(2017, 1, 1))] == ["foreign", None]


def test_whoever_has_a_right_reads_the_rules_but_no_system() -> None:
    given = open_to_all({"see": {"caseworker": "all", "service": "all"}, "tell": {"agency-system": "none"}})
    assert given["see_rules"] == {"caseworker": "none"}
