"""Messages that were on the wire, headers and bytes: every consumer applies them, whatever edition they are of."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from chassis.message import Message, read
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from cloudevents.kafka import from_binary
from cloudevents.kafka.conversion import KafkaMessage
from nrm_events import AGENCY_MESSAGES, EVENTS, EVERY, from_message, to_message
from nrm_events.corpus import Kept, made, messages
from sqlalchemy import text

from ..conftest import SERVICES, settings_of

CORPUS = dict(messages(Path(__file__).parent / "corpus"))
SENT = EVENTS | AGENCY_MESSAGES


def _brought(kept: Iterable[Kept]) -> list[Message]:
    """As the bus would bring them: by the time they were recorded, each from a place of its own."""
    ordered = sorted(kept, key=lambda one: datetime.fromisoformat(dict(one.headers)["ce_time"].decode()))
    return [read(Message(one.topic, 0, place, one.key, one.value, one.headers)) for place, one in enumerate(ordered)]


@asynccontextmanager
async def _fresh(name: str) -> AsyncIterator[ServiceUnderTest]:
    databases = Databases(Stack.running(), SERVICES[name])
    databases.prepare()
    async with bench(SERVICES[name], databases, **settings_of(Stack.running(), name)) as made:
        yield made


async def _counts(consumer: ServiceUnderTest) -> tuple[int, int, int]:
    """Rows in inbox, parked events and outbox."""
    tables = ("inbox", "parked_event", "outbox")
    async with consumer.session() as session:
        counted = [await session.scalar(text(f"select count(*) from {table}")) for table in tables]  # noqa: S608
    return int(counted[0] or 0), int(counted[1] or 0), int(counted[2] or 0)


def _used(name: str, brought: list[Message]) -> int:
    return sum(type(m.envelope.data) in SERVICES[name].handlers for m in brought if m.envelope)


def test_every_event_there_ever_was_has_a_message() -> None:
    """After a new event: `python -m nrm_events.corpus write tests/contract/corpus`."""
    assert CORPUS.keys() == EVERY.keys()


@pytest.mark.parametrize("kind", CORPUS)
def test_it_is_read_and_its_headers_say_what_it_holds(kind: str) -> None:
    kept = CORPUS[kind]
    read_back = from_message(kept.key, kept.value, kept.headers)
    told = {name: content.decode() for name, content in kept.headers}
    assert told["ce_type"] == kind
    assert read_back.type.rpartition(".")[0] == kind.rpartition(".")[0]
    assert (str(read_back.id), read_back.source) == (told["ce_id"], told["ce_source"])
    assert read_back.sequence == int(told["ce_sequence"])
    assert read_back.time == datetime.fromisoformat(told["ce_time"])
    assert read_back.key == read_back.data.stream
    assert read_back.subject == read_back.data.subject
    assert kept.topic == read_back.data.topic()


@pytest.mark.parametrize("kind", CORPUS)
def test_the_cloudevents_sdk_reads_it(kind: str) -> None:
    kept = CORPUS[kind]
    parsed = from_binary(KafkaMessage(headers=dict(kept.headers), key=kept.key, value=kept.value))
    assert parsed["type"] == kind
    assert parsed["partitionkey"] == kept.key
    assert isinstance(parsed.data, dict)
    assert "effective_at" in parsed.data


@pytest.mark.parametrize("kind", SENT)
def test_what_is_sent_today_has_every_header_that_was_sent_then(kind: str) -> None:
    kept = CORPUS[kind]
    _, _, headers = to_message(from_message(kept.key, kept.value, kept.headers))
    assert {name for name, _ in kept.headers} <= {name for name, _ in headers}


@pytest.mark.parametrize("kind", SENT)
def test_a_new_event_has_a_message_made_for_it_that_is_read(kind: str) -> None:
    message: Kept = made(SENT[kind])
    assert from_message(message.key, message.value, message.headers).type == kind


@pytest.mark.parametrize("name", SERVICES)
async def test_every_consumer_applies_the_whole_corpus_once(name: str) -> None:
    """As one poll, and delivered a second time one by one: nothing parks, nothing is done twice."""
    brought = _brought(CORPUS.values())
    async with _fresh(name) as consumer:
        await consumer.consumer.apply(brought)
        applied = await _counts(consumer)
        assert applied[:2] == (_used(name, brought), 0)
        for message in brought:
            await consumer.consumer.apply([message])
        assert await _counts(consumer) == applied


@pytest.mark.parametrize("name", SERVICES)
async def test_every_consumer_applies_a_message_without_what_came_before(name: str) -> None:
    """A case that it has not heard of parks nothing: the topics of two services are not in order with each other."""
    brought = _brought(CORPUS.values())
    async with _fresh(name) as consumer:
        for message in reversed(brought):
            await consumer.consumer.apply([message])
        assert (await _counts(consumer))[:2] == (_used(name, brought), 0)


@pytest.mark.parametrize("name", SERVICES)
async def test_every_consumer_applies_what_is_sent_today(name: str) -> None:
    """Every event as its present edition writes it, every field of it filled."""
    brought = _brought(made(event) for event in SENT.values())
    async with _fresh(name) as consumer:
        await consumer.consumer.apply(brought)
        assert (await _counts(consumer))[:2] == (_used(name, brought), 0)
