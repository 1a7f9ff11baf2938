"""Many rows by one statement: an insert gets a list for each column."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Insert, insert


def insert_lists(table: Table, *names: str) -> Insert:
    """An insert of any number of rows, compiled and prepared once: it gets a list for each column."""
    return insert(table).from_select(names, select(*(_list(table.c[name]) for name in names)))


def _list(column: Column[Any]) -> ColumnElement[Any]:
    """What `unnest` makes of a list of lists is one long list; so a column of lists gets their text."""
    if isinstance(column.type, ARRAY):
        return cast(func.unnest(bindparam(column.name, type_=ARRAY(Text))), column.type)
    return func.unnest(bindparam(column.name, type_=ARRAY(column.type)))


def as_lists(rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """The rows as `insert_lists` takes them; there is one at least, and each has the same columns."""
    return {name: [_value(row[name]) for row in rows] for name in rows[0]}


def _value(value: object) -> object:
    return _array(value) if isinstance(value, list) else value


def _array(values: Sequence[str]) -> str:
    """As PostgreSQL writes an array of texts."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
