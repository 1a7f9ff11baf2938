"""The rebuild of a projection, from the order to the swap (docs/chassis/rebuild.md).

It publishes nothing, and stores nothing before its last commit: killed at any moment, it begins again.
"""

import asyncio
import time
from functools import partial
from uuid import UUID

import structlog
from aiokafka.errors import KafkaError
from sqlalchemy import Row, select, text, update
from structlog.contextvars import bound_contextvars

from chassis import audit, bus, commit
from chassis.actor import system
from chassis.clock import utc_now
from chassis.database import RETRYABLE, is_away
from chassis.inbox import code_of
from chassis.locks import Lock
from chassis.loops import close, run_until
from chassis.rebuild.catch_up import Feed, ProjectionReplay
from chassis.rebuild.replay_filter import ReplayFilter
from chassis.rebuild.swap import RowChanges, Shadow, shadow
from chassis.schema import rebuild
from chassis.service import ServiceContext

log = structlog.get_logger()
_PAUSE = 1.0  # seconds
_LONGEST = 20.0  # seconds for which the consumer may wait; after that the rebuild begins again
_LATER = RETRYABLE | {"55P03"}  # and a lock that was not free in time
_entry = rebuild.c
Order = Row[tuple[object, ...]]


class Rebuilder:
    """Rebuilds the projections of a service that an operator ordered; `group` is the one of its consumer."""

    def __init__(self, context: ServiceContext, group: str | None = None) -> None:
        self._context = context
        self._name = context.service.name
        self._group = group or self._name

    async def run(self, stop: asyncio.Event) -> None:
        """Rebuild until stopped. Outages are retried; any other error marks the rebuild as failed."""
        await run_until(stop, "rebuild", _PAUSE, lambda: self.rebuild_next(stop))

    async def rebuild_next(self, stop: asyncio.Event) -> bool:
        """Execute the oldest order; return whether there was one and it is done."""
        order = await self._oldest()
        if order is None:
            return False
        try:
            with bound_contextvars(projection=order.projection):
                return await self._rebuild(order, stop)
        except (KafkaError, TimeoutError):
            raise
        except Exception as error:
            if not is_away(error) and getattr(getattr(error, "orig", None), "sqlstate", None) not in _LATER:
                await self._mark_failed(order, code_of(error))
            raise

    async def _oldest(self) -> Order | None:
        async with self._context.database.transaction() as session:
            running = select(rebuild).where(_entry.state == "running").order_by(_entry.asked_at).limit(1)
            return (await session.execute(running)).one_or_none()

    async def _mark_failed(self, order: Order, code: str) -> None:
        async with self._context.database.transaction() as session:
            values = {"state": "failed", "error_code": code, "ended_at": utc_now()}
            await session.execute(update(rebuild).where(_entry.id == order.id).values(values))
            subject = f"projection/{order.projection}"
            audit.record(session, system(self._name), "rebuild_projection", subject=subject, outcome=code)

    async def _rebuild(self, order: Order, stop: asyncio.Event) -> bool:
        settings, source = self._context.settings, self._context.source
        projection = self._context.service.projections[order.projection]
        async with shadow(settings.database_url, projection) as made:
            async with made.session.begin():
                if not await made.session.scalar(text("select pg_try_advisory_lock(:lock)"), {"lock": Lock.REBUILD}):
                    return False
            reader = bus.reader(settings, source)
            try:
                await reader.start()
                committed = partial(bus.committed, settings, source, self._group)
                feed = Feed(reader, committed, partial(self._report, order.id))
                replay_filter = ReplayFilter(self._name, made.session, projection.handlers.keys())
                replay = ProjectionReplay(feed, made, replay_filter)
                if not await replay.read_up(stop):
                    return False
                await self._finish(order, made, replay)
                return True
            finally:
                await close(reader.stop())

    async def _finish(self, order: Order, made: Shadow, replay: ProjectionReplay) -> None:
        """Make the consumer wait, read the rest, swap the rows."""
        began = time.monotonic()
        async with asyncio.timeout(_LONGEST), made.session.begin():
            await made.allow_writing()
            await made.session.execute(text("set local lock_timeout = '10s'"))
            await made.session.execute(text("lock table public.inbox in share mode"))
            locked = time.monotonic()
            await replay.read_rest()
            changes = await made.swap(replay.cases)
            await self._mark_done(order, made, changes, waited=time.monotonic() - locked)
        log.info("rebuilt", **changes._asdict(), waited=round(locked - began, 3))

    async def _mark_done(self, order: Order, made: Shadow, changes: RowChanges, *, waited: float) -> None:
        values = {"state": "done", "ended_at": utc_now(), "removed": changes.removed, "added": changes.added}
        await made.session.execute(update(rebuild).where(_entry.id == order.id).values(values))
        facts = {**changes._asdict(), "consumer_waited_ms": round(waited * 1000)}
        subject = f"projection/{order.projection}"
        audit.record(made.session, system(self._name), "rebuild_projection", subject=subject, facts=facts)
        await commit.write(made.session)

    async def _report(self, order_id: UUID, done: int, total: int) -> None:
        async with self._context.database.transaction() as session:
            await session.execute(update(rebuild).where(_entry.id == order_id).values(done=done, total=total))
