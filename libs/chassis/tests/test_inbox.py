"""Each event is applied once; one that fails parks its case and no other, and is healed in order."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from chassis import parking
from chassis.inbox import Consumer
from chassis.message import Message, read
from chassis.testing import ServiceUnderTest, statements
from nrm_events import Envelope, Event, to_message
from sqlalchemy import text

from .givens import bring_database_back, failed, queued, received, rows, take_database_away
from .noticeboard.app import POISON, REFUSED_BY_DATABASE, Health

SOON = timedelta(seconds=6)


def _messages(*envelopes: Envelope, start: int = 0) -> list[Message]:
    return [
        Message(e.data.topic(), 0, place, str(e.key).encode(), to_message(e)[1], tuple(to_message(e)[2]), envelope=e)
        for place, e in enumerate(envelopes, start)
    ]


def _envelopes(board: ServiceUnderTest, *events: Event) -> list[Envelope]:
    return [board.envelope(event) for event in events]


def _of(envelopes: list[Envelope], case_id: UUID) -> list[str]:
    return [str(e.id) for e in envelopes if e.key == case_id]


async def _parked(board: ServiceUnderTest) -> list[tuple[UUID, str | None, int]]:
    found = await rows(board, "select stream, error_code, attempts from parked_event order by id")
    return [(row.stream, row.error_code, row.attempts) for row in found]


async def _dead_letters(board: ServiceUnderTest) -> list[dict[str, str]]:
    found = await rows(board, "select headers from outbox where topic = 'nrm.notify.dlq' order by id")
    return [dict(row.headers) for row in found]


async def test_redelivery_is_applied_once(own_board: ServiceUnderTest) -> None:
    """Twice in the first poll, twice in a later one, and once more."""
    once = own_board.envelope(failed(uuid4()))
    await own_board.redelivers(once, once)
    await own_board.redelivers(once, once)
    await own_board.redelivers(once)
    assert await received(own_board) == [str(once.id)]
    assert len(await rows(own_board, "select 1 from outbox")) == 1


async def test_two_consumers_of_one_group_at_the_same_time_apply_it_once(own_board: ServiceUnderTest) -> None:
    """A rebalance gives both the same poll."""
    envelopes = _envelopes(own_board, *(queued(uuid4()) for _ in range(20)))
    await asyncio.gather(*(own_board.consumer.apply(_messages(*envelopes)) for _ in range(4)))
    assert sorted(await received(own_board)) == sorted(str(e.id) for e in envelopes)


async def test_a_poll_is_one_list_per_wave_in_the_order_of_each_case(own_board: ServiceUnderTest) -> None:
    a, b = uuid4(), uuid4()
    envelopes = await own_board.receives(queued(a), queued(b), failed(a), queued(b), queued(a))
    assert Health.calls == [2, 1, 1, 1]
    for case_id in (a, b):
        assert await received(own_board, case_id) == _of(envelopes, case_id)


async def test_events_that_nobody_uses_are_passed_over(own_board: ServiceUnderTest) -> None:
    consumer = Consumer(own_board.database, "notify", ("nrm.notify",), {})
    await consumer.apply(_messages(*_envelopes(own_board, queued(uuid4()))))
    assert await received(own_board) == []
    assert await rows(own_board, "select 1 from inbox") == []


async def test_a_failing_event_parks_its_case_and_no_other(own_board: ServiceUnderTest) -> None:
    sick, well = uuid4(), uuid4()
    envelopes = await own_board.receives(queued(sick), queued(well), queued(sick, POISON), queued(well), queued(sick))
    later = _envelopes(own_board, queued(sick), queued(well))
    await own_board.consumer.apply(_messages(*later, start=5))
    assert await received(own_board, well) == _of(envelopes + later, well)
    assert await received(own_board, sick) == _of(envelopes, sick)[:1]
    assert await _parked(own_board) == [(sick, "failed_RuntimeError", 3), (sick, None, 0), (sick, None, 0)]


async def test_a_dead_letter_tells_the_code_and_not_the_error(own_board: ServiceUnderTest) -> None:
    sick = uuid4()
    (poison, _) = await own_board.receives(queued(sick, POISON), queued(sick))
    (letter,) = await _dead_letters(own_board)
    assert letter["nrm_errorcode"] == "failed_RuntimeError"
    assert letter["ce_id"] == str(poison.id)
    assert "cannot apply" not in repr(letter)


async def test_a_dead_letter_takes_no_number_of_the_case(own_board: ServiceUnderTest) -> None:
    """Else the events that this service tells of the case would have a gap."""
    case_id = uuid4()
    await own_board.receives(failed(case_id), queued(case_id, POISON))
    Health.healed = True
    await own_board.consumer.retry_parked(datetime.now(UTC), case_id)
    await own_board.consumer.apply(_messages(own_board.envelope(failed(case_id)), start=9))
    numbers = await rows(own_board, "select sequence from outbox where topic = 'nrm.notify' order by id")
    assert [row.sequence for row in numbers] == [1, 2]


async def test_what_the_database_refuses_parks_and_the_rest_of_the_poll_is_kept(own_board: ServiceUnderTest) -> None:
    first, sick, last = uuid4(), uuid4(), uuid4()
    envelopes = await own_board.receives(queued(first), queued(sick, REFUSED_BY_DATABASE), queued(last))
    assert await received(own_board) == [str(envelopes[0].id), str(envelopes[2].id)]
    assert await _parked(own_board) == [(sick, "database_refused", 3)]


async def test_a_healed_case_is_applied_in_order(own_board: ServiceUnderTest) -> None:
    case_id = uuid4()
    envelopes = await own_board.receives(queued(case_id, POISON), queued(case_id), failed(case_id))
    now = datetime.now(UTC)
    assert await own_board.consumer.retry_parked(now) == 0, "not due yet"
    assert await own_board.consumer.retry_parked(now + SOON) == 0, "still sick"
    Health.healed = True
    assert await own_board.consumer.retry_parked(now + SOON) == 0, "the pause grew"
    assert await own_board.consumer.retry_parked(now + 20 * SOON) == 3
    assert await received(own_board, case_id) == [str(e.id) for e in envelopes]
    assert await _parked(own_board) == []


async def test_pauses_grow_to_an_hour_and_there_is_one_dead_letter(own_board: ServiceUnderTest) -> None:
    case_id = uuid4()
    await own_board.receives(queued(case_id, POISON))
    now, pauses = datetime.now(UTC), []
    for _ in range(7):
        await own_board.consumer.retry_parked(now, case_id)
        (row,) = await rows(own_board, "select next_attempt_at from parked_event")
        pauses.append((row.next_attempt_at - now).total_seconds())
    assert pauses == [30, 120, 600, 3600, 3600, 3600, 3600]
    assert len(await _dead_letters(own_board)) == 1


async def test_one_that_queued_and_then_fails_itself_is_tried_again_soon(own_board: ServiceUnderTest) -> None:
    """And goes to the dead letters at its own first failure."""
    case_id = uuid4()
    first, second = await own_board.receives(queued(case_id, REFUSED_BY_DATABASE), queued(case_id, POISON))
    await rows(own_board, "delete from parked_event where error_code is not null returning 1")
    now = datetime.now(UTC)
    assert await own_board.consumer.retry_parked(now) == 0
    (row,) = await rows(own_board, "select next_attempt_at, error_code, attempts from parked_event")
    assert (row.next_attempt_at - now, row.error_code, row.attempts) == (
        timedelta(seconds=5),
        "failed_RuntimeError",
        1,
    )
    assert [letter["ce_id"] for letter in await _dead_letters(own_board)] == [str(first.id), str(second.id)]


async def test_a_parked_case_that_is_delivered_again_is_parked_once(own_board: ServiceUnderTest) -> None:
    case_id = uuid4()
    envelopes = await own_board.receives(queued(case_id, POISON), queued(case_id))
    await own_board.redelivers(*envelopes)
    assert len(await _parked(own_board)) == 2
    Health.healed = True
    assert await own_board.consumer.retry_parked(datetime.now(UTC), case_id) == 2
    await own_board.redelivers(*envelopes)
    assert await received(own_board) == [str(e.id) for e in envelopes]
    assert len(await _dead_letters(own_board)) == 1


def _faulty(board: ServiceUnderTest, place: int, **change: bytes | None) -> Message:
    """A message as the broker gives it, with headers changed (None: taken out)."""
    key, value, original = to_message(board.envelope(queued(uuid4())))
    headers = {name: content for name, content in dict(original).items() if change.get(name, content) is not None}
    headers |= {
        name: content
        for name, content in change.items()
        if content is not None and name not in ("key", "value", "topic")
    }
    topic = (change.get("topic") or b"nrm.notify").decode()
    return read(Message(topic, 0, place, change.get("key", key), change.get("value", value), list(headers.items())))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ce_type": None}, "header_missing"),
        ({"ce_id": None}, "header_missing"),
        ({"ce_id": b"7"}, "header_malformed"),
        ({"ce_time": b"yesterday"}, "header_malformed"),
        ({"ce_source": b"\xff\xfe"}, "header_malformed"),
        ({"ce_sequence": b"first"}, "header_malformed"),
        ({"ce_sequence": b"\0"}, "header_malformed"),
        ({"ce_type": b"nrm.notify.Sang.v1"}, "unknown_type"),
        ({"value": b"Rumplestiltskin"}, "payload_malformed"),
        ({"value": b"{}"}, "payload_malformed"),
        ({"key": b"not a case"}, "header_malformed"),
        ({"key": b"01a213f1-c3e9-73d7-a15c-9b4e76e78129"}, "wrong_key"),
        ({"topic": b"nrm.shelter"}, "wrong_topic"),
    ],
)
async def test_a_malformed_message_is_parked_with_a_code_at_once(
    board: ServiceUnderTest, change: dict[str, bytes | None], code: str
) -> None:
    place = abs(hash(str(change))) % 10**9
    faulty = _faulty(board, place, **change)
    well = board.envelope(queued(uuid4()))
    await board.consumer.apply([faulty, *_messages(well, start=place + 1)])
    (row,) = await rows(
        board, "select stream, error_code, attempts from parked_event where position = :place", place=place
    )
    assert (row.stream, row.error_code, row.attempts) == (faulty.stream, code, 3)
    assert await received(board, well.key) == [str(well.id)]
    (letter,) = await rows(board, "select headers, value from outbox where key = :key", key=faulty.stream)
    assert dict(letter.headers)["nrm_errorcode"] == code
    assert letter.value == (faulty.value or b"")


async def test_a_header_without_content_is_a_fault_and_stops_nobody(own_board: ServiceUnderTest) -> None:
    key, value, headers = to_message(own_board.envelope(queued(uuid4())))
    empty = [(name, None if name == "ce_time" else content) for name, content in headers]
    await own_board.consumer.apply([read(Message("nrm.notify", 0, 1, key, value, empty))])
    assert [code for _, code, _ in await _parked(own_board)] == ["header_malformed"]


async def test_a_malformed_message_queues_what_comes_after_it_in_its_case(own_board: ServiceUnderTest) -> None:
    envelope = own_board.envelope(queued(uuid4()))
    key, _, headers = to_message(envelope)
    await own_board.consumer.apply([read(Message("nrm.notify", 0, 1, key, b"[]", headers))])
    await own_board.consumer.apply(_messages(own_board.envelope(queued(envelope.key)), start=2))
    assert await _parked(own_board) == [(envelope.key, "payload_malformed", 3), (envelope.key, None, 0)]
    assert await own_board.consumer.retry_parked(datetime.now(UTC) + SOON) == 0
    assert await received(own_board) == []


async def test_a_database_that_is_away_parks_nobody(own_board: ServiceUnderTest) -> None:
    """The poll is not committed, so the broker brings it again."""
    envelopes = _envelopes(own_board, queued(uuid4()), queued(uuid4(), POISON))
    async with own_board.session() as session:
        await session.connection()
    take_database_away(own_board)
    for _ in range(3):
        with pytest.raises(Exception):  # noqa: B017, PT011  what the driver says while its server is away
            await own_board.consumer.apply(_messages(*envelopes))
    bring_database_back(own_board)
    assert await _parked(own_board) == []
    Health.healed = True
    await own_board.consumer.apply(_messages(*envelopes))
    assert len(await received(own_board)) == 2


async def test_what_is_due_is_found_without_what_queues(own_board: ServiceUnderTest) -> None:
    """However much waits behind the first event of a case; and each case is named once, whoever is behind it."""
    now = datetime.now(UTC)
    await rows(
        own_board,
        "insert into parked_event (consumer, stream, topic, partition, position, headers, error_code, next_attempt_at) "
        "select :consumer, gen_random_uuid(), 'nrm.notify', 0, n, '[]', 'failed_ValueError', '2999-01-01' "
        "from generate_series(1, 300) n returning 1",
        consumer=own_board.consumer.name,
    )
    await rows(
        own_board,
        "insert into parked_event (consumer, stream, topic, partition, position, headers) "
        "select consumer, stream, topic, 1, position * 100 + n, '[]' from parked_event, generate_series(1, 60) n "
        "returning 1",
    )
    case_id = uuid4()
    await own_board.receives(queued(case_id, POISON), queued(case_id))
    async with own_board.session() as session:
        assert await parking.due(session, own_board.consumer.name, now + 10 * SOON) == [case_id]
        await session.execute(text("analyze parked_event"))
        with statements(own_board) as seen:
            await parking.due(session, own_board.consumer.name, now + 10 * SOON)
        given = (own_board.consumer.name, now, 100)
        plan = (await (await session.connection()).exec_driver_sql(f"explain {seen[0]}", given)).scalars()
        assert "ix_parked_event_due" in "\n".join(plan)
