"""What every act begins and ends with: the object taken and locked, moved on, and noted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.actor import Actor, system
from chassis.errors import NotFound, Stale
from chassis.clock import effective
from chassis.outbox import lock_streams
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import schemas
from repatriation import tables as t
from repatriation.standing import THINGS, Row, find, visible

ITSELF = system("repatriation")


async def take(session: AsyncSession, who: Actor, table: type[Row], id_: UUID) -> Row:
    """The object, locked; its case before it, as the consumer does, so that the two never wait crosswise."""
    found = await find(session, who, table, id_)
    await lock_streams(session, [found.case_id])
    await session.refresh(found, with_for_update=True)
    return found


def begin(row: Row, given: schemas.Command, now: datetime) -> datetime:
    """When the act took effect. Stale with both values when the object was changed since the actor read it."""
    if given.version is not None and given.version != row.version:
        yours = given.model_dump(mode="json", exclude={"version", "text"}, exclude_none=True)
        raise Stale(
            given.version, row.version, yours, {"state": row.state, "effective_at": row.effective_at.isoformat()}
        )
    return effective(given.happened_at, now, not_before=row.effective_at)


def moved(row: Row, state: str, at: datetime) -> None:
    row.state = state
    row.version += 1
    row.effective_at = max(row.effective_at, at)


def note(session: AsyncSession, who: Actor, action: str, row: Row, at: datetime, **facts: Any) -> None:
    """Audit the act; facts are codes, ids and dates, and never a permit's ground (ID-11)."""
    audit.record(
        session,
        who,
        action,
        subject=f"{THINGS[type(row)]}/{row.id}",
        case_id=row.case_id,
        effective_at=at,
        facts={"state": row.state} | facts,
    )


async def require_case(session: AsyncSession, who: Actor, case_id: UUID, thing: str) -> t.CaseFile:
    """The case, locked in the order of the bus, if the actor may see such a thing of it. NotFound otherwise."""
    asked = select(t.CaseFile).where(t.CaseFile.case_id == case_id, visible(who, t.CaseFile.case_id, thing))
    found = await session.scalar(asked)
    if found is None:
        raise NotFound
    await lock_streams(session, [case_id])
    await session.refresh(found)
    return found
