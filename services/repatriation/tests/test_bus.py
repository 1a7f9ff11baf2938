"""Over the real broker, with the service's own token: what identification publishes is applied, what we say leaves."""

import asyncio
from uuid import UUID, uuid4

from chassis import bus
from chassis.relay import Relay
from chassis.testing import ServiceUnderTest, Stack
from chassis.tokens import TokenSource
from nrm_events import Event, identification, to_message
from pydantic import SecretStr
from sqlalchemy import text

from .givens import CONSIDERED, OPENED


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


async def test_a_recognition_comes_over_kafka_and_the_bar_goes_out(repatriation: ServiceUnderTest) -> None:
    """RP-1, RP-4: heard on `nrm.identification`, told on `nrm.repatriation`; for a child sms is told at once."""
    case = uuid4()
    facts = {"case_id": case, "age_group": "child", "citizenship": "stateless"}
    await send(
        repatriation,
        identification.CaseOpened(effective_at=OPENED, report_id=uuid4(), holder="ngo-acu", **facts),
        identification.VictimIdentified(
            effective_at=CONSIDERED, recognition_id=uuid4(), authority="mia-special", **facts
        ),
    )
    stop, source = asyncio.Event(), TokenSource(repatriation.settings)
    running = [
        asyncio.create_task(
            repatriation.consumer.run(repatriation.settings, source, stop, f"repatriation-{uuid4().hex}")
        ),
        asyncio.create_task(Relay(repatriation.settings, source).run(stop)),
    ]
    try:
        async with asyncio.timeout(60):
            await until(repatriation, "select count(*) = 2 from bar where case_id = :case and told", case)
            await until(repatriation, "select exists (select from permit where case_id = :case)", case)
            await until(repatriation, "select not exists (select from outbox where key = :case)", case)
    finally:
        stop.set()
        await asyncio.gather(*running)
        await source.close()
