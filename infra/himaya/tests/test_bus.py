"""`himaya bus`: what an operator sees and does, with exit codes that programs can act on."""

import asyncio
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from chassis.clock import new_id, utc_now
from chassis.inbox import Consumer
from chassis.message import Message, read
from chassis.rebuild.job import Rebuilder
from chassis.testing import ServiceUnderTest, Stack, person_token
from chassis.tokens import TokenSource
from nrm_events import Envelope, to_message
from nrm_events.identification import CaseOpened
from sqlalchemy import text

from .conftest import Himaya

PLANTED = "Gülşənqızı"


def _opened(case_id: UUID) -> Envelope:
    event = CaseOpened(
        effective_at=utc_now(),
        case_id=case_id,
        report_id=new_id(),
        holder="ngo-amc",
        age_group="adult",
        citizenship="foreign",
    )
    return Envelope(
        id=new_id(),
        type=event.type_name(),
        source="/nrm/identification",
        subject=event.subject,
        time=utc_now(),
        sequence=1,
        key=case_id,
        data=event,
    )


async def _park(shelter: ServiceUnderTest, case_id: UUID) -> None:
    """A message comes that is no event, and one after it in the same case."""
    key, _, headers = to_message(_opened(case_id))
    faulty = read(Message("nrm.identification", 0, 0, key, b"[]", headers))
    await shelter.consumer.apply([faulty, read(Message("nrm.identification", 0, 1, *to_message(_opened(case_id))))])


async def _tick(consumer: Consumer) -> None:
    """What the consumer does every second."""
    while True:
        await consumer.retry_parked(datetime.now(UTC))
        await asyncio.sleep(0.2)


async def test_all_is_well_but_no_relay_leads(shelter: ServiceUnderTest, himaya: Himaya) -> None:
    answer = await himaya("bus", "status", "--json")
    (shown,) = json.loads(answer.out)
    assert (answer.code, shown["service"], shown["attention"]) == (1, "shelter", "no relay leads")
    assert (shown["parked_tries"], shown["version"], shown["events_version"]) == (0, "0.1.0", "0.1.0")
    assert isinstance(shown["behind"], int)


async def test_status_says_when_the_bus_is_away(himaya: Himaya) -> None:
    answer = await himaya("bus", "status", "--json", HIMAYA_KAFKA="127.0.0.1:9")
    (shown,) = json.loads(answer.out)
    assert (answer.code, shown["behind"], shown["attention"]) == (3, None, "the bus is away")


async def test_parked_replayed_discarded(shelter: ServiceUnderTest, himaya: Himaya) -> None:
    case_id = uuid4()
    assert (await himaya("bus", "parked")).out == "nothing is parked\n"
    await _park(shelter, case_id)
    listed = await himaya("bus", "parked", "--json")
    (case,) = json.loads(listed.out)
    assert (listed.code, case["stream"], case["events"], case["error_code"]) == (
        1,
        str(case_id),
        2,
        "payload_malformed",
    )
    assert "payload_malformed" in (await himaya("bus", "parked")).out
    shown = await himaya("bus", "show", "shelter", str(case_id))
    assert "payload_malformed after 3 tries" in shown.out
    assert "waits" in shown.out
    ticking = asyncio.create_task(_tick(shelter.consumer))
    try:
        replayed = await himaya("bus", "replay", "shelter", str(case_id))
        assert (replayed.code, replayed.out.splitlines()[0]) == (1, "1 case tried, 1 still parked")
        wrong = await himaya("bus", "discard", "shelter", str(case_id), "--first", "0", "--reason", "sent_in_error")
        assert (wrong.code, wrong.err.split(": ")[2]) == (2, "not_the_first")
        first = ("--first", str(case["first"]), "--reason", "sent_in_error")
        given_up = await himaya("bus", "discard", "shelter", str(case_id), *first)
        assert (given_up.code, given_up.out) == (0, "given up; its copy is on nrm.shelter.dlq\n")
        async with asyncio.timeout(20):
            while (await himaya("bus", "parked")).code:  # noqa: ASYNC110  the consumer tells nobody
                await asyncio.sleep(0.2)
    finally:
        ticking.cancel()
    async with shelter.session() as session:
        acts = list(
            await session.scalars(text("select action from audit_entry where agency = 'himaya' order by recorded_at"))
        )
    assert acts == ["see_parked", "replay_parked", "discard_parked", "discard_parked"]


async def test_a_malformed_message_is_shown_with_the_id_in_its_header(
    shelter: ServiceUnderTest, himaya: Himaya
) -> None:
    """So that its sender can be asked for it; one that has none is named by its place."""
    case_id, envelope = uuid4(), _opened(uuid4())
    _, _, headers = to_message(envelope)
    await shelter.consumer.apply([read(Message("nrm.identification", 0, 0, str(case_id).encode(), b"[]", headers))])
    shown = await himaya("bus", "show", "shelter", str(case_id))
    assert (shown.code, f"nrm.identification/0@0, {envelope.id}" in shown.out) == (0, True), shown.out + shown.err


async def test_the_bus_as_it_lies_there(himaya: Himaya) -> None:
    case_id = new_id()
    producer = AIOKafkaProducer(**Stack.running().bus_admin_arguments)
    await producer.start()
    key, value, headers = to_message(_opened(case_id))
    await producer.send_and_wait("nrm.identification", key=key, value=value, headers=headers)
    await producer.stop()
    answer = await himaya("bus", "tail", "--since", "5", "--no-follow", "--case", str(case_id), "--json")
    shown = json.loads(answer.out)
    assert (answer.code, shown["type"], shown["sequence"]) == (0, "nrm.identification.CaseOpened.v1", "1")
    other = await himaya(
        "bus", "tail", "--since", "5", "--no-follow", "--case", str(case_id), "--type", "VictimReferred"
    )
    assert (other.code, other.out) == (0, "")


async def test_lag_shows_what_agencies_submitted_and_rows_of_zeros_only_when_all_are_wanted(himaya: Himaya) -> None:
    place, group = TopicPartition("ext.ngo-amc.in", 0), "exchange.ngo-amc"
    reader = AIOKafkaConsumer(group_id=group, enable_auto_commit=False, **Stack.running().bus_admin_arguments)
    await reader.start()
    reader.assign([place])
    await reader.commit({place: (await reader.end_offsets([place]))[place]})
    await reader.stop()
    everything = json.loads((await himaya("bus", "lag", "--all", "--json")).out)
    assert (group, place.topic) in {(found["group"], found["topic"]) for found in everything}
    waiting = json.loads((await himaya("bus", "lag", "--json")).out)
    assert all(place["lag"] for place in waiting), "rows of zeros only with --all"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("bus", "replay", "shelter"), 2),
        (("bus", "replay", "fund", str(uuid4())), 2),
        (("bus", "replay", "shelter", str(uuid4())), 2),
        (("bus", "show", "shelter", "a-case"), 2),
        (("bus", "show", "shelter", str(uuid4())), 2),
        (("bus", "tail", "--service", "police"), 2),
        (("bus", "discard", "shelter", str(uuid4()), "--first", "1", "--reason", PLANTED), 2),
    ],
)
async def test_wrong_use_is_said_on_one_line_and_ends_with_two(
    himaya: Himaya, arguments: tuple[str, ...], code: int
) -> None:
    answer = await himaya(*arguments)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err
    assert "Traceback" not in answer.err


async def test_who_may_not_is_told_so(himaya: Himaya) -> None:
    answer = await himaya("bus", "parked", HIMAYA_TOKEN=person_token("ngo-amc.caseworker"))
    assert (answer.code, "role_lacks_right" in answer.err) == (2, True)
    answer = await himaya("bus", "parked", HIMAYA_TOKEN="")
    assert (answer.code, answer.err) == (2, "himaya: nobody is signed in: himaya login\n")


async def test_what_is_away_is_named_and_ends_with_three(himaya: Himaya) -> None:
    away = json.dumps({"shelter": "http://127.0.0.1:9"})
    answer = await himaya("bus", "status", "--json", HIMAYA_SERVICES=away)
    assert (answer.code, json.loads(answer.out)) == (3, [{"service": "shelter", "attention": "away"}])
    assert (await himaya("bus", "parked", HIMAYA_SERVICES=away)).code == 3
    assert (await himaya("bus", "lag", HIMAYA_KAFKA="127.0.0.1:9")).code == 3


async def test_settings_that_are_missing_are_named(himaya: Himaya) -> None:
    answer = await himaya("bus", "status", HIMAYA_ISSUER="", HIMAYA_SERVICES="[]")
    assert answer.code == 2
    assert answer.err.startswith("himaya: missing or malformed: HIMAYA_")


async def test_a_projection_is_rebuilt_and_what_came_of_it_is_said(shelter: ServiceUnderTest, himaya: Himaya) -> None:
    """As in a process: the consumer and the rebuilder beside it."""
    listed = await himaya("bus", "rebuild", "shelter", "--json")
    assert (listed.code, [item["name"] for item in json.loads(listed.out)]) == (0, ["cases"])
    async with shelter.session() as session:
        invented = "insert into case_access (case_id, agency, basis, since) values (:case, 'vac', 'holder', now())"
        await session.execute(text(invented), {"case": uuid4()})
    group, stop, source = f"shelter-{uuid4().hex}", asyncio.Event(), TokenSource(shelter.settings)
    rebuilder = Rebuilder(shelter.context(source), group)
    consuming = shelter.consumer.run(shelter.settings, source, stop, group)
    working = asyncio.gather(consuming, rebuilder.run(stop))
    try:
        answer = await himaya("bus", "rebuild", "shelter", "cases", "--json")
    finally:
        stop.set()
        await working
        await source.close()
    shown = json.loads(answer.out)
    assert (answer.code, shown["state"], shown["removed"]) == (0, "done", 1), answer.err
    unknown = await himaya("bus", "rebuild", "shelter", "nothing")
    assert (unknown.code, unknown.err) == (2, "himaya: shelter has no projection nothing; it has cases\n")
