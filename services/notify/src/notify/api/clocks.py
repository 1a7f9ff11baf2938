"""Clocks over HTTP."""

from typing import Annotated
from uuid import UUID

from casework.answers import History
from chassis import http
from chassis.clock import Moment
from chassis.paging import After, Limit, Page
from chassis.rights import right
from fastapi import Query

from notify.answers import ClockState, DeadlineAnswer, OpenState
from notify.domain.kinds import BY_CODE
from notify.facts.listed import ClockFilter
from notify.resources import Uow
from notify.views import clocks

reads = http.reads()
Kind = Annotated[str, Query(max_length=40, description=f"One of: {', '.join(BY_CODE)}")]


@reads.get("/api/clocks", **right("list_clocks"))
async def list_clocks(
    uow: Uow,
    case_id: UUID | None = None,
    state: ClockState | None = None,
    kind: Kind | None = None,
    mine: bool = False,
    limit: Limit = 50,
    after: After = None,
) -> Page[DeadlineAnswer]:
    """Clocks of the parts of a case that your agency may know of, newest first.

    `mine`: only those on which your agency must act.
    """
    wanted = ClockFilter(case_id=case_id, state=state, kind=kind, mine=mine)
    return await clocks.list_clocks(uow, wanted, limit=limit, after=after)


@reads.get("/api/deadlines", **right("list_clocks"))
async def list_deadlines(
    uow: Uow,
    state: OpenState | None = None,
    kind: Kind | None = None,
    mine: bool = False,
    due_before: Moment | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[DeadlineAnswer]:
    """Clocks that nothing has met yet: what ran out, what ends today, the rest; the first to end first."""
    wanted = ClockFilter(state=state, kind=kind, mine=mine, due_before=due_before)
    return await clocks.list_due(uow, wanted, limit=limit, after=after)


@reads.get("/api/clocks/{clock_id}", **right("read_clock"))
async def get_clock(clock_id: UUID, uow: Uow) -> DeadlineAnswer:
    """One clock. Nobody acts on a clock itself: it is met by what it waits for."""
    return await clocks.get_clock(uow, clock_id)


@reads.get("/api/clocks/{clock_id}/history", **right("read_clock"))
async def get_clock_history(clock_id: UUID, uow: Uow) -> History:
    """What was announced of the clock and when, newest first."""
    return await clocks.clock_history(uow, clock_id)
