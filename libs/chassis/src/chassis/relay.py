"""The relay: one leader per database sends the outbox in order of id and deletes what the broker acknowledged.

How order and completeness survive crashes, and why a replaced leader is harmless: docs/chassis/relay.md.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypedDict

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2
from aiokafka.structs import RecordMetadata
from nrm_events import partitions_of
from pydantic_core import from_json

from chassis import bus
from chassis.locks import Lock
from chassis.loops import close, pause, run_until
from chassis.metrics import OUTBOX_SENT, RELAY_LEADS
from chassis.settings import Settings
from chassis.tokens import TokenSource

log = structlog.get_logger()
CHANNEL = "outbox"
_BATCH = 500
_TURNS = 100  # batches after which the leader checks whether it must stop
_CASES = 16_384  # whose partition is cached: most events follow others of their case
_POLL = 0.25  # seconds; the safety net under NOTIFY
_PAUSE = 1.0  # seconds after an error
_SILENCE = 5  # seconds without a statement from the leader after which the database ends its session
_TENURE = 6 * 3600.0  # seconds; a leader takes a new epoch long before the broker forgets the old one (seven days)

# One row without a message when nothing waits: the snapshot is returned either way. $3: ids that were read before.
_WAITING = """
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest_running, waiting.*
  from (values (1)) as always left join lateral (
    select id, topic, key::text, value, headers, recorded_at from outbox
     where id > $1 and id <> all($3::bigint[]) order by id limit $2
  ) as waiting on true
"""
_READ = f"select null::bigint as deleting, {_WAITING}"
# Messages to agencies are not stored: they are theirs, and a withdrawn consent ends them (docs/adr/0013, 0018).
_GONE = """
with gone as (
  delete from outbox where id = any({}::bigint[])
  returning id, event_id, topic, key, sequence, value, headers, recorded_at
), stored as (insert into sent_event select * from gone where topic not like 'ext.%')
select pg_current_xact_id()::text::bigint
"""
_DELETE = _GONE.format("$1")
_DELETE_AND_READ = f"{_GONE.format('$4')} as deleting, {_WAITING}"


class Row(TypedDict):
    """A row of the outbox, as the relay reads it."""

    id: int
    topic: str
    key: str
    value: bytes
    headers: str
    recorded_at: datetime


class Record(TypedDict):
    """A message as the producer takes it."""

    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    timestamp: int


Messages = Mapping[tuple[str, int], Sequence[Record]]
"""By topic and partition, in order."""


class _Batch(NamedTuple):
    """Rows of one read, and the oldest transaction that still ran then."""

    ids: Sequence[int] = ()
    messages: Messages = MappingProxyType({})
    oldest_running: int = 0

    @property
    def covered(self) -> int | None:
        """The id up to which the batch is complete; None where it has all rows that there were."""
        return self.ids[-1] if len(self.ids) == _BATCH else None


class Watermark:
    """Every row with id ≤ `low` has been sent, and no open transaction can still insert one there.

    So reads start above it. The proof is in docs/chassis/watermark.md.
    """

    def __init__(self) -> None:
        self.low = 0
        self._marks: list[tuple[int, int]] = []

    def sent(self, highest: int, deleting: int) -> None:
        """Rows up to `highest` were deleted by the transaction `deleting`."""
        so_far = max([highest, *(mark for mark, _ in self._marks)])
        self._marks = [*self._marks[:1], (so_far, deleting)]

    def rise(self, oldest_running: int, covered: int | None) -> None:
        """All rows up to `covered` (None: all rows) that this snapshot showed are sent and deleted."""
        while self._marks:
            highest, deleting = self._marks[0]
            if deleting > oldest_running or (covered is not None and highest > covered):
                return
            self.low = highest
            self._marks.pop(0)


class Relay:
    def __init__(self, settings: Settings, source: TokenSource) -> None:
        self._settings = settings
        self._source = source
        self._woken = asyncio.Event()
        self._watermark = Watermark()

    @property
    def low(self) -> int:
        """Every row up to this id has been sent."""
        return self._watermark.low

    async def run(self, stop: asyncio.Event) -> None:
        """Lead when no other relay does, and send until stopped, through all outages."""
        await run_until(stop, "relay", _PAUSE, lambda: self._lead(stop))

    async def _lead(self, stop: asyncio.Event) -> None:
        connection = await connect(self._settings)
        try:
            while not await connection.fetchval("select pg_try_advisory_lock($1)", Lock.RELAY):
                await pause(stop, _PAUSE)
                if stop.is_set():
                    return
            await connection.add_listener(CHANNEL, lambda *_: self._woken.set())
            database = await connection.fetchval("select current_database()")
            producer = bus.fencing_producer(self._settings, self._source, database)
            try:
                await _kept_alive(connection, bus.start_fenced(producer))
                log.info("relay leads")
                RELAY_LEADS.set(1)
                await self._send_until(stop, time.monotonic() + _TENURE, connection, producer)
            finally:
                RELAY_LEADS.set(0)
                await close(producer.stop())
        finally:
            connection.terminate()

    async def _send_until(
        self, stop: asyncio.Event, end: float, connection: asyncpg.Connection, producer: AIOKafkaProducer
    ) -> None:
        self._watermark = Watermark()
        while not stop.is_set() and time.monotonic() < end:
            if not await self.send_once(connection, producer):
                await pause(self._woken, _POLL)
                self._woken.clear()

    async def send_once(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> int:
        """Send what waits, batch after batch, and delete what the broker acknowledged; return the number of rows."""
        sent, before, batch = 0, _Batch(), await self._exchange(connection, _Batch(), _Batch())
        if not batch.ids:
            self._watermark.rise(batch.oldest_running, None)
        for _ in range(_TURNS):
            if not batch.ids:
                break
            sending = asyncio.ensure_future(send(producer, batch.messages))
            try:
                following = await self._exchange(connection, before, batch)
                await _kept_alive(connection, sending)
            finally:
                sending.cancel()
            before, batch, sent = batch, following, sent + len(batch.ids)
            OUTBOX_SENT.inc(len(before.ids))
        if before.ids:
            self._deleted(before, await connection.fetchval(_DELETE, before.ids))
        return sent

    async def _exchange(self, connection: asyncpg.Connection, done: _Batch, sending: _Batch) -> _Batch:
        """Delete the batch that is done and read the one after the batch that is being sent, in one statement."""
        arguments = (self._watermark.low, _BATCH, [*done.ids, *sending.ids])
        if done.ids:
            read = await connection.fetch(_DELETE_AND_READ, *arguments, done.ids)
            self._deleted(done, read[0]["deleting"])
        else:
            read = await connection.fetch(_READ, *arguments)
        rows = [row for row in read if row["id"] is not None]
        return _Batch([row["id"] for row in rows], messages_of(rows), read[0]["oldest_running"])

    def _deleted(self, batch: _Batch, deleting: int) -> None:
        self._watermark.sent(batch.ids[-1], deleting)
        self._watermark.rise(batch.oldest_running, batch.covered)


async def connect(settings: Settings) -> asyncpg.Connection:
    """A leader's connection: after five silent seconds the database ends it, and with it the leadership.

    Between two statements the limit is that of an idle session; within one, that of a transaction.
    """
    limits = dict.fromkeys(("idle_session_timeout", "transaction_timeout"), f"{_SILENCE}s")
    # A deletion that a crash of the database undoes is a row sent twice, which the inbox drops.
    how = {"application_name": "relay", "synchronous_commit": "off", "plan_cache_mode": "force_custom_plan"}
    return await asyncpg.connect(settings.database_url, timeout=5, server_settings=how | limits)


async def _kept_alive(connection: asyncpg.Connection, work: Awaitable[object]) -> None:
    """Wait for the broker as long as it takes; statements meanwhile show the database that the leader lives."""
    working = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({working}, timeout=_PAUSE))[0]:
            await connection.execute("select 1")
        await working
    finally:
        working.cancel()


def messages_of(rows: Sequence[Row]) -> Messages:
    """Rows of the outbox as messages, per partition in their order."""
    grouped: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for row in rows:
        message = _message(row)
        grouped[row["topic"], _partition(row["topic"], message["key"])].append(message)
    return grouped


async def send(producer: AIOKafkaProducer, messages: Messages) -> list[RecordMetadata]:
    """Send messages, per partition in their order; return where the broker stored each batch."""
    sent = [
        future
        for (topic, partition), group in messages.items()
        for future in await _send_group(producer, topic, partition, group)
    ]
    return list(await asyncio.gather(*sent))


@lru_cache(_CASES)
def _partition(topic: str, key: bytes) -> int:
    """The partition of a case, by the contract's number of partitions: a topic that grows moves no case (ADR 10)."""
    return (int(murmur2(key)) & 0x7FFFFFFF) % partitions_of(topic)


async def _send_group(
    producer: AIOKafkaProducer, topic: str, partition: int, messages: Sequence[Record]
) -> list[asyncio.Future[RecordMetadata]]:
    """Fill batches in order; send each full one and begin the next."""
    futures = []
    batch = producer.create_batch()
    for message in messages:
        if batch.append(**message) is None:
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(**message)
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures


def _message(row: Row) -> Record:
    return {
        "key": str(row["key"]).encode(),
        "value": row["value"],
        "headers": [(name, content.encode()) for name, content in from_json(row["headers"])],
        "timestamp": int(row["recorded_at"].timestamp() * 1000),
    }
