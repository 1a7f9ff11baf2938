"""The real handlers of the services, each fed with every event that it consumes, case after case."""

import gc
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from uuid import UUID, uuid4

from chassis.clock import new_id
from chassis.database import Database
from chassis.inbox import Consumer
from chassis.message import Message, read
from chassis.service import Service
from chassis.testing import Stack
from chassis.tokens import TokenSource
from exchange.app import SERVICE as EXCHANGE
from fund.app import SERVICE as FUND
from identification.app import SERVICE as IDENTIFICATION
from notify.app import SERVICE as NOTIFY
from nrm_events import EVENTS, Event
from nrm_events.corpus import Kept, made
from repatriation.app import SERVICE as REPATRIATION
from shelter.app import SERVICE as SHELTER
from sqlalchemy import text

from bench.ground import place
from bench.report import Report, number, spread
from tests.conftest import settings_of

Announce = Callable[[str], None]
Record = tuple[str, int, int, bytes, bytes, tuple[tuple[str, bytes], ...]]
SERVICES: tuple[Service, ...] = (IDENTIFICATION, SHELTER, FUND, REPATRIATION, NOTIFY, EXCHANGE)
_POLL = 500
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


async def run(announce: Announce, scale: float = 1.0, rounds: int = 3) -> Report:
    """Per service: events per second with all its handlers, and the slowest kinds alone."""
    report = Report("Real handlers of the services")
    report.add(
        f"Every event that the service consumes, once a case, polls of {_POLL}: from bytes to the commit, without the "
        "broker. The kinds are alone in a poll; the mixture is not, so its lists are shorter.",
    )
    report.table("service", "kinds", "all kinds mixed, events/s", "slowest kinds alone, events/s", "parked")
    cases = max(int(300 * scale), 5)
    for service in SERVICES:
        rates: list[float] = []
        for turn in range(rounds):
            announce(f"handlers {turn + 1}/{rounds}: {service.name}")
            rate, parked = await mixed(service, cases)
            rates.append(rate)
        alone = await _alone(service, cases)
        slowest = sorted(alone.items(), key=lambda one: one[1])[:3]
        alone_rates = ", ".join(f"{kind.__name__} {number(rate)}" for kind, rate in slowest)
        report.row(service.name, str(len(service.handlers)), spread(rates), alone_rates, str(parked))
        if parked:
            report.faults.append(f"{service.name}: {parked} events could not be applied")
    return report


async def mixed(service: Service, cases: int) -> tuple[float, int]:
    """Case after case in a poll, as the bus brings them."""
    lives = [list(_life(service, uuid4())) for _ in range(cases)]
    return await _apply(service, [record for life in lives for record in life])


async def _alone(service: Service, cases: int) -> dict[type[Event], float]:
    """Kind after kind over all cases, each after one of its kind that prepared the statements."""
    lives = [list(_life(service, uuid4())) for _ in range(cases)]
    rates = {}
    async with AsyncExitStack() as opened:
        consumer = await _consumer(service, opened, warm=list(_life(service, uuid4())))
        opened.enter_context(_messages_left_alone())
        for turn, kind in enumerate(_kinds(service)):
            began = time.perf_counter()
            await _in_polls(consumer, [life[turn] for life in lives])
            rates[kind] = cases / (time.perf_counter() - began)
    return rates


async def _apply(service: Service, records: list[Record]) -> tuple[float, int]:
    async with AsyncExitStack() as opened:
        consumer = await _consumer(service, opened, warm=list(_life(service, uuid4())))
        opened.enter_context(_messages_left_alone())
        began = time.perf_counter()
        await _in_polls(consumer, records)
        rate = len(records) / (time.perf_counter() - began)
        return rate, await _parked(consumer)


@contextmanager
def _messages_left_alone() -> Iterator[None]:
    """Python's garbage collector skips the messages that wait here; a service holds no more than a poll."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


async def _consumer(service: Service, opened: AsyncExitStack, warm: list[Record] | None = None) -> Consumer:
    here = await opened.enter_async_context(place(service, **settings_of(Stack.running(), service.name)))
    database = Database(here.settings.database_url, service.constraints)
    opened.push_async_callback(database.close)
    source = TokenSource(here.settings)
    opened.push_async_callback(source.close)
    database.resources = service.resources(here.settings, source)
    if service.seed:
        async with database.transaction() as session:
            await service.seed(session)
    consumer = Consumer(database, service.name, service.topics, service.handlers)
    await _in_polls(consumer, warm or [])
    return consumer


async def _in_polls(consumer: Consumer, records: list[Record]) -> None:
    for first in range(0, len(records), _POLL):
        await consumer.apply([read(Message(*record)) for record in records[first : first + _POLL]])


async def _parked(consumer: Consumer) -> int:
    async with consumer._database.transaction() as session:
        return int(await session.scalar(text("select count(*) from parked_event")) or 0)


def _kinds(service: Service) -> list[type[Event]]:
    """In the order of the catalogue, which is about that of a case's life."""
    return [event for event in EVENTS.values() if event in service.handlers]


def _life(service: Service, case: UUID) -> Iterator[Record]:
    ids: dict[bytes, bytes] = {}
    for position, event in enumerate(_kinds(service)):
        yield _of(made(event), case, position, ids)


def _of(message: Kept, case: UUID, position: int, ids: dict[bytes, bytes]) -> Record:
    """The message of the corpus, with ids of this case in place of its own."""
    ids.setdefault(message.key, str(case).encode())
    ids[dict(message.headers)["ce_id"]] = str(new_id()).encode()

    def other(found: re.Match[bytes]) -> bytes:
        return ids.setdefault(found[0], str(uuid4()).encode())

    headers = tuple((name, _UUID.sub(other, content)) for name, content in message.headers)
    value = _UUID.sub(other, message.value)
    json.loads(value)
    return message.topic, 0, position, _UUID.sub(other, message.key), value, headers
