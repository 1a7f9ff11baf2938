"""What the clock does: an offer without an answer lapses; a stay that ran out is told once, and never ended (SH-3)."""

from collections.abc import Sequence
from datetime import datetime

from chassis.actor import system
from chassis.clock import end_of_day, local_date
from chassis.outbox import emit, lock_streams
from nrm_events.shelter import StayOverdue
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from shelter.tables import Stay
from shelter.use_cases.at_hand import note
from shelter.use_cases.requests import withdraw

SHELTER = system("shelter")
_AT_ONCE = 200


async def run_clocks(session: AsyncSession, now: datetime) -> None:
    """One round of both clocks, at most 200 stays each; the rest follow in the next round."""
    await lapse_offers(session, now)
    await tell_overdue(session, now)


async def _due(session: AsyncSession, condition: ColumnElement[bool]) -> Sequence[Stay]:
    """The stays that are due, locked after their cases, as everywhere; those that moved meanwhile are left out."""
    found = (await session.scalars(select(Stay).where(condition).order_by(Stay.id).limit(_AT_ONCE))).all()
    await lock_streams(session, [stay.case_id for stay in found])
    ids = [stay.id for stay in found]
    again = select(Stay).where(Stay.id.in_(ids), condition).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(again)).all()


async def lapse_offers(session: AsyncSession, now: datetime) -> None:
    """An offer that nobody answered gives its bed back."""
    condition = (Stay.state == "offered") & (Stay.lapses_at <= now)
    for stay in await _due(session, condition):
        await withdraw(session, SHELTER, stay, "lapse", stay.lapses_at or now, ["no_answer"])


async def tell_overdue(session: AsyncSession, now: datetime) -> None:
    """SH-3: one StayOverdue for each end that passed. The stay stays admitted and keeps its bed."""
    today = local_date(now)
    not_told = or_(Stay.overdue_told_for.is_(None), Stay.overdue_told_for != Stay.ends_on)
    for stay in await _due(session, (Stay.state == "admitted") & (Stay.ends_on < today) & not_told):
        if stay.ends_on is None:
            continue
        ended_at = end_of_day(stay.ends_on)
        stay.overdue_told_for = stay.ends_on
        emit(
            session,
            StayOverdue(effective_at=ended_at, case_id=stay.case_id, stay_id=stay.id, ended_at=ended_at),
        )
        note(session, SHELTER, "become_overdue", stay, ended_at, ends_on=stay.ends_on)
