"""The last statement of a transaction: what is numbered in the database is on the wire what the envelope says."""

from uuid import uuid4

from chassis import audit
from chassis.outbox import emit
from chassis.testing import ServiceUnderTest
from nrm_events import from_message
from nrm_events.envelope import to_message
from nrm_events.notify import NotificationFailed, NotificationQueued
from sqlalchemy import text

from .givens import SOMEBODY, failed, queued, rows


async def test_events_of_a_transaction_are_numbered_as_they_were_emitted(own_board: ServiceUnderTest) -> None:
    one, other = uuid4(), uuid4()
    async with own_board.session() as session:
        emit(session, queued(one))
    async with own_board.session() as session:
        for event in (failed(one), queued(other), queued(one), failed(other)):
            emit(session, event)
    stored = await rows(own_board, "select key, sequence, value, headers from outbox order by id")
    kinds = [type(from_message(str(r.key).encode(), r.value, _bytes(r.headers)).data) for r in stored]
    assert [(r.key, r.sequence) for r in stored] == [(one, 1), (one, 2), (other, 1), (one, 3), (other, 2)]
    assert kinds == [NotificationQueued, NotificationFailed, NotificationQueued, NotificationQueued, NotificationFailed]


async def test_the_headers_are_those_of_the_envelope_with_the_number_in_its_place(own_board: ServiceUnderTest) -> None:
    case_id = uuid4()
    async with own_board.session() as session:
        await session.execute(text("insert into stream (key, sequence) values (:key, 41)"), {"key": case_id})
        emit(session, queued(case_id))
    (row,) = await rows(own_board, "select key, sequence, value, headers from outbox")
    read = from_message(str(case_id).encode(), row.value, _bytes(row.headers))
    assert read.sequence == row.sequence == 42
    assert to_message(read) == (str(case_id).encode(), row.value, _bytes(row.headers))


async def test_entries_of_a_chain_stand_in_the_order_in_which_they_were_noted(own_board: ServiceUnderTest) -> None:
    async with own_board.session() as session:
        for number in range(12):
            audit.record(session, SOMEBODY, f"act-{number}", facts={"number": number, "by": uuid4()})
    entries = await rows(own_board, "select action, facts from audit_entry order by chain, position")
    assert [(e.action, e.facts["number"]) for e in entries] == [(f"act-{n}", n) for n in range(12)]


def _bytes(headers: list[list[str]]) -> list[tuple[str, bytes]]:
    return [(name, content.encode()) for name, content in headers]
