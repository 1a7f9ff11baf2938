"""What the law's dates do by themselves: bars end, opinions fall silent, permits expire (RP-1, RP-3, RP-4)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from casework.calendar import end_of_day, local_date
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import PermitExpiring
from sqlalchemy import Select, select

from repatriation.domain import permits
from repatriation.facts.permits import law
from repatriation.parameters import value_or_none
from repatriation.tables import Bar, Permit, PermitOpinion
from repatriation.use_cases import permit_changes
from repatriation.use_cases.bar_changes import Ending, lift
from repatriation.use_cases.bar_notices import notices_of
from repatriation.use_cases.permit_changes import about, extend_until_judgment, finish, publish

_AT_ONCE = 200
Row = TypeVar("Row", Bar, Permit)


async def run_clocks(uow: UnitOfWork) -> None:
    """Everything whose date has come as of `uow.now`; at most 200 of a kind, the rest next time."""
    await lapse_bars(uow)
    await record_silence(uow)
    await warn_of_expiry(uow)
    await expire_permits(uow)


async def _due(uow: UnitOfWork, wanted: Select[tuple[Row]]) -> Sequence[Row]:
    """The rows, with their cases locked first, as everywhere."""
    found = (await uow.session.scalars(wanted.limit(_AT_ONCE))).all()
    await uow.lock(*(row.case_id for row in found))
    for row in found:
        await uow.session.refresh(row, with_for_update=True)
    return found


async def lapse_bars(uow: UnitOfWork) -> None:
    """A bar ends with its last moment (RP-4)."""
    due = select(Bar).where(Bar.state == "standing", Bar.until < uow.now).order_by(Bar.until)
    found = await _due(uow, due)
    async with notices_of(uow, {bar.case_id for bar in found}) as notices:
        for bar in found:
            if bar.state == "standing" and bar.until and bar.until < uow.now:
                lift(uow, notices, bar, Ending("date_came", bar.until, "lapse"))


async def record_silence(uow: UnitOfWork) -> None:
    """RP-3: after ten working days silence means no objection, whatever was decided meanwhile."""
    overdue = (
        select(PermitOpinion.id)
        .where(
            PermitOpinion.permit_id == Permit.id,
            PermitOpinion.answered_at.is_(None),
            PermitOpinion.silent.is_(False),
            PermitOpinion.due_at < uow.now,
        )
        .exists()
    )
    due = select(Permit).where(overdue).order_by(Permit.id)
    for permit in await _due(uow, due):
        if await permit_changes.record_silence(uow, permit, uow.now):
            permit.version += 1


async def warn_of_expiry(uow: UnitOfWork) -> None:
    """Once for each end, so many days before it; an end that is past already is not announced (NO-3)."""
    today = local_date(uow.now)
    days = value_or_none("permit_expiring_days", today)
    if days is None:
        return
    due = select(Permit).where(
        Permit.state.in_(permits.VALID_STATES),
        Permit.valid_until >= today,
        Permit.valid_until <= today + timedelta(days=days),
        Permit.expiring_noticed_for.is_distinct_from(Permit.valid_until),
    )
    for permit in await _due(uow, due.order_by(Permit.id)):
        if permit.state in permits.VALID_STATES and permit.valid_until and permit.valid_until >= today:
            permit.expiring_noticed_for = permit.valid_until
            publish(uow, permit, PermitExpiring(**about(permit, uow.now), valid_until=permit.valid_until))


async def expire_permits(uow: UnitOfWork) -> None:
    """A permit ends with its last day; on the ground of assisting it goes on until the judgment (RP-1)."""
    today = local_date(uow.now)
    due = select(Permit).where(Permit.state.in_(permits.VALID_STATES), Permit.valid_until < today)
    for permit in await _due(uow, due.order_by(Permit.id)):
        if permit.state in permits.VALID_STATES and permit.valid_until and permit.valid_until < today:
            await _expire(uow, permit, permit.valid_until)


async def _expire(uow: UnitOfWork, permit: Permit, last_day: date) -> None:
    at = end_of_day(last_day)
    ended = permit.proceedings_ended_at is not None
    if permits.runs_until_judgment(permit.ground, ended, law(last_day)) and extend_until_judgment(uow, permit, at):
        return
    await finish(uow, permit, permits.PERMIT.after(permit.state, "expire"), at)
