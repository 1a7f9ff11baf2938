"""A decree moves the terms of opinions and motions that are awaited (RP-1, RP-3, NO-3)."""

from collections.abc import Sequence

from casework.decreed_days import Decreed, decree
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.notify import CalendarDecreed
from nrm_events.repatriation import PermitMotionDueMoved, PermitOpinionDueMoved
from sqlalchemy import select

from repatriation.domain import permits
from repatriation.tables import Permit, PermitOpinion
from repatriation.use_cases.aggregate import audit
from repatriation.use_cases.permit_changes import about, publish


async def calendar_decreed(uow: UnitOfWork, events: Sequence[Envelope[CalendarDecreed]]) -> None:
    """Working days changed: whoever is to answer about a permit keeps as many (RP-1, RP-3, NO-3)."""
    for event in events:
        decreed = await decree(uow, event.data)
        await _move_opinions(uow, decreed)
        await _move_motions(uow, decreed)


async def _move_opinions(uow: UnitOfWork, decreed: Decreed) -> None:
    awaited = await uow.session.execute(
        select(PermitOpinion, Permit)
        .join(Permit, Permit.id == PermitOpinion.permit_id)
        .where(PermitOpinion.answered_at.is_(None), ~PermitOpinion.silent, PermitOpinion.due_at >= decreed.since)
        .with_for_update()
    )
    for opinion, permit in awaited.tuples():
        due_at = decreed.due(opinion.asked_at, opinion.due_at)
        if due_at != opinion.due_at:
            opinion.due_at = due_at
            permit.version += 1
            publish(uow, permit, PermitOpinionDueMoved(**about(permit, uow.now), due_at=due_at, opinion_id=opinion.id))
            audit(uow, "move_due_of_opinion", permit, uow.now, body=opinion.body, due_at=due_at)


async def _move_motions(uow: UnitOfWork, decreed: Decreed) -> None:
    """Only where a motion is awaited: elsewhere its clock ended, and a moved term would start it anew."""
    awaited = await uow.session.scalars(
        select(Permit)
        .where(Permit.motion_due_at >= decreed.since, Permit.state == permits.MOTION_AWAITED)
        .where(Permit.motion_received_at.is_(None), Permit.motion_declined_at.is_(None))
        .with_for_update()
    )
    for permit in awaited:
        if permit.motion_requested_at is not None and permit.motion_due_at is not None:
            due_at = decreed.due(permit.motion_requested_at, permit.motion_due_at)
            if due_at != permit.motion_due_at:
                permit.motion_due_at = due_at
                permit.version += 1
                publish(uow, permit, PermitMotionDueMoved(**about(permit, uow.now), due_at=due_at))
                audit(uow, "move_due_of_motion", permit, uow.now, due_at=due_at)
