"""A projection is made anew from the topics while the old one serves (docs/adr/0017).

First everything that the consumer has behind it is read into a `Shadow`; then, for a moment in which the consumer
waits, the rest, and the true rows are made equal in one transaction. What the consumer did not apply (parked, or given
up by an operator) is not applied here either. Nothing is sent and nobody is told; killed at any moment, it begins
again.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from functools import partial
from uuid import UUID

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from sqlalchemy import Row, select, text, update
from sqlalchemy.exc import DBAPIError
from structlog.contextvars import bound_contextvars

from chassis import audit, bus
from chassis.actor import system
from chassis.clock import utc_now
from chassis.database import RETRYABLE, Database, is_away
from chassis.errors import DomainError
from chassis.projection import Projection
from chassis.rebuild.catch_up import ProjectionReplay
from chassis.rebuild.swap import shadow
from chassis.schema import rebuild
from chassis.settings import Settings
from chassis.tokens import TokenSource

log = structlog.get_logger()
_ALONE = 7_140_004  # advisory lock: one process rebuilds
_PAUSE = 1.0  # seconds
_LATER = RETRYABLE | {"55P03"}  # and a lock that could not be had in time
_entry = rebuild.c


def _code_of(error: Exception) -> str:
    if isinstance(error, DomainError):
        return error.code
    return "database_refused" if isinstance(error, DBAPIError) else f"failed_{type(error).__name__}"


class Rebuilder:
    """Rebuilds the projections of a service that an operator asked for; `group` is the one of its consumer."""

    def __init__(
        self,
        name: str,
        projections: Mapping[str, Projection],
        database: Database,
        settings: Settings,
        source: TokenSource,
        group: str | None = None,
    ) -> None:
        self._name = name
        self._projections = projections
        self._database = database
        self._settings = settings
        self._source = source
        self._group = group or name

    async def run(self, stop: asyncio.Event) -> None:
        """Until stopped; when something is away it is tried again, what fails otherwise is told and given up."""
        while not stop.is_set():
            try:
                await self.rebuild_asked(stop)
            except (KafkaError, DBAPIError, OSError, TimeoutError) as error:
                state = getattr(getattr(error, "orig", None), "sqlstate", None)
                log.warning("rebuild interrupted", error=type(error).__name__, sqlstate=state)
            except Exception as error:
                log.error("rebuild failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _PAUSE)

    async def rebuild_asked(self, stop: asyncio.Event) -> bool:
        """Do the one that was asked for first; whether there was one to do."""
        asked = await self._first()
        if asked is None:
            return False
        try:
            with bound_contextvars(projection=asked.projection):
                return await self._rebuild(asked, self._projections[asked.projection], stop)
        except (KafkaError, TimeoutError):
            raise
        except Exception as error:
            if not is_away(error) and getattr(getattr(error, "orig", None), "sqlstate", None) not in _LATER:
                await self._give_up(asked, _code_of(error))
            raise

    async def _first(self) -> Row[tuple[object, ...]] | None:
        async with self._database.transaction() as session:
            waiting = select(rebuild).where(_entry.state == "running").order_by(_entry.asked_at).limit(1)
            return (await session.execute(waiting)).one_or_none()

    async def _give_up(self, asked: Row[tuple[object, ...]], code: str) -> None:
        async with self._database.transaction() as session:
            ended = {"state": "failed", "error_code": code, "ended_at": utc_now()}
            await session.execute(update(rebuild).where(_entry.id == asked.id).values(ended))
            subject = f"projection/{asked.projection}"
            audit.record(session, system(self._name), "rebuild_projection", subject=subject, outcome=code)

    async def _rebuild(self, asked: Row[tuple[object, ...]], projection: Projection, stop: asyncio.Event) -> bool:
        async with shadow(self._settings.database_url, projection) as made:
            async with made.session.begin():
                if not await made.session.scalar(text("select pg_try_advisory_lock(:key)"), {"key": _ALONE}):
                    return False
            reader = bus.reader(self._settings, self._source)
            try:
                await reader.start()
                tell = partial(self._tell, asked.id)
                reading = ProjectionReplay(self._name, self._committed, tell, asked, projection, made, reader)
                return await reading.read_up(stop) and await reading.finish()
            finally:
                with contextlib.suppress(TimeoutError, KafkaError):
                    await asyncio.wait_for(reader.stop(), 5)

    async def _committed(self) -> dict[TopicPartition, int]:
        """How far the consumer has everything behind it."""
        return await bus.committed(self._settings, self._source, self._group)

    async def _tell(self, asked_id: UUID, done: int, total: int) -> None:
        async with self._database.transaction() as session:
            await session.execute(update(rebuild).where(_entry.id == asked_id).values(done=done, total=total))
