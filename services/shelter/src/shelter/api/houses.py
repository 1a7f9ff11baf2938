"""Facilities, capacity and beds out of use over HTTP (SH-9)."""

from typing import Annotated, Literal
from uuid import UUID

from chassis import answers, http
from chassis.http import Now, Session
from chassis.clock import local_date
from chassis.paging import After, Limit, Page
from chassis.rights import Who, right
from fastapi import Query

from shelter.queries import houses as views
from shelter.queries.board import show_board
from shelter.schemas import bodies, shapes
from shelter.schemas.shapes import ClosureAnswer
from shelter.use_cases import beds

commands = http.commands()
reads = http.reads()


@reads.get("/api/facilities", **right("see_facilities"))
async def list_facilities(who: Who, session: Session) -> shapes.FacilitiesAnswer:
    """What every operator has; which house it is, only to its own agency (SH-7)."""
    return await views.list_facilities(session, who)


@reads.get("/api/capacity", **right("see_capacity"))
async def read_capacity(who: Who, session: Session, now: Now, on: bodies.Day | None = None) -> shapes.CapacityAnswer:
    """Beds by operator and category for the night of a day, today if none is said (SH-9)."""
    return await views.capacity(session, who, on or local_date(now))


@reads.get("/api/board", **right("see_board"))
async def read_board(
    who: Who,
    session: Session,
    now: Now,
    begins: Annotated[bodies.Day | None, Query(alias="from", description="First night; left out: tonight")] = None,
    nights: Annotated[int, Query(ge=1, le=62)] = 14,
) -> shapes.BoardAnswer:
    """Each bed of the own houses with what holds it in these nights (SH-5, SH-7, SH-9)."""
    return await show_board(session, who, now, begins or local_date(now), nights)


@commands.post("/api/beds/{bed_id}/closures", status_code=201, **right("close_bed"))
async def close_bed(bed_id: UUID, body: bodies.CloseBed, who: Who, session: Session, now: Now) -> ClosureAnswer:
    """Put a bed out of use, with a reason and a date of return (SH-9)."""
    return views.show_closure(who, now, await beds.close_bed(session, who, now, bed_id, body))


@commands.post("/api/closures/{closure_id}/end", **right("close_bed"))
async def end_closure(closure_id: UUID, body: bodies.EndClosure, who: Who, session: Session, now: Now) -> ClosureAnswer:
    return views.show_closure(who, now, await beds.end_closure(session, who, now, closure_id, body))


@commands.post("/api/closures/{closure_id}/return-date", **right("close_bed"))
async def move_return(closure_id: UUID, body: bodies.MoveReturn, who: Who, session: Session, now: Now) -> ClosureAnswer:
    """Another date of return; refused when somebody was promised the bed (SH-5) or the closure changed meanwhile."""
    return views.show_closure(who, now, await beds.move_return(session, who, now, closure_id, body))


@reads.get("/api/closures", **right("see_closures"))
async def list_closures(
    who: Who,
    session: Session,
    now: Now,
    state: Literal["open", "ended"] | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[ClosureAnswer]:
    items, following = await views.list_closures(session, who, now, state, limit, after)
    return Page(items=items, next=following)


@reads.get("/api/closures/{closure_id}", **right("see_closures"))
async def read_closure(closure_id: UUID, who: Who, session: Session, now: Now) -> ClosureAnswer:
    return views.show_closure(who, now, await views.find_closure(session, who, closure_id))


@reads.get("/api/closures/{closure_id}/history", **right("see_closures"))
async def read_history(closure_id: UUID, who: Who, session: Session) -> answers.History:
    return await views.closure_history(session, who, closure_id)
