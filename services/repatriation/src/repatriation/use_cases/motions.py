"""The motion of the prosecuting body: requested, brought or declined, within a term that only warns (RP-1, ID-7)."""

from uuid import UUID

from casework.calendar import local_date
from casework.decreed_days import working_days_for_term
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import PermitMotionDeclined, PermitMotionReceived, PermitMotionRequested

from repatriation.commands import DeclineMotion, ReceiveMotion, RequestMotion
from repatriation.parameters import value_or_none
from repatriation.tables import Permit
from repatriation.use_cases.aggregate import audit, effective, load_object, move
from repatriation.use_cases.permit_changes import about, publish, state_after


async def request(uow: UnitOfWork, permit_id: UUID, command: RequestMotion) -> Permit:
    """Request the motion of the prosecuting body, never about a case that was not handed over to it (RP-1, ID-7)."""
    permit = await load_object(uow, Permit, permit_id, for_="request_motion_permit", read=command)
    at = effective(uow, permit, command)
    move(permit, await state_after(uow, permit, "request_motion", at), at)
    term = value_or_none("permit_motion_workdays", local_date(at))
    due_at = None if term is None else (await working_days_for_term(uow)).due(at, term)
    permit.motion_requested_at, permit.motion_due_at, permit.motion_declined_at = at, due_at, None
    publish(uow, permit, PermitMotionRequested(**about(permit, at), due_at=due_at))
    audit(uow, "request_motion", permit, at, due_at=due_at)
    return permit


async def receive(uow: UnitOfWork, permit_id: UUID, command: ReceiveMotion) -> Permit:
    """The prosecuting body brings its motion (RP-1)."""
    permit = await load_object(uow, Permit, permit_id, for_="receive_motion_permit", read=command)
    at = effective(uow, permit, command)
    move(permit, await state_after(uow, permit, "receive_motion", at), at)
    permit.motion_received_at = at
    publish(uow, permit, PermitMotionReceived(**about(permit, at)))
    audit(uow, "receive_motion", permit, at)
    return permit


async def decline(uow: UnitOfWork, permit_id: UUID, command: DeclineMotion) -> Permit:
    """The prosecuting body brings none (RP-1): the application is refused or withdrawn, or it is requested anew."""
    permit = await load_object(uow, Permit, permit_id, for_="decline_motion_permit", read=command)
    at = effective(uow, permit, command)
    move(permit, await state_after(uow, permit, "decline_motion", at), at)
    permit.motion_declined_at = at
    publish(uow, permit, PermitMotionDeclined(**about(permit, at)))
    audit(uow, "decline_motion", permit, at)
    return permit
