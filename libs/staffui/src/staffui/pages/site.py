"""Boards, reports, and all pages of a service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from staffui.pages.fields import Facts
from staffui.pages.lists import Figures, List, Part, Search
from staffui.pages.objects import Object


@dataclass(frozen=True)
class Board:
    """The nights of beds, as the API's board has them."""

    path: str
    api: str
    stays: str
    closures: str


@dataclass(frozen=True)
class Report:
    """What the API answers about a year: `api` with `{year}` in its address or in its query."""

    path: str
    api: str
    shape: type[BaseModel]
    cards: Sequence[Facts] = ()
    tables: Mapping[str, Facts] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    of_this_year: bool = False
    """Whether the year that goes on is shown too: figures of the own house are not released to anybody."""


@dataclass(frozen=True)
class Pages:
    """All pages of a service, in the order of its navigation."""

    lists: Sequence[List]
    objects: Sequence[Object]
    boards: Sequence[Board] = ()
    reports: Sequence[Report] = ()
    start: Sequence[Part] = ()
    figures: Sequence[Figures] = ()
    search: Search | None = None
