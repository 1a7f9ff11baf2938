"""Days, months and years of the law, and deadlines that follow from them. Pure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from casework.calendar import (
    BAKU,
    Term,
    WorkingDays,
    add_months,
    end_of_day,
    holiday_name,
    local_date,
    year_bounds,
)
from casework.deadlines import Deadline
from casework.decreed_days import Decreed
from hypothesis import given
from hypothesis import strategies as st

PUBLISHED = WorkingDays()
DAYS = st.dates(date(2005, 1, 1), date(2035, 1, 1))
TERMS = st.integers(0, 60)
NOW = datetime(2024, 3, 4, 10, tzinfo=UTC)


def test_a_saturday_that_a_decree_moved_is_a_working_day_and_the_day_it_replaced_is_not() -> None:
    """NO-3: in November 2024, for the climate conference in Baku."""
    assert PUBLISHED.works(date(2024, 11, 16))
    assert not PUBLISHED.works(date(2024, 11, 12))


def test_weekends_and_holidays_are_no_working_days() -> None:
    assert not PUBLISHED.works(date(2024, 3, 20)), "Novruz"
    assert not PUBLISHED.works(date(2024, 3, 2)), "a Saturday"
    assert PUBLISHED.works(date(2024, 3, 4))
    assert holiday_name(date(2024, 3, 20))
    assert holiday_name(date(2024, 3, 4)) is None


@given(DAYS, TERMS)
def test_a_term_of_working_days_holds_exactly_so_many(start: date, days: int) -> None:
    end = PUBLISHED.add(start, days)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(PUBLISHED.works, between)) == days
    assert days == 0 or PUBLISHED.works(end)


@given(DAYS, TERMS)
def test_subtracting_undoes_adding(start: date, days: int) -> None:
    """Up to the free days between, which are worth nothing."""
    end = PUBLISHED.add(start, days)
    back = PUBLISHED.subtract(end, days)
    assert start <= back
    assert PUBLISHED.add(back, days) == end


@given(DAYS, DAYS, TERMS, TERMS)
def test_a_later_start_or_a_longer_term_never_ends_earlier(a: date, b: date, n: int, m: int) -> None:
    assert PUBLISHED.add(min(a, b), n) <= PUBLISHED.add(max(a, b), n)
    assert PUBLISHED.add(a, min(n, m)) <= PUBLISHED.add(a, max(n, m))


@pytest.mark.parametrize("days", [-1, 3_661])
def test_a_term_that_must_be_a_mistake_is_refused(days: int) -> None:
    for count in (PUBLISHED.add, PUBLISHED.subtract):
        with pytest.raises(ValueError, match="between 0 and 3660"):
            count(date(2024, 1, 1), days)


def test_a_term_begins_on_the_day_after_and_ends_with_its_last_day_in_baku() -> None:
    late = datetime(2024, 3, 4, 21, tzinfo=UTC)  # already the 5th in Baku
    assert PUBLISHED.due(late, 1) == datetime(2024, 3, 6, 23, 59, 59, tzinfo=BAKU)


FITR = date(2027, 3, 10)  # estimated: the published calendar says so


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=BAKU)


def test_a_decree_goes_before_the_calendar_and_moves_a_term_that_runs() -> None:
    """NO-3: the term keeps its number of working days, and the time of its last one."""
    monday, friday = date(2026, 11, 30), date(2026, 12, 4)
    due = PUBLISHED.due(at(monday), 4)
    assert local_date(due) == friday
    closed = WorkingDays({date(2026, 12, 2): False})
    assert closed.moved(at(monday), due, before=PUBLISHED) == end_of_day(date(2026, 12, 7))
    open_saturday = WorkingDays({date(2026, 12, 2): False, date(2026, 12, 5): True})
    moved = open_saturday.moved(at(monday), due, before=PUBLISHED)
    assert moved == end_of_day(date(2026, 12, 5))
    assert PUBLISHED.moved(at(monday), moved, before=open_saturday) == due, "taken back"


def test_a_term_beside_an_estimated_holiday_is_provisional_until_it_is_decreed() -> None:
    """NO-3: an estimate may miss by a day or two, so a term that ends just before it may move as well."""
    assert PUBLISHED.is_estimated(FITR)
    assert not PUBLISHED.is_estimated(date(2027, 3, 20)), "Novruz has its day"
    start = at(date(2027, 3, 1))
    for last, provisional in ((date(2027, 3, 5), False), (date(2027, 3, 9), True), (date(2027, 3, 12), True)):
        assert PUBLISHED.is_provisional(start, end_of_day(last)) is provisional, last
    assert not PUBLISHED.is_provisional(at(date(2027, 3, 15)), end_of_day(date(2027, 3, 19))), "it is over"
    decreed = {date(2027, 3, day): False for day in range(8, 15) if PUBLISHED.is_estimated(date(2027, 3, day))}
    assert not WorkingDays(decreed).is_provisional(start, end_of_day(date(2027, 3, 12)))


@given(DAYS, st.integers(1, 40), st.dictionaries(DAYS, st.booleans(), max_size=5), st.data())
def test_a_moved_term_has_as_many_working_days_as_before(
    start: date, days: int, decreed: dict[date, bool], data: st.DataObject
) -> None:
    """NO-3, property: whatever was decreed before and after; and a decree that says nothing new moves nothing."""
    near = st.dictionaries(st.integers(1, 60).map(lambda n: start + timedelta(days=n)), st.booleans(), max_size=9)
    before, after = WorkingDays(decreed | data.draw(near)), WorkingDays(decreed | data.draw(near))
    due = before.due(at(start), days)
    moved = after.moved(at(start), due, before=before)
    assert after.between(start, local_date(moved)) == days
    assert after.works(local_date(moved))
    assert before.moved(at(start), due, before=before) == due
    assert before.moved(at(start), moved, before=after) == due


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


def test_no_term_moves_to_a_day_that_is_over() -> None:
    """NO-3: on Sunday the Saturday before is decreed a working day; whoever had until Monday still has."""
    due = PUBLISHED.due(at(date(2027, 3, 1)), 7)
    after = WorkingDays({date(2027, 3, 13): True})
    decreed = Decreed(PUBLISHED, after, since=at(date(2027, 3, 13), 0), entered_on=date(2027, 3, 14))
    assert local_date(after.moved(at(date(2027, 3, 1)), due, before=PUBLISHED)) == date(2027, 3, 13)
    assert decreed.due(at(date(2027, 3, 1)), due) == due
    on_friday = decreed._replace(entered_on=date(2027, 3, 12))
    assert local_date(on_friday.due(at(date(2027, 3, 1)), due)) == date(2027, 3, 13)
