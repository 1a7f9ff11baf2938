"""Removal bars (RP-4)."""

from typing import Annotated
from uuid import UUID

from casework import answers
from casework.routes import in_parts
from chassis import http
from chassis.paging import Page
from chassis.rights import right
from fastapi import Query

from repatriation.answers import BarAnswer, BarRow
from repatriation.commands import ConfirmBar, ExtendBar, LiftBar, LiftBarOnWish, RaiseBar
from repatriation.resources import Uow
from repatriation.use_cases import bars
from repatriation.views import bars as views
from repatriation.views.lists import WantedBars

commands, reads = http.commands(), http.reads()


@commands.post("/api/bars", status_code=201, **in_parts("raise_bar"))
async def raise_bar(command: RaiseBar, uow: Uow) -> BarAnswer:
    """Raise a bar by decision; the others are raised by what happened."""
    return await views.bar(uow, await bars.raise_by_decision(uow, command))


@commands.post("/api/bars/{bar_id}/extension", **in_parts("extend_bar"))
async def extend_bar(bar_id: UUID, command: ExtendBar, uow: Uow) -> BarAnswer:
    """Let it run longer."""
    return await views.bar(uow, await bars.extend(uow, bar_id, command))


@commands.post("/api/bars/{bar_id}/lifting", **in_parts("lift_bar"))
async def lift_bar(bar_id: UUID, command: LiftBar, uow: Uow) -> BarAnswer:
    """End it, with a reason from the list."""
    return await views.bar(uow, await bars.lift(uow, bar_id, command))


@commands.post("/api/bars/{bar_id}/lifting-on-wish", **in_parts("lift_on_wish_bar"))
async def lift_bar_on_wish(bar_id: UUID, command: LiftBarOnWish, uow: Uow) -> BarAnswer:
    """End it on the person's own written wish; by whoever holds the case."""
    return await views.bar(uow, await bars.lift_on_wish(uow, bar_id, command))


@commands.post("/api/bars/{bar_id}/confirmation", **in_parts("confirm_bar"))
async def confirm_bar(bar_id: UUID, command: ConfirmBar, uow: Uow) -> BarAnswer:
    """After re-examination it stands (ID-9)."""
    return await views.bar(uow, await bars.confirm(uow, bar_id, command))


@reads.get("/api/bars", **in_parts("see_bars"))
async def list_bars(uow: Uow, wanted: Annotated[WantedBars, Query()]) -> Page[BarRow]:
    """Bars that you may see, newest first."""
    return await views.list_bars(uow, wanted)


@reads.get("/api/bars/{bar_id}", **in_parts("see_bars"))
async def see_bar(bar_id: UUID, uow: Uow) -> BarAnswer:
    """One bar with what can be done now."""
    return await views.one(uow, bar_id)


@reads.get("/api/bars/{bar_id}/history", **right("see_bars"))
async def see_history(bar_id: UUID, uow: Uow) -> answers.History:
    """What was done, newest first."""
    return await views.history(uow, bar_id)
