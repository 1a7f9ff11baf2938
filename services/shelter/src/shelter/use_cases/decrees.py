"""A decree moves the terms of hand-overs that wait for an answer (SH-8, NO-3)."""

from collections.abc import Sequence

from casework.decreed_days import decree_each, moved_terms
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.notify import CalendarDecreed
from sqlalchemy import select

from shelter.tables import Handover
from shelter.use_cases.handovers import move_due


async def calendar_decreed(uow: UnitOfWork, events: Sequence[Envelope[CalendarDecreed]]) -> None:
    """Working days changed: who is to answer a hand-over keeps as many of them (SH-8, NO-3)."""
    decrees = await decree_each(uow, [event.data for event in events])
    first = min(decreed.since for decreed in decrees)
    waiting = await uow.session.scalars(
        select(Handover).where(Handover.state == "requested", Handover.due_at >= first).with_for_update()
    )
    rows = {row.id: row for row in waiting}
    terms = {row.id: (row.requested_at, row.due_at) for row in rows.values() if row.due_at is not None}
    for handover_id, due_at in moved_terms(decrees, terms):
        move_due(uow, rows[handover_id], due_at)
