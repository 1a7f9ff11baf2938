"""Residence permits from the decision on (RP-1, RP-3, ID-9)."""

from uuid import UUID

from casework.routes import in_parts
from chassis import http
from chassis.rights import right

from repatriation.answers import PermitAnswer
from repatriation.commands import (
    AppealPermit,
    ConfirmPermit,
    EndPermit,
    EndProceedings,
    ExtendPermit,
    GrantPermit,
    ReapplyForPermit,
    RefusePermit,
    SetRefusalAside,
)
from repatriation.resources import Uow
from repatriation.use_cases import permit_decisions
from repatriation.views import permits as views

commands = http.commands()


@commands.post("/api/permits/{permit_id}/grant", **in_parts("grant_permit"))
async def grant(permit_id: UUID, command: GrantPermit, uow: Uow) -> PermitAnswer:
    """Grant it, for up to twelve months."""
    return await views.permit(uow, await permit_decisions.grant_permit(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/refusal", **in_parts("refuse_permit"))
async def refusal(permit_id: UUID, command: RefusePermit, uow: Uow) -> PermitAnswer:
    """Refuse it, with reasons and in writing."""
    return await views.permit(uow, await permit_decisions.refuse(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/extension", **in_parts("extend_permit"))
async def extension(permit_id: UUID, command: ExtendPermit, uow: Uow) -> PermitAnswer:
    """Extend it, for up to twenty-four months."""
    return await views.permit(uow, await permit_decisions.extend(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/ending", **in_parts("end_permit"))
async def ending(permit_id: UUID, command: EndPermit, uow: Uow) -> PermitAnswer:
    """Cancelled by the authority, or surrendered by the person."""
    return await views.permit(uow, await permit_decisions.end(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/confirmation", **in_parts("confirm_permit"))
async def confirmation(permit_id: UUID, command: ConfirmPermit, uow: Uow) -> PermitAnswer:
    """After re-examination it stands (ID-9)."""
    return await views.permit(uow, await permit_decisions.confirm(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/appeal", **in_parts("appeal_permit"))
async def appeal(permit_id: UUID, command: AppealPermit, uow: Uow) -> PermitAnswer:
    """Appeal the refusal; the next decision answers it."""
    return await views.permit(uow, await permit_decisions.appeal(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/refusal-set-aside", **in_parts("set_aside_permit"))
async def refusal_set_aside(permit_id: UUID, command: SetRefusalAside, uow: Uow) -> PermitAnswer:
    """On appeal a refusal before lodging is set aside; the application goes on."""
    return await views.permit(uow, await permit_decisions.set_aside(uow, permit_id, command))


@commands.post("/api/permits/{permit_id}/proceedings-end", **in_parts("end_proceedings"))
async def proceedings_end(permit_id: UUID, command: EndProceedings, uow: Uow) -> PermitAnswer:
    """The proceedings ended; what was raised for them is lifted."""
    return await views.permit(uow, await permit_decisions.end_proceedings(uow, permit_id, command))


@commands.post(
    "/api/permits/{permit_id}/reapplication",
    status_code=201,
    response_model_exclude_unset=True,
    **right("reapply_permit"),
)
async def reapplication(permit_id: UUID, command: ReapplyForPermit, uow: Uow) -> PermitAnswer:
    """Apply anew after a refusal; the answer is the new permit, which follows the old one."""
    return await views.permit(uow, await permit_decisions.reapply(uow, permit_id, command))
