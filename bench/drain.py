"""Draining an outbox: from waiting rows to the broker that has them all."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2
from chassis import process
from shelter.app import SERVICE

from bench.contenders import Contender, Debezium, FastStream, Ours
from bench.ground import Place, Process, place
from bench.report import Goal, Report, ratios, spread
from bench.rows import Row, made, prepare
from bench.topic import PARTITIONS, Findings, Names, Stuck, Topic

Announce = Callable[[str], None]
_A_TRANSACTION = 500  # rows; Debezium also gets all in one


@dataclass
class Runs:
    """Rows per second of each round, processor time per row, and what was wrong with the records."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    findings: list[Findings] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def found(self) -> str:
        wrong = [*self.wrong, *(str(one) for one in self.findings if any(vars(one).values()))]
        return "; ".join(wrong) or "nothing"


async def run(announce: Announce, scale: float = 1.0, rounds: int = 5) -> Report:
    """Rounds of all contenders, one after the other, on one prepared set of rows."""
    many, few = int(60_000 * scale), int(6_000 * scale)
    rows = made(many)
    topic = Topic()
    entrants = [
        (Ours("ours"), many, _A_TRANSACTION),
        (FastStream("faststream-outbox, 1 worker", workers=1), few, _A_TRANSACTION),
        (FastStream("faststream-outbox, 16 workers", workers=16), few, _A_TRANSACTION),
        (FastStream("faststream-outbox, 64 workers", workers=64), few, _A_TRANSACTION),
        (Debezium("Debezium streaming"), many, _A_TRANSACTION),
        (Debezium("Debezium, one transaction"), many, many),
    ]
    runs = {contender.name: Runs() for contender, _, _ in entrants} | {name: Runs() for name in _RAW}
    for turn in range(rounds):
        for contender, count, step in entrants:
            announce(f"drain {turn + 1}/{rounds}: {contender.name}")
            await _round(topic, contender, Load(rows[:count], step), runs[contender.name])
        for name, size in _RAW.items():
            announce(f"drain {turn + 1}/{rounds}: {name}")
            await _raw(topic, rows, size, runs[name])
    return _report(runs, many, few)


@dataclass(frozen=True)
class Load:
    """Rows that are to be sent, `step` of them in a transaction."""

    rows: Sequence[Row]
    step: int = _A_TRANSACTION


@dataclass(frozen=True)
class Relaying:
    """A contender at work: its process, and the database that it empties."""

    contender: Contender
    here: Place
    process: Process


async def _round(topic: Topic, contender: Contender, load: Load, runs: Runs) -> None:
    async with place(SERVICE) as here:
        prepare(here.admin, load.rows)
        with contender.running(here) as started:
            warm = min(contender.warm, len(load.rows))
            before = topic.ends()
            contender.pour(here, 0, warm)
            with contextlib.suppress(Stuck):  # it is measured, and reported, below
                topic.grown(before, warm)
            contender.clear(here)
            time.sleep(0.5)  # what it still does with these rows is over
            drained(topic, Relaying(contender, here, started), load, runs)


def drained(topic: Topic, relaying: Relaying, load: Load, runs: Runs) -> None:
    """Insert the prepared rows while the relay is paused, and measure how soon the topic has grown by as many."""
    contender, here, rows = relaying.contender, relaying.here, load.rows
    before, cpu = topic.ends(), relaying.process.cpu()
    with relaying.process.paused():
        for first in range(0, len(rows), load.step):
            contender.pour(here, first, min(first + load.step, len(rows)))
        began = time.monotonic()
    came = len(rows)
    try:
        ended = topic.grown(before, came)
    except Stuck as stuck:  # its rate is that of what came
        came, ended = stuck.came, stuck.at
        runs.wrong.append(str(stuck))
    runs.rates.append(came / (ended - began))
    time.sleep(0.3)
    runs.cpu.append((relaying.process.cpu() - cpu) / len(rows))
    contender.clear(here)
    runs.findings.append(topic.findings(before, rows, contender.names))


_RAW = {"aiokafka batches of 500": 500, "aiokafka batches of 2,000": 2_000}


async def _raw(topic: Topic, rows: Sequence[Row], size: int, runs: Runs) -> None:
    """What a producer does that has everything in memory: batches per partition, so many messages at a time."""
    process._tune_collector()  # the same for all: our relay does it when it starts
    before = topic.ends()
    seconds, cpu = await send_all(topic, rows, size)
    runs.rates.append(len(rows) / seconds)
    runs.cpu.append(cpu / len(rows))
    runs.findings.append(topic.findings(before, rows, Names()))


async def send_all(topic: Topic, rows: Sequence[Row], size: int = 2_000) -> tuple[float, float]:
    """Send them in batches per partition, `size` messages at a time; seconds it took, and of the processor."""
    messages = [(_partition(key := str(row.key).encode()), key, row) for row in rows]
    producer = AIOKafkaProducer(
        **topic.stack.bus_admin_arguments, enable_idempotence=True, acks="all", max_batch_size=512 * 1024, linger_ms=0
    )
    await producer.start()
    try:
        cpu, began = time.process_time(), time.monotonic()
        for first in range(0, len(messages), size):
            await _send(producer, messages[first : first + size])
        return time.monotonic() - began, time.process_time() - cpu
    finally:
        await producer.stop()


def _partition(key: bytes) -> int:
    return (int(murmur2(key)) & 0x7FFFFFFF) % PARTITIONS


async def _send(producer: AIOKafkaProducer, messages: Sequence[tuple[int, bytes, Row]]) -> None:
    batches = {partition: producer.create_batch() for partition, _, _ in messages}
    for partition, key, row in messages:
        batches[partition].append(key=key, value=row.value, headers=list(row.headers), timestamp=None)
    sent = [await producer.send_batch(batch, messages[0][2].topic, partition=p) for p, batch in batches.items()]
    for one in sent:
        await one


def _report(runs: dict[str, Runs], many: int, few: int) -> Report:
    report = Report("Draining the outbox")
    report.add(
        f"{many:,} rows that wait ({few:,} for faststream-outbox), each a real event with its headers, until the topic "
        "has grown by as many; each contender is its own process, warm, and stopped while the rows are laid out."
    )
    report.table("relay", "rows/s", "ours ÷ it", "its processor time, µs/row", "wrong in what came")
    ours = runs["ours"]
    for name, of in runs.items():
        ratio = "–" if of is ours else spread(ratios(ours.rates, of.rates))
        report.row(name, spread(of.rates), ratio, spread([1e6 * c for c in of.cpu]), of.found)
    for name, limit in _GOALS.items():
        report.goals.append(Goal(f"ours ÷ {name}", ratios(ours.rates, runs[name].rates), limit))
    report.faults += [f"ours: {ours.found}"] if ours.found != "nothing" else []
    return report


_GOALS = {
    "faststream-outbox, 1 worker": 15,
    "faststream-outbox, 16 workers": 15,
    "faststream-outbox, 64 workers": 15,
    "Debezium streaming": 2,
    "aiokafka batches of 500": 0.7,
    "aiokafka batches of 2,000": 0.7,
}
