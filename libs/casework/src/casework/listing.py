"""Pages of lists that cost the same in a country of any size.

`case_access` states who may know of a case; a list is sorted by the ids of what it shows. Neither leads to the other: a
query over both reads every case of the agency or every row of the country. Beside the list's table stands another, with
a row for each object, agency and way in which the agency knows of its case, and with indexes in the order of the list.

That table only finds candidates. `case_access` and the object itself decide whether a row is shown, by the same
condition as everywhere. Triggers keep it (`casework.listing_tables`), whatever changes an object or an access.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Literal, NamedTuple
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from sqlalchemy import ColumnElement, FromClause, Table, Text, false, func, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from casework.bases import Asked
from casework.listing_tables import OWN, way_of

Chosen = Mapping[str, Sequence[str] | bool]
"""Columns of the listing with the values that are wanted; of a flag `True`."""


class Run(NamedTuple):
    """Rows that lie in an index in the order of the list, by these conditions. With `each`: for each of its rows."""

    key: ColumnElement[UUID]
    conditions: Sequence[ColumnElement[bool]]
    each: FromClause | None = None


class Wanted(NamedTuple):
    """A page of a list: at most `limit` rows that come after `after` in the order, newest or oldest first."""

    limit: int
    after: UUID | None
    order: Literal["newest", "oldest"] = "newest"


def ways(needed: Iterable[Asked], *, own_alone: bool = False) -> Iterator[str]:
    """The ways in which an agency with one of these bases knows of a case.

    `own_alone`: of the objects to which it is a party.
    """
    for asked in needed:
        for about in sorted(asked.about) or [""]:
            way = way_of(asked.name, about)
            yield from (way + OWN,) if own_alone else (way, way + OWN)


def runs(uow: UnitOfWork, listed: Table, found_by: Iterable[str], chosen: Chosen) -> Sequence[Run]:
    """The rows of each way, and of each of the chosen values."""
    several = {name: values for name, values in chosen.items() if not isinstance(values, bool)}
    combined = list(product(dict.fromkeys(found_by), *several.values()))
    if not combined:
        return []
    arrays = [literal(list(values), ARRAY(Text)) for values in zip(*combined, strict=True)]
    each = func.unnest(*arrays).table_valued("way", *several, name="each").render_derived()
    conditions = [listed.c.agency == uow.actor.agency, *(listed.c[name] == each.c[name] for name in ("way", *several))]
    flags = [listed.c[name] for name, value in chosen.items() if value is True]
    return [Run(listed.c.id, [*conditions, *flags], each)]


def among_first(
    key: InstrumentedAttribute[UUID], found_by: Iterable[Run], shown: Sequence[ColumnElement[bool]], wanted: Wanted
) -> ColumnElement[bool]:
    """The condition that a row is among the first of all runs, in the wanted order, that are `shown`.

    Each run ends with a page of such rows. What is shown is decided by a scalar, row by row: joined, PostgreSQL may
    read all that the agency knows and sort it.
    """
    found = []
    for run in found_by:
        is_shown = select(true()).where(key == run.key, *shown).scalar_subquery()
        rows = select(run.key.label("id")).where(*run.conditions, is_shown)
        oldest_first = wanted.order == "oldest"
        rest = rows.where(run.key > wanted.after if oldest_first else run.key < wanted.after) if wanted.after else rows
        first = rest.order_by(run.key if oldest_first else run.key.desc()).limit(wanted.limit + 1)
        if run.each is not None:
            of_each = first.lateral()
            first = select(of_each.c.id).select_from(run.each.join(of_each, true()))
        found.append(first)
    return key.in_(select(union_all(*found).subquery().c.id)) if found else false()
