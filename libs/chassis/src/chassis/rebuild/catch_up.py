"""How a rebuild reads: all that the consumer has applied, then, while the consumer waits, the rest."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from nrm_events import partitions_of

from chassis.clock import utc_now
from chassis.loops import pause
from chassis.message import Message, of_record
from chassis.rebuild.replay_filter import ReplayFilter
from chassis.rebuild.swap import Shadow

log = structlog.get_logger()
TOPICS_KEEP = timedelta(days=366)  # as infra/local/bus.yaml sets it; older events are deleted
_BATCH = 500
_REPORT_EVERY = 0.5  # seconds between two reports of the progress
_MOST_BEHIND = 5_000  # messages that may be left to read while the consumer waits
_PAUSE = 1.0  # seconds
Offsets = Mapping[TopicPartition, int]


@dataclass(frozen=True)
class Feed:
    """What a rebuild reads from, the offsets of the consumer, and where progress is reported as (done, total)."""

    reader: AIOKafkaConsumer
    committed: Callable[[], Awaitable[dict[TopicPartition, int]]]
    report: Callable[[int, int], Awaitable[None]]


class ProjectionReplay:
    """Reads the topics of a projection into its shadow."""

    def __init__(self, feed: Feed, shadow: Shadow, replay_filter: ReplayFilter) -> None:
        self._feed = feed
        self._reader = feed.reader
        self._shadow = shadow
        self._filter = replay_filter
        topics = shadow.projection.topics
        self._places = [TopicPartition(topic, number) for topic in topics for number in range(partitions_of(topic))]
        self._since: datetime | None = None
        self._whole: set[UUID] = set()
        self._report_at = 0.0

    @property
    def cases(self) -> list[UUID] | None:
        """The cases of which every event was read; None where that is all, because the topics begin at zero."""
        return None if self._since is None else sorted(self._whole)

    async def read_up(self, stop: asyncio.Event) -> bool:
        """Read all that the consumer applied, until little is left to read; False when stopped."""
        self._reader.assign(self._places)
        await self._reader.seek_to_beginning(*self._places)
        begins = await self._reader.beginning_offsets(self._places)
        if any(begins.values()):
            self._since = utc_now() - TOPICS_KEEP + timedelta(days=1)
        while not stop.is_set():
            committed = await self._feed.committed()
            goal = {place: max(committed.get(place, 0), begins[place]) for place in self._places}
            await self._read_to(goal, begins, stop)
            ends = await self._reader.end_offsets(self._places)
            behind = sum(ends[place] - goal[place] for place in self._places)
            if behind <= _MOST_BEHIND and not stop.is_set():
                return True
            log.info("rebuild waits for the consumer", behind=behind)
            await pause(stop, _PAUSE)
        return False

    async def _read_to(self, goal: Offsets, begins: Offsets, stop: asyncio.Event) -> None:
        total = sum(goal[place] - begins[place] for place in self._places)
        while not stop.is_set():
            at = await self._positions()
            await self._report(sum(min(at[place], goal[place]) - begins[place] for place in self._places), total)
            if not self._more(at, goal):
                return
            messages = await self._filter.applied(await self._poll(), goal)
            async with self._shadow.session.begin():
                await self._apply(messages)

    async def read_rest(self) -> None:
        """Read to the end of the topics. Inside a transaction in which the consumer waits."""
        ends = await self._reader.end_offsets(self._places)
        while self._more(await self._positions(), ends):
            self._filter.set_aside(await self._poll())
        async for messages in self._filter.applied_of_aside():
            await self._apply(messages)

    async def _positions(self) -> dict[TopicPartition, int]:
        return {place: await self._reader.position(place) for place in self._places}

    def _more(self, at: Offsets, goal: Offsets) -> bool:
        """Whether something is left; a partition that was read to its goal is read no further."""
        left = [place for place in self._places if at[place] < goal[place]]
        self._reader.resume(*left)
        self._reader.pause(*(place for place in self._places if place not in left))
        return bool(left)

    async def _poll(self) -> list[Message]:
        polled = await self._reader.getmany(timeout_ms=500, max_records=_BATCH)
        return self._filter.fresh([of_record(record) for records in polled.values() for record in records])

    async def _apply(self, messages: Sequence[Message]) -> None:
        envelopes = [message.envelope for message in messages if message.envelope]
        if not envelopes:
            return
        await self._shadow.apply(envelopes)
        self._whole |= {
            envelope.key
            for envelope in envelopes
            if isinstance(envelope.data, self._shadow.projection.begins)
            and (self._since is None or envelope.time > self._since)
        }

    async def _report(self, done: int, total: int) -> None:
        if time.monotonic() >= self._report_at:
            await self._feed.report(done, total)
            self._report_at = time.monotonic() + _REPORT_EVERY
