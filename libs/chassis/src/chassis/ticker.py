"""What runs by itself: the service's clocks, old bookkeeping that goes, and the audit chains walked to their ends."""

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import Any

import structlog
from opentelemetry import trace
from sqlalchemy import ColumnElement, Table, delete, func, literal_column, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.clock import utc_now
from chassis.database import Database
from chassis.metrics import AUDIT_BROKEN, AUDIT_VERIFIED, INTERRUPTED, TICKED
from chassis.schema import idempotency_key, inbox, sent_event
from chassis.service import Service

log = structlog.get_logger()
tracer = trace.get_tracer("chassis.ticker")
_TICKER = 7_140_003  # advisory lock: one ticker at a time
_ANSWERS_KEPT = timedelta(days=30)
INBOX_KEPT = timedelta(days=400)  # longer than the topics keep an event, which may be read from their beginning
SENT_KEPT = timedelta(days=366)  # as long as the topics keep an event
_FORGOTTEN_AT_ONCE = 10_000  # rows; the rest at the next tick
_VERIFY_EVERY = 6 * 3600.0  # seconds


async def tick_once(service: Service, database: Database, now: datetime) -> bool:
    """Run the service's clocks as of `now`, unless another ticker does; whether they ran."""
    async with database.transaction() as session:
        if not await session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": _TICKER}):
            return False
        if service.clocks:
            with tracer.start_as_current_span("tick"):
                await service.clocks(service.unit_of_work(session, now))
        await _forget(session, idempotency_key, idempotency_key.c.created_at < now - _ANSWERS_KEPT)
        await _forget(session, inbox, inbox.c.applied_at < now - INBOX_KEPT)
        await _forget(session, sent_event, sent_event.c.recorded_at < now - SENT_KEPT)
        return True


async def _forget(session: AsyncSession, table: Table, old: ColumnElement[bool]) -> None:
    """Delete what is old, so many rows at a time that nobody waits for it."""
    ctid: ColumnElement[Any] = literal_column("ctid")
    some = select(ctid).select_from(table).where(old).limit(_FORGOTTEN_AT_ONCE)
    await session.execute(delete(table).where(ctid == func.any(func.array(some.scalar_subquery()))))


async def tick_forever(service: Service, database: Database, every: float, stop: asyncio.Event) -> None:
    """Until stopped, with pauses of `every` seconds; errors are logged and tried again."""
    while not stop.is_set():
        try:
            if await tick_once(service, database, utc_now()):
                TICKED.set_to_current_time()
        except (DBAPIError, OSError, TimeoutError) as error:
            log.warning("tick interrupted", error=type(error).__name__)
            INTERRUPTED.labels("tick").inc()
        except Exception as error:
            log.error("tick failed", error=type(error).__name__)
            INTERRUPTED.labels("tick").inc()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), every)


async def watch_audit(database: Database, stop: asyncio.Event) -> None:
    """Walk the audit chains now and every few hours, so that a broken link is seen without anybody asking."""
    while not stop.is_set():
        try:
            async with database.transaction() as session:
                broken = await audit.verify(session)
            AUDIT_BROKEN.set(broken is not None)
            AUDIT_VERIFIED.set_to_current_time()
            if broken:
                log.error("audit broken", chain=broken.chain, position=broken.position, fault=broken.fault)
        except (DBAPIError, OSError, TimeoutError) as error:
            log.warning("audit not verified", error=type(error).__name__)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _VERIFY_EVERY)
