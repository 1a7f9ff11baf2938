"""Events are stored in the transaction of their change, and the relay publishes them. Nothing else ever publishes.

`emit` collects them; the transaction's last statement (`chassis.commit`) stores them. Ids of one case rise in the order
of its commits, and the relay sends in order of id.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from nrm_events import Envelope, Event, to_message
from opentelemetry import trace
from opentelemetry.propagate import inject
from sqlalchemy import BigInteger, Uuid, bindparam, column, insert, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.clock import new_id
from chassis.errors import NotPossible
from chassis.locks import Lock
from chassis.schema import outbox

PENDING = "events"
COLUMNS = ("event_ids", "topics", "keys", "counted", "behind", "values", "headers")
_CAUSES = "causes"
LOCKED = "locked streams"

# As text with arrays: one statement whatever the number of cases, compiled and prepared once.
_KEYS = bindparam("keys", type_=ARRAY(Uuid))
_LOCK = (
    text("select count(*) from (select from stream where key = any(:keys) order by key for update) as locked")
    .bindparams(_KEYS)
    .columns(column("count", BigInteger))
)
_MAKE = text("insert into stream (key) select unnest(:keys) on conflict do nothing").bindparams(_KEYS)
_COLUMNS = "event_id, topic, key, sequence, value, headers, recorded_at"
_AGAIN = text(
    f"""
    with again as (delete from sent_event where topic = :topic returning id, {_COLUMNS}),
      waiting as (delete from outbox returning id, {_COLUMNS}),
      queued as (
        insert into outbox ({_COLUMNS})
        select {_COLUMNS} from (select * from again union all select * from waiting) as every order by id
      )
    select count(*) from again
    """  # noqa: S608  two constants
)


def emit(session: AsyncSession, event: Event, topic: str | None = None) -> None:
    """Publish when the transaction commits, or not at all.

    On a `topic` that is not its own it is numbered apart, per topic and case, so that no gap shows what others
    receive; trace and cause stay inside (docs/adr/0018).
    """
    if topic:
        session.info.setdefault(PENDING, []).append((event, topic, None, None))
        return
    causes: Mapping[UUID, tuple[Envelope, trace.Span]] = session.info.get(_CAUSES, {})
    cause, span = causes.get(event.stream, (None, trace.get_current_span()))
    session.info.setdefault(PENDING, []).append((event, None, cause, _traceparent(span)))


def caused_by(session: AsyncSession, causes: Sequence[tuple[Envelope, trace.Span]]) -> None:
    """Events emitted from now on name the one of `causes` that is of their case, and continue its trace."""
    session.info[_CAUSES] = {cause.key: (cause, span) for cause, span in causes}


def _traceparent(span: trace.Span) -> str | None:
    carrier: dict[str, str] = {}
    inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent")


async def lock_streams(session: AsyncSession, keys: Collection[UUID]) -> None:
    """Lock these cases, in one order everywhere, so that two transactions never wait crosswise."""
    locked: set[UUID] = session.info.setdefault(LOCKED, set())
    missing = set(keys) - locked
    if not missing:
        return
    wanted = sorted(missing, key=in_order)
    if await session.scalar(_LOCK, {"keys": wanted}) != len(wanted):
        await session.execute(_MAKE, {"keys": wanted})
        await session.execute(_LOCK, {"keys": wanted})
    locked |= missing


def in_order(key: UUID) -> int:
    return key.int


def collected(session: AsyncSession) -> tuple[int, dict[str, object]]:
    """Take what was emitted from the session: how many events, and the columns that `chassis.commit` writes.

    Sequence numbers are assigned once the stream is locked; `behind` is the event's offset from the last number that
    this transaction takes.
    """
    pending: list[tuple[Event, str | None, Envelope | None, str | None]] = session.info.pop(PENDING, [])
    left = Counter(_counted(event, topic) for event, topic, _, _ in pending)
    recorded_at = datetime.now(UTC)
    columns: dict[str, list[object]] = {name: [] for name in COLUMNS}
    for event, topic, cause, traceparent in pending:
        counted = _counted(event, topic)
        left[counted] -= 1
        envelope = Envelope(
            id=new_id(),
            type=event.type_name(),
            source=event.publisher(),
            subject=event.subject,
            time=recorded_at,
            sequence=0,
            key=event.stream,
            data=event,
            correlation_id=(cause.correlation_id or cause.id) if cause else None,
            causation_id=cause.id if cause else None,
            traceparent=traceparent,
        )
        _, value, headers = to_message(envelope)
        stored = json.dumps([[name, content.decode()] for name, content in headers])
        row = (envelope.id, topic or event.topic(), event.stream, counted, left[counted], value, stored)
        for name, content in zip(COLUMNS, row, strict=True):
            columns[name].append(content)
    return len(pending), {**columns, "recorded_at": recorded_at}


def _counted(event: Event, topic: str | None) -> UUID:
    """The stream that numbers the event."""
    return uuid5(event.stream, topic) if topic else event.stream


def storable(headers: Sequence[tuple[str, bytes | None]]) -> list[list[str]]:
    """Headers of a foreign message as JSON: a U+0000 and what is no UTF-8 become U+FFFD."""
    return [
        [name.replace("\0", "\ufffd"), (value or b"").decode(errors="replace").replace("\0", "\ufffd")]
        for name, value in headers
    ]


class DeadLetter(NamedTuple):
    """A copy of a parked event, with the error's code and nothing else about the error."""

    key: UUID
    value: bytes
    headers: Sequence[tuple[str, bytes | None]]
    code: str


async def write_dead_letter(session: AsyncSession, topic: str, letter: DeadLetter) -> None:
    """Publish it. It is no event of this service, so it takes no number in the case's sequence."""
    await session.execute(
        insert(outbox).values(
            event_id=new_id(),
            topic=topic,
            key=letter.key,
            sequence=0,
            value=letter.value,
            headers=[*storable(letter.headers), ["nrm_errorcode", letter.code]],
            recorded_at=datetime.now(UTC),
        )
    )


async def send_again(session: AsyncSession, topic: str) -> int:
    """Queue all that was ever sent to this topic, before what waits now; return how many events.

    No transaction may write and no relay may lead meanwhile. A leader has read rows already and would send them to the
    new topic before all others: NotPossible `relay_leads`.
    """
    if not await session.scalar(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": Lock.RELAY}):
        raise NotPossible("relay_leads", "A relay of this service runs and has read events. Stop it first.")
    await session.execute(text("lock table outbox in exclusive mode"))
    return int(await session.scalar(_AGAIN, {"topic": topic}) or 0)


async def waiting(session: AsyncSession) -> tuple[int, float]:
    """The number of events that wait to be sent, and the age of the oldest in seconds."""
    row = (
        await session.execute(
            text("select count(*), coalesce(extract(epoch from now() - min(recorded_at)), 0) from outbox")
        )
    ).one()
    return int(row[0]), float(row[1])
