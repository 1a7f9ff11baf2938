"""Many rows by one statement: an insert gets a list for each column."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Table, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert


def insert_lists(table: Table, *names: str) -> Insert:
    """An insert of any number of rows, compiled and prepared once: it gets a list for each column."""
    lists = (func.unnest(bindparam(name, type_=ARRAY(table.c[name].type))) for name in names)
    return insert(table).from_select(names, select(*lists))


def as_lists(rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """The rows as `insert_lists` takes them; there is one at least, and each has the same columns."""
    return {name: [row[name] for row in rows] for name in rows[0]}
