"""A decree moves the terms of opinions and motions that are awaited (RP-1, RP-3, NO-3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.decreed_days import decree_each, moved_terms
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope
from nrm_events.notify import CalendarDecreed
from nrm_events.repatriation import PermitMotionDueMoved, PermitOpinionDueMoved
from sqlalchemy import select

from repatriation.domain import permits
from repatriation.tables import Permit, PermitOpinion
from repatriation.use_cases.aggregate import audit
from repatriation.use_cases.permit_changes import about, publish


@dataclass(frozen=True, eq=False)
class _Awaited:
    """An opinion about the permit is awaited, or its motion."""

    permit: Permit
    begins: datetime
    due_at: datetime
    opinion: PermitOpinion | None = None


async def calendar_decreed(uow: UnitOfWork, events: Sequence[Envelope[CalendarDecreed]]) -> None:
    """Working days changed: whoever is to answer about a permit keeps as many (RP-1, RP-3, NO-3)."""
    decrees = await decree_each(uow, [event.data for event in events])
    first = min(decreed.since for decreed in decrees)
    awaited = [*await _opinions(uow, first), *await _motions(uow, first)]
    for term, due_at in moved_terms(decrees, {term: (term.begins, term.due_at) for term in awaited}):
        term.permit.version += 1
        if term.opinion is None:
            _move_motion(uow, term.permit, due_at)
        else:
            _move_opinion(uow, term.permit, term.opinion, due_at)


async def _opinions(uow: UnitOfWork, since: datetime) -> list[_Awaited]:
    found = await uow.session.execute(
        select(PermitOpinion, Permit)
        .join(Permit, Permit.id == PermitOpinion.permit_id)
        .where(PermitOpinion.answered_at.is_(None), ~PermitOpinion.silent, PermitOpinion.due_at >= since)
        .with_for_update()
    )
    return [_Awaited(permit, opinion.asked_at, opinion.due_at, opinion) for opinion, permit in found.tuples()]


async def _motions(uow: UnitOfWork, since: datetime) -> list[_Awaited]:
    """Only where a motion is awaited: elsewhere its clock ended, and a moved term would start it anew."""
    found = await uow.session.scalars(
        select(Permit)
        .where(Permit.motion_due_at >= since, Permit.state == permits.MOTION_AWAITED)
        .where(Permit.motion_received_at.is_(None), Permit.motion_declined_at.is_(None))
        .with_for_update()
    )
    return [
        _Awaited(permit, permit.motion_requested_at, permit.motion_due_at)
        for permit in found
        if permit.motion_requested_at is not None and permit.motion_due_at is not None
    ]


def _move_opinion(uow: UnitOfWork, permit: Permit, opinion: PermitOpinion, due_at: datetime) -> None:
    opinion.due_at = due_at
    publish(uow, permit, PermitOpinionDueMoved(**about(permit, uow.now), due_at=due_at, opinion_id=opinion.id))
    audit(uow, "move_due_of_opinion", permit, uow.now, body=opinion.body, due_at=due_at)


def _move_motion(uow: UnitOfWork, permit: Permit, due_at: datetime) -> None:
    permit.motion_due_at = due_at
    publish(uow, permit, PermitMotionDueMoved(**about(permit, uow.now), due_at=due_at))
    audit(uow, "move_due_of_motion", permit, uow.now, due_at=due_at)
