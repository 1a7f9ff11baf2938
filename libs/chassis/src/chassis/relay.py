"""The relay: one leader sends the outbox in order of id, batches per partition, and deletes what the broker took.

A crash between sending and deleting sends again: consumers drop what their inbox knows. The order of a case holds,
because its rows have rising ids and go to one partition through one idempotent producer.
"""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from chassis import bus
from chassis.metrics import OUTBOX_SENT
from chassis.settings import Settings
from chassis.tokens import TokenSource

log = structlog.get_logger()
CHANNEL = "outbox"
_LEADER = 7_140_001  # advisory lock of the relay's leader
_BATCH = 500
_POLL = 0.25  # seconds; the safety net under NOTIFY
_PAUSE = 1.0  # seconds before another try after an error
_READ = "select id, topic, key, value, headers, recorded_at from outbox order by id limit $1"


class Relay:
    def __init__(self, settings: Settings, source: TokenSource) -> None:
        self._settings = settings
        self._source = source
        self._woken = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Lead when nobody else does, send until stopped; errors are logged and tried again after a second."""
        while not stop.is_set():
            try:
                await self._lead(stop)
            except (KafkaError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("relay interrupted", error=type(error).__name__)
            except Exception as error:
                log.error("relay failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _PAUSE)

    async def _lead(self, stop: asyncio.Event) -> None:
        connection = await asyncpg.connect(self._settings.database_url, timeout=5)
        try:
            while not await connection.fetchval("select pg_try_advisory_lock($1)", _LEADER):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _PAUSE)
                if stop.is_set():
                    return
            await connection.add_listener(CHANNEL, lambda *_: self._woken.set())
            producer = bus.producer(self._settings, self._source)
            await producer.start()
            log.info("relay leads")
            try:
                while not stop.is_set():
                    if not await self.send_once(connection, producer):
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(self._woken.wait(), _POLL)
                        self._woken.clear()
            finally:
                # stop() waits for a broker that may be away for as long as it is away
                with contextlib.suppress(TimeoutError, KafkaError):
                    await asyncio.wait_for(producer.stop(), 5)
        finally:
            connection.terminate()

    async def send_once(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> int:
        """Send the oldest rows and delete them once the broker has them all; how many there were."""
        rows = await connection.fetch(_READ, _BATCH)
        if rows:
            await self._send(producer, rows)
            await connection.execute("delete from outbox where id = any($1::bigint[])", [row["id"] for row in rows])
            OUTBOX_SENT.inc(len(rows))
        return len(rows)

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]) -> None:
        grouped: dict[tuple[str, int], list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            grouped[row["topic"], await _partition(producer, row["topic"], str(row["key"]).encode())].append(row)
        sent = [
            future
            for (topic, partition), group in grouped.items()
            for future in await _send_group(producer, topic, partition, group)
        ]
        await asyncio.gather(*sent)


async def _partition(producer: AIOKafkaProducer, topic: str, key: bytes) -> int:
    partitions = await producer.partitions_for(topic)
    return (int(murmur2(key)) & 0x7FFFFFFF) % len(partitions)


async def _send_group(
    producer: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[asyncpg.Record]
) -> list[asyncio.Future[Any]]:
    """Fill batches in order; a full one is sent and the next begun."""
    futures = []
    batch = producer.create_batch()
    for row in rows:
        message = _message(row)
        if batch.append(**message) is None:
            futures.append(await producer.send_batch(batch, topic, partition=partition))
            batch = producer.create_batch()
            batch.append(**message)
    futures.append(await producer.send_batch(batch, topic, partition=partition))
    return futures


def _message(row: asyncpg.Record) -> dict[str, Any]:
    headers = [(name, content.encode()) for name, content in json.loads(row["headers"])]
    return {
        "key": str(row["key"]).encode(),
        "value": row["value"],
        "headers": headers,
        "timestamp": int(row["recorded_at"].timestamp() * 1000),
    }


class Waker:
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
                connection = await asyncpg.connect(self._url, timeout=5)
                try:
                    while True:
                        await self._due.wait()
                        self._due.clear()
                        await connection.execute(f"notify {CHANNEL}")
                finally:
                    connection.terminate()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await asyncio.sleep(_PAUSE)
