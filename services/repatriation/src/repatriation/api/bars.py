"""Removal bars (RP-4)."""

from typing import Annotated
from uuid import UUID

from chassis import answers, http
from chassis.http import Now, Session
from chassis.paging import After, Limit, Page, page
from chassis.rights import Who, right
from fastapi import Query

from repatriation import queries
from repatriation import schemas as s
from repatriation import tables as t
from repatriation.standing import find
from repatriation.use_cases import bars

commands, reads = http.commands(), http.reads()
Code = Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")]


@commands.post("/api/bars", status_code=201, **right("raise_bar"))
async def raise_bar(given: s.BarRaising, who: Who, session: Session, now: Now) -> s.BarAnswer:
    """Raise a bar by decision; the others are raised by what happened."""
    return queries.bar_answer(who, await bars.raise_by_decision(session, who, now, given), now)


@commands.post("/api/bars/{bar_id}/extension", **right("extend_bar"))
async def extend_bar(bar_id: UUID, given: s.BarExtension, who: Who, session: Session, now: Now) -> s.BarAnswer:
    """Let it run longer."""
    return queries.bar_answer(who, await bars.extend_bar(session, who, now, bar_id, given), now)


@commands.post("/api/bars/{bar_id}/lifting", **right("lift_bar"))
async def lift_bar(bar_id: UUID, given: s.BarLifting, who: Who, session: Session, now: Now) -> s.BarAnswer:
    """End it, with a reason from the list."""
    return queries.bar_answer(who, await bars.lift_bar(session, who, now, bar_id, given), now)


@commands.post("/api/bars/{bar_id}/confirmation", **right("confirm_bar"))
async def confirm_bar(bar_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.BarAnswer:
    """After re-examination it stands (ID-9)."""
    return queries.bar_answer(who, await bars.confirm_bar(session, who, now, bar_id, given), now)


@reads.get("/api/bars", **right("see_bars"))
async def list_bars(
    who: Who,
    session: Session,
    limit: Limit = 50,
    after: After = None,
    case_id: UUID | None = None,
    state: Code = None,
    re_examine: bool | None = None,
) -> Page[s.BarRow]:
    """Bars that you may see, newest first."""
    rows, key = await page(session, queries.list_bars(who, case_id, state, re_examine), t.Bar.id, limit, after)
    return Page(items=[queries.bar_row(who, row) for row in rows], next=key)


@reads.get("/api/bars/{bar_id}", **right("see_bars"))
async def see_bar(bar_id: UUID, who: Who, session: Session, now: Now) -> s.BarAnswer:
    """One bar with what can be done now."""
    return queries.bar_answer(who, await find(session, who, t.Bar, bar_id), now)


@reads.get("/api/bars/{bar_id}/history", **right("see_bars"))
async def see_history(bar_id: UUID, who: Who, session: Session) -> answers.History:
    """What was done, newest first."""
    return await queries.history(session, who, await find(session, who, t.Bar, bar_id))


@reads.get("/api/bars/{bar_id}/certificate", **right("print_certificate"))
async def see_certificate(bar_id: UUID, who: Who, session: Session, now: Now) -> s.Certificate:
    """A certificate to be shown when needed; it says nothing of why."""
    return queries.certificate(session, who, await find(session, who, t.Bar, bar_id), now)
