"""What the templates draw: every text is in the reader's language and every address is whole.

Nothing here knows a service. A template adds no meaning: it gives a `Cell` its look by `kind` and `tone`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["plain", "good", "waits", "warns", "late", "off"]
CellKind = Literal["text", "tag", "day", "moment", "clock", "number", "money", "list", "unknown"]
FieldKind = Literal[
    "text", "area", "radios", "select", "checkboxes", "yes_no", "date", "money", "number", "hidden", "note"
]
"""A note is no question: its label is a sentence."""


@dataclass(frozen=True)
class Link:
    text: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Language:
    code: str
    name: str
    current: bool


@dataclass(frozen=True)
class Shell:
    """The frame of a page. `token` is the session's CSRF token; without a person nobody is signed in."""

    language: str
    service: str
    here: str
    languages: Sequence[Language]
    token: str = ""
    person: str | None = None
    agency_and_role: str = ""
    several_roles: bool = False
    services: Sequence[Link] = ()
    navigation: Sequence[Link] = ()
    ends_at: str = ""
    ends_in: int | None = None
    """Seconds until the session ends if nothing is done; None: no warning."""
    inbox: str | None = None
    """Address of the inbox."""
    unread: int | None = None
    """None: it could not be read."""
    exit_keys: bool = False
    """Three times Shift leaves the page."""
    foot: Sequence[Link] = ()
    """Help, accessibility, safety advice."""
    notice: str | None = None
    """What has just been done, once."""
    demo: bool = False


@dataclass(frozen=True)
class Cell:
    """`machine` is the moment of a `<time>`; `items` are the texts of a list."""

    text: str
    kind: CellKind = "text"
    tone: Tone = "plain"
    href: str | None = None
    machine: str | None = None
    items: Sequence[str] = ()


@dataclass(frozen=True)
class Row:
    """The first cell is the row's head; `href` leads to the object."""

    cells: Sequence[Cell]
    href: str | None = None
    choice: str | None = None
    """What the box before the row stands for, where several rows can be chosen."""


@dataclass(frozen=True)
class Column:
    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """`empty` is the sentence that stands instead of rows."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: str


@dataclass(frozen=True)
class Option:
    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True)
class Filter:
    name: str
    label: str
    options: Sequence[Option]


@dataclass(frozen=True)
class Chip:
    """An active filter and the address without it."""

    text: str
    without: str


@dataclass(frozen=True)
class Choosing:
    """One act on the chosen rows of a table: its address, key and buttons."""

    action: str
    key: str
    submit: str
    submit_all: str


@dataclass(frozen=True)
class ListPage:
    """`groups`, where there are some, are the rows of the table by how near their end is."""

    title: str
    table: Table
    filters: Sequence[Filter] = ()
    chips: Sequence[Chip] = ()
    start: Link | None = None
    """What begins a new object."""
    also: Sequence[Link] = ()
    """Other ways to begin one."""
    first: str | None = None
    older: str | None = None
    groups: Sequence[Table] = ()
    about: Sequence[tuple[str, Cell]] = ()
    choosing: Choosing | None = None


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


@dataclass(frozen=True)
class Card:
    title: str
    rows: Sequence[tuple[str, Cell]]


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


@dataclass(frozen=True)
class Field:
    """A question. `name` is what is posted; a date posts `name.day`, `name.month`, `name.year`.

    `yes_no` posts `true`, `false` or, where it is optional, nothing; `value` or the chosen option is what was chosen.
    """

    kind: FieldKind
    name: str
    label: str
    hint: str | None = None
    error: str | None = None
    value: str = ""
    parts: Sequence[str] = ()
    """Day, month and year as typed."""
    options: Sequence[Option] = ()
    optional: bool = False
    most: int | None = None
    """Characters."""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-").replace("_", "-")


@dataclass(frozen=True)
class When:
    """When did it happen: now, earlier today (hours and minutes), another day (date, hours and minutes).

    It posts `when` (`now`, `today`, `day`), `when.time`, `when.day`, `when.month`, `when.year`.
    """

    choice: Literal["now", "today", "day"] = "now"
    time: str = ""
    parts: Sequence[str] = ("", "", "")
    error: str | None = None

    @property
    def id(self) -> str:
        """The box to which the error summary leads."""
        return {"now": "when", "today": "when-time", "day": "when-day"}[self.choice]


@dataclass(frozen=True)
class Refusal:
    """What did not happen and what to do instead; `code` is for support."""

    title: str
    sentences: Sequence[str]
    code: str
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class FormPage:
    title: str
    back: Link
    action: str
    key: str
    submit: str
    fields: Sequence[Field]
    when: When | None = None
    about: Sequence[tuple[str, Cell]] = ()
    """Facts that the act rests on."""
    version: int | None = None
    refusal: Refusal | None = None
    saved: str | None = None
    """When the draft was saved whose answers stand here."""
    grave: bool = False

    @property
    def errors(self) -> Sequence[tuple[str, str]]:
        """Where and what, for the summary above the form."""
        of_fields = [(field.id, f"{field.label}: {field.error}") for field in self.fields if field.error]
        return [*of_fields, *([(self.when.id, self.when.error)] if self.when and self.when.error else [])]


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


@dataclass(frozen=True)
class Section:
    """A part of a start page: its list, and where the whole list is."""

    table: Table
    all: Link | None = None
    unread: bool = False


@dataclass(frozen=True)
class StartPage:
    title: str
    sections: Sequence[Section]
    start: Link | None = None
    quiet: Sequence[str] = ()
    """Sentences about parts in which nothing waits."""
    links: Sequence[Link] = field(default_factory=tuple)
    also: Sequence[Link] = ()
    cards: Sequence[Card] = ()


@dataclass(frozen=True)
class ReportPage:
    """What is known of a year; `years` are the ways to others."""

    title: str
    years: Sequence[Link]
    cards: Sequence[Card]
    tables: Sequence[Table]
    refused: str | None = None
    """Why there is nothing for this year."""


@dataclass(frozen=True)
class MessagePage:
    """An error, a refusal without a form, or a question with one button."""

    title: str
    sentences: Sequence[str]
    code: str | None = None
    trace: str | None = None
    links: Sequence[Link] = ()
    post: tuple[str, str] | None = None
    """Address and text of its button."""
    facts: Sequence[tuple[str, Cell]] = ()
    """What is shown once."""


@dataclass(frozen=True)
class ChoicePage:
    """One question with a few answers, such as the role in which somebody acts."""

    title: str
    action: str
    name: str
    options: Sequence[Option]
    submit: str
    hint: str | None = None
