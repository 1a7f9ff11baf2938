"""The offsets that a consumer commits."""

import asyncio
import contextlib
import time

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from chassis.metrics import CONSUMER_LAG, CONSUMER_ROUND

_EVERY = 1.0  # seconds; events applied since the last commit come again after a crash, and the inbox drops them


class OffsetCommitter(ConsumerRebalanceListener):  # type: ignore[misc]
    """Commits offsets of applied events once a second, and before partitions go to another member."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._due = 0.0
        self.offsets: dict[TopicPartition, int] = {}
        self.applying = asyncio.Lock()

    async def commit_when_due(self) -> None:
        if time.monotonic() >= self._due:
            await self.commit()
            await self._measure()
            self._due = time.monotonic() + _EVERY

    async def commit(self) -> None:
        """Commit. What the group refuses during a rebalance comes again, and the inbox drops it."""
        mine = self._consumer.assignment()
        offsets, self.offsets = {p: o for p, o in self.offsets.items() if p in mine}, {}
        if offsets:
            with contextlib.suppress(CommitFailedError, IllegalStateError):
                await self._consumer.commit(offsets)

    async def _measure(self) -> None:
        """Publish the lag of each partition of this process, by the broker's last answer."""
        CONSUMER_LAG.clear()
        for place in self._consumer.assignment():
            end = self._consumer.highwater(place)
            if end is not None:
                lag = end - await self._consumer.position(place)
                CONSUMER_LAG.labels(place.topic, place.partition).set(lag)
        CONSUMER_ROUND.set_to_current_time()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Apply the current poll first: the next owner of the partitions begins after it."""
        async with self.applying:
            with contextlib.suppress(KafkaError):
                await self.commit()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Do nothing: positions come from the broker."""
