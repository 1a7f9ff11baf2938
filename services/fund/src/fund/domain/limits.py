"""Ceilings and four eyes more, by person, kind and period: one claim after another counts as one sum (FU-2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Limit:
    """So much in any period of so many days."""

    qepik: int
    days: int


@dataclass(frozen=True)
class Granted:
    """What was approved for the person, and when the approval took effect."""

    kind: str
    purpose: str | None
    amount_qepik: int
    at: datetime

    def is_of(self, use: str) -> bool:
        return use in (self.kind, self.purpose)


def exceeds(limit: Limit, new: Granted, granted: Iterable[Granted]) -> bool:
    """Whether a period of the limit that holds `new` would hold more than the limit; acts may be recorded late."""
    period = timedelta(days=limit.days)
    near = [one for one in granted if abs(one.at - new.at) < period]
    starts = [one.at for one in (new, *near) if one.at <= new.at]
    return any(
        new.amount_qepik + sum(one.amount_qepik for one in near if start <= one.at < start + period) > limit.qepik
        for start in starts
    )


def any_exceeded(limits: Collection[tuple[str, Limit]], new: Granted, granted: Collection[Granted]) -> bool:
    """Whether any limit of a kind or a purpose is exceeded by what `new` adds to it."""
    return any(
        exceeds(limit, new, [one for one in granted if one.is_of(use)]) for use, limit in limits if new.is_of(use)
    )
