"""Temporary tables that take the place of the true ones: what a handler may do there, and what is swapped."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis import audit
from chassis.actor import system
from chassis.outbox import emit
from chassis.projection import Projection
from chassis.rebuild.swap import shadow
from chassis.testing import ServiceUnderTest
from nrm_events import Envelope
from nrm_events.notify import NotificationQueued
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from .givens import queued, rows
from .noticeboard.app import Base

Written = Callable[[AsyncSession, Sequence[Envelope]], Awaitable[None]]
READER = Base.metadata.tables["reader"]
ADD = "insert into reader values (:case, 'vac', :reason)"


async def adds_a_reader(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    for envelope in envelopes:
        await session.execute(text(ADD), {"case": envelope.key, "reason": "event"})


async def writes_elsewhere(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    insert = "insert into idempotency_key (sub, key, fingerprint) values ('a', 'b', '')"
    await session.execute(text(insert))


async def changes_the_true_table(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    await session.execute(text("delete from public.reader"))


async def emits(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    emit(session, queued(envelopes[0].key))


async def notes(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    audit.record(session, system("notify"), "look")


def projection(handler: Written) -> Projection:
    return Projection({READER: "reason = 'event'"}, {NotificationQueued: handler}, NotificationQueued)


async def made_anew(board: ServiceUnderTest, handler: Written, *cases: UUID, only: Sequence[UUID] | None = None) -> Any:
    async with shadow(board.settings.database_url, projection(handler)) as made:
        async with made.session.begin():
            await made.apply([board.envelope(queued(case)) for case in cases])
        async with made.session.begin():
            await made.allow_writing()
            return await made.swap(only)


async def known(board: ServiceUnderTest) -> set[tuple[UUID, str]]:
    return {(row.case_id, row.reason) for row in await rows(board, "select case_id, reason from reader")}


async def add(board: ServiceUnderTest, case_id: UUID, reason: str) -> None:
    async with board.session() as session:
        await session.execute(text(ADD), {"case": case_id, "reason": reason})


@pytest.mark.parametrize("handler", [writes_elsewhere, changes_the_true_table])
async def test_the_database_refuses_a_handler_that_writes_elsewhere(
    own_board: ServiceUnderTest, handler: Written
) -> None:
    case_id = uuid4()
    await add(own_board, case_id, "event")
    with pytest.raises(DBAPIError) as refused:
        await made_anew(own_board, handler, uuid4())
    assert getattr(refused.value.orig, "sqlstate", "") == "25006"
    assert await known(own_board) == {(case_id, "event")}


@pytest.mark.parametrize("handler", [emits, notes])
async def test_a_handler_that_tells_or_notes_is_refused(own_board: ServiceUnderTest, handler: Written) -> None:
    with pytest.raises(RuntimeError, match="emits or audits"):
        await made_anew(own_board, handler, uuid4())


async def test_rows_of_the_services_own_acts_stay(own_board: ServiceUnderTest) -> None:
    wrong, right, own = uuid4(), uuid4(), uuid4()
    await add(own_board, wrong, "event")
    await add(own_board, own, "put_up")
    assert await made_anew(own_board, adds_a_reader, right) == (1, 1)
    assert await known(own_board) == {(right, "event"), (own, "put_up")}
    assert await made_anew(own_board, adds_a_reader, right) == (0, 0), "what is right is not touched"


async def test_cases_from_before_the_topics_stay_as_they_are(own_board: ServiceUnderTest) -> None:
    old, young = uuid4(), uuid4()
    await add(own_board, old, "event")
    assert await made_anew(own_board, adds_a_reader, young, only=[young]) == (0, 1)
    assert await known(own_board) == {(old, "event"), (young, "event")}
