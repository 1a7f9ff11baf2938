"""What the law's dates do by themselves: bars end, opinions fall silent, permits expire (RP-1, RP-3, RP-4)."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from chassis.clock import end_of_day, local_date
from chassis.outbox import lock_streams
from nrm_events.repatriation import PermitExpiring, PermitOpinionGiven
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from repatriation import tables as t
from repatriation.domain import permits
from repatriation.standing import permit_law, value_or_none
from repatriation.use_cases.acts import ITSELF, note
from repatriation.use_cases.permit_decisions import extend_until_judgment, finish
from repatriation.use_cases.permits import about, publish
from repatriation.use_cases.standing_bars import lift

_AT_ONCE = 200
Row = TypeVar("Row", t.Bar, t.Permit)


async def run_clocks(session: AsyncSession, now: datetime) -> None:
    """Everything whose date has come as of `now`; at most 200 of a kind, the rest next time."""
    await lapse_bars(session, now)
    await note_silence(session, now)
    await warn_of_expiry(session, now)
    await expire_permits(session, now)


async def _due(session: AsyncSession, asked: Select[tuple[Row]], case_of: Callable[[Row], UUID]) -> Sequence[Row]:
    """The rows, with their cases locked first, as everywhere."""
    found = (await session.scalars(asked.limit(_AT_ONCE))).all()
    await lock_streams(session, [case_of(row) for row in found])
    for row in found:
        await session.refresh(row, with_for_update=True)
    return found


async def lapse_bars(session: AsyncSession, now: datetime) -> None:
    """A bar ends with its last moment (RP-4)."""
    asked = select(t.Bar).where(t.Bar.state == "standing", t.Bar.until < now).order_by(t.Bar.until)
    for bar in await _due(session, asked, lambda row: row.case_id):
        if bar.state == "standing" and bar.until and bar.until < now:
            await lift(session, ITSELF, bar, "date_came", bar.until, action="lapse")


async def note_silence(session: AsyncSession, now: datetime) -> None:
    """RP-3: after ten working days silence means no objection. An answer that is entered later is recorded still."""
    asked = (
        select(t.Permit)
        .where(
            t.Permit.state == "opinion_pending",
            select(t.PermitOpinion.id)
            .where(
                t.PermitOpinion.permit_id == t.Permit.id,
                t.PermitOpinion.answered_at.is_(None),
                t.PermitOpinion.silent.is_(False),
                t.PermitOpinion.due_at < now,
            )
            .exists(),
        )
        .order_by(t.Permit.id)
    )
    for permit in await _due(session, asked, lambda row: row.case_id):
        silent = await session.scalars(
            select(t.PermitOpinion).where(t.PermitOpinion.permit_id == permit.id).with_for_update()
        )
        for opinion in silent:
            if opinion.answered_at is None and not opinion.silent and opinion.due_at < now:
                opinion.silent = True
                permit.version += 1
                silence = PermitOpinionGiven(**about(permit, opinion.due_at), silent=True, opinion_id=opinion.id)
                publish(session, permit, silence)
                note(session, ITSELF, "fall_silent", permit, opinion.due_at, body=opinion.body)


async def warn_of_expiry(session: AsyncSession, now: datetime) -> None:
    """Once for each end, so many days before it; an end that is past already is not announced (NO-3)."""
    today = local_date(now)
    days = value_or_none("permit_expiring_days", today)
    if days is None:
        return
    asked = select(t.Permit).where(
        t.Permit.state.in_(permits.VALID_STATES),
        t.Permit.valid_until >= today,
        t.Permit.valid_until <= today + timedelta(days=days),
        t.Permit.expiring_told_for.is_distinct_from(t.Permit.valid_until),
    )
    for permit in await _due(session, asked.order_by(t.Permit.id), lambda row: row.case_id):
        if permit.state in permits.VALID_STATES and permit.valid_until and permit.valid_until >= today:
            permit.expiring_told_for = permit.valid_until
            publish(session, permit, PermitExpiring(**about(permit, now), valid_until=permit.valid_until))


async def expire_permits(session: AsyncSession, now: datetime) -> None:
    """A permit ends with its last day; on the assisting ground it goes on until the judgment (RP-1)."""
    today = local_date(now)
    asked = select(t.Permit).where(t.Permit.state.in_(permits.VALID_STATES), t.Permit.valid_until < today)
    for permit in await _due(session, asked.order_by(t.Permit.id), lambda row: row.case_id):
        if permit.state in permits.VALID_STATES and permit.valid_until and permit.valid_until < today:
            _expire(session, permit, permit.valid_until)


def _expire(session: AsyncSession, permit: t.Permit, last_day: date) -> None:
    at = end_of_day(last_day)
    law = permit_law(last_day)
    ended = permit.proceedings_ended_at is not None
    if permits.runs_until_judgment(permit.ground, ended, law) and extend_until_judgment(session, permit, at):
        return
    finish(session, ITSELF, permit, permits.PERMIT.after(permit.state, "expire"), at)
