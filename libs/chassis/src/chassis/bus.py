"""Connections to Kafka: the service's own token, refreshed before the broker cuts the session."""

import asyncio
import contextlib
import logging

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.abc import AbstractTokenProvider
from aiokafka.admin import AIOKafkaAdminClient

from chassis.settings import Settings, trust
from chassis.tokens import TokenSource

# The broker ends a session with its token; aiokafka reconnects by itself and calls each cut an error.
logging.getLogger("aiokafka.conn").setLevel(logging.CRITICAL)


class _BusToken(AbstractTokenProvider):  # type: ignore[misc]
    def __init__(self, source: TokenSource) -> None:
        self._source = source

    async def token(self) -> str:
        return await self._source.token()


def _servers(settings: Settings) -> list[str]:
    return [server.strip() for server in settings.kafka.split(",")]


def _connection(settings: Settings, source: TokenSource) -> dict[str, object]:
    return {
        "bootstrap_servers": _servers(settings),
        "client_id": settings.client_id,
        "security_protocol": settings.kafka_security,
        "ssl_context": trust(settings.kafka_ca) if settings.kafka_security == "SASL_SSL" else None,
        "sasl_mechanism": "OAUTHBEARER",
        "sasl_oauth_token_provider": _BusToken(source),
    }


async def is_reachable(settings: Settings) -> bool:
    """Whether a broker takes connections."""
    for server in _servers(settings):
        host, _, port = server.rpartition(":")
        with contextlib.suppress(OSError, TimeoutError):
            _, writer = await asyncio.wait_for(asyncio.open_connection(host.strip("[]"), int(port)), 1)
            writer.close()
            await writer.wait_closed()
            return True
    return False


def producer(settings: Settings, source: TokenSource, transactional_id: str | None = None) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        **_connection(settings, source),
        transactional_id=transactional_id,
        enable_idempotence=True,
        acks="all",
        max_batch_size=512 * 1024,
        linger_ms=0,
    )


def fencing_producer(settings: Settings, source: TokenSource, database: str) -> AIOKafkaProducer:
    """A producer for the one relay of this database; to be started by `start_fenced`."""
    return producer(settings, source, f"relay.{settings.client_id}.{database}")


async def start_fenced(producer: AIOKafkaProducer) -> None:
    """Start it with the next epoch: once it has written to a partition, the broker refuses every older one there.

    The transactional id gives number and epoch; then it is taken off, because no transaction is wanted: an idempotent
    producer with a fenced epoch costs nothing, a transaction per batch some ten milliseconds.
    """
    await producer.start()
    producer._txn_manager.transactional_id = None  # aiokafka has no public way; test_relay pins it


def consumer(settings: Settings, source: TokenSource, group: str, topics: tuple[str, ...]) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        *topics,
        **_connection(settings, source),
        group_id=group,
        group_instance_id=settings.instance,  # without it the group waits ten seconds for a member that was killed
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        session_timeout_ms=10_000,
        heartbeat_interval_ms=1_000,
        fetch_max_wait_ms=250,
    )


def reader(settings: Settings, source: TokenSource) -> AIOKafkaConsumer:
    """Reads topics from their beginning, in no group."""
    return AIOKafkaConsumer(
        **_connection(settings, source), group_id=None, enable_auto_commit=False, auto_offset_reset="earliest"
    )


async def committed(settings: Settings, source: TokenSource, group: str) -> dict[TopicPartition, int]:
    """The offsets that a group of the service's own has committed."""
    admin = AIOKafkaAdminClient(**_connection(settings, source))
    try:
        await admin.start()
        offsets = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return {place: found.offset for place, found in offsets.items() if found.offset >= 0}
