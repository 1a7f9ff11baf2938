"""Agencies over HTTP, for operators."""

from typing import Annotated

from chassis import http
from chassis.answers import History
from chassis.errors import Invalid
from chassis.http import Now, Session
from chassis.rights import Who, right
from fastapi import Path

from exchange import queries
from exchange.schemas import Agencies, AgencyAnswer, AgreementBody, AgreementChecked, Nothing, Suspension
from exchange.use_cases import agencies

commands = http.commands()
reads = http.reads()
ROUTERS = (commands, reads)
AgencyCode = Annotated[str, Path(pattern=r"^[a-z]{2,12}(-[a-z]{2,12}){0,2}$", examples=["ngo-amc"])]


@reads.get("/api/agencies", **right("see_agencies"))
async def list_agencies(session: Session) -> Agencies:
    """Every agency whose system was ever joined."""
    return await queries.list_agencies(session)


@reads.get("/api/agencies/{code}", **right("see_agencies"))
async def see_agency(code: AgencyCode, who: Who, session: Session) -> AgencyAnswer:
    """What was agreed with an agency, and how much was said and told."""
    return await queries.show_agency(session, who, await queries.find_agency(session, code))


@reads.get("/api/agencies/{code}/history", **right("see_agencies"))
async def see_history(code: AgencyCode, session: Session) -> History:
    """Who joined it, cut it off and let it in again."""
    return await queries.agency_history(session, code)


@commands.post("/api/agencies/{code}/agreement", **right("agree"))
async def agree(code: AgencyCode, body: AgreementBody, who: Who, session: Session, now: Now) -> AgencyAnswer:
    """Join the agency, or let a newer agreement hold; the same one again changes nothing."""
    _of(code, body)
    return await queries.show_agency(session, who, await agencies.agree(session, who, body, now))


def _of(code: str, body: AgreementBody) -> None:
    if body.agency != code:
        raise Invalid("other_agency", "The agreement is another agency's.")


@reads.post("/api/agencies/{code}/agreement/check", **right("agree"))
async def check_agreement(code: AgencyCode, body: AgreementBody, session: Session) -> AgreementChecked:
    """Say whether this agreement could be agreed to, and change nothing; it is refused as agreeing to it would be."""
    _of(code, body)
    return await agencies.check(session, body)


@commands.post("/api/agencies/{code}/suspension", **right("suspend"))
async def suspend(code: AgencyCode, body: Suspension, who: Who, session: Session, now: Now) -> AgencyAnswer:
    """Tell it nothing more and hear nothing of it, from now on."""
    return await queries.show_agency(session, who, await agencies.suspend(session, who, code, body.reason, now))


@commands.post("/api/agencies/{code}/resumption", **right("resume"))
async def resume(code: AgencyCode, body: Nothing, who: Who, session: Session, now: Now) -> AgencyAnswer:
    """Let it in again; answers and endings of consent that waited are told."""
    return await queries.show_agency(session, who, await agencies.resume(session, who, code, now))


@commands.post("/api/agencies/{code}/removal", **right("remove"))
async def remove(code: AgencyCode, body: Suspension, who: Who, session: Session, now: Now) -> AgencyAnswer:
    """The agency is no longer joined; what was agreed, said and told stays on record."""
    return await queries.show_agency(session, who, await agencies.remove(session, who, code, body.reason, now))
