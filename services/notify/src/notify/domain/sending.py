"""Retries (NO-4): growing pauses, a bound, and what a crash while sending means."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def next_try(tries: int, now: datetime, pauses: Sequence[timedelta]) -> datetime | None:
    """When to try again after `tries` failed tries; None = that was the last one, the message failed."""
    return now + pauses[tries - 1] if tries <= len(pauses) else None


def may_send_again(unknown_outcomes: int, allowed: int) -> bool:
    """A crash between sending and recording: sent again under the same reference, at most `allowed` times."""
    return unknown_outcomes <= allowed


def too_late_for_person(effective_at: datetime, recorded_at: datetime, bound: timedelta) -> bool:
    """About an act entered long after it happened the person gets no message: a year on paper must text nobody."""
    return recorded_at - effective_at > bound


def is_over(*, withdrawn: bool, before: bool, lasting: bool) -> bool:
    """Whether a message of a case that has ended goes out no more (NO-2, ID-9).

    About an act of `before` the end nothing is sent, but that a decision was taken is `lasting`: the person learns of
    it after a closing as well. Who withdrew gets nothing but the news of a later decision.
    """
    return (before or not lasting) if withdrawn else (before and not lasting)
