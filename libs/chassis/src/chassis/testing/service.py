"""A service under test: its application, its consumer, its database, and people who use it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI
from nrm_events import Envelope, Event, to_message
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import TypeVar

from chassis import app
from chassis.clock import new_id, utc_now
from chassis.database import Database
from chassis.inbox import Consumer
from chassis.message import Message
from chassis.service import Service, ServiceContext
from chassis.settings import Settings
from chassis.testing.databases import Databases
from chassis.testing.people import Person, person_token, service_token
from chassis.testing.stack import Stack
from chassis.tokens import TokenSource

E = TypeVar("E", bound=Event)


class ServiceUnderTest:
    """A service on its own database, with its application, its consumer and people who use it."""

    def __init__(self, service: Service, settings: Settings, database: Database) -> None:
        self.service = service
        self.settings = settings
        self.database = database
        self.now: datetime | None = None
        self.app: FastAPI = app.build(service, settings, database, clock=self.clock, resources=database.resources)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://test"
        )
        self.consumer = Consumer(database, service.name, service.topics, service.handlers)
        self._sequence: dict[UUID, int] = {}
        self._positions: dict[UUID, int] = {}

    def context(self, source: TokenSource) -> ServiceContext:
        """What a job of the service gets, with the token of `source`."""
        return ServiceContext(self.service, self.database, self.settings, source, self.database.resources, self.clock)

    def clock(self) -> datetime:
        return self.now or utc_now()

    def person(self, username: str) -> Person:
        return Person(self.http, person_token(username))

    def calling_service(self, name: str) -> Person:
        return Person(self.http, service_token(name))

    async def receives(self, *events: Event) -> list[Envelope]:
        """Apply events as if one poll of the bus had brought them."""
        envelopes = [self.envelope(event) for event in events]
        await self.redelivers(*envelopes)
        return envelopes

    async def redelivers(self, *envelopes: Envelope) -> None:
        """Apply messages that may have been applied before."""
        await self.consumer.apply([self._message(envelope) for envelope in envelopes])

    def _message(self, envelope: Envelope) -> Message:
        """As the bus brings it: the same event always from the same position."""
        position = self._positions.setdefault(envelope.id, len(self._positions))
        key, value, headers = to_message(envelope)
        return Message(envelope.data.topic(), 0, position, key, value, tuple(headers), envelope=envelope)

    def envelope(self, event: E) -> Envelope[E]:
        self._sequence[event.stream] = sequence = self._sequence.get(event.stream, 0) + 1
        return Envelope(
            id=new_id(),
            type=event.type_name(),
            source=f"/nrm/{event.service}",
            subject=event.subject,
            time=self.clock(),
            sequence=sequence,
            key=event.stream,
            data=event,
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with self.database.transaction() as session:
            yield session

    async def until_somebody_waits(self) -> None:
        """Until a transaction on this database waits for a lock that another holds."""
        waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        async with asyncio.timeout(20):
            while True:
                async with self.session() as session:  # a transaction sees one state of the others: a new one each time
                    if await session.scalar(text(waits)):
                        return
                await asyncio.sleep(0.02)

    async def published(self, case_id: UUID | str | None = None) -> list[tuple[str, dict[str, Any]]]:
        """(event name, payload) of what waits in the outbox, in order; of one case if named."""
        async with self.session() as session:
            rows = await session.execute(text("select key, headers, value, topic from outbox order by id"))
            return [
                (dict(row.headers)["ce_type"].split(".")[2], json.loads(row.value))
                for row in rows
                if case_id is None or str(row.key) == str(case_id)
            ]


@asynccontextmanager
async def bench(service: Service, databases: Databases, **settings: Any) -> AsyncIterator[ServiceUnderTest]:
    """A service ready to be used by a test."""
    stack = Stack.running()
    async with databases.copy() as name:
        configured = stack.settings(service, name, **settings)
        database = Database(configured.database_url, service.constraints, pool=6)
        source = TokenSource(configured)
        database.resources = service.resources(configured, source)
        made = ServiceUnderTest(service, configured, database)
        try:
            if service.seed:
                async with database.transaction() as session:
                    await service.seed(session)
            yield made
        finally:
            await made.http.aclose()
            await source.close()
            await database.close()
