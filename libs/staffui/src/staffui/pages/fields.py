"""Fields of an answer on a page, and cards of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from pydantic import BaseModel

from staffui.catalogue import Language
from staffui.view import Cell

Kind = Literal["auto", "ref", "tag", "clock", "since", "agency", "money", "link", "word", "case", "quote"]
_KINDS: tuple[str, ...] = ("", *get_args(Kind))

Draw = Callable[[Language, datetime, Any], Cell]
"""The cell of a value that its type does not explain: by language, now, and value."""


@dataclass(frozen=True)
class Shown:
    """A field of an answer on a page. `kind` is how it looks where its type does not state it."""

    name: str
    kind: Kind = "auto"
    of: str = ""
    """What the kind needs. A tag has its machine, a clock its kind, a link its address, a word the first part of its
    keys, a case the list that it filters, a quote its language."""
    draw: Draw | None = None


def shown(model: type[BaseModel], names: str, draws: Mapping[str, Draw] | None = None) -> tuple[Shown, ...]:
    """`"case_ref:ref state:tag:stay sex ends_on:clock:stay"`; LookupError for a field that the model lacks.

    `draws` are fields that a function draws.
    """
    found = []
    for word in names.split():
        name, kind, of = (*word.split(":"), "", "")[:3]
        if name not in model.model_fields:
            raise LookupError(f"{model.__name__} has no field {name}")
        if kind not in _KINDS:
            raise LookupError(f"{word}: there is no kind {kind}")
        found.append(Shown(name, kind or "auto", of, (draws or {}).get(name)))  # type: ignore[arg-type]  # checked above
    return tuple(found)


@dataclass(frozen=True)
class Chart:
    """A table drawn as bars: a bar for each row, with a part for each field. `label` is the field that names the row.

    `key` names the sentence below it.
    """

    key: str
    label: str
    parts: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """A card of an object, or a table of a field that is a list. `key` names its title in the catalogue.

    `within`: the field of the answer whose own fields these are.
    """

    key: str
    fields: Sequence[Shown]
    within: str = ""
    known_only: bool = False
    """Whether fields without a value are left out."""
    quiet: bool = False
    """Whether a zero and a no are left out too."""
    chart: Chart | None = None
    """Of a report’s table: how it is drawn."""
    leads: Callable[[Mapping[str, str], Mapping[str, Any], Mapping[str, Any]], str | None] | None = None
    """Where a row of the table leads: by the ids of the page's address, the answer, and the row."""
