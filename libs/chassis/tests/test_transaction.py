"""Change, audit entry and event commit together or not at all; events of a case are numbered without gap."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from chassis import audit, audit_walk
from chassis.errors import NotPossible
from chassis.outbox import emit
from chassis.testing import ServiceUnderTest
from nrm_events.notify import NotificationQueued
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from .givens import AT, SOMEBODY, a_notice, failed, queued, rows
from .noticeboard.app import NoticeGiven, put_up

COUNTS = """select (select count(*) from notice) + (select count(*) from reader) as changes,
  (select count(*) from audit_entry) as audited, (select count(*) from outbox) as emitted,
  (select coalesce(sum(sequence), 0) from stream) as numbered"""


async def _left_behind(board: ServiceUnderTest) -> tuple[int, ...]:
    return tuple((await rows(board, COUNTS))[0])


async def test_change_audit_and_event_commit_together(own_board: ServiceUnderTest) -> None:
    async with own_board.session() as session:
        await put_up(session, SOMEBODY, NoticeGiven(**a_notice()), AT)
    assert await _left_behind(own_board) == (2, 1, 1, 1)


async def test_a_refusal_at_the_end_leaves_nothing_behind(own_board: ServiceUnderTest) -> None:
    async def refused() -> None:
        async with own_board.session() as session:
            await put_up(session, SOMEBODY, NoticeGiven(**a_notice()), AT)
            await session.flush()
            raise NotPossible("changed_my_mind", "No.")

    with pytest.raises(NotPossible):
        await refused()
    assert await _left_behind(own_board) == (0, 0, 0, 0)


async def test_an_event_that_cannot_be_stored_takes_the_change_with_it(own_board: ServiceUnderTest) -> None:
    """The outbox refuses a topic of null; the change and its audit entry go too."""

    class Nowhere(NotificationQueued):
        @classmethod
        def topic(cls) -> str:
            return None  # type: ignore[return-value]  # what is tried

    async def told_nowhere() -> None:
        async with own_board.session() as session:
            await put_up(session, SOMEBODY, NoticeGiven(**a_notice()), AT)
            emit(session, Nowhere(**dict(queued(uuid4()))))

    with pytest.raises(IntegrityError):
        await told_nowhere()
    assert await _left_behind(own_board) == (0, 0, 0, 0)


async def test_an_audit_entry_that_cannot_be_stored_takes_the_change_with_it(own_board: ServiceUnderTest) -> None:
    async def unaudited() -> None:
        async with own_board.session() as session:
            await put_up(session, SOMEBODY, NoticeGiven(**a_notice()), AT)
            audit.record(session, SOMEBODY, "bad\x00action")

    with pytest.raises(DBAPIError):
        await unaudited()
    assert await _left_behind(own_board) == (0, 0, 0, 0)


async def test_a_violated_constraint_is_a_refusal_with_the_services_code(board: ServiceUnderTest) -> None:
    notice = NoticeGiven(**a_notice())

    @asynccontextmanager
    async def putting_up() -> AsyncIterator[AsyncSession]:
        async with board.session() as session:
            await put_up(session, SOMEBODY, notice, AT)
            yield session

    async with putting_up():
        pass
    with pytest.raises(NotPossible) as refusal:
        async with putting_up():
            pass
    assert refusal.value.code == "notice_is_up"


async def test_eight_writers_number_the_events_of_two_cases_without_gap_or_inversion(
    own_board: ServiceUnderTest,
) -> None:
    """Both cases in one transaction, in either order: nobody waits crosswise, and ids rise as sequences do."""
    cases = [uuid4(), uuid4()]

    async def write(writer: int) -> None:
        for turn in range(10):
            ordered = cases if (writer + turn) % 2 else cases[::-1]
            async with own_board.session() as session:
                for case_id in ordered[: 1 + turn % 2]:
                    emit(session, queued(case_id))
                    audit.record(session, SOMEBODY, "write", case_id=case_id)

    await asyncio.gather(*(write(writer) for writer in range(8)))
    events = await rows(own_board, "select key, sequence, headers from outbox order by id")
    assert len(events) == 8 * 15
    for case_id in cases:
        numbers = [row.sequence for row in events if row.key == case_id]
        assert numbers == list(range(1, len(numbers) + 1))
    assert all(int(dict(row.headers)["ce_sequence"]) == row.sequence for row in events)
    async with own_board.session() as session:
        assert await audit_walk.verify(session) is None


async def test_the_events_of_one_transaction_keep_their_order(own_board: ServiceUnderTest) -> None:
    case_id = uuid4()
    events = [queued(case_id, template) for template in ("first", "second", "third")]
    async with own_board.session() as session:
        for event in events:
            emit(session, event)
    waiting = await rows(own_board, "select value, sequence from outbox order by id")
    assert [json.loads(row.value)["template"] for row in waiting] == ["first", "second", "third"]
    assert [row.sequence for row in waiting] == [1, 2, 3]


async def test_an_event_that_answers_another_names_it(own_board: ServiceUnderTest) -> None:
    """Causation is the event before, correlation the first of the chain."""
    case_id = uuid4()
    (cause,) = await own_board.receives(failed(case_id))
    headers = dict((await rows(own_board, "select headers from outbox"))[0].headers)
    assert UUID(headers["ce_causationid"]) == UUID(headers["ce_correlationid"]) == cause.id


async def test_waking_the_relay_comes_after_the_commit_and_only_if_something_was_told(
    own_board: ServiceUnderTest,
) -> None:
    woken: list[int] = []
    own_board.database.after_commit = lambda: woken.append(1)
    async with own_board.session() as session:
        audit.record(session, SOMEBODY, "look")
    assert woken == []
    async with own_board.session() as session:
        emit(session, queued(uuid4()))
        assert woken == []
    assert woken == [1]


async def test_no_statement_has_one_plan_for_all_that_is_looked_for(own_board: ServiceUnderTest) -> None:
    """ADR 39: after any number of executions the next one is planned for its own values."""
    looked = text("select count(*) from received where case_id = :case_id")
    async with own_board.database.engine.connect() as connection:
        for _ in range(12):
            await connection.execute(looked, {"case_id": uuid4()})
        plans = text(
            "select custom_plans, generic_plans from pg_prepared_statements where statement like 'select count%'"
        )
        assert [tuple(row) for row in await connection.execute(plans)] == [(12, 0)]
