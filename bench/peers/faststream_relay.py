"""faststream-outbox as a relay to Kafka; runs in an environment of its own: DATABASE KAFKA WORKERS.

KAFKA is a JSON object: the account that may do everything on the bus, as aiokafka's clients take it.
"""

import asyncio
import json
import signal
import sys

import uvloop
from faststream.kafka import KafkaBroker
from faststream.security import SASLPlaintext
from faststream_outbox import OutboxBroker, make_outbox_table
from faststream_outbox.annotations import OutboxMessage
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import create_async_engine

_FETCHED = 1_000  # rows a claim, and rows a delete: more of either brought nothing


async def _as_it_is(message: OutboxMessage) -> bytes:
    """What is only passed on is not read."""
    raw: bytes = message.body
    return raw


async def relay(database: str, kafka: str, workers: int) -> None:
    metadata = MetaData()
    table = make_outbox_table(metadata, "faststream_outbox")
    engine = create_async_engine(database, pool_size=workers + 4)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    account = json.loads(kafka)
    security = SASLPlaintext(account["sasl_plain_username"], account["sasl_plain_password"], use_ssl=False)
    to = KafkaBroker(account["bootstrap_servers"], security=security, enable_idempotence=True, acks="all", logger=None)
    broker = OutboxBroker(engine, outbox_table=table, logger=None)

    @broker.subscriber(  # type: ignore[untyped-decorator]  # it is not installed where types are checked
        "bench",
        max_workers=workers,
        fetch_batch_size=_FETCHED,
        terminal_flush_batch_size=_FETCHED,
        min_fetch_interval=0.01,
        max_fetch_interval=0.25,
        decoder=_as_it_is,
    )
    async def send(body: bytes, message: OutboxMessage) -> None:
        headers = {name: str(value) for name, value in message.headers.items()}
        await to.publish(body, headers.pop("topic"), key=headers["ce_partitionkey"].encode(), headers=headers)

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with to, broker:
        await broker.start()
        await stop.wait()
        await broker.stop()


def main(arguments: list[str]) -> None:
    database, kafka, workers = arguments
    uvloop.run(relay(database, kafka, int(workers)))


if __name__ == "__main__":
    main(sys.argv[1:])
