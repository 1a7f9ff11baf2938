"""Steps are always laid at the same moments, in order, in the year of the decision, and never in the future."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from player.scene import key_of
from player.timeline import BAKU, Timeline, end_of_year, reaches_into

from .givens import NOW, SHELTER, a_line

_SHARES = (0.05, 0.1, 0.15, 0.2, 0.4, 0.7)
_LATER = [timedelta(hours=1), timedelta(hours=2), timedelta(hours=6), timedelta(days=2), timedelta(days=14)]


@given(
    days_before=st.integers(30, 4500),
    second=st.integers(0, 86_399),
    hours=st.integers(0, 600),
    days=st.integers(1, 400),
)
def test_moments_follow_each_other_in_their_year_and_never_lie_ahead(
    days_before: int, second: int, hours: int, days: int
) -> None:
    course = {
        "decided_after_hours": hours,
        "shelter": SHELTER | {"days": days},
        "voluntary_return": {"country": "IN", "after_days": days},
    }
    reported = (NOW - timedelta(days=days_before, seconds=second)).astimezone(BAKU)
    line = a_line(course, reported_at=reported.isoformat())
    times = Timeline(line, NOW)
    before = [times.before_decision(share) for share in _SHARES]
    after = [times.in_its_year(line.decided_at + later) for later in _LATER]
    stay = times.stay()
    home = [times.way_home(share) for share in (0.2, 0.5, 1.0)] + [times.after_departure(days=1)]
    assert before == sorted(before)
    assert line.reported_at <= before[0]
    assert before[-1] <= line.reported_at + timedelta(hours=24)
    assert before[-1] <= line.decided_at
    assert after == sorted(after)
    assert home == sorted(home)
    assert all(line.decided_at <= moment <= end_of_year(line.decided_at) for moment in after)
    assert max(*after, *home, *stay.extended_at, stay.left_at or NOW) <= NOW
    assert stay.left_at is None or stay.left_at - stay.admitted_at == timedelta(days=days + 30)


def test_help_decided_late_in_december_counts_in_that_year() -> None:
    times = Timeline(a_line(reported_at="2024-12-29T10:00:00+04:00"), NOW)
    assert times.in_its_year(times.stay().ends_at) == datetime(2024, 12, 31, 23, 59, 59, tzinfo=BAKU)
    assert times.years() == {2024}
    left_at = times.stay().left_at
    assert left_at is not None
    assert left_at.year == 2025


def test_a_recent_stay_has_not_ended() -> None:
    times = Timeline(a_line(reported_at="2026-05-20T10:00:00+04:00"), NOW)
    assert times.stay().left_at is None
    assert times.stay().extended_at == ()


def test_only_lines_that_reach_to_the_present_need_to_be_remembered() -> None:
    assert reaches_into(a_line(reported_at="2026-05-01T10:00:00+04:00"), NOW)
    assert not reaches_into(a_line(), NOW)


def test_a_line_reported_and_decided_in_different_years_touches_both() -> None:
    line = a_line({"decided_after_hours": 72}, reported_at="2023-12-30T10:00:00+04:00")
    assert Timeline(line, datetime.now(UTC)).years() == {2023, 2024}


def test_a_step_has_the_same_key_wherever_it_is_played() -> None:
    """The platform stores the keys: a line that is played again must find them."""
    assert key_of("0" * 64, "report") == key_of("0" * 64, "report")
    assert len({key_of("0" * 64, "report"), key_of("0" * 64, "register"), key_of("1" * 64, "report")}) == 3
    assert key_of("0" * 64, "report") == "5c9099d7-6f3d-5a93-bcd3-7e7771adb6ec"
