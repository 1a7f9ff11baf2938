"""Applying at a consumer: from the topic into the database, ours beside a transaction per message."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from chassis import process
from chassis.database import Database
from chassis.inbox import Consumer, Handler
from chassis.tokens import TokenSource
from nrm_events import Envelope, Event
from sqlalchemy.ext.asyncio import AsyncSession

from bench.drain import Runs, send_all
from bench.ground import Place, place
from bench.report import Goal, Report, ratios, spread
from bench.rows import made
from bench.small.app import PROJECT, SMALL
from bench.topic import PARTITIONS, TOPIC, Ends, Topic

Announce = Callable[[str], None]
_PER_MESSAGE = "a transaction per message, offsets per poll"
_PER_MESSAGE_TOO = "a transaction and a commit of the offset per message"
_BARE = "the same set-based statements by asyncpg alone"


async def run(announce: Announce, scale: float = 1.0, rounds: int = 5) -> Report:
    """Rounds on the simple projection."""
    many, few = int(40_000 * scale), int(2_000 * scale)
    topic, rows = Topic(), made(many)
    before = topic.ends()
    await send_all(topic, rows)
    runs = {name: Runs() for name in ("ours", _BARE, _PER_MESSAGE, _PER_MESSAGE_TOO)}
    for turn in range(rounds):
        for name, of in runs.items():
            announce(f"apply {turn + 1}/{rounds}: {name}")
            process._tune_collector()  # as every process of a service does
            async with place(SMALL) as here:
                work = Work(here, topic, before, many if name in ("ours", _BARE) else few)
                await _APPLY[name](work, of)
                of.wrong += _wrong(here, work.count)
    return _report(runs, many, few)


@dataclass(frozen=True)
class Work:
    """What is to be applied: `count` events of the topic, after the offsets `before`, into the database `here`."""

    here: Place
    topic: Topic
    before: Ends
    count: int


async def apply_ours(work: Work, runs: Runs) -> None:
    """The consumer of the chassis, as a service runs it, from the group's offsets."""
    here, group = work.here, f"shelter-bench-{uuid4().hex[:8]}"
    await _begin_at(work.topic, group, work.before)
    source, stop, database = TokenSource(here.settings), asyncio.Event(), Database(here.settings.database_url)
    counted = _Counted(SMALL.handlers, work.count)
    consumer = Consumer(database, SMALL.name, SMALL.topics, counted.handlers)
    cpu = time.process_time()
    running = asyncio.create_task(consumer.run(here.settings, source, stop, group))
    async with asyncio.timeout(120):
        await counted.done.wait()
    stop.set()
    await running
    runs.rates.append((work.count - counted.first) / (counted.ended - counted.began))
    runs.cpu.append((time.process_time() - cpu) / work.count)
    await source.close()
    await database.close()


class _Counted:
    """Handlers that set `done` when so many events are applied; joining the group and the first poll do not count."""

    def __init__(self, handlers: Mapping[type[Event], Handler], count: int) -> None:
        self.handlers = {kind: self._wrapped(handler) for kind, handler in handlers.items()}
        self.done = asyncio.Event()
        self.first, self.began, self.ended = 0, 0.0, 0.0
        self._left = count

    def _wrapped(self, handler: Handler) -> Handler:
        async def handle(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
            await handler(session, envelopes)
            self._left -= len(envelopes)
            self.ended = time.monotonic()
            if not self.began:
                self.first, self.began = len(envelopes), self.ended
            if self._left <= 0:
                self.done.set()

        return handle


async def _begin_at(topic: Topic, group: str, before: Ends) -> None:
    consumer = AIOKafkaConsumer(**topic.stack.bus_admin_arguments, group_id=group, enable_auto_commit=False)
    await consumer.start()
    consumer.assign([TopicPartition(TOPIC, number) for number in range(PARTITIONS)])
    await consumer.commit({TopicPartition(TOPIC, number): offset for number, offset in before.items()})
    await consumer.stop()


@asynccontextmanager
async def _raw(work: Work) -> AsyncIterator[tuple[AIOKafkaConsumer, asyncpg.Connection]]:
    consumer = AIOKafkaConsumer(
        **work.topic.stack.bus_admin_arguments,
        group_id=f"operations-bench-{uuid4().hex[:8]}",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    consumer.assign([TopicPartition(TOPIC, number) for number in range(PARTITIONS)])
    for number, offset in work.before.items():
        consumer.seek(TopicPartition(TOPIC, number), offset)
    connection = await asyncpg.connect(work.here.settings.database_url)
    try:
        yield consumer, connection
    finally:
        await connection.close()
        await consumer.stop()


_TAKE_ONE = "insert into inbox (consumer, event_id) values ($1, $2) on conflict do nothing returning event_id"
_TAKE_ALL = (
    "insert into inbox (consumer, event_id) select $1, unnest($2::uuid[]) on conflict do nothing returning event_id"
)
_PROJECT = PROJECT.format("$1", "$2")


async def _offsets_per_poll(work: Work, runs: Runs) -> None:
    await _one_by_one(work, runs, commit_each=False)


async def _offsets_per_message(work: Work, runs: Runs) -> None:
    await _one_by_one(work, runs, commit_each=True)


async def _one_by_one(work: Work, runs: Runs, *, commit_each: bool) -> None:
    """The usual consumer: inbox and projection in one transaction per message, statements prepared once."""
    async with _raw(work) as (consumer, connection):
        take, project = await connection.prepare(_TAKE_ONE), await connection.prepare(_PROJECT)
        applied, cpu, began = 0, time.process_time(), time.monotonic()
        while applied < work.count:
            for where, records in (await consumer.getmany(timeout_ms=500, max_records=500)).items():
                for record in itertools.islice(records, work.count - applied):
                    async with connection.transaction():
                        event = _read(record.value, dict(record.headers))
                        if await take.fetchval("shelter", event[0]):
                            await project.fetch([event[1]], [event[2]])
                    applied += 1
                    if commit_each:
                        await consumer.commit({where: record.offset + 1})
                if records and not commit_each:
                    await consumer.commit({where: records[-1].offset + 1})
        runs.rates.append(applied / (time.monotonic() - began))
        runs.cpu.append((time.process_time() - cpu) / applied)


async def _set_based(work: Work, runs: Runs) -> None:
    """Two statements and a commit per poll, without envelope, waves, spans and parking."""
    async with _raw(work) as (consumer, connection):
        take, project = await connection.prepare(_TAKE_ALL), await connection.prepare(_PROJECT_MANY)
        applied, cpu, began = 0, time.process_time(), time.monotonic()
        while applied < work.count:
            polled = await consumer.getmany(timeout_ms=500, max_records=500)
            events = [_read(r.value, dict(r.headers)) for records in polled.values() for r in records]
            async with connection.transaction():
                fresh = {row[0] for row in await take.fetch("shelter", [event[0] for event in events])}
                new = [event for event in events if event[0] in fresh]
                await project.fetch([event[1] for event in new], [event[2] for event in new])
            await consumer.commit({where: records[-1].offset + 1 for where, records in polled.items()})
            applied += len(events)
        runs.rates.append(applied / (time.monotonic() - began))
        runs.cpu.append((time.process_time() - cpu) / applied)


_PROJECT_MANY = """
insert into admitted (case_id, ends_at, times)
select case_id, max(ends_at), count(*) from unnest($1::uuid[], $2::timestamptz[]) as stays (case_id, ends_at)
group by case_id on conflict (case_id) do update set ends_at = excluded.ends_at, times = admitted.times + excluded.times
"""


def _read(value: bytes, headers: dict[str, bytes]) -> tuple[UUID, UUID, datetime]:
    """Id, case and end of a stay."""
    payload = json.loads(value)
    return UUID(headers["ce_id"].decode()), UUID(payload["case_id"]), datetime.fromisoformat(payload["ends_at"])


_APPLY: dict[str, Callable[[Work, Runs], Awaitable[None]]] = {
    "ours": apply_ours,
    _BARE: _set_based,
    _PER_MESSAGE: _offsets_per_poll,
    _PER_MESSAGE_TOO: _offsets_per_message,
}


def _wrong(here: Place, count: int) -> list[str]:
    """Each event counted once: in the inbox, and in the projection of its case."""
    rows = here.admin.execute("select (select count(*) from inbox), (select coalesce(sum(times), 0) from admitted)")
    found = rows.fetchone()
    return [] if found == (count, count) else [f"inbox and projection contain {found}, not {count}"]


def _report(runs: dict[str, Runs], many: int, few: int) -> Report:
    report = Report("Applying at a consumer")
    report.add(
        f"{many:,} events in twelve partitions ({few:,} for those that take them singly), read from the broker, each "
        "into inbox and projection (a row a case). Ours begins at the group's offsets: `chassis.inbox.Consumer`."
    )
    report.table("consumer", "events/s", "ours ÷ it", "its processor time, µs/event", "wrong")
    ours = runs["ours"]
    for name, of in runs.items():
        ratio = "–" if of is ours else spread(ratios(ours.rates, of.rates))
        report.row(name, spread(of.rates), ratio, spread([1e6 * c for c in of.cpu]), "; ".join(of.wrong) or "nothing")
    report.goals.append(Goal("events/s on a simple projection", ours.rates, 20_000))
    report.goals.append(Goal(f"ours ÷ {_PER_MESSAGE}", ratios(ours.rates, runs[_PER_MESSAGE].rates), 30))
    report.faults += [f"ours: {wrong}" for wrong in ours.wrong]
    return report
