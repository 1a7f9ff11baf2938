"""Residence permits until the decision, and their reads (RP-1, RP-2, RP-3)."""

from typing import Annotated
from uuid import UUID

from casework import answers
from casework.routes import in_parts
from chassis import http
from chassis.paging import Page
from chassis.rights import right
from fastapi import Query

from repatriation.answers import PermitAnswer, PermitRow
from repatriation.commands import (
    ApplyForPermit,
    AskOpinion,
    DeclineMotion,
    GiveOpinion,
    LodgePermit,
    OpenPermit,
    ReceiveMotion,
    RecordLawfulStay,
    RequestMotion,
    WithdrawPermit,
)
from repatriation.resources import Uow
from repatriation.use_cases import motions, permits
from repatriation.views import permits as views
from repatriation.views.lists import WantedPermits

commands, reads = http.commands(), http.reads()


@commands.post("/api/permits", status_code=201, **in_parts("open_permit"))
async def open_permit(command: OpenPermit, uow: Uow) -> PermitAnswer:
    """Open a permit by hand; on formal recognition it opens by itself."""
    return await views.permit(uow, await permits.open_permit(uow, command))


@commands.post("/api/permits/{permit_id}/lawful-stay", **in_parts("record_lawful_stay_permit"))
async def lawful_stay(permit_id: UUID, command: RecordLawfulStay, uow: Uow) -> PermitAnswer:
    """When lawful stay ends; from it follows until when to apply."""
    return await views.permit(uow, await permits.record_lawful_stay(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/application", **in_parts("apply_permit"))
async def application(permit_id: UUID, command: ApplyForPermit, uow: Uow) -> PermitAnswer:
    """The person applies; from now on the migration service sees the application."""
    return await views.permit(uow, await permits.apply(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/motion-request", **in_parts("request_motion_permit"))
async def motion_request(permit_id: UUID, command: RequestMotion, uow: Uow) -> PermitAnswer:
    """Request the motion of the prosecuting body."""
    return await views.permit(uow, await motions.request(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/motion", **in_parts("receive_motion_permit"))
async def motion(permit_id: UUID, command: ReceiveMotion, uow: Uow) -> PermitAnswer:
    """Bring the motion."""
    return await views.permit(uow, await motions.receive(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/motion-refusal", **in_parts("decline_motion_permit"))
async def motion_refusal(permit_id: UUID, command: DeclineMotion, uow: Uow) -> PermitAnswer:
    """Bring no motion; the application may be refused, withdrawn, or the motion requested again."""
    return await views.permit(uow, await motions.decline(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/withdrawal", **in_parts("withdraw_permit"))
async def withdrawal(permit_id: UUID, command: WithdrawPermit, uow: Uow) -> PermitAnswer:
    """The person withdraws the application, in writing, before the grant."""
    return await views.permit(uow, await permits.withdraw(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/lodging", **in_parts("lodge_permit"))
async def lodging(permit_id: UUID, command: LodgePermit, uow: Uow) -> PermitAnswer:
    """The application is complete."""
    return await views.permit(uow, await permits.lodge(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/opinion-request", **in_parts("ask_opinion_permit"))
async def opinion_request(permit_id: UUID, command: AskOpinion, uow: Uow) -> PermitAnswer:
    """Consult another body; it has ten working days."""
    return await views.permit(uow, await permits.ask_opinion(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/opinion", **in_parts("give_opinion_permit"))
async def opinion(permit_id: UUID, command: GiveOpinion, uow: Uow) -> PermitAnswer:
    """Record its answer, a late one too."""
    return await views.permit(uow, await permits.give_opinion(uow, permit_id, command))


@reads.get("/api/permits", **in_parts("see_permits"))
async def list_permits(uow: Uow, wanted: Annotated[WantedPermits, Query()]) -> Page[PermitRow]:
    """Permits that you may see, newest first."""
    return await views.list_permits(uow, wanted)


@reads.get("/api/permits/{permit_id}", **in_parts("see_permits"))
async def see_permit(permit_id: UUID, uow: Uow) -> PermitAnswer:
    """One permit with what is waived, what waits and what can be done now."""
    return await views.one(uow, permit_id)


@reads.get("/api/permits/{permit_id}/history", **right("see_permits"))
async def see_history(permit_id: UUID, uow: Uow) -> answers.History:
    """What was done, newest first."""
    return await views.history(uow, permit_id)
