"""The chain as it runs: its processes, who keeps them alive, and the clients that make acts at its beginning."""

import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import psutil
from chassis.testing import Databases, Stack, service_token
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from .chain.app import CHAIN
from .points import POINTS
from .victim import Victim, live

_ONCE = ("start-up", "rebalance")  # points that a process passes once or twice in its life
_WORK = (0.4, 2.0)  # seconds of its own work after which a victim that did not come to its point is killed where it is
_PATIENCE = 12.0  # seconds by the clock, on a machine that has nothing else to do; a relay that stands by works little
_MISSED = 30.0  # seconds
_READS = {"shelter": "nrm.identification", "notify": "nrm.shelter"}
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([f"{__package__}.victim"])


@dataclass
class Slot:
    """A place for a process: it keeps its name when it is started anew."""

    service: str
    part: str
    number: int
    stays: bool = True  # one that does not has no name in its group, and is missed for ten seconds when killed
    clock_off: float = 0.0  # seconds
    process: ForkServerProcess | None = None

    @property
    def name(self) -> str:
        return f"{self.service}-{self.part}-{self.number}"


@dataclass
class Load:
    """The acts that the clients sent, and those that were promised."""

    rate: float  # acts per second
    cases: int = 300
    poisoned: float = 0.0  # share of the cases that get one poisoned act
    sent: list[UUID] = field(default_factory=list)
    promised: set[UUID] = field(default_factory=set)
    poison: dict[UUID, UUID] = field(default_factory=dict)
    longest_wait: float = 0.0  # seconds until an act was promised


@dataclass
class Chain:
    stack: Stack
    databases: dict[str, str]  # service → URL of its own database
    address: str
    run: str
    logs: Path
    chance: random.Random
    slots: list[Slot]
    sabotage: str | None = None
    beginnings: dict[str, list[TopicPartition]] = field(default_factory=dict)  # of each group
    kills: Counter[str] = field(default_factory=Counter)

    def start(self, slot: Slot, point: str | None = None, passages: int = 1, number: int = signal.SIGKILL) -> None:
        """Start a process in its place, with a trap at this point."""
        environment = self._environment(slot)
        log = str(self.logs / f"{slot.name}.log")
        trap = (point, passages, number)
        made = Victim(
            slot.name, slot.service, slot.part, environment, log, self.run, *trap, slot.clock_off, self.sabotage
        )
        slot.process = _forks.Process(target=live, args=(made,), daemon=True)
        slot.process.start()

    def start_all(self) -> None:
        for slot in self.slots:
            if slot.process is None:
                self.start(slot)

    def of(self, service: str, part: str) -> list[Slot]:
        return [slot for slot in self.slots if (slot.service, slot.part) == (service, part)]

    async def stop(self, slot: Slot, number: int = signal.SIGTERM) -> None:
        """Signal the process and wait until it has gone."""
        if slot.process and slot.process.pid and slot.process.is_alive():
            os.kill(slot.process.pid, number)
        await self._gone(slot)

    async def stop_all(self) -> None:
        await asyncio.gather(*(self.stop(slot, signal.SIGKILL) for slot in self.slots))

    async def kill_again_and_again(self, slot: Slot, enough: asyncio.Event) -> None:
        """Start it with a trap at a random point, see it die there (or anywhere, if it does not come to it), again."""
        while not enough.is_set():
            point = self.chance.choice(list(POINTS[slot.part]))
            passages = 1 if point.startswith(_ONCE) else 1 + int(self.chance.expovariate(0.2))
            self.start(slot, point, passages)
            work = self.chance.uniform(*_WORK) * (3 if slot.part == "api" else 1)  # without it nothing happens at all
            ended = await self._gone_or_worked(slot, work, _PATIENCE * crowd() * (1 if slot.part == "relay" else 5))
            if not ended:
                await self.stop(slot, signal.SIGKILL)
            assert slot.process
            assert slot.process.exitcode == -signal.SIGKILL, f"{slot.name} ended by itself, see its log"
            self.kills[f"{slot.part}: {point if ended else 'anywhere'}"] += 1
            slot.process = None

    async def _gone_or_worked(self, slot: Slot, work: float, patience: float) -> bool:
        """Whether it ended before it had worked for so many seconds, or lived so many."""
        assert slot.process
        at_the_latest = time.monotonic() + patience
        while time.monotonic() < at_the_latest:
            if await self._gone(slot, 0.1):
                return True
            with contextlib.suppress(psutil.NoSuchProcess):
                if sum(psutil.Process(slot.process.pid).cpu_times()[:2]) > work:
                    return False
        return False

    async def _gone(self, slot: Slot, patience: float = 30) -> bool:
        """Whether it ended within so many seconds."""
        if slot.process is None:
            return True
        ended = asyncio.Event()
        loop, sentinel = asyncio.get_running_loop(), slot.process.sentinel
        loop.add_reader(sentinel, ended.set)
        try:
            await asyncio.wait_for(ended.wait(), patience)
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(sentinel)
        slot.process.join()
        return True

    def back_to_the_beginning(self) -> int:
        """Let each group read all of this run again, while nobody of it runs; how many events that is."""
        events = 0
        for name, beginnings in self.beginnings.items():
            consumer = _group(self.stack, name)
            _commit_as_nobody(consumer, beginnings)
            events += sum(consumer.get_watermark_offsets(place, 10)[1] - place.offset for place in beginnings)
            consumer.close()
        return events

    def unread(self) -> int:
        """How many events the groups have not committed as read."""
        return sum(self._unread(name, places) for name, places in self.beginnings.items())

    def _unread(self, name: str, beginnings: list[TopicPartition]) -> int:
        consumer = _group(self.stack, name)
        committed = consumer.committed([TopicPartition(place.topic, place.partition) for place in beginnings], 10)
        ends = [consumer.get_watermark_offsets(place, 10)[1] for place in beginnings]
        consumer.close()
        return sum(max(end - max(place.offset, 0), 0) for end, place in zip(ends, committed, strict=True))

    def _environment(self, slot: Slot) -> dict[str, str]:
        name = {"NRM_INSTANCE": f"{slot.name}-{self.run}"} if slot.stays else {}
        return name | {
            "NRM_DATABASE_URL": self.databases[slot.service],
            "NRM_KAFKA": self.stack.endpoints["kafka"]["client"],
            "NRM_ISSUER": self.stack.issuer,
            "NRM_CLIENTS": json.dumps(self.stack.endpoints["clients"]),
            "NRM_CLIENT_ID": slot.service,
            "NRM_CLIENT_SECRET": self.stack.secrets["clients"][slot.service],
            "NRM_PORT": self.address.rpartition(":")[2],
            "NRM_LIMIT_PERSON": "1000000",
            "NRM_LIMIT_SERVICE": "1000000",
        }

    async def acts(self, load: Load, enough: asyncio.Event) -> None:
        """Clients that send acts, again and again with the same key until they are promised."""
        cases = [uuid4() for _ in range(load.cases)]
        load.poison = {case: uuid4() for case in cases[: int(load.cases * load.poisoned)]}
        async with httpx.AsyncClient(base_url=self.address, timeout=10) as http:
            clients = (self._client(http, load, cases[n::4], enough) for n in range(4))
            await asyncio.gather(*clients)

    async def _client(self, http: httpx.AsyncClient, load: Load, cases: list[UUID], enough: asyncio.Event) -> None:
        unused = dict(load.poison)
        while not enough.is_set():
            began = time.monotonic()
            case, acts = self.chance.choice(cases), [uuid4() for _ in range(self.chance.randint(1, 30))]
            if poisoned := unused.pop(case, None):
                acts[len(acts) // 2] = poisoned
            load.sent += acts
            body: dict[str, object] = {"case_id": str(case), "acts": [str(a) for a in acts]}
            await self._insist(http, body | ({"poisoned": str(poisoned)} if poisoned else {}))
            load.promised.update(acts)
            load.longest_wait = max(load.longest_wait, time.monotonic() - began)
            await asyncio.sleep(max(0.0, 4 * len(acts) / load.rate - (time.monotonic() - began)))

    async def _insist(self, http: httpx.AsyncClient, body: Mapping[str, object]) -> None:
        key = str(uuid4())
        while True:
            try:
                token = await asyncio.to_thread(service_token, "identification")
                headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
                answer = await http.post("/api/acts", json=body, headers=headers)
                if answer.is_success:
                    return
                assert answer.status_code in {401, 409, 503}, answer.text
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.05)


def crowd() -> float:
    """How many others wait for each core: where many do, a start takes as many times longer."""
    return max(1.0, min(os.getloadavg()[0] / (os.cpu_count() or 1), 6.0))


def _group(stack: Stack, name: str) -> Consumer:
    return Consumer({**stack.bus_admin, "group.id": name, "enable.auto.commit": False})


def _commit_as_nobody(consumer: Consumer, places: list[TopicPartition]) -> None:
    """The broker takes it once the members are gone: one with a name is missed for ten seconds after it stopped."""
    until = time.monotonic() + _MISSED * crowd()
    while True:
        try:
            consumer.commit(offsets=places, asynchronous=False)
            return
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_MEMBER_ID or time.monotonic() > until:
                raise
        time.sleep(0.5)


def _begin_at_the_end(stack: Stack, group: str, topic: str) -> list[TopicPartition]:
    """A group of this run reads only the events of this run; the offsets where it begins."""
    consumer = _group(stack, group)
    ends = []
    for number in consumer.list_topics(topic, 10).topics[topic].partitions:
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, number), 10)
        ends.append(TopicPartition(topic, number, end))
    consumer.commit(offsets=ends, asynchronous=False)
    consumer.close()
    return ends


@asynccontextmanager
async def chain(seed: int, sabotage: str | None = None) -> AsyncIterator[Chain]:
    """The chain on fresh databases, with no process running yet; all are killed at the end."""
    stack = Stack.running()
    run = uuid4().hex[:8]
    logs = Path(os.environ.get("NRM_STATE", ".local/test")) / "faults" / run
    logs.mkdir(parents=True)
    async with AsyncExitStack() as opened:
        urls = {}
        for name, service in CHAIN.items():
            databases = Databases(stack, service, template="faults")
            await asyncio.to_thread(databases.prepare)
            copy = await opened.enter_async_context(databases.copy())
            urls[name] = stack.settings(service, copy).database_url
        beginnings = {
            f"{reader}-{run}": await asyncio.to_thread(_begin_at_the_end, stack, f"{reader}-{run}", topic)
            for reader, topic in _READS.items()
        }
        slots = [
            Slot("identification", "api", 0),
            *(Slot("identification", "relay", n) for n in range(2)),
            *(Slot("shelter", "consume", n) for n in range(2)),
            *(Slot("shelter", "relay", n) for n in range(2)),
            *(Slot("notify", "consume", n) for n in range(2)),
        ]
        address, chance = f"http://127.0.0.1:{_free_port()}", random.Random(seed)  # noqa: S311  no secret
        made = Chain(stack, urls, address, run, logs, chance, slots, sabotage, beginnings)
        try:
            yield made
        finally:
            await made.stop_all()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
