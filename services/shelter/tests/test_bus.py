"""Over the real broker, with the service's own token: a case is heard; what we say leaves without a place (SH-7)."""

import asyncio
from uuid import UUID, uuid4

from chassis import bus
from chassis.relay import Relay
from chassis.testing import ServiceUnderTest, Stack
from chassis.tokens import TokenSource
from nrm_events import Event, to_message
from pydantic import SecretStr
from sqlalchemy import text

from .givens import a_resident, opened, referred


async def send(service: ServiceUnderTest, *events: Event) -> None:
    """Publish as identification does."""
    secret = Stack.running().secrets["clients"]["identification"]
    theirs = service.settings.model_copy(update={"client_id": "identification", "client_secret": SecretStr(secret)})
    source = TokenSource(theirs)
    producer = bus.producer(theirs, source)
    await producer.start()
    try:
        for event in events:
            key, value, headers = to_message(service.envelope(event))
            await producer.send_and_wait("nrm.identification", value, key=key, headers=headers)
    finally:
        await producer.stop()
        await source.close()


async def until(service: ServiceUnderTest, question: str, case_id: UUID) -> None:
    while True:
        async with service.session() as session:
            if await session.scalar(text(question), {"case": case_id}):
                return
        await asyncio.sleep(0.2)


async def test_a_case_comes_over_kafka_and_an_admission_goes_out(shelter: ServiceUnderTest) -> None:
    """SH-1, ID-7: heard on `nrm.identification`, told on `nrm.shelter`, in the order of the case."""
    case = uuid4()
    await send(shelter, opened(case), referred(case))
    stop, source = asyncio.Event(), TokenSource(shelter.settings)
    consuming = asyncio.create_task(shelter.consumer.run(shelter.settings, source, stop, f"shelter-{uuid4().hex}"))
    relaying = asyncio.create_task(Relay(shelter.settings, source).run(stop))
    try:
        async with asyncio.timeout(60):
            await until(shelter, "select count(*) = 2 from case_access where case_id = :case", case)
            stay = await a_resident(shelter, case)
            await until(shelter, "select not exists (select from outbox where key = :case)", case)
            await until(shelter, "select sequence = 3 from stream where key = :case", case)
    finally:
        stop.set()
        await asyncio.gather(consuming, relaying)
        await source.close()
    assert stay["state"] == "admitted"
