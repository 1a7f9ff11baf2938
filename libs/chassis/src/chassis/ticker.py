"""What runs by itself: the service's clocks, the removal of old bookkeeping, and the check of the audit chains."""

from datetime import datetime, timedelta

import structlog
from opentelemetry import trace
from sqlalchemy import ColumnElement, Table, delete, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit, audit_walk, audit_witness
from chassis.client import ServiceClient, Unavailable
from chassis.clock import utc_now
from chassis.database import Database
from chassis.locks import Lock
from chassis.metrics import AUDIT_BROKEN, AUDIT_CONTRADICTED, AUDIT_VERIFIED, AUDIT_WITNESSED, TICKED
from chassis.schema import idempotency_key, inbox, sent_event
from chassis.service import Service, ServiceContext

log = structlog.get_logger()
tracer = trace.get_tracer("chassis.ticker")
ANSWERS_KEPT = timedelta(days=30)
INBOX_KEPT = timedelta(days=400)  # longer than the topics keep an event, which may be read from their beginning
SENT_KEPT = timedelta(days=366)  # as long as the topics keep an event
_REMOVED_AT_ONCE = 10_000  # rows; the rest at the next tick


async def tick(service: Service, database: Database) -> None:
    """Run the clocks as of now."""
    if await tick_once(service, database, utc_now()):
        TICKED.set_to_current_time()


async def tick_once(service: Service, database: Database, now: datetime) -> bool:
    """Run the clocks as of `now`, unless another ticker does; return whether they ran."""
    async with database.transaction() as session:
        if not await session.scalar(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": Lock.TICKER}):
            return False
        if service.clocks:
            with tracer.start_as_current_span("tick"):
                await service.clocks(service.unit_of_work(session, now))
        await _remove(session, idempotency_key, idempotency_key.c.created_at < now - ANSWERS_KEPT)
        await _remove(session, inbox, inbox.c.applied_at < now - INBOX_KEPT)
        await _remove(session, sent_event, sent_event.c.recorded_at < now - SENT_KEPT)
        return True


async def _remove(session: AsyncSession, table: Table, old: ColumnElement[bool]) -> None:
    """Delete old rows, so many at a time that nobody waits for it."""
    ctid: ColumnElement[str] = literal_column("ctid")
    some = select(ctid).select_from(table).where(old).limit(_REMOVED_AT_ONCE)
    await session.execute(delete(table).where(ctid == func.any(func.array(some.scalar_subquery()))))


async def verify_audit(database: Database) -> None:
    """Walk what is new of the audit chains and a piece of the rest, so that no request is needed."""
    broken = await audit_walk.verify_on(database)
    AUDIT_BROKEN.set(broken is not None)
    AUDIT_VERIFIED.set_to_current_time()
    if broken:
        log.error("audit broken", chain=broken.chain, position=broken.position, fault=broken.fault)


async def show_witness(context: ServiceContext, witness: str) -> None:
    """Show another service the heads of our audit chains, and find out whether ours contradict what it has."""
    try:
        found = await contradiction(context, witness)
    except Unavailable:
        log.warning("audit witness away", witness=witness)
        return
    AUDIT_CONTRADICTED.set(found is not None)
    AUDIT_WITNESSED.set_to_current_time()
    if found:
        log.error("audit contradicts its witness", chain=found.chain, position=found.position)


async def contradiction(context: ServiceContext, witness: str) -> audit.BrokenLink | None:
    """What our audit chains contradict of what this service has of them. Unavailable: it does not answer."""
    client = ServiceClient(context.settings, context.source, witness)
    try:
        return await audit_witness.contradiction(context.database, client)
    finally:
        await client.close()
