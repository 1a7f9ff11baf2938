"""The nights of beds (C4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from staffui.view.frame import Link
from staffui.view.tables import Column


@dataclass(frozen=True)
class Night:
    """One night of a bed, in words; `looks` is its pattern."""

    text: str
    looks: Literal["free", "taken", "comes", "leaves", "late", "closed"]
    href: str | None = None
    nights: int = 1
    """How many columns it spans."""


@dataclass(frozen=True)
class Bed:
    name: str
    nights: Sequence[Night]


@dataclass(frozen=True)
class Room:
    name: str
    beds: Sequence[Bed]


@dataclass(frozen=True)
class BoardPage:
    title: str
    caption: str
    columns: Sequence[Column]
    rooms: Sequence[Room]
    totals: Sequence[str]
    """A text for each column."""
    ranges: Sequence[Link]
    """7, 14 or 28 nights."""
    earlier: str
    later: str
    empty: str
