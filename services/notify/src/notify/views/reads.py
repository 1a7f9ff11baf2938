"""One object for a view: 404 where the case is hidden, 403 where another basis is required."""

from typing import TypeVar

from casework.access import NotForThisBasis
from chassis.errors import NotFound
from chassis.unit_of_work import UnitOfWork
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import DeclarativeBase

Found = TypeVar("Found", bound=DeclarativeBase)


async def read_one(
    uow: UnitOfWork, table: type[Found], wanted: ColumnElement[bool], *, shown: ColumnElement[bool], action: str
) -> Found:
    """The row that `wanted` finds and `shown` allows; one statement whether it is hidden or absent.

    `wanted` includes that the agency knows of the case.
    """
    row = (await uow.session.execute(select(table, shown.label("shown")).where(wanted))).one_or_none()
    if row is None:
        raise NotFound
    if not row.shown:
        raise NotForThisBasis(action)
    found: Found = row[0]
    return found
