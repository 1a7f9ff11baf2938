"""The steps of one sending, each a transaction of its own; between them others are called (NO-2, NO-4).

A step changes the message only while its `lease` is the one it took, so a sender that was too slow cannot overwrite
another's record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from casework.calendar import local_date
from chassis.clock import new_id
from chassis.unit_of_work import UnitOfWork
from nrm_events import notify as events
from sqlalchemy import ColumnElement, and_, literal_column, select

from notify.domain.sending import may_send_again, next_try
from notify.facts import terms
from notify.tables import KnownCase, MessageRow
from notify.use_cases.messages import fail, mark_sent, note, notify_holder, publish, skip_if_over, step

LEASE = timedelta(minutes=3)  # longer than every timeout of one sending together
_PER_ROUND = 20


@dataclass(frozen=True)
class Claimed:
    """A message that one sender has until its lease ends."""

    id: UUID
    case_id: UUID
    lease: UUID
    reference: str
    queued_at: datetime


def reference_of(row: MessageRow) -> str:
    """What providers know the message by. Each try of a round has the same, so that they can drop a second one."""
    return f"{row.id}.{row.round}"


async def claim_due(uow: UnitOfWork) -> list[Claimed]:
    """Take the messages whose time has come, and those whose sender died: their lease is over."""
    rows = await _lock_first(uow, MessageRow.lease_until <= uow.now, _PER_ROUND)
    waiting = and_(MessageRow.state == literal_column("'queued'"), MessageRow.next_at <= uow.now)
    rows += await _lock_first(uow, waiting, _PER_ROUND - len(rows))
    taken = []
    for row in rows:
        if row.state != "queued":
            row.unknown_outcomes += row.state == "sending"
            step(row, "lapse")
        step(row, "claim")
        row.lease, row.lease_until = new_id(), uow.now + LEASE
        taken.append(Claimed(row.id, row.case_id, row.lease, reference_of(row), row.queued_at))
    return taken


async def _lock_first(uow: UnitOfWork, due: ColumnElement[bool], limit: int) -> list[MessageRow]:
    """The first of these that no other sender has. Each condition has its index: a backlog of any size costs alike."""
    first = select(MessageRow).where(due).order_by(MessageRow.next_at).limit(limit)
    return list(await uow.session.scalars(first.with_for_update(skip_locked=True)))


async def begin_sending(uow: UnitOfWork, claimed: Claimed) -> str | None:
    """Store that the provider is about to be called; the holder of the case now.

    None where nothing is to be sent: the message is no longer this sender's, may have been sent too often already, or
    the case ended after the act that it follows (NO-2).
    """
    row = await _leased(uow, claimed, "claimed")
    if row is None:
        return None
    case = await uow.session.get(KnownCase, row.case_id, populate_existing=True)
    if case is None:  # its opening is on another topic, and comes
        step(row, "postpone")
        row.next_at = uow.now + terms.ask_again_after(local_date(uow.now))
        return None
    if await skip_if_over(uow, row):
        return None
    if not may_send_again(row.unknown_outcomes, terms.unknown_outcomes(local_date(uow.now))):
        await fail(uow, row, "outcome_unknown", uow.now)
        return None
    step(row, "begin", leased=True)
    row.tries += 1
    row.lease_until = uow.now + LEASE
    return case.holder


async def record_sent(uow: UnitOfWork, claimed: Claimed) -> None:
    """The provider took it."""
    row = await _leased(uow, claimed, "sending")
    if row is not None:
        step(row, "accept")
        mark_sent(uow, row, uow.now)


async def record_try_failed(
    uow: UnitOfWork, claimed: Claimed, reason: str, *, for_good: bool = False, unknown: bool = False
) -> None:
    """The provider did not take it: another try after a pause. After the last one the holder gets a task.

    `unknown` = it may have been sent all the same; such tries are counted and bounded on their own.
    """
    row = await _leased(uow, claimed, "sending")
    if row is None:
        return
    row.unknown_outcomes += unknown
    again = None if for_good else next_try(row.tries, uow.now, terms.retry_pauses(local_date(uow.now)))
    if again is None:
        await fail(uow, row, reason, uow.now)
        return
    step(row, "retry")
    row.next_at, row.reason = again, reason


async def postpone(uow: UnitOfWork, claimed: Claimed, until: datetime, reason: str) -> None:
    """Nothing was sent: outside the safe hours, or identification did not answer."""
    row = await _leased(uow, claimed, "claimed")
    if row is not None:
        step(row, "postpone")
        row.next_at, row.reason = until, reason


async def give_up(uow: UnitOfWork, claimed: Claimed, reason: str) -> None:
    """Nothing was sent and nothing will be: a task for the holder."""
    row = await _leased(uow, claimed, "claimed")
    if row is not None:
        await fail(uow, row, reason, uow.now)


async def withhold(uow: UnitOfWork, claimed: Claimed, reason: str) -> None:
    """Nothing may be sent: a task for the holder (NO-2, fail closed)."""
    row = await _leased(uow, claimed, "claimed")
    if row is None:
        return
    step(row, "withhold")
    row.reason = reason
    note(uow, "withhold_message", row, uow.now)
    publish(uow, events.ContactWithheld, row, uow.now, reason=reason)
    await notify_holder(uow, row, "contact_withheld", uow.now)


async def _leased(uow: UnitOfWork, claimed: Claimed, state: str) -> MessageRow | None:
    """The message, if this sender still has it; its case is locked first, as everywhere."""
    await uow.lock(claimed.case_id)
    row = await uow.session.get(MessageRow, claimed.id, with_for_update=True)
    return row if row is not None and row.state == state and row.lease == claimed.lease else None
