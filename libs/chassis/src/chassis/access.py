"""Which agency may know of which case: rows that a service derives from events and its own acts. Default is no.

Without a row the case does not exist for the agency: not by id, list, search, count or error text (ID-7).
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, select, true
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.schema import case_access


async def allow(session: AsyncSession, rows: Iterable[tuple[UUID, str, str, datetime]]) -> None:
    """From now on the agency may know of the case, for this reason: (case, agency, basis, since)."""
    given = [{"case_id": c, "agency": a, "basis": b, "since": s} for c, a, b, s in sorted(rows)]
    if given:
        await session.execute(upsert(case_access).on_conflict_do_nothing(), given)


async def end(session: AsyncSession, rows: Iterable[tuple[UUID, str, str]]) -> None:
    """This reason is gone; other reasons of the same agency stand."""
    for case_id, agency, basis in rows:
        await session.execute(
            delete(case_access).where(
                case_access.c.case_id == case_id, case_access.c.agency == agency, case_access.c.basis == basis
            )
        )


def visible(actor: Actor, case_id: InstrumentedAttribute[UUID] | ColumnElement[UUID]) -> ColumnElement[bool]:
    """The condition that a row's case may be known to the actor: what every query, list and count is filtered by."""
    if actor.scope == "all":
        return true()
    return exists().where(case_access.c.case_id == case_id, case_access.c.agency == actor.agency)


async def require(session: AsyncSession, actor: Actor, case_id: UUID) -> None:
    """NotFound unless the actor may know of the case."""
    if actor.scope == "all":
        return
    if not await knows(session, case_id, actor.agency):
        raise NotFound


async def knows(session: AsyncSession, case_id: UUID, agency: str) -> bool:
    """Whether the agency may know of the case."""
    asked = select(exists().where(case_access.c.case_id == case_id, case_access.c.agency == agency))
    return bool(await session.scalar(asked))


async def agencies(session: AsyncSession, case_id: UUID) -> list[tuple[str, str, datetime]]:
    """Who knows of the case, why and since when: (agency, basis, since)."""
    rows = await session.execute(
        select(case_access.c.agency, case_access.c.basis, case_access.c.since)
        .where(case_access.c.case_id == case_id)
        .order_by(case_access.c.since, case_access.c.agency)
    )
    return [(row.agency, row.basis, row.since) for row in rows]
