"""Each event is applied once: one transaction per poll, set-based, handlers that take lists.

An event that fails parks its case and no other: it waits in `parked_event`, later events of the case queue behind it,
and it is applied again after growing pauses. Offsets are committed once a second, after their transactions; what the
broker delivers again, the inbox drops.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from nrm_events import Envelope, EnvelopeError, Event
from opentelemetry import trace
from sqlalchemy import Text, Uuid, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bound_contextvars

from chassis import bus, outbox, parking
from chassis.database import Database, is_away
from chassis.errors import DomainError
from chassis.loops import close, run_until
from chassis.message import Message, of_record, of_row
from chassis.metrics import INBOX_APPLIED, INBOX_FAILED, INBOX_RETRIED, INBOX_SKIPPED
from chassis.offsets import OffsetCommitter
from chassis.settings import Settings
from chassis.tokens import TokenSource

log = structlog.get_logger()
tracer = trace.get_tracer("chassis.inbox")

Handler = Callable[[AsyncSession, Sequence[Envelope]], Awaitable[None]]
UnhandledMessages = Callable[[AsyncSession, Sequence[Message]], Awaitable[None]]
_BATCH = 500
_PAUSE = 1.0  # seconds between two looks at what is parked, and after an error
# As text with arrays: one statement whatever the number of events, compiled and prepared once; one row comes back.
_TAKE = (
    text(
        "with taken as (insert into inbox (consumer, event_id) select :consumer, unnest(:ids) "
        "on conflict do nothing returning event_id) select array_agg(event_id) as ids from taken"
    )
    .bindparams(bindparam("consumer", type_=Text), bindparam("ids", type_=ARRAY(Uuid)))
    .columns(column("ids", ARRAY(Uuid)))
)


class Consumer:
    """Applies the events of `topics` through `handlers`; `name` is the group and the key of the inbox.

    `leftover` gets what no handler takes and what cannot be read. Without it, the one is skipped and the other parked.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        topics: tuple[str, ...],
        handlers: Mapping[type[Event], Handler],
        *,
        leftover: UnhandledMessages | None = None,
        batch: int = _BATCH,
    ) -> None:
        self._database = database
        self.name = name
        self._topics = topics
        self._handlers = handlers
        self._leftover = leftover
        self._batch = batch

    async def run(self, settings: Settings, source: TokenSource, stop: asyncio.Event, group: str | None = None) -> None:
        """Consume until stopped, through all outages."""
        with bound_contextvars(consumer=self.name):
            await run_until(stop, "consumer", _PAUSE, lambda: self._consume(settings, source, stop, group or self.name))

    async def _consume(self, settings: Settings, source: TokenSource, stop: asyncio.Event, group: str) -> None:
        consumer: AIOKafkaConsumer = bus.consumer(settings, source, group, ())
        committer = OffsetCommitter(consumer)
        consumer.subscribe(self._topics, listener=committer)
        look_again = 0.0
        try:
            await consumer.start()
            log.info("consumer joined", consumer=self.name)
            while not stop.is_set():
                polled = await consumer.getmany(timeout_ms=500, max_records=self._batch)
                async with committer.applying:
                    if polled:
                        await self.apply([of_record(record) for records in polled.values() for record in records])
                        committer.offsets |= {TopicPartition(*p): rs[-1].offset + 1 for p, rs in polled.items()}
                await committer.commit_when_due()
                if time.monotonic() >= look_again:
                    await self.retry_parked(datetime.now(UTC))
                    look_again = time.monotonic() + _PAUSE
        finally:
            await close(committer.commit())
            await close(consumer.stop())

    async def apply(self, messages: Sequence[Message]) -> None:
        """Apply a poll in one transaction; where that fails, message by message, parking what cannot be applied."""
        wanted = [message for message in messages if self._is_wanted(message)]
        INBOX_SKIPPED.labels("not_used").inc(len(messages) - len(wanted))
        if not wanted:
            return
        try:
            await self._apply_together(wanted)
        except Exception as error:
            if is_away(error):
                raise
            await self._apply_singly(wanted)

    def _is_wanted(self, message: Message) -> bool:
        """Whether this service uses the event, or it cannot be read and must not be lost."""
        return message.envelope is None or self._leftover is not None or self._is_handled(message)

    def _is_handled(self, message: Message) -> bool:
        return message.envelope is not None and type(message.envelope.data) in self._handlers

    async def _apply_together(self, messages: Sequence[Message]) -> None:
        handled = [message for message in messages if self._is_handled(message)]
        others = [message for message in messages if not self._is_handled(message)] if self._leftover else []
        if len(handled) + len(others) < len(messages):
            raise EnvelopeError("batch_has_faults")
        async with self._database.transaction() as session:
            streams = {message.stream for message in messages}  # hashed once: a UUID's hash is Python
            await outbox.lock_streams(session, streams)
            blocked = await parking.blocked(session, self.name, streams)
            if blocked:
                for message in messages:
                    if message.stream in blocked:
                        await parking.park(session, self.name, message, code=None)
                handled = [message for message in handled if message.stream not in blocked]
                others = [message for message in others if message.stream not in blocked]
            await self._handle(session, [message.envelope for message in handled if message.envelope])
            if self._leftover and others:
                await self._leftover(session, others)

    async def _apply_singly(self, messages: Sequence[Message]) -> None:
        for message in messages:
            with bound_contextvars(**message.names):
                await self._apply_alone(message)

    async def _apply_alone(self, message: Message) -> None:
        for attempt in range(1, parking.TRIES_AT_ONCE + 1):
            try:
                return await self._apply_together([message])
            except Exception as error:
                code = message.fault or _refused(error)
                INBOX_FAILED.labels(code).inc()
            if message.fault or attempt == parking.TRIES_AT_ONCE:
                break
        async with self._database.transaction() as session:
            await outbox.lock_streams(session, [message.stream])
            await parking.park(session, self.name, message, code=code)
        log.error("case parked", consumer=self.name, error_code=code)

    async def _handle(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        """Drop what was applied before, then call the handlers: in order per case, otherwise in lists by type."""
        ids = sorted([envelope.id for envelope in envelopes], key=outbox.in_order)
        taken: Sequence[UUID] = await session.scalar(_TAKE, {"consumer": self.name, "ids": ids}) or ()
        for wave in waves(envelopes if len(taken) == len(ids) else _first_of(envelopes, set(taken))):
            for kind, group in wave.items():
                await self._call(session, kind, group)

    async def _call(self, session: AsyncSession, kind: type[Event], group: Sequence[Envelope]) -> None:
        """Call the handler once for the list, with a span in each event's own trace."""
        name = f"apply {kind.type_name()}"
        spans = [_begin(name, envelope) for envelope in group]
        try:
            with trace.use_span(spans[0]), bound_contextvars(**_names(group)):
                outbox.caused_by(session, list(zip(group, spans, strict=True)))
                await self._handlers[kind](session, group)
        finally:
            for span in spans:
                span.end()
        INBOX_APPLIED.labels(kind.type_name()).inc(len(group))

    async def retry_parked(self, now: datetime, stream: UUID | None = None) -> int:
        """Apply the oldest parked event of each case that is due (or of `stream`, at once); return how many."""
        async with self._database.transaction() as session:
            streams = [stream] if stream else await parking.due(session, self.name, now)
        return sum([await self._replay(key, now) for key in streams])

    async def _replay(self, stream: UUID, now: datetime) -> int:
        """Apply a case's parked events in order until one fails again; return how many."""
        applied, failed, attempts = 0, 0, 0
        while True:
            try:
                async with self._database.transaction() as session:
                    await outbox.lock_streams(session, [stream])
                    row = await parking.head(session, self.name, stream)
                    if row is None:
                        return applied
                    failed, attempts, parked = row.id, row.attempts + 1, of_row(row)
                    await self._apply_parked(session, parked)
                    await parking.release(session, row.id)
                applied += 1
                INBOX_RETRIED.labels("applied").inc()
            except Exception as error:
                code = _refused(error)
            else:
                continue
            async with self._database.transaction() as session:
                await parking.postpone(session, self.name, failed, parking.Failure(code, attempts, now))
            INBOX_RETRIED.labels("failed").inc()
            log.warning("parked case failed again", consumer=self.name, error_code=code, **parked.names)
            return applied

    async def _apply_parked(self, session: AsyncSession, parked: Message) -> None:
        if parked.envelope and self._is_handled(parked):
            await self._handle(session, [parked.envelope])
        elif self._leftover:
            await self._leftover(session, [parked])
        elif parked.fault:
            raise EnvelopeError(parked.fault)


def _refused(error: Exception) -> str:
    """A code for the error, without its text. Outages are raised on."""
    if is_away(error):
        raise error
    return code_of(error)


def code_of(error: Exception) -> str:
    """A code for the error, without its text, which may hold personal data."""
    if isinstance(error, (DomainError, EnvelopeError)):
        return error.code
    return "database_refused" if isinstance(error, DBAPIError) else f"failed_{type(error).__name__}"


def _first_of(envelopes: Sequence[Envelope], ids: Collection[UUID]) -> list[Envelope]:
    """Those with these ids; of two copies in one poll the first counts."""
    once: dict[UUID, Envelope] = {}
    for envelope in envelopes:
        if envelope.id in ids:
            once.setdefault(envelope.id, envelope)
    return list(once.values())


def waves(envelopes: Sequence[Envelope]) -> list[dict[type[Event], list[Envelope]]]:
    """Events in waves: the n-th wave has each case's n-th event, by type.

    So events of a case stay in order, and lists are as long as possible.
    """
    waves: list[dict[type[Event], list[Envelope]]] = []
    depth: dict[int, int] = {}
    for envelope in envelopes:
        key = envelope.key.int
        level = depth.get(key, 0)
        depth[key] = level + 1
        if level == len(waves):
            waves.append({})
        waves[level].setdefault(type(envelope.data), []).append(envelope)
    return waves


def _names(group: Sequence[Envelope]) -> dict[str, str]:
    """Ids for the handler's log lines: the event where it is one, else how many."""
    one = group[0]
    return {"event_id": str(one.id), "case_id": str(one.key)} if len(group) == 1 else {"events": str(len(group))}


def _begin(name: str, envelope: Envelope) -> trace.Span:
    """A span in the trace of the change that caused the event, if that trace is sampled."""
    if not envelope.traceparent:
        return trace.INVALID_SPAN
    before = _span_of(envelope.traceparent)
    sampled = before.get_span_context().trace_flags.sampled
    return tracer.start_span(name, trace.set_span_in_context(before)) if sampled else before


def _span_of(traceparent: str) -> trace.Span:
    """The span that the header names; the envelope checked its form. A propagator takes ten times as long."""
    _, trace_id, span_id, flags = traceparent.split("-")
    context = trace.SpanContext(int(trace_id, 16), int(span_id, 16), True, trace.TraceFlags(int(flags, 16)))
    return trace.NonRecordingSpan(context)
