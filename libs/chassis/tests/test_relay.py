"""Events reach the real bus in the order of each case, whatever happens to the relay; the inbox applies them once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import ConsumerRecord
from chassis import bus, commit
from chassis.inbox import Consumer
from chassis.message import Message
from chassis.outbox import emit
from chassis.relay import Relay
from chassis.relay_notifier import RelayNotifier
from chassis.testing import ServiceUnderTest
from chassis.tokens import TokenSource
from nrm_events import from_message
from sqlalchemy import text

from .givens import as_superuser, failed, queued, received, rows
from .noticeboard.app import SERVICE
from .wire import Wire, wire

TOPIC = "nrm.notify"


@pytest.fixture(scope="module")
async def on_the_wire(board: ServiceUnderTest) -> AsyncIterator[Wire]:
    async with wire(board.settings, TOPIC) as reader:
        yield reader


@asynccontextmanager
async def relaying(board: ServiceUnderTest) -> AsyncIterator[asyncio.Event]:
    """A relay at work; the event stops it."""
    source, stop = TokenSource(board.settings), asyncio.Event()
    working = asyncio.create_task(Relay(board.settings, source).run(stop))
    try:
        yield stop
    finally:
        stop.set()
        await asyncio.wait_for(working, 15)
        await source.close()


async def _tell(board: ServiceUnderTest, *cases: UUID) -> None:
    for case_id in cases:
        async with board.session() as session:
            emit(session, queued(case_id))


def _numbers(records: Sequence[ConsumerRecord], case_id: UUID) -> list[int]:
    """The sequence numbers of a case as they lie on the wire."""
    return [int(dict(r.headers)["ce_sequence"]) for r in records if r.key == str(case_id).encode()]


def _as_messages(records: Sequence[ConsumerRecord]) -> list[Message]:
    return [
        Message(
            r.topic, r.partition, r.offset, r.key, r.value, r.headers, envelope=from_message(r.key, r.value, r.headers)
        )
        for r in records
    ]


async def test_events_reach_the_bus_in_order_of_each_case(own_board: ServiceUnderTest, on_the_wire: Wire) -> None:
    cases = [uuid4() for _ in range(5)]
    async with relaying(own_board):
        await asyncio.gather(*(_tell(own_board, *([case_id] * 20)) for case_id in cases))
        records = await on_the_wire.until(set(cases), 100)
        await _until_empty(own_board)
    assert all(_numbers(records, case_id) == list(range(1, 21)) for case_id in cases)
    assert all(len({r.partition for r in records if r.key == str(case_id).encode()}) == 1 for case_id in cases)
    assert await on_the_wire.and_nothing_more(set(cases)) == records


async def test_killed_between_sending_and_deleting_it_sends_again_and_the_inbox_applies_once(
    own_board: ServiceUnderTest, on_the_wire: Wire
) -> None:
    """The database refuses the deletion once: what a kill at this moment leaves behind."""
    case_id = uuid4()
    await _tell(own_board, *([case_id] * 3))
    as_superuser(own_board, "revoke delete on outbox from notify")
    source = TokenSource(own_board.settings)
    producer = bus.producer(own_board.settings, source)
    connection = await asyncpg.connect(own_board.settings.database_url)
    await producer.start()
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await Relay(own_board.settings, source).send_once(connection, producer)
    finally:
        await producer.stop()
        await connection.close()
        await source.close()
    as_superuser(own_board, "grant delete on outbox to notify")
    async with relaying(own_board):
        records = await on_the_wire.until({case_id}, 6)
    assert _numbers(records, case_id) == [1, 2, 3, 1, 2, 3]
    await own_board.consumer.apply(_as_messages(records))
    assert len(await received(own_board, case_id)) == 3


async def test_of_two_relays_one_leads_and_the_other_takes_over(own_board: ServiceUnderTest, on_the_wire: Wire) -> None:
    before, after = uuid4(), uuid4()
    async with AsyncExitStack() as both:
        stops = [await both.enter_async_context(relaying(own_board)) for _ in range(2)]
        await _tell(own_board, *([before] * 20))
        records = await on_the_wire.until({before}, 20)
        leaders = await rows(
            own_board,
            """select pid from pg_locks where locktype = 'advisory' and objid = 7140001 and granted
               and database = (select oid from pg_database where datname = current_database())""",
        )
        assert len(leaders) == 1
        await rows(own_board, "select pg_terminate_backend(:pid)", pid=leaders[0].pid)
        await _tell(own_board, after)
        await on_the_wire.until({after}, 1)
        await _until_empty(own_board)
        assert not any(stop.is_set() for stop in stops)
    assert _numbers(records, before) == list(range(1, 21))
    assert _numbers(await on_the_wire.and_nothing_more({after}), after) == [1]


async def test_a_slow_transaction_with_the_lower_id_is_neither_lost_nor_overtaken(
    own_board: ServiceUnderTest, on_the_wire: Wire
) -> None:
    slow, quick = uuid4(), uuid4()
    async with relaying(own_board):
        async with own_board.database.engine.connect() as connection:
            await connection.execute(
                text(
                    """insert into outbox (event_id, topic, key, sequence, value, headers, recorded_at)
                       values (gen_random_uuid(), :topic, :slow, 1, '{}', '[["ce_sequence", "1"]]', now())"""
                ),
                {"topic": TOPIC, "slow": slow},
            )
            await _tell(own_board, quick)
            records = await on_the_wire.until({slow, quick}, 1)
            assert [r.key.decode() for r in records] == [str(quick)]
            await connection.commit()
        await on_the_wire.until({slow}, 1)


async def test_a_second_writer_of_a_case_waits_so_its_events_cannot_overtake(
    own_board: ServiceUnderTest, on_the_wire: Wire
) -> None:
    case_id = uuid4()
    async with relaying(own_board):
        async with own_board.session() as slow:
            emit(slow, failed(case_id))
            await commit.write(slow)
            second = asyncio.create_task(_tell(own_board, case_id))
            await asyncio.wait({second}, timeout=0.3)
            assert not second.done()
        await second
        records = await on_the_wire.until({case_id}, 2)
    assert _numbers(records, case_id) == [1, 2]
    assert dict(records[0].headers)["ce_type"] == b"nrm.notify.NotificationFailed.v1"


async def test_a_commit_wakes_the_relay(own_board: ServiceUnderTest) -> None:
    """One notice for many commits, on a connection of its own; the relay's polling is only the net under it."""
    woken = asyncio.Event()
    connection = await asyncpg.connect(own_board.settings.database_url)
    await connection.add_listener("outbox", lambda *_: woken.set())
    waker = RelayNotifier(own_board.settings.database_url)
    own_board.database.after_commit = waker.wake
    waking = asyncio.create_task(waker.run())
    try:
        await _tell(own_board, uuid4())
        await asyncio.wait_for(woken.wait(), 5)
    finally:
        waking.cancel()
        await asyncio.gather(waking, return_exceptions=True)
        await connection.close()


async def test_from_the_bus_into_the_inbox_and_what_it_answers_back_to_the_bus(
    own_board: ServiceUnderTest, on_the_wire: Wire
) -> None:
    """A consumer of a real group applies what a relay sent, and the answer names its cause.

    Other tests' consumers hear the event too and may answer it, each with a first number of its own.
    """
    case_id = uuid4()
    source, stop = TokenSource(own_board.settings), asyncio.Event()
    consumer = Consumer(own_board.database, "notify", SERVICE.topics, SERVICE.handlers)
    listening = asyncio.create_task(consumer.run(own_board.settings, source, stop, group=f"notify-{uuid4().hex}"))
    try:
        async with relaying(own_board):
            async with own_board.session() as session:
                emit(session, failed(case_id))
            async with asyncio.timeout(30):
                while not (ours := _numbered(await on_the_wire.and_nothing_more({case_id}), 2)):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
                cause, answer = on_the_wire.of({case_id})[0], ours[0]
                while not {_id(cause), _id(answer)} <= set(await received(own_board, case_id)):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
    finally:
        stop.set()
        await asyncio.wait_for(listening, 15)
        await source.close()
    assert dict(answer.headers)["ce_causationid"].decode() == _id(cause)
    assert _numbers([cause, answer], case_id) == [1, 2]


def _id(record: ConsumerRecord) -> str:
    return str(dict(record.headers)["ce_id"].decode())


def _numbered(records: list[ConsumerRecord], number: int) -> list[ConsumerRecord]:
    return [record for record in records if int(dict(record.headers)["ce_sequence"]) == number]


async def _until_empty(board: ServiceUnderTest) -> None:
    async with asyncio.timeout(10):
        while await rows(board, "select 1 from outbox"):  # noqa: ASYNC110  the relay says nothing when it is done
            await asyncio.sleep(0.02)
