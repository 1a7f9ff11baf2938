"""Over the real broker, with the service's own token: what others publish is applied, what we say is published."""

import asyncio
from uuid import uuid4

from chassis import bus
from chassis.relay import Relay
from chassis.testing import Stack
from chassis.tokens import TokenSource
from nrm_events import to_message

from .givens import Scene


async def test_events_of_the_bus_are_applied_and_ours_leave(scene: Scene) -> None:
    """NO-3, NO-4: a hand-over comes over Kafka; the task for staff stands in the inbox and on `nrm.notify`."""
    stack = Stack.running()
    secret = stack.secrets["clients"]["identification"]
    theirs = scene.bench.settings.model_copy(
        update={"client_id": "identification", "client_secret": type(scene.bench.settings.client_secret)(secret)}
    )
    source = TokenSource(theirs)
    producer = bus.producer(theirs, source)
    await producer.start()
    try:
        key, value, headers = to_message(scene.bench.envelope(scene.referred()))
        await producer.send_and_wait("nrm.identification", value, key=key, headers=headers)
    finally:
        await producer.stop()
        await source.close()
    stop, source = asyncio.Event(), TokenSource(scene.bench.settings)
    running = [
        asyncio.create_task(scene.bench.consumer.run(scene.bench.settings, source, stop, f"notify-{uuid4().hex}")),
        asyncio.create_task(Relay(scene.bench.settings, source).run(stop)),
    ]
    try:
        async with asyncio.timeout(60):
            await scene.until("select exists (select from clock where case_id = :case)")
            await scene.until("select not exists (select from outbox where key = :case)")
    finally:
        stop.set()
        await asyncio.gather(*running)
        await source.close()
