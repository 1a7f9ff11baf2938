"""Voluntary return (RP-5, RP-6), and the year's figures."""

from typing import Annotated
from uuid import UUID

from chassis import answers, http
from chassis.http import Now, Session
from chassis.paging import After, Limit, Page, page
from chassis.rights import Who, right
from fastapi import Path, Query

from repatriation import queries
from repatriation import schemas as s
from repatriation import tables as t
from repatriation.standing import find
from repatriation.use_cases import returns

commands, reads = http.commands(), http.reads()
Code = Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")]
Year = Annotated[int, Path(ge=2000, le=2199)]


@commands.post("/api/returns", status_code=201, **right("request_return"))
async def request_return(given: s.ReturnRequest, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """The person asks to return to another country."""
    return await queries.return_answer(session, who, await returns.request_return(session, who, now, given), now)


@commands.post("/api/returns/{return_id}/consent", **right("record_consent_return"))
async def consent(return_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """The person's consent; it can be withdrawn until departure."""
    row = await returns.record_consent(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/risk-assessment", **right("assess_risk_return"))
async def risk_assessment(
    return_id: UUID, given: s.RiskAssessment, who: Who, session: Session, now: Now
) -> s.ReturnAnswer:
    """Assess the risk; a high one ends the return."""
    row = await returns.assess_risk(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/best-interests", **right("decide_best_interests_return"))
async def best_interests(
    return_id: UUID, given: s.BestInterests, who: Who, session: Session, now: Now
) -> s.ReturnAnswer:
    """For a child."""
    row = await returns.decide_best_interests(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/claims-check", **right("check_claims_return"))
async def claims_check(return_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """Look at the open claims; they warn."""
    row = await returns.check_claims(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/clearance", **right("clear_return"))
async def clearance(return_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """Cleared, or suspended with each missing gate named."""
    row = await returns.clear(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/documents", **right("obtain_documents_return"))
async def documents(return_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """The documents are there."""
    row = await returns.obtain_documents(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/travel", **right("book_travel_return"))
async def travel(return_id: UUID, given: s.Travel, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """Travel is booked, and who pays."""
    row = await returns.book_travel(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/departure", **right("depart_return"))
async def departure(return_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """The person left."""
    row = await returns.depart(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/handover", **right("offer_handover_return"))
async def handover(return_id: UUID, given: s.Handover, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """A receiving body is asked to take over."""
    row = await returns.offer_handover(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/handover-acknowledgement", **right("acknowledge_handover_return"))
async def handover_acknowledgement(
    return_id: UUID, given: s.Command, who: Who, session: Session, now: Now
) -> s.ReturnAnswer:
    """It took over."""
    row = await returns.acknowledge_handover(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/follow-ups", **right("follow_up_return"))
async def follow_ups(return_id: UUID, given: s.FollowUp, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """Log a visit."""
    row = await returns.follow_up(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/closure", **right("close_return"))
async def closure(return_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """Follow-up ended."""
    row = await returns.close(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@commands.post("/api/returns/{return_id}/withdrawal", **right("withdraw_return"))
async def withdrawal(return_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """The person withdraws, before departure, without a reason."""
    row = await returns.withdraw(session, who, now, return_id, given)
    return await queries.return_answer(session, who, row, now)


@reads.get("/api/returns", **right("see_returns"))
async def list_returns(
    who: Who, session: Session, limit: Limit = 50, after: After = None, case_id: UUID | None = None, state: Code = None
) -> Page[s.ReturnRow]:
    """Returns that you may see, newest first."""
    rows, key = await page(session, queries.list_returns(who, case_id, state), t.Return.id, limit, after)
    return Page(items=[queries.return_row(row) for row in rows], next=key)


@reads.get("/api/returns/{return_id}", **right("see_returns"))
async def see_return(return_id: UUID, who: Who, session: Session, now: Now) -> s.ReturnAnswer:
    """One return with its gates."""
    return await queries.return_answer(session, who, await find(session, who, t.Return, return_id), now)


@reads.get("/api/returns/{return_id}/history", **right("see_returns"))
async def see_history(return_id: UUID, who: Who, session: Session) -> answers.History:
    """What was done, newest first."""
    return await queries.history(session, who, await find(session, who, t.Return, return_id))


@reads.get("/api/statistics/{year}", **right("see_statistics"))
async def see_year(year: Year, session: Session) -> s.Statistics:
    """The year's counts by effective date; no identities (CO-1)."""
    return await queries.year(session, year)
