"""Facilities, capacity, nights and beds out of use over HTTP (SH-9)."""

from typing import Annotated, Literal
from uuid import UUID

from casework import answers
from casework.calendar import local_date
from chassis import http
from chassis.paging import After, Limit, Page
from chassis.rights import right
from fastapi import Path, Query

from shelter.answers.houses import BoardAnswer, CapacityAnswer, ClosureAnswer, FacilitiesAnswer, HouseYearAnswer
from shelter.commands import CloseBed, Day, EndClosure, MoveReturn
from shelter.resources import Uow
from shelter.use_cases import closures
from shelter.views import closures as closure_views
from shelter.views import houses as views
from shelter.views.board import board
from shelter.views.house_year import house_year

commands = http.commands()
reads = http.reads()


@reads.get("/api/facilities", **right("see_facilities"))
async def list_facilities(uow: Uow) -> FacilitiesAnswer:
    """What every operator has; which house it is, only to its own agency (SH-7)."""
    return await views.facilities(uow)


@reads.get("/api/capacity", **right("see_capacity"))
async def read_capacity(uow: Uow, on: Day | None = None) -> CapacityAnswer:
    """Beds by operator and category for the night of a day, today if none is named (SH-9)."""
    return await views.capacity(uow, on or local_date(uow.now))


@reads.get("/api/board", **right("see_board"))
async def read_board(
    uow: Uow,
    begins: Annotated[Day | None, Query(alias="from", description="First night; left out: tonight")] = None,
    nights: Annotated[int, Query(ge=1, le=62)] = 14,
) -> BoardAnswer:
    """Each bed of the own houses with what takes it in these nights (SH-5, SH-7, SH-9)."""
    return await board(uow, begins or local_date(uow.now), nights)


@reads.get("/api/nights/{year}", **right("see_nights"))
async def read_house_year(uow: Uow, year: Annotated[int, Path(ge=1990, le=2199)]) -> HouseYearAnswer:
    """The nights of the own houses by month up to tonight, and how long people waited for them (SH-9)."""
    return await house_year(uow, year)


@commands.post("/api/beds/{bed_id}/closures", status_code=201, **right("close_bed"))
async def close_bed(bed_id: UUID, body: CloseBed, uow: Uow) -> ClosureAnswer:
    """Put a bed out of use, with a reason and a date of return (SH-9)."""
    return closure_views.closure(uow, await closures.close_bed(uow, bed_id, body))


@commands.post("/api/closures/{closure_id}/end", **right("close_bed"))
async def end_closure(closure_id: UUID, body: EndClosure, uow: Uow) -> ClosureAnswer:
    return closure_views.closure(uow, await closures.end_closure(uow, closure_id, body))


@commands.post("/api/closures/{closure_id}/return-date", **right("close_bed"))
async def move_return(closure_id: UUID, body: MoveReturn, uow: Uow) -> ClosureAnswer:
    """Another date of return; refused when somebody was promised the bed (SH-5) or the closure changed meanwhile."""
    return closure_views.closure(uow, await closures.move_return(uow, closure_id, body))


@reads.get("/api/closures", **right("see_closures"))
async def list_closures(
    uow: Uow, state: Literal["open", "ended"] | None = None, limit: Limit = 50, after: After = None
) -> Page[ClosureAnswer]:
    return await closure_views.closures(uow, state, limit, after)


@reads.get("/api/closures/{closure_id}", **right("see_closures"))
async def read_closure(closure_id: UUID, uow: Uow) -> ClosureAnswer:
    return await closure_views.read_closure(uow, closure_id)


@reads.get("/api/closures/{closure_id}/history", **right("see_closures"))
async def read_history(closure_id: UUID, uow: Uow) -> answers.History:
    return await closure_views.history(uow, closure_id)
