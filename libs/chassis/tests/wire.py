"""What is really on the bus: a reader that begins at the end of a topic and keeps what it saw."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from chassis import bus
from chassis.settings import Settings
from chassis.tokens import TokenSource


class Wire:
    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self.seen: list[ConsumerRecord] = []

    async def until(self, cases: set[UUID], count: int) -> list[ConsumerRecord]:
        """The records of these cases, as soon as there are `count`; more, if more came at the same time."""
        async with asyncio.timeout(20):
            while len(self.of(cases)) < count:
                await self._read(100)
        return self.of(cases)

    async def and_nothing_more(self, cases: set[UUID]) -> list[ConsumerRecord]:
        """All records of these cases, up to the present end of the topic."""
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        async with asyncio.timeout(20):
            for partition, end in ends.items():
                while await self._consumer.position(partition) < end:
                    await self._read(100)
        return self.of(cases)

    def of(self, cases: set[UUID]) -> list[ConsumerRecord]:
        keys = {str(case_id).encode() for case_id in cases}
        return [record for record in self.seen if record.key in keys]

    async def _read(self, wait_ms: int) -> None:
        for records in (await self._consumer.getmany(timeout_ms=wait_ms)).values():
            self.seen.extend(records)


@asynccontextmanager
async def wire(settings: Settings, topic: str) -> AsyncIterator[Wire]:
    source = TokenSource(settings)
    consumer: AIOKafkaConsumer = bus.consumer(settings, source, "notify-wire", ())
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in await _partitions(settings, source, topic)]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)
        yield Wire(consumer)
    finally:
        await consumer.stop()
        await source.close()


async def _partitions(settings: Settings, source: TokenSource, topic: str) -> set[int]:
    producer = bus.producer(settings, source)
    await producer.start()
    try:
        return set(await producer.partitions_for(topic))
    finally:
        await producer.stop()
