"""After departure: a receiving body takes over, visits are logged, the return is closed (RP-6, ID-12)."""

from uuid import UUID

from casework.access import Access, grant, revoke_by
from casework.bases import requested, serves
from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import HandedOver, ReturnClosed

from repatriation.commands import AcknowledgeHandover, CloseReturn, LogVisit, OfferHandover
from repatriation.domain import returns
from repatriation.facts.returns import receives_itself
from repatriation.rights import HANDOVER_KIND
from repatriation.tables import FollowUp, Return
from repatriation.use_cases.aggregate import audit
from repatriation.use_cases.returns import about, act, check_kind


async def offer(uow: UnitOfWork, return_id: UUID, command: OfferHandover) -> Return:
    """A receiving body is requested to take over (RP-6). Invalid `unknown_body`; police never receive a return.

    An agency of the mechanism knows of this return from now on, and one that was requested before knows it no more.
    """
    row, at = await act(uow, return_id, "offer_handover", command)
    if command.to not in returns.OUTSIDE_BODIES:
        await check_kind(uow, command.to, returns.RECEIVING_KINDS, code="unknown_body", field="to")
    await revoke_by(uow, row.case_id, "asked", row.id)
    row.handover_to = command.to
    if receives_itself(row):
        await grant(uow, [Access(row.case_id, command.to, requested(HANDOVER_KIND, row.id), at)])
    audit(uow, "offer_handover", row, at, to=command.to)
    return row


async def acknowledge(uow: UnitOfWork, return_id: UUID, command: AcknowledgeHandover) -> Return:
    """The receiving body took over (RP-6). Of a body outside the mechanism, who handed over records it.

    NotPossible `receiving_body_acknowledges` where another agency takes over.
    """
    row, at = await act(uow, return_id, "acknowledge_handover", command)
    row.handed_over_at = at
    await revoke_by(uow, row.case_id, "asked", row.id)
    if receives_itself(row):
        await grant(uow, [Access(row.case_id, uow.actor.agency, serves(HANDOVER_KIND, row.id), at)])
    uow.emit(HandedOver(**about(row, at), to=row.handover_to))
    audit(uow, "acknowledge_handover", row, at, to=row.handover_to)
    return row


async def log_visit(uow: UnitOfWork, return_id: UUID, command: LogVisit) -> Return:
    """A visit after the return is logged (RP-6)."""
    row, at = await act(uow, return_id, "follow_up", command)
    uow.session.add(
        FollowUp(id=new_id(), return_id=row.id, outcome=command.outcome, visited_at=at, recorded_at=uow.now)
    )
    audit(uow, "follow_up", row, at, outcome=command.outcome)
    return row


async def close(uow: UnitOfWork, return_id: UUID, command: CloseReturn) -> Return:
    """Follow-up ended, and with it what the receiving body serves in (RP-6)."""
    row, at = await act(uow, return_id, "close", command)
    await revoke_by(uow, row.case_id, "serves", row.id)
    uow.emit(ReturnClosed(**about(row, at)))
    audit(uow, "close", row, at)
    return row
