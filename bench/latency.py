"""From the commit to where it is seen: on the topic, and in another service's database; so many commits a second."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from chassis.relay_notifier import RelayNotifier
from chassis.testing import Stack
from identification.app import SERVICE as CONSUMING
from shelter.app import SERVICE as SHELTER

from bench.contenders import Contender, Debezium, FastStream, Ours
from bench.ground import Place, Process, place, process, python
from bench.report import Goal, Report, number, ratios, spread
from bench.rows import Row, made, prepare
from bench.topic import PARTITIONS, TOPIC, Topic
from tests.conftest import settings_of

Announce = Callable[[str], None]
Moments = dict[UUID, float]
_WRITERS = 8  # connections
_APPLIED = "ours: commit → applied by identification"


async def run(announce: Announce, scale: float = 1.0, rounds: int = 5, rate: int = 500) -> Report:
    """Each round: the writer commits for some seconds while a contender relays; one after the other."""
    count = int(rate * max(10 * scale, 1))
    entrants: list[Contender] = [
        Ours("ours"),
        Debezium("Debezium, poll 10 ms", poll=10),
        Debezium("Debezium, poll 1 ms", poll=1),
        FastStream("faststream-outbox, 16 workers", workers=16),
    ]
    found: dict[str, list[list[float]]] = {name: [] for name in (*(e.name for e in entrants), _APPLIED)}
    topic = Topic()
    for turn in range(rounds):
        for contender in entrants:
            announce(f"latency {turn + 1}/{rounds}: {contender.name}")
            found[contender.name].append(await _visible(topic, contender, made(count), rate))
        announce(f"latency {turn + 1}/{rounds}: {_APPLIED}")
        found[_APPLIED].append(await _applied(topic, made(count), rate))
    return _report(found, rate, count)


async def visible_of_ours(rows: Sequence[Row], rate: int) -> list[float]:
    """The same for our relay alone."""
    return await _visible(Topic(), Ours("ours"), rows, rate)


async def _visible(topic: Topic, contender: Contender, rows: Sequence[Row], rate: int) -> list[float]:
    """Milliseconds from each commit to the moment at which a consumer has the record."""
    async with place(SHELTER) as here:
        warm = made(min(contender.warm, 4_000))
        prepare(here.admin, warm)
        with contender.running(here):
            before = topic.ends()
            contender.pour(here, 0, len(warm))
            topic.grown(before, len(warm))
            async with _seen(topic, contender) as seen:
                committed = await write(here, contender, rows, rate)
                await until_all(lambda: len(committed.keys() - seen.keys()) == 0, "a record did not come")
    return [1_000 * max(seen[event] - at, 0.0) for event, at in committed.items()]


async def _applied(topic: Topic, rows: Sequence[Row], rate: int) -> list[float]:
    """Milliseconds from each commit to the commit of its effect, by the database's own timestamps."""
    contender = Ours("ours")
    async with AsyncExitStack() as opened:
        here = await opened.enter_async_context(place(SHELTER))
        there, _ = await opened.enter_async_context(consuming(topic))
        opened.enter_context(contender.running(here))
        warm = made(rate)
        await write(here, contender, warm, rate)
        await until_all(lambda: _taken(there) >= len(warm), "an event was not applied")
        committed = await write(here, contender, rows, rate)
        await until_all(lambda: _taken(there) >= len(warm) + len(rows), "an event was not applied")
        committed_at = "select event_id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 from inbox"
        applied: dict[UUID, float] = dict(there.admin.execute(committed_at).fetchall())
    return [1_000 * max(applied[event] - at, 0.0) for event, at in committed.items()]


@asynccontextmanager
async def consuming(topic: Topic) -> AsyncIterator[tuple[Place, Process]]:
    """`python -m identification consume` on a database of its own, from the end of the topics on."""
    own = settings_of(Stack.running(), CONSUMING.name)
    keys = {f"NRM_{name}".upper(): str(own[name]) for name in ("master_key", "search_key")} | {"NRM_INSTANCE": "bench"}
    async with place(CONSUMING, **own) as there:
        await at_the_end(topic, CONSUMING.name)
        with process("consuming", python("-m", CONSUMING.name, "consume"), there.environment() | keys) as started:
            yield there, started


def _taken(there: Place) -> int:
    found = there.admin.execute("select count(*) from inbox").fetchone()
    return int(found[0]) if found else 0


async def until_all(so: Callable[[], bool], otherwise: str, patience: float = 20) -> None:
    """Wait until it is so; TimeoutError with these words otherwise."""
    at_the_latest = time.monotonic() + patience
    while not so():
        if time.monotonic() > at_the_latest:
            raise TimeoutError(otherwise)
        await asyncio.sleep(0.1)


async def write(here: Place, contender: Contender, rows: Sequence[Row], rate: int) -> Moments:
    """Commit each row by itself, evenly; the time at which each commit was answered."""
    committed: Moments = {}
    waiting = list(enumerate(rows))[::-1]
    waker = RelayNotifier(here.settings.database_url)
    waking = asyncio.create_task(waker.run())
    began = time.monotonic()

    async def writer() -> None:
        connection = await asyncpg.connect(contender.address(here))
        statement = await connection.prepare(contender.one)
        while waiting:
            turn, row = waiting.pop()
            await asyncio.sleep(began + turn / rate - time.monotonic())
            await statement.fetch(*_values(row))
            committed[row.event_id] = time.time()
            waker.wake()
        await connection.close()

    try:
        await asyncio.gather(*(writer() for _ in range(_WRITERS)))
    finally:
        waking.cancel()
    return committed


def _values(row: Row) -> tuple[object, ...]:
    headers = json.dumps([[name, content.decode()] for name, content in row.headers])
    return row.event_id, row.topic, row.key, row.sequence, row.value, headers, row.recorded_at


@asynccontextmanager
async def _seen(topic: Topic, contender: Contender) -> AsyncIterator[Moments]:
    """When each event of the topic reached a consumer that waits for it."""
    seen: Moments = {}
    consumer = AIOKafkaConsumer(**topic.stack.bus_admin_arguments, auto_offset_reset="latest")
    await consumer.start()
    consumer.assign([TopicPartition(TOPIC, number) for number in range(PARTITIONS)])
    await consumer.seek_to_end()

    async def look() -> None:
        while True:
            polled = await consumer.getmany(timeout_ms=1_000)
            now = time.time()
            for records in polled.values():
                for record in records:
                    seen.setdefault(UUID(dict(record.headers)[contender.names.id].decode()), now)

    looking = asyncio.create_task(look())
    try:
        yield seen
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        await consumer.stop()


async def at_the_end(topic: Topic, group: str) -> None:
    """Commit the ends of the topics that the group consumes, as if it had read all."""
    consumer = AIOKafkaConsumer(*CONSUMING.topics, **topic.stack.bus_admin_arguments)
    await consumer.start()  # without a group it gets every partition
    ends = await consumer.end_offsets(list(consumer.assignment()))
    await consumer.stop()
    committing = AIOKafkaConsumer(**topic.stack.bus_admin_arguments, group_id=group, enable_auto_commit=False)
    await committing.start()
    committing.assign(list(ends))
    await committing.commit(ends)
    await committing.stop()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which such a share lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def _report(found: dict[str, list[list[float]]], rate: int, count: int) -> Report:
    report = Report(f"Latency at {rate} commits a second")
    report.add(
        f"{count:,} commits of one event each, evenly over {_WRITERS} connections. *Visible*: a consumer of the topic "
        "has the record. *Applied*: the other service's transaction is committed, by PostgreSQL's own timestamps."
    )
    report.table("", "p50, ms", "p99, ms", "largest, ms")
    p99 = {name: [percentile(values, 0.99) for values in rounds] for name, rounds in found.items()}
    for name, rounds in found.items():
        p50 = spread([percentile(values, 0.5) for values in rounds])
        report.row(name, p50, spread(p99[name]), number(max(max(values) for values in rounds)))
    best = min((name for name in found if name.startswith("Debezium")), key=lambda name: percentile(p99[name], 0.5))
    report.goals += [
        Goal("commit → visible, p99 in ms", p99["ours"], 10, at_least=False),
        Goal(f"p99 of ours ÷ {best}", ratios(p99["ours"], p99[best]), 1 / 3, at_least=False),
        Goal("commit → applied in another service, p99 in ms", p99[_APPLIED], 25, at_least=False),
    ]
    return report
