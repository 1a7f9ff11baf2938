"""Messages to the person: queued by events, sent by the worker, answered by receipts, sent again by staff (NO-2, NO-4).

The worker's steps are transactions of their own; between them identification and the provider are asked. A step holds
the message only while its `lease` is the one it took, so a sender that was too slow cannot overwrite another's record.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from chassis import audit, outbox
from chassis.actor import Actor, system
from chassis.errors import NotFound, NotPossible
from chassis.clock import local_date, new_id
from nrm_events import notify as events
from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from notify import rules
from notify.domain.machines import NOTIFICATION
from notify.domain.routes import HOLDER
from notify.domain.sending import may_send_again, next_try, too_late_for_person
from notify.tables import MessageRow
from notify.use_cases.inbox import Told, tell_staff

LEASE = timedelta(minutes=3)  # longer than every timeout of one sending together
_PER_ROUND = 20
_SYSTEM = system("notify")


@dataclass(frozen=True)
class Cause:
    """The event that makes a message."""

    case_id: UUID
    event_id: UUID
    effective_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class Claimed:
    """A message that one sender holds until its lease ends."""

    id: UUID
    case_id: UUID
    lease: UUID
    template: str
    reference: str
    queued_at: datetime


def reference_of(row: MessageRow) -> str:
    """What providers know the message by; the same for every try of a round, so that they can drop a second one."""
    return f"{row.id}.{row.round}"


async def queue_messages(session: AsyncSession, template: str, causes: Sequence[Cause]) -> None:
    """One message per event, template and person (NO-4); about an act entered late none is sent (NO-2)."""
    rows = []
    for cause in causes:
        bound = rules.person_late_after(local_date(cause.recorded_at))
        late = too_late_for_person(cause.effective_at, cause.recorded_at, bound)
        rows.append(
            {
                "id": new_id(),
                "case_id": cause.case_id,
                "event_id": cause.event_id,
                "template": template,
                "recipient": "person",
                "state": NOTIFICATION.after(NOTIFICATION.start, "skip") if late else NOTIFICATION.start,
                "reason": "entered_late" if late else None,
                "effective_at": cause.effective_at,
                "queued_at": cause.recorded_at,
                "next_at": cause.recorded_at,
                "round": 1,
                "tries": 0,
                "unknown_outcomes": 0,
                "version": 1,
            }
        )
    added = await session.scalars(
        upsert(MessageRow)
        .values(rows)
        .on_conflict_do_nothing(constraint="uq_message_event_id_template_recipient")
        .returning(MessageRow)
    )
    for row in added:
        _note(session, "queue_message", row, row.effective_at)
        if row.state == NOTIFICATION.start:
            _publish(session, events.NotificationQueued, row, row.queued_at)


async def claim_due(session: AsyncSession, now: datetime) -> list[Claimed]:
    """Take the messages whose time has come, and those whose sender died: their lease is over."""
    due = or_(
        (MessageRow.state == "queued") & (MessageRow.next_at <= now),
        MessageRow.lease_until <= now,
    )
    rows = (
        await session.scalars(
            select(MessageRow)
            .where(due)
            .order_by(MessageRow.next_at)
            .limit(_PER_ROUND)
            .with_for_update(skip_locked=True)
        )
    ).all()
    taken = []
    for row in rows:
        if row.state != "queued":
            row.unknown_outcomes += row.state == "sending"
            _step(row, "lapse")
        _step(row, "claim")
        row.lease, row.lease_until = new_id(), now + LEASE
        taken.append(Claimed(row.id, row.case_id, row.lease, row.template, reference_of(row), row.queued_at))
    return taken


async def begin_sending(session: AsyncSession, held: Claimed, now: datetime) -> bool:
    """Store that the provider is about to be called; False when the message is no longer this sender's, or may have
    been sent too often already."""
    row = await _held(session, held, "claimed")
    if row is None:
        return False
    if not may_send_again(row.unknown_outcomes, rules.unknown_outcomes(local_date(now))):
        await _fail(session, row, "outcome_unknown", now)
        return False
    _step(row, "begin", held=True)
    row.tries += 1
    row.lease_until = now + LEASE
    return True


async def record_sent(session: AsyncSession, held: Claimed, now: datetime) -> None:
    """The provider took it."""
    row = await _held(session, held, "sending")
    if row is not None:
        _step(row, "accept")
        _was_sent(session, row, now)


async def record_try_failed(
    session: AsyncSession, held: Claimed, reason: str, now: datetime, *, for_good: bool = False, unknown: bool = False
) -> None:
    """The provider refused or could not be reached: another try after a pause, or, after the last one, staff are told.

    `unknown` = it may have been sent all the same; such tries are counted and bounded on their own.
    """
    row = await _held(session, held, "sending")
    if row is None:
        return
    row.unknown_outcomes += unknown
    again = None if for_good else next_try(row.tries, now, rules.retry_pauses(local_date(now)))
    if again is None:
        await _fail(session, row, reason, now)
        return
    _step(row, "retry")
    row.next_at, row.reason = again, reason


async def postpone(session: AsyncSession, held: Claimed, until: datetime, reason: str) -> None:
    """Nothing was sent: outside the safe hours, or identification did not answer."""
    row = await _held(session, held, "claimed")
    if row is not None:
        _step(row, "postpone")
        row.next_at, row.reason = until, reason


async def give_up(session: AsyncSession, held: Claimed, reason: str, now: datetime) -> None:
    """Nothing was sent and nothing will be: staff are told."""
    row = await _held(session, held, "claimed")
    if row is not None:
        await _fail(session, row, reason, now)


async def withhold(session: AsyncSession, held: Claimed, reason: str, now: datetime) -> None:
    """Nothing may be sent, so staff of the holding agency are told (NO-2, fail closed)."""
    row = await _held(session, held, "claimed")
    if row is None:
        return
    _step(row, "withhold")
    row.reason = reason
    _note(session, "withhold_message", row, now)
    _publish(session, events.ContactWithheld, row, now, reason=reason)
    await _tell(session, row, "contact_withheld", now)


async def resend(session: AsyncSession, who: Actor, row: MessageRow, effective_at: datetime, now: datetime) -> None:
    """Staff want it sent after all; contact is asked anew, and providers get a new reference."""
    row.state = NOTIFICATION.after(row.state, "resend")
    row.round += 1
    row.tries = row.unknown_outcomes = 0
    row.next_at = row.queued_at = now
    row.reason = None
    row.version += 1
    subject = f"message/{row.id}"
    audit.record(session, who, "resend_message", subject=subject, case_id=row.case_id, effective_at=effective_at)
    _publish(session, events.NotificationQueued, row, effective_at)


async def take_receipt(
    session: AsyncSession, who: Actor, reference: str, outcome: Literal["delivered", "failed"], happened_at: datetime
) -> MessageRow:
    """What the provider says became of a message (NO-4). NotFound for an unknown reference, NotPossible
    `receipt_of_earlier_round` for one that was sent again since. The same receipt again changes nothing."""
    message_id, _, round_ = reference.partition(".")
    case_id = await session.scalar(select(MessageRow.case_id).where(MessageRow.id == UUID(message_id)))
    if case_id is None:
        raise NotFound
    await outbox.lock_streams(session, [case_id])
    row = await session.get_one(MessageRow, UUID(message_id), with_for_update=True)
    if str(row.round) != round_:
        raise NotPossible("receipt_of_earlier_round", "The message was sent again since.")
    if row.state == outcome:
        return row
    if outcome == "failed":
        await _fail(session, row, "receipt_failed", happened_at)
    else:
        known = row.state == "sent"
        _step(row, "confirm")
        if not known:
            _was_sent(session, row, happened_at)
    audit.record(
        session,
        who,
        "take_receipt",
        subject=f"message/{row.id}",
        case_id=row.case_id,
        effective_at=happened_at,
        facts={"outcome": outcome},
    )
    return row


async def _held(session: AsyncSession, held: Claimed, state: str) -> MessageRow | None:
    """The message, if this sender still holds it; its case is locked first, as everywhere."""
    await outbox.lock_streams(session, [held.case_id])
    row = await session.get(MessageRow, held.id, with_for_update=True)
    return row if row is not None and row.state == state and row.lease == held.lease else None


def _step(row: MessageRow, action: str, *, held: bool = False) -> None:
    row.state = NOTIFICATION.after(row.state, action)
    row.version += 1
    if not held:
        row.lease = row.lease_until = None


def _was_sent(session: AsyncSession, row: MessageRow, now: datetime) -> None:
    row.sent_at, row.reason = now, None
    _note(session, "send_message", row, now)
    _publish(session, events.NotificationDelivered, row, now)


async def _fail(session: AsyncSession, row: MessageRow, reason: str, now: datetime) -> None:
    _step(row, "fail")
    row.reason = reason
    _note(session, "fail_message", row, now)
    _publish(session, events.NotificationFailed, row, now, reason=reason)
    await _tell(session, row, "message_failed", now)


async def _tell(session: AsyncSession, row: MessageRow, task: str, now: datetime) -> None:
    event_id = uuid5(row.id, f"{task}/{row.round}")
    await tell_staff(session, [Told(row.case_id, event_id, HOLDER, task, f"message/{row.id}", now)])


def _publish(
    session: AsyncSession, event: type[events.NotificationEvent], row: MessageRow, at: datetime, **more: str
) -> None:
    facts = {"case_id": row.case_id, "notification_id": row.id, "template": row.template, "recipient": "person"}
    outbox.emit(session, event.model_validate({**facts, "effective_at": at, **more}))


def _note(session: AsyncSession, action: str, row: MessageRow, at: datetime) -> None:
    audit.record(
        session,
        _SYSTEM,
        action,
        subject=f"message/{row.id}",
        case_id=row.case_id,
        effective_at=at,
        facts={"state": row.state, "reason": row.reason, "tries": row.tries},
    )
