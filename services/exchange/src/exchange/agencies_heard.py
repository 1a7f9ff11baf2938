"""One consumer for each agency that is joined, so that one that floods waits behind itself (docs/adr/0018)."""

import asyncio
import contextlib

import structlog
from chassis.inbox import Consumer
from chassis.service import ServiceContext
from nrm_events import agency_topic
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from exchange.tables import Agency
from exchange.use_cases.submissions import handlers_of, leftover_of

log = structlog.get_logger()
_LOOK_AGAIN = 1.0  # seconds
_AT_ONCE = 100  # messages of an agency in one transaction


async def hear_agencies(running: ServiceContext, stop: asyncio.Event) -> None:
    """Begin to hear who was joined, end for who was cut off, until stopped."""
    heard: dict[str, tuple[asyncio.Event, asyncio.Task[None]]] = {}
    try:
        while not stop.is_set():
            with contextlib.suppress(DBAPIError, OSError, TimeoutError):
                active = await _active(running)
                for code in active - heard.keys():
                    enough = asyncio.Event()
                    heard[code] = enough, asyncio.create_task(_hear(running, code, enough))
                for code in heard.keys() - active:
                    heard[code][0].set()
                    await heard.pop(code)[1]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_AGAIN)
    finally:
        for enough, _ in heard.values():
            enough.set()
        await asyncio.gather(*(task for _, task in heard.values()))


async def _active(running: ServiceContext) -> set[str]:
    async with running.database.transaction() as session:
        return set(await session.scalars(select(Agency.code).where(Agency.state == "active")))


async def _hear(running: ServiceContext, agency: str, enough: asyncio.Event) -> None:
    name = f"exchange.{agency}"
    topics = (agency_topic(agency, "in"),)
    consumer = Consumer(running.database, name, topics, handlers_of(agency), leftover_of(agency), _AT_ONCE)
    await consumer.run(running.settings, running.source, enough)
