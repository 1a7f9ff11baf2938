"""The ticker announces of each clock what is due: the warning, the breach, the escalation; each once (NO-3)."""

from collections.abc import Sequence
from datetime import datetime

from chassis.unit_of_work import UnitOfWork
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from notify.domain import clocks
from notify.tables import ClockRow
from notify.use_cases.announcements import announce, escalate, value_of

_PER_TICK = 500


async def run_clocks(uow: UnitOfWork) -> None:
    """Announce what is due as of `uow.now`."""
    for row in await _due(uow, ClockRow.look_at):
        await announce(uow, row, clocks.look(value_of(row), uow.now), uow.now)
    for row in await _due(uow, ClockRow.escalate_at):
        await escalate(uow, row)


async def _due(uow: UnitOfWork, column: InstrumentedAttribute[datetime | None]) -> Sequence[ClockRow]:
    """The clocks whose time in `column` has come, their cases locked first as everywhere (chassis.outbox)."""
    due = select(ClockRow).where(column <= uow.now)
    found = (await uow.session.scalars(due.order_by(column, ClockRow.id).limit(_PER_TICK))).all()
    if not found:
        return []
    await uow.lock(*(row.case_id for row in found))
    locked = due.where(ClockRow.id.in_([row.id for row in found])).order_by(ClockRow.id)
    return (await uow.session.scalars(locked.with_for_update().execution_options(populate_existing=True))).all()
