"""The relay: one leader sends the outbox in order of id, batches per partition, and deletes what the broker took.
What it deletes it keeps in `sent_event`, from which a lost topic is told again (docs/adr/0013).

While the broker takes a batch, the database deletes the one before and reads the next (docs/adr/0015). A crash between
sending and deleting sends again: consumers drop what their inbox knows. The order of a case holds, because its rows
have rising ids and go to one partition through one producer, a batch after the other, and because a leader that was
stopped and replaced is fenced: the broker refuses its producer's older epoch (docs/adr/0009).
"""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2
from aiokafka.structs import RecordMetadata
from nrm_events import partitions_of
from pydantic_core import from_json

from chassis import bus
from chassis.metrics import INTERRUPTED, OUTBOX_SENT, RELAY_LEADS
from chassis.outbox import RELAY_LEADER
from chassis.settings import Settings
from chassis.tokens import TokenSource

log = structlog.get_logger()
CHANNEL = "outbox"
_BATCH = 500
_TURNS = 100  # batches after which the leader looks whether it is to stop
_CASES = 16_384  # whose partition is remembered: most events follow others of their case
_POLL = 0.25  # seconds; the safety net under NOTIFY
_PAUSE = 1.0  # seconds before another try after an error
_SILENCE = 5  # seconds without a word from the leader after which the database lets another one lead
_TENURE = 6 * 3600.0  # seconds; a leader takes a new epoch long before the broker forgets the old one (seven days)
# The last one is asyncpg's answer to a session that the database ended while it was idle.
_DATABASE_AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

# One row without a message when nothing waits: the snapshot is told either way. $3 is what is in hand already.
_WAITING = """
       pg_snapshot_xmin(pg_current_snapshot())::text::bigint as oldest_running, waiting.*
  from (values (1)) as always left join lateral (
    select id, topic, key::text, value, headers, recorded_at from outbox
     where id > $1 and id <> all($3::bigint[]) order by id limit $2
  ) as waiting on true
"""
_READ = f"select null::bigint as deleting, {_WAITING}"
# What agencies were told is not kept: it is theirs, and a withdrawn consent ends it (docs/adr/0013, 0018).
_GONE = """
with gone as (
  delete from outbox where id = any({}::bigint[])
  returning id, event_id, topic, key, sequence, value, headers, recorded_at
), kept as (insert into sent_event select * from gone where topic not like 'ext.%')
select pg_current_xact_id()::text::bigint
"""
_DELETE = _GONE.format("$1")
_DELETE_AND_READ = f"{_GONE.format('$4')} as deleting, {_WAITING}"


Messages = Mapping[tuple[str, int], Sequence[Mapping[str, Any]]]
"""By topic and partition, in order."""


class _Batch(NamedTuple):
    """What one read brought, and the oldest transaction that still ran then."""

    ids: Sequence[int] = ()
    messages: Messages = MappingProxyType({})
    oldest_running: int = 0

    @property
    def covered(self) -> int | None:
        """Up to where it holds all that the read showed; None where that was everything."""
        return self.ids[-1] if len(self.ids) == _BATCH else None


class Watermark:
    """Below `low` no row can appear any more, so the leader reads above it and never walks over what it deleted.

    Ids are drawn before the commit, so a slow transaction may commit an id below others. Whoever drew an id up to
    `highest` had its transaction number before `deleting`, that of the transaction which deleted the row: once a
    snapshot has none running below `deleting`, and all that it shows up to `highest` is sent, nothing is left there.
    """

    def __init__(self) -> None:
        self.low = 0
        self._marks: list[tuple[int, int]] = []

    def sent(self, highest: int, deleting: int) -> None:
        """Rows up to `highest` were deleted by the transaction `deleting`; those of a slow one may lie below others."""
        so_far = max([highest, *(mark for mark, _ in self._marks)])
        self._marks = [*self._marks[:1], (so_far, deleting)]

    def rise(self, oldest_running: int, covered: int | None) -> None:
        """All rows up to `covered` (None: all there were) that this snapshot showed are sent and deleted."""
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
        """Below this id the outbox holds nothing any more."""
        return self._watermark.low

    async def run(self, stop: asyncio.Event) -> None:
        """Lead when nobody else does, send until stopped; errors are logged and tried again after a second."""
        while not stop.is_set():
            try:
                await self._lead(stop)
                continue
            except (KafkaError, OSError, TimeoutError, *_DATABASE_AWAY) as error:
                log.warning("relay interrupted", error=type(error).__name__)
            except Exception as error:
                log.error("relay failed", error=type(error).__name__)
            INTERRUPTED.labels("relay").inc()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _PAUSE)

    async def _lead(self, stop: asyncio.Event) -> None:
        connection = await connect(self._settings)
        try:
            while not await connection.fetchval("select pg_try_advisory_lock($1)", RELAY_LEADER):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _PAUSE)
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
                # stop() waits for a broker that may be away for as long as it is away
                with contextlib.suppress(TimeoutError, KafkaError):
                    await asyncio.wait_for(producer.stop(), 5)
        finally:
            connection.terminate()

    async def _send_until(
        self, stop: asyncio.Event, end: float, connection: asyncpg.Connection, producer: AIOKafkaProducer
    ) -> None:
        self._watermark = Watermark()
        while not stop.is_set() and time.monotonic() < end:
            if not await self.send_once(connection, producer):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _POLL)
                self._woken.clear()

    async def send_once(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> int:
        """Send what waits, batch after batch, and delete it once the broker has it; how many rows there were."""
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

    async def _exchange(self, connection: asyncpg.Connection, done: _Batch, in_hand: _Batch) -> _Batch:
        """Delete what the broker has and read what follows what is in hand, in one statement."""
        given = (self._watermark.low, _BATCH, [*done.ids, *in_hand.ids])
        if done.ids:
            read = await connection.fetch(_DELETE_AND_READ, *given, done.ids)
            self._deleted(done, read[0]["deleting"])
        else:
            read = await connection.fetch(_READ, *given)
        rows = [row for row in read if row["id"] is not None]
        return _Batch([row["id"] for row in rows], messages_of(rows), read[0]["oldest_running"])

    def _deleted(self, batch: _Batch, deleting: int) -> None:
        self._watermark.sent(batch.ids[-1], deleting)
        self._watermark.rise(batch.oldest_running, batch.covered)


async def connect(settings: Settings) -> asyncpg.Connection:
    """A leader's connection: when it is silent for five seconds the database ends it, and with it the leadership.

    Between two statements that is an idle session; in the middle of one, a transaction that takes too long.
    """
    limits = dict.fromkeys(("idle_session_timeout", "transaction_timeout"), f"{_SILENCE}s")
    # A deletion that a crash of the database undoes is a row sent twice, which the inbox drops: nobody waits for it.
    how = {"application_name": "relay", "synchronous_commit": "off", "plan_cache_mode": "force_custom_plan"}
    return await asyncpg.connect(settings.database_url, timeout=5, server_settings=how | limits)


async def _kept_alive(connection: asyncpg.Connection, work: Awaitable[object]) -> None:
    """Wait for the broker as long as it takes, and tell the database meanwhile that the leader lives."""
    working = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({working}, timeout=_PAUSE))[0]:
            await connection.execute("select 1")
        await working
    finally:
        working.cancel()


def messages_of(rows: Sequence[Mapping[str, Any]]) -> Messages:
    """Rows of the outbox as messages, per partition in their order."""
    grouped: dict[tuple[str, int], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        message = _message(row)
        grouped[row["topic"], _partition(row["topic"], message["key"])].append(message)
    return grouped


async def send(producer: AIOKafkaProducer, messages: Messages) -> list[RecordMetadata]:
    """Send messages, per partition in their order; where the broker put each batch."""
    sent = [
        future
        for (topic, partition), group in messages.items()
        for future in await _send_group(producer, topic, partition, group)
    ]
    return list(await asyncio.gather(*sent))


@lru_cache(_CASES)
def _partition(topic: str, key: bytes) -> int:
    """The number of partitions is part of the contract: a topic that somebody grows moves no case (docs/adr/0010)."""
    return (int(murmur2(key)) & 0x7FFFFFFF) % partitions_of(topic)


async def _send_group(
    producer: AIOKafkaProducer, topic: str, partition: int, messages: Sequence[Mapping[str, Any]]
) -> list[asyncio.Future[Any]]:
    """Fill batches in order; a full one is sent and the next begun."""
    futures = []
    batch = producer.create_batch()
    for message in messages:
        if batch.append(**message) is None:
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(**message)
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures


def _message(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": str(row["key"]).encode(),
        "value": row["value"],
        "headers": [(name, content.encode()) for name, content in from_json(row["headers"])],
        "timestamp": int(row["recorded_at"].timestamp() * 1000),
    }


_UNSAVED = {"synchronous_commit": "off"}  # a NOTIFY is gone with the database anyway: it waits for no disk


class RelayNotifier:
    """Tells the relay after a commit, on a connection of its own; many commits at once wake it once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._due = asyncio.Event()

    def wake(self) -> None:
        self._due.set()

    async def run(self) -> None:
        """Until cancelled. If the database is away, the relay's own polling finds the rows."""
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=5, server_settings=_UNSAVED)
                try:
                    while True:
                        await self._due.wait()
                        self._due.clear()
                        await connection.execute(f"notify {CHANNEL}")
                finally:
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await asyncio.sleep(_PAUSE)
