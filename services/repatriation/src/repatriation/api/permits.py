"""Residence permits (RP-1, RP-2, RP-3)."""

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
from repatriation.use_cases import permit_decisions, permits

commands, reads = http.commands(), http.reads()
Code = Annotated[str | None, Query(pattern=r"^[a-z_]{1,40}$")]


@commands.post("/api/permits", status_code=201, **right("open_permit"))
async def open_permit(given: s.PermitOpening, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Open a permit by hand; on formal recognition it opens by itself."""
    return await queries.permit_answer(session, who, await permits.open_permit(session, who, now, given), now)


@commands.post("/api/permits/{permit_id}/lawful-stay", **right("record_lawful_stay_permit"))
async def lawful_stay(permit_id: UUID, given: s.LawfulStay, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """When lawful stay ends; from it follows until when to apply."""
    row = await permits.record_lawful_stay(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/application", **right("apply_permit"))
async def application(
    permit_id: UUID, given: s.PermitApplication, who: Who, session: Session, now: Now
) -> s.PermitAnswer:
    """The person applies; from now on the State Migration Service sees the application."""
    row = await permits.apply_for_permit(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/motion-request", **right("request_motion_permit"))
async def motion_request(permit_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Ask the prosecuting body for its motion."""
    row = await permits.request_motion(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/motion", **right("receive_motion_permit"))
async def motion(permit_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Bring the motion."""
    row = await permits.receive_motion(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/lodging", **right("lodge_permit"))
async def lodging(permit_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """The application is complete."""
    row = await permits.lodge(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/opinion-request", **right("ask_opinion_permit"))
async def opinion_request(
    permit_id: UUID, given: s.OpinionRequest, who: Who, session: Session, now: Now
) -> s.PermitAnswer:
    """Consult another body; it has ten working days."""
    row = await permits.ask_opinion(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/opinion", **right("give_opinion_permit"))
async def opinion(permit_id: UUID, given: s.OpinionGiven, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Record its answer, a late one too."""
    row = await permits.give_opinion(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/grant", **right("grant_permit"))
async def grant(permit_id: UUID, given: s.Grant, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Grant it, for up to twelve months."""
    row = await permit_decisions.grant(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/refusal", **right("refuse_permit"))
async def refusal(permit_id: UUID, given: s.Refusal, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Refuse it, with reasons and in writing."""
    row = await permit_decisions.refuse(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/extension", **right("extend_permit"))
async def extension(permit_id: UUID, given: s.Grant, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Extend it, for up to twenty-four months."""
    row = await permit_decisions.extend(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/ending", **right("end_permit"))
async def ending(permit_id: UUID, given: s.PermitEnding, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Cancelled by the authority, or surrendered by the person."""
    row = await permit_decisions.end(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/confirmation", **right("confirm_permit"))
async def confirmation(permit_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """After re-examination it stands (ID-9)."""
    row = await permit_decisions.confirm(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/appeal", **right("appeal_permit"))
async def appeal(permit_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Appeal the refusal; the next decision answers it."""
    row = await permit_decisions.appeal(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/proceedings-end", **right("end_proceedings"))
async def proceedings_end(permit_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """The proceedings ended; what was raised for them is lifted."""
    row = await permit_decisions.end_proceedings(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@commands.post("/api/permits/{permit_id}/reapplication", status_code=201, **right("reapply_permit"))
async def reapplication(permit_id: UUID, given: s.Command, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """Apply anew after a refusal; the answer is the new permit, which follows the old one."""
    row = await permit_decisions.reapply(session, who, now, permit_id, given)
    return await queries.permit_answer(session, who, row, now)


@reads.get("/api/permits", **right("see_permits"))
async def list_permits(
    who: Who,
    session: Session,
    limit: Limit = 50,
    after: After = None,
    case_id: UUID | None = None,
    state: Code = None,
    re_examine: bool | None = None,
) -> Page[s.PermitRow]:
    """Permits that you may see, newest first."""
    rows, key = await page(session, queries.list_permits(who, case_id, state, re_examine), t.Permit.id, limit, after)
    return Page(items=[queries.permit_row(who, row) for row in rows], next=key)


@reads.get("/api/permits/{permit_id}", **right("see_permits"))
async def see_permit(permit_id: UUID, who: Who, session: Session, now: Now) -> s.PermitAnswer:
    """One permit with what is waived, what waits and what can be done now."""
    return await queries.permit_answer(session, who, await find(session, who, t.Permit, permit_id), now)


@reads.get("/api/permits/{permit_id}/history", **right("see_permits"))
async def see_history(permit_id: UUID, who: Who, session: Session) -> answers.History:
    """What was done, newest first."""
    return await queries.history(session, who, await find(session, who, t.Permit, permit_id))
