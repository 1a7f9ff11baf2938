"""Spans in calendar time and working days (NO-3)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from casework.calendar import BAKU
from hypothesis import given
from hypothesis import strategies as st
from notify.domain.durations import Span, end_of_day

HOLIDAYS = {date(2024, 11, 8), date(2024, 11, 9), date(2024, 11, 11), date(2024, 11, 12)}
WORKING_SATURDAY = date(2024, 11, 16)


def is_working_day(day: date) -> bool:
    return day == WORKING_SATURDAY or (day.weekday() < 5 and day not in HOLIDAYS)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", Span(timedelta(minutes=30))),
        ("4h", Span(timedelta(hours=4))),
        ("5d", Span(timedelta(days=5))),
        ("2wd", Span(working_days=2)),
    ],
)
def test_a_span_is_read(text: str, span: Span) -> None:
    assert Span.parse(text) == span


@pytest.mark.parametrize("text", ["", "0h", "4", "h", "-1d", "1.5d", "2w", "4 h", "99999h"])
def test_what_is_not_a_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        Span.parse(text)


def test_working_days_pass_over_weekends_and_holidays_and_count_moved_ones() -> None:
    """NO-3: 2 working days before Monday 18.11.2024 09:07 are Friday 15.11., as Saturday 16.11. is a working day."""
    due = datetime(2024, 11, 18, 9, 7, tzinfo=BAKU)
    assert Span(working_days=2).before(due, is_working_day) == datetime(2024, 11, 15, 9, 7, tzinfo=BAKU)
    assert Span(working_days=1).before(due, is_working_day) == datetime(2024, 11, 16, 9, 7, tzinfo=BAKU)
    wednesday = datetime(2024, 11, 13, 9, 7, tzinfo=BAKU)
    assert Span(working_days=1).before(wednesday, is_working_day) == datetime(2024, 11, 7, 9, 7, tzinfo=BAKU)


@given(
    minutes=st.integers(0, 3 * 366 * 24 * 60),
    days=st.integers(1, 40),
)
def test_going_back_and_forth_counts_the_same_working_days(minutes: int, days: int) -> None:
    """NO-3, property: exactly `days` working days lie between, and the end is one of them."""
    moment = datetime(2023, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    earlier = Span(working_days=days).before(moment, is_working_day)
    first, last = earlier.date(), moment.astimezone(BAKU).date()
    between = [first + timedelta(days=n) for n in range((last - first).days)]
    assert sum(map(is_working_day, between)) == days
    assert is_working_day(first)
    if is_working_day(last):
        assert Span(working_days=days).after(earlier, is_working_day) == moment


def test_a_calendar_without_working_days_ends_in_an_error_not_a_loop() -> None:
    with pytest.raises(ValueError, match="no working day"):
        Span(working_days=1).before(datetime(2024, 1, 1, tzinfo=BAKU), lambda _: False)


def test_a_date_is_over_when_its_day_is_over_in_baku() -> None:
    assert end_of_day(date(2024, 3, 31)) == datetime(2024, 3, 31, 20, 0, tzinfo=UTC)
