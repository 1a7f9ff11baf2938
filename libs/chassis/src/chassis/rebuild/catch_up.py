"""How a rebuild reads: everything that the consumer has behind it, then, while the consumer waits, the rest."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from nrm_events import partitions_of
from sqlalchemy import Row, Text, Uuid, bindparam, column, text, update
from sqlalchemy.dialects.postgresql import ARRAY

from chassis import audit, commit
from chassis.actor import system
from chassis.clock import utc_now
from chassis.message import Message, read
from chassis.projection import Projection
from chassis.rebuild.swap import RowChanges, Shadow
from chassis.schema import rebuild

log = structlog.get_logger()
TOPICS_KEEP = timedelta(days=366)  # as infra/local/bus.yaml says; older events are gone
_BATCH = 500
_TOLD_EVERY = 0.5  # seconds between two words on the progress
_BEHIND = 5_000  # messages that may be left to read while the consumer waits
_MAY_WAIT = 20.0  # seconds; longer the consumer is not made to wait, and it is tried again
_PAUSE = 1.0  # seconds
_entry = rebuild.c
_HELD_BACK = (
    text(
        "select array_agg(place) as places from ("
        "select topic || '/' || partition || '@' || position as place from parked_event "
        "where consumer = :consumer and stream = any(:streams) union all "
        "select facts->>'place' from audit_entry "
        "where action = 'discard_parked' and kind = 'act' and case_id = any(:streams)) as held"
    )
    .bindparams(bindparam("consumer", type_=Text), bindparam("streams", type_=ARRAY(Uuid)))
    .columns(column("places", ARRAY(Text)))
)
_APPLIED = (
    text("select array_agg(event_id) as ids from inbox where consumer = :consumer and event_id = any(:ids)")
    .bindparams(bindparam("consumer", type_=Text), bindparam("ids", type_=ARRAY(Uuid)))
    .columns(column("ids", ARRAY(Uuid)))
)


class ProjectionReplay:
    """One rebuild: what was read, and what waits until it is known whether the consumer applied it."""

    def __init__(
        self,
        consumer: str,
        committed: Callable[[], Awaitable[dict[TopicPartition, int]]],
        tell: Callable[[int, int], Awaitable[None]],
        asked: Row[tuple[object, ...]],
        projection: Projection,
        made: Shadow,
        reader: AIOKafkaConsumer,
    ) -> None:
        self._consumer = consumer
        self._committed = committed
        self._say = tell
        self._asked = asked
        self._projection = projection
        self._made = made
        self._reader = reader
        self._places = [TopicPartition(t, n) for t in projection.topics for n in range(partitions_of(t))]
        self._sequences: dict[tuple[str, UUID], int] = {}
        self._aside: list[Message] = []
        self._aside_cases: set[UUID] = set()
        self._since: datetime | None = None
        self._whole: set[UUID] = set()
        self._told = 0.0

    async def read_up(self, stop: asyncio.Event) -> bool:
        """Read what the consumer has behind it, until little is left; False when stopped."""
        self._reader.assign(self._places)
        await self._reader.seek_to_beginning(*self._places)
        begins = await self._reader.beginning_offsets(self._places)
        if any(begins.values()):
            self._since = utc_now() - TOPICS_KEEP + timedelta(days=1)
        while not stop.is_set():
            goal = {place: max(end, begins[place]) for place, end in (await self._goal()).items()}
            await self._read_to(goal, begins, stop)
            ends = await self._reader.end_offsets(self._places)
            behind = sum(ends[place] - goal[place] for place in self._places)
            if behind <= _BEHIND and not stop.is_set():
                return True
            log.info("rebuild waits for the consumer", behind=behind)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _PAUSE)
        return False

    async def _goal(self) -> dict[TopicPartition, int]:
        committed = await self._committed()
        return {place: committed.get(place, 0) for place in self._places}

    async def _read_to(
        self, goal: Mapping[TopicPartition, int], begins: Mapping[TopicPartition, int], stop: asyncio.Event
    ) -> None:
        total = sum(goal[place] - begins[place] for place in self._places)
        while not stop.is_set():
            at = {place: await self._reader.position(place) for place in self._places}
            await self._tell(sum(min(at[p], goal[p]) - begins[p] for p in self._places), total)
            if not self._more(at, goal):
                return
            messages = await self._poll()
            held_back = await self._held_back(messages)
            async with self._made.session.begin():
                await self._apply([m for m in messages if not self._waits(m, goal, held_back)])

    def _more(self, at: Mapping[TopicPartition, int], goal: Mapping[TopicPartition, int]) -> bool:
        """Whether something is left; a partition that is read to its goal is not read further."""
        left = [place for place in self._places if at[place] < goal[place]]
        self._reader.resume(*left)
        self._reader.pause(*(place for place in self._places if place not in left))
        return bool(left)

    async def _poll(self) -> list[Message]:
        """Events of the projection, of two copies the first: the relay may send twice, in order."""
        found = []
        polled = await self._reader.getmany(timeout_ms=500, max_records=_BATCH)
        for record in (record for records in polled.values() for record in records):
            r = record
            message = read(r.topic, r.partition, r.offset, r.key, r.value, r.headers)
            if message.envelope is None or type(message.envelope.data) not in self._projection.handlers:
                continue
            case = (message.topic, message.envelope.key)
            if message.envelope.sequence > self._sequences.get(case, 0):
                self._sequences[case] = message.envelope.sequence
                found.append(message)
        return found

    async def _held_back(self, messages: Sequence[Message]) -> set[str]:
        """Places of what is parked in these cases, or was given up."""
        asked = {"consumer": self._consumer, "streams": sorted({m.stream for m in messages})}
        async with self._made.session.begin():
            return set(await self._made.session.scalar(_HELD_BACK, asked) or ())

    def _waits(self, message: Message, goal: Mapping[TopicPartition, int], held_back: set[str]) -> bool:
        """Put it aside until the consumer waits: then the inbox says whether it was applied. So its case waits too."""
        place = TopicPartition(message.topic, message.partition)
        name = f"{message.topic}/{message.partition}@{message.position}"
        if message.position < goal[place] and name not in held_back and message.stream not in self._aside_cases:
            return False
        self._aside.append(message)
        self._aside_cases.add(message.stream)
        return True

    async def _apply(self, messages: Sequence[Message]) -> None:
        envelopes = [message.envelope for message in messages if message.envelope]
        if not envelopes:
            return
        await self._made.apply(envelopes)
        self._whole |= {
            e.key
            for e in envelopes
            if isinstance(e.data, self._projection.begins) and (self._since is None or e.time > self._since)
        }

    async def finish(self) -> bool:
        """Make the consumer wait, read the rest, swap."""
        began = time.monotonic()
        session = self._made.session
        async with asyncio.timeout(_MAY_WAIT), session.begin():
            await self._made.writing()
            await session.execute(text("set local lock_timeout = '10s'"))
            await session.execute(text("lock table public.inbox in share mode"))
            locked = time.monotonic()
            await self._read_rest()
            mended = await self._made.swap(None if self._since is None else sorted(self._whole))
            await self._note(mended, time.monotonic() - locked)
        log.info("rebuilt", **mended._asdict(), waited=round(locked - began, 3))
        return True

    async def _read_rest(self) -> None:
        ends = await self._reader.end_offsets(self._places)
        while self._more({place: await self._reader.position(place) for place in self._places}, ends):
            self._aside += await self._poll()
        for start in range(0, len(self._aside), _BATCH):
            some = self._aside[start : start + _BATCH]
            asked = {"consumer": self._consumer, "ids": [m.envelope.id for m in some if m.envelope]}
            applied = set(await self._made.session.scalar(_APPLIED, asked) or ())
            await self._apply([m for m in some if m.envelope and m.envelope.id in applied])

    async def _note(self, mended: RowChanges, held: float) -> None:
        session = self._made.session
        ended = {"state": "done", "ended_at": utc_now(), "removed": mended.removed, "added": mended.added}
        await session.execute(update(rebuild).where(_entry.id == self._asked.id).values(ended))
        facts = {**mended._asdict(), "consumer_waited_ms": round(held * 1000)}
        subject = f"projection/{self._asked.projection}"
        audit.record(session, system(self._consumer), "rebuild_projection", subject=subject, facts=facts)
        await commit.write(session)

    async def _tell(self, done: int, total: int) -> None:
        if time.monotonic() >= self._told:
            await self._say(done, total)
            self._told = time.monotonic() + _TOLD_EVERY
