"""One leader at a time: whoever was stopped and replaced publishes nothing stale, and what it deleted costs nothing."""

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import ProducerFenced
from chassis import bus
from chassis.outbox import emit
from chassis.relay import Relay, Row, Watermark, connect, messages_of, send
from chassis.testing import ServiceUnderTest, Stack
from chassis.tokens import TokenSource
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import text

from .givens import environment, queued, rows
from .test_process import started
from .wire import Wire, wire

TOPIC = "nrm.notify"


@pytest.fixture(scope="module")
async def on_the_wire(board: ServiceUnderTest) -> AsyncIterator[Wire]:
    async with wire(board.settings, TOPIC) as reader:
        yield reader


async def _tell(board: ServiceUnderTest, case_id: UUID, times: int = 1) -> None:
    for _ in range(times):
        async with board.session() as session:
            emit(session, queued(case_id))


def _numbers(records: list[ConsumerRecord]) -> list[int]:
    return [int(dict(r.headers)["ce_sequence"]) for r in records]


@asynccontextmanager
async def leading(board: ServiceUnderTest) -> AsyncIterator[tuple[Relay, asyncpg.Connection, AIOKafkaProducer]]:
    """A relay with the next epoch, led by hand."""
    source = TokenSource(board.settings)
    connection = await connect(board.settings)
    producer = bus.fencing_producer(board.settings, source, await connection.fetchval("select current_database()"))
    await bus.start_fenced(producer)
    try:
        yield Relay(board.settings, source), connection, producer
    finally:
        await producer.stop()
        await connection.close()
        await source.close()


async def test_what_a_replaced_leader_still_had_in_hand_the_broker_refuses(
    own_board: ServiceUnderTest, on_the_wire: Wire
) -> None:
    """It read its rows, was stopped, and goes on when the next leader has long sent them and what came after."""
    case_id = uuid4()
    await _tell(own_board, case_id, 3)
    async with leading(own_board) as (_, connection, stale):
        in_hand = await connection.fetch("select * from outbox order by id")
        async with leading(own_board) as (relay, fresh_connection, fresh):
            assert await relay.send_once(fresh_connection, fresh) == 3
            await _tell(own_board, case_id)
            assert await relay.send_once(fresh_connection, fresh) == 1
            with pytest.raises(ProducerFenced):
                await send(stale, messages_of(in_hand))
    assert _numbers(await on_the_wire.and_nothing_more({case_id})) == [1, 2, 3, 4]


async def test_a_leader_stopped_past_its_lock_and_woken_again_waits_behind_the_next(
    own_board: ServiceUnderTest, on_the_wire: Wire
) -> None:
    """SIGSTOP keeps its connections open; the database ends a leader that says nothing for five seconds.

    What it had sent and not yet deleted comes twice; nothing comes late.
    """
    case_id = uuid4()
    async with relay_process(own_board) as first:
        leader = await _leader(own_board)
        async with relay_process(own_board):
            await _tell(own_board, case_id)
            await _until_seen(on_the_wire, case_id, 1)
            first.send_signal(signal.SIGSTOP)
            await _tell(own_board, case_id)
            await _until_seen(on_the_wire, case_id, 2)
            assert await _leader(own_board) != leader
            first.send_signal(signal.SIGCONT)
            await _tell(own_board, case_id)
            await _until_seen(on_the_wire, case_id, 3)
            assert first.returncode is None
    numbers = _numbers(await on_the_wire.and_nothing_more({case_id}))
    assert numbers == sorted(numbers)
    assert set(numbers) == {1, 2, 3}


async def _until_seen(on_the_wire: Wire, case_id: UUID, number: int) -> None:
    count = 1
    while number not in _numbers(records := await on_the_wire.until({case_id}, count)):
        count = len(records) + 1


@asynccontextmanager
async def relay_process(board: ServiceUnderTest) -> AsyncIterator[Process]:
    process = await started("noticeboard", "relay", env=environment(board))
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


async def _leader(board: ServiceUnderTest) -> int:
    """The database's own process of the leader's connection, once there is one."""
    async with asyncio.timeout(30):
        while not (  # noqa: ASYNC110  nobody tells who leads
            leaders := await rows(
                board,
                """select pid from pg_locks where locktype = 'advisory' and objid = 7140001 and granted
                   and database = (select oid from pg_database where datname = current_database())""",
            )
        ):
            await asyncio.sleep(0.1)
    return int(leaders[0].pid)


class Database:
    """Transactions that draw ids and commit when they like, and a leader that reads two rows at a time."""

    def __init__(self) -> None:
        self.next_xid, self.next_id = 100, 1
        self.running: dict[int, list[int]] = {}
        self.visible: set[int] = set()
        self.committed: set[int] = set()
        self.read: list[int] = []
        self.watermark = Watermark()

    def begin(self) -> None:
        self.running[self._xid()] = []

    def _xid(self) -> int:
        self.next_xid += 1
        return self.next_xid - 1

    def draw(self, choice: int) -> None:
        if self.running:
            sorted(self.running.items())[choice % len(self.running)][1].append(self.next_id)
            self.next_id += 1

    def commit(self, choice: int) -> None:
        if self.running:
            ids = self.running.pop(sorted(self.running)[choice % len(self.running)])
            self.visible.update(ids)
            self.committed.update(ids)

    def poll(self) -> None:
        oldest = min(self.running, default=self.next_xid)
        found = sorted(i for i in self.visible if i > self.watermark.low)[:2]
        if found:
            self.visible -= set(found)
            self.read += found
            self.watermark.sent(found[-1], self._xid())
        self.watermark.rise(oldest, found[-1] if len(found) == 2 else None)


@example(
    [("begin", 0)] * 3 + [("draw", 0), ("commit", 0), ("draw", 0), ("draw", 1), ("poll", 0), ("commit", 1), ("poll", 0)]
)
@example([(act, 0) for act in ("begin", "draw", "begin")] + [("draw", 1), ("commit", 1), ("poll", 0)])
@given(
    st.lists(st.tuples(st.sampled_from(["begin", "draw", "draw", "commit", "poll"]), st.integers(0, 5)), max_size=80)
)
def test_whatever_the_order_of_commits_no_row_stays_below_the_watermark(steps: list[tuple[str, int]]) -> None:
    database = Database()
    for act, choice in steps:
        getattr(database, act)(*([choice] if act in ("draw", "commit") else []))
        assert all(i > database.watermark.low for ids in database.running.values() for i in ids)
    while database.running:
        database.commit(0)
    for _ in range(len(database.committed) + 3):
        database.poll()
    assert sorted(database.read) == sorted(database.committed)
    assert database.watermark.low == max(database.committed, default=0)


async def test_the_watermark_rises_under_a_long_read_and_waits_for_a_long_write(own_board: ServiceUnderTest) -> None:
    """A backup's snapshot keeps deleted rows from being cleared away; the leader no longer walks over them."""
    async with leading(own_board) as (relay, connection, producer):

        async def send_one_more() -> int:
            await _tell(own_board, uuid4())
            assert await relay.send_once(connection, producer) == 1
            await relay.send_once(connection, producer)
            return relay.low

        async def rises_above(low: int) -> int:
            async with asyncio.timeout(30):  # transactions in other databases of the server hold it for a moment
                while relay.low <= low:
                    await asyncio.sleep(0.02)
                    await relay.send_once(connection, producer)
            return relay.low

        async with own_board.database.engine.connect() as backup:
            await backup.execute(text("set transaction isolation level repeatable read"))
            await backup.execute(text("select count(*) from outbox"))
            await send_one_more()
            first = await rises_above(0)
            await send_one_more()
            await rises_above(first)
        async with own_board.database.engine.connect() as writer:
            await writer.execute(text("select pg_current_xact_id()"))
            before = relay.low
            assert await send_one_more() == before
            await writer.rollback()
        await send_one_more()
        await rises_above(before)


async def test_a_topic_that_somebody_grows_moves_no_case() -> None:
    """The number of partitions is part of the contract, not what the broker has just now (docs/adr/0010)."""
    topic, cases = f"nrm.grown-{uuid4().hex[:8]}", [uuid4() for _ in range(20)]
    admin = AdminClient({**Stack.running().bus_admin})
    admin.create_topics([NewTopic(topic, num_partitions=12)])[topic].result(30)
    try:
        before = await _partitions(topic, cases)
        admin.create_partitions([NewPartitions(topic, 24)])[topic].result(30)
        while len(admin.list_topics(topic, timeout=30).topics[topic].partitions) < 24:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        assert await _partitions(topic, cases) == before
    finally:
        admin.delete_topics([topic])[topic].result(30)


async def _partitions(topic: str, cases: list[UUID]) -> dict[UUID, int]:
    """Where the relay's own function puts each case."""
    producer = AIOKafkaProducer(**Stack.running().bus_admin_arguments, enable_idempotence=True)
    await producer.start()
    try:
        put = {}
        for case_id in cases:
            (sent,) = await send(producer, messages_of([_row(topic, case_id)]))
            put[case_id] = sent.partition
        return put
    finally:
        await producer.stop()


def _row(topic: str, case_id: UUID) -> Row:
    return {
        "id": 1,
        "topic": topic,
        "key": str(case_id),
        "value": b"{}",
        "headers": "[]",
        "recorded_at": datetime.now(UTC),
    }
