"""What an operator can do about projections: list them, order a rebuild, follow its progress.

The process that consumes executes the order (chassis.rebuild.job); two orders of one projection are one.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.clock import new_id
from chassis.errors import NotFound
from chassis.http import Now, Session, commands, reads
from chassis.rights import Rights, Who, right
from chassis.schema import rebuild

RIGHTS: Rights = {"rebuild_projection": {"operator": "none"}, "see_projections": {"operator": "none"}}
_entry = rebuild.c
_commands, _reads = commands(), reads()
ROUTERS = (_commands, _reads)


class Rebuild(BaseModel):
    """A projection that is being made anew, or was."""

    id: UUID
    state: Literal["running", "done", "failed"]
    asked_at: datetime
    done: int = Field(description="Messages read")
    total: int = Field(description="Messages to read; 0 before it began")
    removed: int | None = Field(description="Rows that the events do not give; null until it is done")
    added: int | None = Field(description="Rows that were missing, or were otherwise")
    error_code: str | None
    ended_at: datetime | None


class ProjectionAnswer(BaseModel):
    name: str
    tables: list[str]
    hears: list[str] = Field(description="Topics that it is made from")
    last_rebuild: Rebuild | None


class Projections(BaseModel):
    items: list[ProjectionAnswer]


@_reads.get("/api/bus/projections", **right("see_projections"))
async def list_projections(request: Request, session: Session) -> Projections:
    """What can be made anew from the topics, and how far it is."""
    found = request.app.state.service.projections.items()
    return Projections(
        items=[
            ProjectionAnswer(
                name=name,
                tables=sorted(table.name for table in projection.tables),
                hears=list(projection.topics),
                last_rebuild=await _last(session, name),
            )
            for name, projection in found
        ]
    )


async def _last(session: AsyncSession, name: str) -> Rebuild | None:
    last = select(rebuild).where(_entry.projection == name).order_by(_entry.asked_at.desc()).limit(1)
    row = (await session.execute(last)).one_or_none()
    return Rebuild.model_validate(row, from_attributes=True) if row else None


@_commands.post("/api/bus/projections/{projection}/rebuild", status_code=202, **right("rebuild_projection"))
async def rebuild_projection(projection: str, request: Request, who: Who, session: Session, now: Now) -> Rebuild:
    """Make it anew from the topics; the old rows serve until then. One that runs already is answered as it is."""
    if projection not in request.app.state.service.projections:
        raise NotFound
    order = {"id": new_id(), "projection": projection, "state": "running", "asked_at": now}
    await session.execute(upsert(rebuild).values(order).on_conflict_do_nothing())
    audit.record(session, who, "rebuild_projection", subject=f"projection/{projection}", outcome="asked")
    last = await _last(session, projection)
    assert last is not None  # noqa: S101  # it was just written, or was there
    return last
