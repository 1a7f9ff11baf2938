"""NO-3: approaching, breached, met, and all of these entered late."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from notify.domain import clocks
from notify.domain.clocks import Clock, Settle
from notify.domain.durations import Span

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DUE = START + timedelta(hours=24)
SETTLE = Settle({"opinion": timedelta(hours=1)}, late=timedelta(hours=2))
HOUR = timedelta(hours=1)
FOUR_HOURS = Span(4 * HOUR)


def every_day(_: date) -> bool:
    return True


def referral(recorded_at: datetime = START, kind: str = "referral", warn: Span | None = FOUR_HOURS) -> Clock:
    return clocks.start(
        kind,
        effective_at=START,
        recorded_at=recorded_at,
        due_at=DUE,
        warn_before=warn,
        settle=SETTLE,
        is_working_day=every_day,
    )


def test_the_warning_comes_once_then_the_breach_once() -> None:
    """NO-3."""
    assert clocks.look(referral(), DUE - 5 * HOUR).announced == ()
    warned = clocks.look(referral(), DUE - 4 * HOUR)
    assert warned.announced == (("approaching", False),)
    assert clocks.look(warned.clock, DUE - HOUR).announced == ()
    breached = clocks.look(warned.clock, DUE)
    assert breached.announced == (("breached", False),)
    assert clocks.look(breached.clock, DUE + 99 * HOUR).announced == ()
    assert breached.clock.look_at is None


@given(st.integers(1, 60 * 24 * 60), st.integers(1, 60 * 24 * 60))
def test_a_warning_comes_after_the_start_and_before_the_end(term: int, warn: int) -> None:
    """NO-3: also where the term is shorter than the span of its warning; minutes."""
    due = START + timedelta(minutes=term)
    clock = clocks.start(
        "permit",
        effective_at=START,
        recorded_at=START,
        due_at=due,
        warn_before=Span(timedelta(minutes=warn)),
        settle=SETTLE,
        is_working_day=every_day,
    )
    assert clock.warn_at is not None
    assert START < clock.warn_at < due


def test_a_ticker_that_slept_through_the_warning_says_the_breach_alone() -> None:
    """NO-3."""
    assert clocks.look(referral(), DUE + HOUR).announced == (("breached", False),)


def test_met_in_time_stops_the_clock() -> None:
    """NO-3."""
    met = clocks.end(referral(), effective_at=START + HOUR, recorded_at=START + HOUR)
    assert (met.clock.state, met.announced) == ("met", (("met", False),))
    assert clocks.look(met.clock, DUE + HOUR).announced == ()


def test_met_too_late_says_the_breach_and_then_the_end() -> None:
    """NO-3, ID-7: the acknowledgement after 24 hours is possible, and late."""
    late = clocks.end(referral(), effective_at=DUE + HOUR, recorded_at=DUE + HOUR)
    assert (late.clock.state, late.announced) == ("met_late", (("breached", False), ("met", False)))
    announced = clocks.look(referral(), DUE).clock
    assert clocks.end(announced, effective_at=DUE + HOUR, recorded_at=DUE + HOUR).announced == (("met", False),)


def test_an_act_whose_clock_was_already_met_is_met_without_messages() -> None:
    """NO-3, entered late: loading last year warns nobody and breaches nothing."""
    entered = START + timedelta(days=300)
    clock = referral(recorded_at=entered)
    assert clocks.look(clock, entered + HOUR).announced == ()
    met = clocks.end(clock, effective_at=START + HOUR, recorded_at=entered + HOUR)
    assert (met.clock.state, met.announced) == ("met", (("met", True),))


def test_an_act_whose_clock_was_already_breached_says_so_once_and_marked() -> None:
    """NO-3, entered late."""
    entered = START + timedelta(days=300)
    clock = referral(recorded_at=entered)
    breached = clocks.look(clock, entered + 2 * HOUR)
    assert breached.announced == (("breached", True),)
    assert clocks.look(breached.clock, entered + 9 * HOUR).announced == ()
    at_once = clocks.end(clock, effective_at=DUE + HOUR, recorded_at=entered)
    assert at_once.announced == (("breached", True), ("met", False))


def test_the_answer_entered_after_the_breach_was_told_still_counts_as_in_time() -> None:
    """NO-3: the act was in time, only its entry was not."""
    breached = clocks.look(referral(), DUE).clock
    met = clocks.end(breached, effective_at=DUE - HOUR, recorded_at=DUE + HOUR)
    assert (met.clock.state, met.announced) == ("met", (("met", True),))


def test_a_kind_that_ends_by_itself_leaves_its_owner_time_to_say_so() -> None:
    """NO-3, RP-3: silence is an answer that the owning service records at the due moment."""
    opinion = referral(kind="opinion")
    assert clocks.look(clocks.look(opinion, DUE - HOUR).clock, DUE + HOUR / 2).announced == ()
    assert clocks.look(opinion, DUE + HOUR).announced == (("breached", False),)


def test_an_extended_stay_begins_anew() -> None:
    """NO-3, SH-1, SH-3: after a breach, too."""
    breached = clocks.look(referral(), DUE).clock
    moved = clocks.extend(
        breached,
        recorded_at=DUE + HOUR,
        due_at=DUE + 24 * HOUR,
        warn_before=Span(4 * HOUR),
        settle=SETTLE,
        is_working_day=every_day,
    )
    assert (moved.state, moved.started_at) == ("running", START)
    assert clocks.look(moved, DUE + 20 * HOUR).announced == (("approaching", False),)
    assert clocks.look(moved, DUE + 24 * HOUR).announced == (("breached", False),)


def test_no_warning_where_none_is_set_and_none_after_the_end() -> None:
    """NO-3: an unset parameter blocks nothing."""
    assert clocks.look(referral(warn=None), DUE - HOUR).announced == ()
    assert clocks.look(referral(warn=None), DUE).announced == (("breached", False),)
    quiet = clocks.look(referral(kind="opinion"), DUE + HOUR / 2)
    assert quiet.announced == ()
    assert quiet.clock.look_at == DUE + HOUR


def test_a_closed_case_ends_the_clock_in_silence() -> None:
    assert clocks.cancel(referral()).look_at is None


@given(
    late=st.timedeltas(timedelta(0), timedelta(days=400)),
    ticks=st.lists(st.timedeltas(timedelta(days=-1), timedelta(days=500)), max_size=12),
    met_after=st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_each_thing_is_said_at_most_once_whatever_the_ticks(
    late: timedelta, ticks: list[timedelta], met_after: timedelta
) -> None:
    """NO-3, property: at most one warning, one breach, one end, in this order, and nothing after the end."""
    recorded = START + late
    clock = referral(recorded_at=recorded)
    announced: list[str] = []
    for tick in sorted(ticks):
        change = clocks.look(clock, recorded + tick)
        clock, announced = change.clock, announced + [what for what, _ in change.announced]
    end = clocks.end(clock, effective_at=START + met_after, recorded_at=max(recorded, START + met_after))
    announced += [what for what, _ in end.announced]
    order = ["approaching", "breached", "met"]
    assert announced == sorted(set(announced), key=order.index)
    assert announced[-1] == "met"
    assert end.clock.state == ("met" if START + met_after <= DUE else "met_late")
    assert clocks.look(end.clock, recorded + timedelta(days=999)).announced == ()
