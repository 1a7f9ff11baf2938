"""Cases that wait behind an event that could not be applied: the first event failed, the others queue.

The first alone has a time of its next try. When it goes, a trigger makes the next one the first, due at once.

What may heal is applied again by itself after growing pauses: an event that needs another one first, a type that the
next version of the service will know. What cannot heal (a message that is no event) waits for an operator:
`himaya bus replay` or `discard`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from nrm_events import dead_letter_topic
from sqlalchemy import Row, Text, Uuid, bindparam, column, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.message import Message, of_row
from chassis.metrics import INBOX_PARKED
from chassis.schema import parked_event

TRIES_AT_ONCE = 3
WHEN_ASKED = datetime(9999, 12, 31, tzinfo=UTC)  # no try by itself
_RETRY_AFTER = (5, 30, 120, 600, 3600)  # seconds, by the number of tries so far
_NEVER_HEAL = {"header_missing", "header_malformed", "payload_malformed", "wrong_key", "wrong_topic"}
_BLOCKED = (
    text("select array_agg(stream) as keys from parked_event where consumer = :consumer and stream = any(:keys)")
    .bindparams(bindparam("consumer", type_=Text), bindparam("keys", type_=ARRAY(Uuid)))
    .columns(column("keys", ARRAY(Uuid)))
)
_entry = parked_event.c


async def blocked(session: AsyncSession, consumer: str, streams: Iterable[UUID]) -> set[UUID]:
    """Those of these cases that wait behind a parked event."""
    return set(await session.scalar(_BLOCKED, {"consumer": consumer, "keys": list(streams)}) or ())


async def park(session: AsyncSession, consumer: str, message: Message, code: str | None) -> None:
    """Store the message behind its case. With a code it is the one that failed, and is copied to the dead letters."""
    now = datetime.now(UTC)
    row = {
        "consumer": consumer,
        "stream": message.stream,
        "event_id": message.envelope.id if message.envelope else None,
        "topic": message.topic,
        "partition": message.partition,
        "position": message.position,
        "key": message.key,
        "value": message.value,
        "headers": outbox.storable(message.headers),
        "error_code": code,
        "attempts": TRIES_AT_ONCE if code else 0,
        "next_attempt_at": _next(code, TRIES_AT_ONCE, now) if code else None,
    }
    added = await session.scalar(upsert(parked_event).values(row).on_conflict_do_nothing().returning(_entry.id))
    if added:
        INBOX_PARKED.labels(code or "behind_another").inc()
    if added and code:
        await _write_dead_letter(session, consumer, message, code)


def _next(code: str, attempts: int, now: datetime) -> datetime:
    if code in _NEVER_HEAL:
        return WHEN_ASKED
    return now + timedelta(seconds=_RETRY_AFTER[min(max(attempts - TRIES_AT_ONCE, 0), len(_RETRY_AFTER) - 1)])


async def due(session: AsyncSession, consumer: str, now: datetime) -> list[UUID]:
    """At most a hundred cases whose parked event is due, those that wait longest first."""
    first = select(_entry.stream).where(_entry.consumer == consumer, _entry.next_attempt_at <= now)
    found = await session.scalars(first.order_by(_entry.next_attempt_at, _entry.id).limit(100))
    return list(dict.fromkeys(found))


async def head(session: AsyncSession, consumer: str, stream: UUID) -> Row[tuple[object, ...]] | None:
    """The oldest parked event of a case."""
    found = select(parked_event).where(_entry.consumer == consumer, _entry.stream == stream)
    return (await session.execute(found.order_by(_entry.id).limit(1))).one_or_none()


async def release(session: AsyncSession, parked_id: int) -> None:
    """Delete it, applied or discarded: the next of its case moves up."""
    await session.execute(delete(parked_event).where(_entry.id == parked_id))


class Failure(NamedTuple):
    """A parked event was applied again and failed, for the n-th time."""

    code: str
    attempts: int
    at: datetime


async def postpone(session: AsyncSession, consumer: str, parked_id: int, failure: Failure) -> None:
    """Apply it later. One that only queued until now fails for the first time: it is copied to the dead letters."""
    row = (await session.execute(select(parked_event).where(_entry.id == parked_id))).one_or_none()
    if row is None:
        return
    if row.error_code is None:
        await _write_dead_letter(session, consumer, of_row(row), failure.code)
    due_at = _next(failure.code, failure.attempts, failure.at)
    values = {"attempts": failure.attempts, "error_code": failure.code, "next_attempt_at": due_at}
    await session.execute(update(parked_event).where(_entry.id == parked_id).values(values))


class Parked(NamedTuple):
    cases: int
    events: int  # with those that wait behind the ones that failed
    tries: int  # so far, of the events that are still parked


async def counted(session: AsyncSession) -> Parked:
    """How much is parked."""
    tries = func.coalesce(func.sum(_entry.attempts), 0)
    counts = select(func.count(_entry.next_attempt_at), func.count(), tries).select_from(parked_event)
    cases, events, tried = (await session.execute(counts)).one()
    return Parked(int(cases), int(events), int(tried))


async def _write_dead_letter(session: AsyncSession, consumer: str, message: Message, code: str) -> None:
    letter = outbox.DeadLetter(message.stream, message.value or b"", message.headers, code)
    await outbox.write_dead_letter(session, dead_letter_topic(consumer), letter)
