"""The page of an object: state, clocks, what can be done, facts, past."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from staffui.view.frame import Link
from staffui.view.tables import Card, Cell, Section, Table, Tone


@dataclass(frozen=True)
class Step:
    """One state on the way; side ways are not among them."""

    text: str
    place: Literal["before", "now", "after"]
    at: str | None = None


@dataclass(frozen=True)
class Act:
    """What can be done now. `post`: one click does it now, `href` is then the way to another time."""

    text: str
    href: str
    post: str | None = None
    key: str = ""
    version: int | None = None
    grave: bool = False
    later: bool = True
    """Whether it may have happened at another time."""
    group: str = ""
    """The title of the acts that it stands with."""


@dataclass(frozen=True)
class Impossible:
    text: str
    reason: str


@dataclass(frozen=True)
class Clock:
    """A clock in words first: "3 h 10 min left"; `detail` is what it measures, with its end."""

    text: str
    name: str
    tone: Tone
    due: str
    machine: str
    rule: str | None = None
    """The page of the rule that the term is counted by."""


@dataclass(frozen=True)
class PastItem:
    """An act of the history: when, what, by which role and agency; `entered` where it was written down later."""

    time: str
    machine: str
    text: str
    by: str
    entered: str | None = None
    facts: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class PastDay:
    day: str
    items: Sequence[PastItem]


@dataclass(frozen=True)
class Hand:
    """One person's part in a decision of several: who did it when, or who can (C13)."""

    text: str
    by: str
    at: str | None = None
    machine: str = ""
    yours: bool = False
    not_you: str = ""
    """Why the reader cannot do it, where their own part is the reason."""
    bound: str = ""
    """What the part binds."""


@dataclass(frozen=True)
class Acknowledgements:
    """Who has confirmed that something was done: `done` of `all` rows, the late ones first (ID-12)."""

    done: int
    all: int
    table: Table


@dataclass(frozen=True)
class ObjectPage:
    """In this order: reference and state, clocks, acts, facts, past."""

    title: str
    state: Cell | None
    back: Link
    steps: Sequence[Step] = ()
    person: Sequence[Cell] = ()
    clocks: Sequence[Clock] = ()
    warnings: Sequence[str] = ()
    acts: Sequence[Act] = ()
    ways: Sequence[Link] = ()
    """Pages on which its work is done."""
    impossible: Sequence[Impossible] = ()
    hands: Sequence[Hand] = ()
    acknowledgements: Sequence[Acknowledgements] = ()
    cards: Sequence[Card] = ()
    tables: Sequence[Table] = ()
    past: Sequence[PastDay] | None = ()
    """None: it has no history of its own."""
    past_unread: bool = False
    """The history could not be read."""
    papers: Sequence[Link] = ()
    related: Sequence["Section"] = ()
    """Lists about the same."""
    parts: Sequence[Link] = ()
    """Pages of parts of the object."""
    lead: str | None = None
