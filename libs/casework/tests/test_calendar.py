"""Days, months and years of the law, and deadlines that follow from them. Pure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from casework.calendar import (
    BAKU,
    Term,
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
from hypothesis import given
from hypothesis import strategies as st

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


def test_days_and_years_are_those_of_baku() -> None:
    first, next_first = year_bounds(2024)
    assert first.astimezone(UTC) == datetime(2023, 12, 31, 20, tzinfo=UTC)
    assert local_date(first) == date(2024, 1, 1)
    assert local_date(first - timedelta(seconds=1)) == date(2023, 12, 31)
    assert local_date(next_first) == date(2025, 1, 1)
    assert local_date(end_of_day(date(2024, 2, 29))) == date(2024, 2, 29)


def test_a_clock_warns_and_says_what_became_of_it() -> None:
    """NO-3."""
    due, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    assert [Deadline("stay", due).state(at) for at in (NOW, due, later)] == ["running", "running", "breached"]
    assert Deadline("stay", due, due).state(later) == "met"
    assert Deadline("stay", due, later).state(later) == "met_late"


def test_a_term_of_months_is_counted_from_its_first_day() -> None:
    """RP-1: 31 January and three times a month is 30 April, not 28."""
    term = Term(date(2026, 1, 31), 1)
    ends = [term.ends, term.extended(1).ends, term.extended(1).extended(1).ends]
    assert ends == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


@given(DAYS, st.lists(st.integers(1, 24), min_size=1, max_size=8))
def test_a_term_ends_where_all_its_months_at_once_end(day: date, months: list[int]) -> None:
    """RP-1, RP-4: in whatever steps it was extended, nobody loses a day; and each step ends later."""
    term, ends = Term(day, 0), [day]
    for more in months:
        term = term.extended(more)
        ends.append(term.ends)
    assert ends[-1] == add_months(day, sum(months))
    assert ends == sorted(set(ends))
