"""NO-4: retries with growing pauses, and the unknown outcome of a crash."""

from datetime import UTC, datetime, timedelta

from notify.domain.sending import may_send_again, next_try, too_late_for_person

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PAUSES = [timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=2)]


def test_each_pause_is_used_once_then_the_message_failed() -> None:
    """NO-4."""
    assert [next_try(tries, NOW, PAUSES) for tries in (1, 2, 3, 4)] == [
        NOW + timedelta(minutes=1),
        NOW + timedelta(minutes=5),
        NOW + timedelta(hours=2),
        None,
    ]


def test_an_unknown_outcome_is_sent_again_only_as_often_as_allowed() -> None:
    """NO-4: a crash between sending and recording may double one message, never more."""
    assert [may_send_again(times, allowed=1) for times in (0, 1, 2)] == [True, True, False]


def test_a_year_on_paper_texts_nobody_about_last_year() -> None:
    """NO-2: an act entered more than the bound after it happened is not told to the person by message."""
    bound = timedelta(days=3)
    assert not too_late_for_person(NOW - timedelta(days=2), NOW, bound)
    assert too_late_for_person(NOW - timedelta(days=300), NOW, bound)
