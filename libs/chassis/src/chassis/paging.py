"""Lists page by key, newest first: ids are UUIDv7, so they sort by the time they were made."""

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=200, description="Rows on a page")]
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
) -> tuple[list[Item], UUID | None]:
    """At most `limit` rows older than `after`, and the key of the next page."""
    older = found.where(key < after) if after else found
    rows = list(await session.scalars(older.order_by(key.desc()).limit(limit + 1)))
    more = len(rows) > limit
    return rows[:limit], getattr(rows[limit - 1], key.key) if more else None
