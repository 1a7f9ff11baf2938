"""The nights of a year by month, and how long people waited for a place (SH-9)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, get_args

from casework.calendar import add_months

Waited = Literal["0_1", "2_3", "4_7", "8_14", "15_more"]
_UP_TO: tuple[tuple[int, Waited], ...] = ((1, "0_1"), (3, "2_3"), (7, "4_7"), (14, "8_14"))
"""The longest wait of each group, in days."""


def by_month(blocks: Iterable[tuple[date, date | None, str]], year: int, after: date) -> Mapping[tuple[date, str], int]:
    """Nights of each month and kind, before the day `after`. A block has its first day, the day after its last, a kind.

    A block without an end goes on.
    """
    found: Counter[tuple[date, str]] = Counter()
    for begins, ends, kind in blocks:
        for month in months(year):
            last = min(ends or after, after, add_months(month, 1))
            found[month, kind] += max((last - max(begins, month)).days, 0)
    return found


def months(year: int) -> list[date]:
    """The first day of each month."""
    return [date(year, number, 1) for number in range(1, 13)]


def by_wait(days: Iterable[int]) -> Mapping[Waited, int]:
    """How many waited how long; every group is there."""
    counted = Counter(next((group for longest, group in _UP_TO if waited <= longest), "15_more") for waited in days)
    return {group: counted[group] for group in get_args(Waited)}
