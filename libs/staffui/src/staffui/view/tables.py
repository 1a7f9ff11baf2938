"""Cells and tables, and the pages that are made of them: lists, start pages, reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from staffui.view.frame import Link

Tone = Literal["plain", "good", "waits", "warns", "late", "off"]
CellKind = Literal["text", "tag", "day", "moment", "clock", "number", "money", "list", "unknown"]


@dataclass(frozen=True)
class Cell:
    """`machine` is the moment of a `<time>`; `items` are the texts of a list; `language`, if not the page's."""

    text: str
    kind: CellKind = "text"
    tone: Tone = "plain"
    href: str | None = None
    machine: str | None = None
    items: Sequence[str] = ()
    language: str = ""


@dataclass(frozen=True)
class AsPdf:
    """The way to a page as PDF in a language, with the language's own name."""

    language: str
    name: str
    href: str


@dataclass(frozen=True)
class Row:
    """The first cell is the row's head; `href` leads to the object."""

    cells: Sequence[Cell]
    href: str | None = None
    choice: str | None = None
    """What the box before the row stands for, where several rows can be chosen."""


@dataclass(frozen=True)
class Column:
    """`turn` is the way to the other order, where the rows stand in the order of this column."""

    label: str
    numeric: bool = False
    sort: Literal["", "ascending", "descending"] = ""
    turn: Link | None = None


@dataclass(frozen=True)
class Table:
    """`empty` is the sentence that stands instead of rows."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: str


@dataclass(frozen=True)
class Figure:
    """A chart with its sentence; the table has the same figures."""

    svg: Markup
    caption: str
    table: Table


@dataclass(frozen=True)
class Option:
    value: str
    text: str
    chosen: bool = False


@dataclass(frozen=True)
class Filter:
    """A choice of options; without them a box with what was typed."""

    name: str
    label: str
    options: Sequence[Option] = ()
    typed: str = ""
    is_day: bool = False


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
    order: str = ""
    """The order of the address, which filters leave as it is."""
    sheet: Link | None = None
    """Where the list is as a file for spreadsheets."""
    figure: Figure | None = None


@dataclass(frozen=True)
class Card:
    title: str
    rows: Sequence[tuple[str, Cell]]


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
    cards: Sequence[Card] = ()
    tables: Sequence[Table] = ()
    refused: str | None = None
    """Why there is nothing for this year."""
    figures: Sequence[Figure] = ()
    """Tables that are drawn too."""
    year: str = ""
    pdf: Sequence[AsPdf] = ()
    sheet: Link | None = None
