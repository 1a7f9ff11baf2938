"""A lost topic is told again from what was sent (docs/adr/0013)."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from chassis.locks import Lock
from chassis.relay import _kept_alive, connect
from chassis.testing import ServiceUnderTest
from sqlalchemy import text

from .givens import environment, rows
from .test_process import _ended, started
from .test_relay_leader import _tell, leading

TOPIC = "nrm.notify"


async def _outbox(board: ServiceUnderTest) -> list[tuple[str, int]]:
    return [(str(row.key), row.sequence) for row in await rows(board, "select key, sequence from outbox order by id")]


async def _sent_again(board: ServiceUnderTest, leader: asyncpg.Connection) -> tuple[int | None, str, str]:
    """Run the command; the leader's connection is not silent meanwhile, however slow the machine is."""
    process = await started("noticeboard", "send-again", env=environment(board))
    ending = asyncio.ensure_future(_ended(process))
    await _kept_alive(leader, ending)
    return await ending


async def test_all_that_was_sent_comes_again_before_what_waits_and_above_the_watermark(
    own_board: ServiceUnderTest,
) -> None:
    case_id, other = uuid4(), uuid4()
    await _tell(own_board, case_id, 2)
    async with leading(own_board) as (relay, connection, producer):
        assert await relay.send_once(connection, producer) == 2
        await relay.send_once(connection, producer)
        await _tell(own_board, other)
        await _tell(own_board, case_id)
        ended = await _sent_again(own_board, connection)
        assert ended[:2] == (0, f"2 events of {TOPIC} wait to be sent again\n"), ended
        expected = [(str(case_id), 1), (str(case_id), 2), (str(other), 1), (str(case_id), 3)]
        assert await _outbox(own_board) == expected
        assert (await rows(own_board, "select min(id) as id from outbox"))[0].id > relay.low
        assert await relay.send_once(connection, producer) == 4
    assert (await rows(own_board, "select count(*) as n from sent_event"))[0].n == 4
    (noted,) = await rows(own_board, "select actor, facts from audit_entry where action = 'send_again'")
    assert (noted.actor, noted.facts) == ("system:notify", {"events": 2})


async def test_nothing_is_queued_while_a_relay_leads(own_board: ServiceUnderTest) -> None:
    """What it has in hand would come first in the new topic, and what others had not read yet after it."""
    case_id = uuid4()
    await _tell(own_board, case_id, 2)
    before = await _outbox(own_board)
    connection = await connect(own_board.settings)
    assert await connection.fetchval("select pg_try_advisory_lock($1)", Lock.RELAY)
    try:
        ended = await _sent_again(own_board, connection)
    finally:
        await connection.close()
    assert ended[0] == 2, ended
    assert "relay_leads" in ended[2], ended
    assert await _outbox(own_board) == before
    assert await rows(own_board, "select 1 from audit_entry where action = 'send_again'") == []


async def test_what_no_topic_keeps_any_more_is_forgotten(own_board: ServiceUnderTest) -> None:
    async with own_board.session() as session:
        old = "insert into sent_event values (1, gen_random_uuid(), 'nrm.notify', gen_random_uuid(), 1, '', '[]', :at)"
        await session.execute(text(old), {"at": datetime(2024, 1, 1, tzinfo=UTC)})
    for now, left in (("2024-12-31T00:00:00Z", 1), ("2025-01-03T00:00:00Z", 0)):
        ended = await _ended(await started("noticeboard", "tick", "--now", now, env=environment(own_board)))
        assert ended[0] == 0, ended
        assert len(await rows(own_board, "select 1 from sent_event")) == left
