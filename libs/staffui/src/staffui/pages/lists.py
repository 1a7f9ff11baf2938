"""Lists of the API, and the parts of a start page that are made of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from chassis.machine import Machine
from pydantic import BaseModel

from staffui.ask import Answer
from staffui.pages.fields import Chart, Shown
from staffui.pages.forms import Start

if TYPE_CHECKING:
    from staffui.visit import Visit

Box = Literal["text", "day", "from_day", "to_day"]
Leads = Callable[["Visit", Answer], str | None]
"""The page on which a row's work is done; None where this role opens none."""


@dataclass(frozen=True)
class About:
    """Facts above a list, by an address of the API that answers one object."""

    api: str
    shape: type[BaseModel]
    fields: Sequence[Shown]


@dataclass(frozen=True)
class Many:
    """One act on several rows of a list: a command for each that is chosen, answered row by row.

    `api` and the values of `body` take `{id}`, the row's field `by`. Rows whose field `done` is set have no box.
    """

    action: str
    api: str
    body: Mapping[str, str] = field(default_factory=dict)
    by: str = "id"
    done: str = ""


@dataclass(frozen=True)
class List:
    """A list of the API, in its order. `filters` are its query parameters with their codes; one without codes is
    set by links alone.

    `opens` is the object's address with fields of the row in braces; `starts` an address at which one begins, and
    `starts_api` where the API takes it, if not at the list's own address; `begins` are more of them, with other forms.
    """

    path: str
    api: str
    line: type[BaseModel]
    columns: Sequence[Shown]
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    boxes: Mapping[str, Box] = field(default_factory=dict)
    """Query parameters that are typed: a text, a day, or one from which or up to which."""
    days: int | None = None
    """Of the period from `since`, where the address names none; the chip shows it and can be taken away."""
    opens: str | None = None
    starts: str | None = None
    machine: Machine | None = None
    """Of the objects, so that the terms of those that are over are not shown as late."""
    starts_api: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    """How the keys of a filter's codes begin, where they are not `code`."""
    leads: Leads | None = None
    in_language: bool = False
    """The API answers texts, and takes the language of the reader."""
    many: Many | None = None
    about: About | None = None
    ordered: str = ""
    """The column in whose order the API answers, newest first or by its `order` oldest first (ADR 37)."""
    by_due: str = ""
    """The field by which rows stand in groups: over, today, this week, later (C3)."""
    aside: bool = False
    """Not in the navigation: the start page leads there."""
    begins: Sequence[Start] = ()
    in_menu: bool = True
    chart: Chart | None = None

    @property
    def beginnings(self) -> Sequence[Start]:
        key = self.path.strip("/").replace("-", "_")
        return (*([Start(self.starts, f"act.{key}.start")] if self.starts else ()), *self.begins)


@dataclass(frozen=True)
class Search:
    """What the box in the header finds: the list at `api` has one by its parameter `case_ref`, or none."""

    path: str
    api: str
    opens: str


@dataclass(frozen=True)
class Part:
    """A part of the start page: a list with a filter; `key` names its title.

    With a `right` it is for the roles that have it: it is work for them alone.
    """

    key: str
    list: List
    query: Mapping[str, str] = field(default_factory=dict)
    right: str | None = None
    roles: Sequence[str] = ()
    """Whose work it is; empty: of everybody who opens the list."""


@dataclass(frozen=True)
class Figures:
    """A card of numbers at the top of the start page, for the roles that may read them."""

    key: str
    api: str
    shape: type[BaseModel]
    fields: Sequence[Shown]
