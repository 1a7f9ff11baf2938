"""The loop: sends what waits and applies what comes, until a signal ends it."""

import asyncio
import logging
import signal
import sqlite3
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import KafkaError
from nrm_events import agency_topic

from agency_connector import inbound
from agency_connector.outbound import Outbound
from agency_connector.settings import Settings
from agency_connector.signin import SignIn

log = logging.getLogger(__name__)
_LOOK = 0.1  # seconds between two looks at what waits
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 20.0  # seconds, while the platform is away
_AT_ONCE = 200  # messages in one transaction


class _BusToken(AbstractTokenProvider):  # type: ignore[misc]
    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    async def token(self) -> str:
        return await self._sign_in.token()


async def run(settings: Settings, connection: sqlite3.Connection, trouble: Path) -> None:
    """Until SIGTERM or Ctrl-C. While the sign-in is refused, `trouble` is the file that states it."""
    # The broker ends a session with its token, and aiokafka reconnects; that it calls each of these an error is noise.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with httpx.AsyncClient(timeout=15) as http:
        sign_in = SignIn(http, settings, trouble)
        outbound = Outbound(settings, connection, http, sign_in)
        reached = bus(settings, sign_in)
        async with asyncio.TaskGroup() as group:
            group.create_task(_again(lambda: _send(outbound, reached, stop), stop, "outbound"))
            group.create_task(_again(lambda: _receive(settings, connection, reached, stop), stop, "inbound"))


def bus(settings: Settings, sign_in: SignIn) -> dict[str, object]:
    """How to reach the broker as this agency; without a certificate authority it is a test stack on this machine."""
    client: dict[str, object] = {
        "bootstrap_servers": settings.kafka,
        "client_id": settings.client_id,
        "sasl_mechanism": "OAUTHBEARER",
        "sasl_oauth_token_provider": _BusToken(sign_in),
        "security_protocol": "SASL_SSL" if settings.kafka_ca else "SASL_PLAINTEXT",
    }
    if settings.kafka_ca:
        client["ssl_context"] = ssl.create_default_context(cafile=settings.kafka_ca)
    return client


async def _again(work: Callable[[], Awaitable[None]], stop: asyncio.Event, name: str) -> None:
    """Begin anew with growing pauses while the platform is away; any other fault ends the process, for all to see."""
    pause = _FIRST_PAUSE
    while not stop.is_set():
        began = asyncio.get_running_loop().time()
        try:
            await work()
        except (KafkaError, httpx.HTTPError, OSError) as away:
            log.warning("%s: %s", name, type(away).__name__)
            if asyncio.get_running_loop().time() - began > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            await _rest(stop, pause)
            pause = min(pause * 2, _LONGEST_PAUSE)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _send(outbound: Outbound, bus: dict[str, object], stop: asyncio.Event) -> None:
    producer = AIOKafkaProducer(**bus, enable_idempotence=True, acks="all", request_timeout_ms=15_000)
    try:
        await producer.start()
        while not stop.is_set():
            await _rest(stop, _LOOK if await outbound.send_all(producer) else _FIRST_PAUSE)
    finally:
        await producer.stop()


async def _receive(
    settings: Settings, connection: sqlite3.Connection, bus: dict[str, object], stop: asyncio.Event
) -> None:
    consumer = AIOKafkaConsumer(
        agency_topic(settings.agency, "out"),
        **bus,
        group_id=settings.client_id,
        group_instance_id=settings.client_id,  # one that was killed takes its place again at once
        enable_auto_commit=False,  # offsets are committed after the database has the messages, never before
        auto_offset_reset="earliest",
    )
    try:
        await consumer.start()
        while not stop.is_set():
            polled = await consumer.getmany(timeout_ms=250, max_records=_AT_ONCE)
            if polled:
                inbound.apply(connection, (record for records in polled.values() for record in records))
                await consumer.commit()
    finally:
        await consumer.stop()
