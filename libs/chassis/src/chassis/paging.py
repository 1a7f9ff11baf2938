"""Lists page by key, newest or oldest first: ids are UUIDv7 and sort by time (ADR 37)."""

from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=200, description="Rows on a page")]
Order = Annotated[Literal["newest", "oldest"], Field(description="Which row comes first, by when it was recorded")]
After = Annotated[UUID | None, Query(description="`next` of the page before")]


class Page(BaseModel, Generic[Item]):
    """Items, and the key for the next page or null."""

    items: list[Item]
    next: UUID | None = None


async def page(
    session: AsyncSession,
    found: Select[tuple[Item]],
    key: InstrumentedAttribute[UUID],
    *,
    limit: int,
    after: UUID | None,
    order: Literal["newest", "oldest"] = "newest",
) -> tuple[list[Item], UUID | None]:
    """At most `limit` rows that come after `after` in this order, and the key of the next page."""
    oldest_first = order == "oldest"
    rest = found.where(key > after if oldest_first else key < after) if after else found
    ordered = rest.order_by(key if oldest_first else key.desc())
    return _cut(list(await session.scalars(ordered.limit(limit + 1))), key, limit)


async def page_by_keys(
    session: AsyncSession,
    keys: Select[tuple[UUID]],
    key: InstrumentedAttribute[UUID],
    *,
    limit: int,
    after: UUID | None,
) -> tuple[list[Item], UUID | None]:
    """The same of the rows with these keys.

    `keys` selects one column of an index, in which a key may come twice; it is read until the page is full.
    """
    (one,) = keys.selected_columns
    older = keys.where(one < after) if after else keys
    of_page = older.distinct().order_by(one.desc()).limit(limit + 1).subquery()
    found = select(key.class_).join(of_page, key == of_page.c[0]).order_by(key.desc())
    return _cut(list(await session.scalars(found)), key, limit)


def _cut(rows: list[Item], key: InstrumentedAttribute[UUID], limit: int) -> tuple[list[Item], UUID | None]:
    more = len(rows) > limit
    return rows[:limit], getattr(rows[limit - 1], key.key) if more else None
