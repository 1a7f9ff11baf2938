"""After departure: a receiving body takes over, visits are logged, the return is closed (RP-6, ID-12)."""

from datetime import timedelta
from uuid import UUID

from casework.access import Access, grant, revoke_by
from casework.bases import requested, serves
from casework.calendar import end_of_day, local_date
from chassis.clock import new_id
from chassis.errors import Invalid, NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import HandedOver, ReturnClosed, ReturnHandoverOffered

from repatriation.commands import AcknowledgeHandover, CloseReturn, CloseWithoutBody, LogVisit, OfferHandover
from repatriation.domain import returns
from repatriation.facts.returns import receives_itself
from repatriation.parameters import value_or_none
from repatriation.rights import HANDOVER_KIND
from repatriation.tables import FollowUp, Return
from repatriation.use_cases.aggregate import audit
from repatriation.use_cases.returns import about, act, check_kind


async def offer(uow: UnitOfWork, return_id: UUID, command: OfferHandover) -> Return:
    """A receiving body is requested to take over (RP-6). Invalid `unknown_body`; police never receive a return.

    An agency of the mechanism knows of this return from now on, and one that was requested before knows it no more.
    """
    row, at = await act(uow, return_id, "offer_handover", command)
    if command.to in (uow.actor.agency, row.agency):
        raise NotPossible("sender_receives", returns.DETAILS["sender_receives"])
    if command.to not in returns.OUTSIDE_BODIES:
        await check_kind(uow, command.to, returns.RECEIVING_KINDS, code="unknown_body", field="to")
    await revoke_by(uow, row.case_id, "asked", row.id)
    row.handover_to, row.handover_from, row.handover_by = command.to, uow.actor.agency, uow.actor.sub
    term = value_or_none("return_handover_days", local_date(at))
    row.handover_due_at = None if term is None else end_of_day(local_date(at) + timedelta(days=term))
    if receives_itself(row):
        await grant(uow, [Access(row.case_id, command.to, requested(HANDOVER_KIND, row.id), at)])
    uow.emit(ReturnHandoverOffered(**about(row, at), to=command.to, due_at=row.handover_due_at))
    audit(uow, "offer_handover", row, at, to=command.to)
    return row


async def acknowledge(uow: UnitOfWork, return_id: UUID, command: AcknowledgeHandover) -> Return:
    """The receiving body took over (RP-6). A body outside the mechanism does so on paper, which somebody else records.

    NotPossible `receiving_body_acknowledges` where another agency takes over, `second_person_needed` for whoever
    offered it; Invalid `paper_missing`.
    """
    row, at = await act(uow, return_id, "acknowledge_handover", command)
    if not receives_itself(row) and command.paper is None:
        raise Invalid("paper_missing", returns.DETAILS["paper_missing"])
    row.handed_over_at, row.acknowledged_by = at, uow.actor.sub
    await revoke_by(uow, row.case_id, "asked", row.id)
    if receives_itself(row):
        await grant(uow, [Access(row.case_id, uow.actor.agency, serves(HANDOVER_KIND, row.id), at)])
    uow.emit(HandedOver(**about(row, at), to=row.handover_to))
    audit(uow, "acknowledge_handover", row, at, to=row.handover_to, paper=command.paper)
    return row


async def close_without_body(uow: UnitOfWork, return_id: UUID, command: CloseWithoutBody) -> Return:
    """Nobody takes the person over: the return ends as such, and nothing is acknowledged (RP-6)."""
    row, at = await act(uow, return_id, "close_without_body", command)
    row.ended_without_body = command.reason
    await revoke_by(uow, row.case_id, "asked", row.id)
    uow.emit(ReturnClosed(**about(row, at), without_receiving_body=True))
    audit(uow, "close_without_body", row, at, reason=command.reason)
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
