"""Agencies' systems over HTTP, for operators."""

from typing import Annotated

from casework.answers import History
from chassis import http
from chassis.rights import right
from fastapi import Path

from exchange.answers import Agencies, AgencyAnswer, AgreementChecked, State
from exchange.commands import Agree, CutOff, EmptyBody
from exchange.resources import Uow
from exchange.use_cases import agencies
from exchange.views import agencies as views

commands = http.commands()
reads = http.reads()
ROUTERS = (commands, reads)
AgencyCode = Annotated[str, Path(pattern=r"^[a-z]{2,12}(-[a-z]{2,12}){0,2}$", examples=["aid-baku"])]


@reads.get("/api/agencies", **right("see_agencies"))
async def list_agencies(uow: Uow, state: State | None = None) -> Agencies:
    """Every agency whose system was ever joined, or those in this state."""
    return await views.list_agencies(uow, state)


@reads.get("/api/agencies/{code}", **right("see_agencies"))
async def see_agency(code: AgencyCode, uow: Uow) -> AgencyAnswer:
    """What was agreed with an agency, and how much went in and out."""
    return await views.find_agency(uow, code)


@reads.get("/api/agencies/{code}/history", **right("see_agencies"))
async def see_history(code: AgencyCode, uow: Uow) -> History:
    """Who joined it, suspended it and resumed it."""
    return await views.agency_history(uow, code)


@commands.post("/api/agencies/{code}/agreement", **right("agree"))
async def agree(code: AgencyCode, body: Agree, uow: Uow) -> AgencyAnswer:
    """Join the agency, or replace its agreement by a newer one; the same one again changes nothing."""
    return await views.show_agency(uow, await agencies.agree(uow, code, body))


@reads.post("/api/agencies/{code}/agreement/check", **right("agree"))
async def check_agreement(code: AgencyCode, body: Agree, uow: Uow) -> AgreementChecked:
    """Whether this agreement could be agreed to; it is refused as agreeing to it would be, and nothing changes."""
    return views.show_check(await agencies.check(uow, code, body), body.edition)


@commands.post("/api/agencies/{code}/suspension", **right("suspend"))
async def suspend(code: AgencyCode, body: CutOff, uow: Uow) -> AgencyAnswer:
    """Send it nothing more and read nothing of it, from now on."""
    return await views.show_agency(uow, await agencies.suspend(uow, code, body))


@commands.post("/api/agencies/{code}/resumption", **right("resume"))
async def resume(code: AgencyCode, body: EmptyBody, uow: Uow) -> AgencyAnswer:
    """Resume it; answers and ends of consents that waited go out."""
    return await views.show_agency(uow, await agencies.resume(uow, code))


@commands.post("/api/agencies/{code}/removal", **right("remove"))
async def remove(code: AgencyCode, body: CutOff, uow: Uow) -> AgencyAnswer:
    """The agency is no longer joined; its agreements and what went in and out stay on record."""
    return await views.show_agency(uow, await agencies.remove(uow, code, body))
