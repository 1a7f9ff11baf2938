"""A decree moves the terms of hand-overs that wait for an answer (SH-8, NO-3)."""

from collections.abc import Sequence

from casework.decreed_days import decree
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.notify import CalendarDecreed
from sqlalchemy import select

from shelter.tables import Handover
from shelter.use_cases.handovers import move_due


async def calendar_decreed(uow: UnitOfWork, events: Sequence[Envelope[CalendarDecreed]]) -> None:
    """Working days changed: who is to answer a hand-over keeps as many of them (SH-8, NO-3)."""
    for event in events:
        decreed = await decree(uow, event.data)
        waiting = await uow.session.scalars(
            select(Handover).where(Handover.state == "requested", Handover.due_at >= decreed.since).with_for_update()
        )
        for handover in waiting:
            if handover.due_at is not None:
                due_at = decreed.due(handover.requested_at, handover.due_at)
                if due_at != handover.due_at:
                    move_due(uow, handover, due_at)
