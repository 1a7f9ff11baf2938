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
