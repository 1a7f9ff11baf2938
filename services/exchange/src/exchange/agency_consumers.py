"""One consumer for each agency that is joined, so that one that floods waits behind itself (docs/adr/0018)."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from chassis import subscription
from chassis.clock import utc_now
from chassis.database import Database
from chassis.inbox import Consumer, Handler
from chassis.loops import run_until
from chassis.message import Message
from chassis.service import Service, ServiceContext
from chassis.subscription import Subscription
from nrm_events import Event, agency_topic
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.tables import Agency
from exchange.use_cases.submissions import SUBMISSIONS, receive, refuse_unread

_LOOK_AGAIN = 1.0  # seconds
_AT_ONCE = 100  # messages of an agency in one transaction


async def consume_agencies(context: ServiceContext, stop: asyncio.Event) -> None:
    """Start a consumer for each agency that joins, and end it for each that is suspended, until stopped."""
    running: dict[str, tuple[asyncio.Event, asyncio.Task[None]]] = {}

    async def start_and_end() -> None:
        active = await _active(context)
        for code in active - running.keys():
            enough = asyncio.Event()
            running[code] = enough, asyncio.create_task(_consume(context, code, enough))
        for code in running.keys() - active:
            running[code][0].set()
            await running.pop(code)[1]

    try:
        await run_until(stop, "agency consumers", _LOOK_AGAIN, start_and_end)
    finally:
        for enough, _ in running.values():
            enough.set()
        await asyncio.gather(*(task for _, task in running.values()))


async def _active(context: ServiceContext) -> set[str]:
    async with context.unit_of_work() as uow:
        return set(await uow.session.scalars(select(Agency.code).where(Agency.state == "active")))


async def _consume(context: ServiceContext, agency: str, enough: asyncio.Event) -> None:
    await consumer_of(context.service, context.database, agency).run(context.settings, context.source, enough)


def consumer_of(service: Service, database: Database, agency: str) -> Consumer:
    """Takes what the agency's system submits, and answers what is no submission."""

    async def unread(session: AsyncSession, messages: Sequence[Message]) -> None:
        await refuse_unread(service.unit_of_work(session, utc_now()), messages, agency=agency)

    topics = (agency_topic(agency, "in"),)
    return Consumer(
        database, f"{service.name}.{agency}", topics, _handlers(service, agency), leftover=unread, batch=_AT_ONCE
    )


def _handlers(service: Service, agency: str) -> Mapping[type[Event], Handler]:
    of_agency = [Subscription(event, react=partial(receive, agency=agency)) for event in SUBMISSIONS]
    return subscription.handlers(service.name, service.every_right, of_agency)
