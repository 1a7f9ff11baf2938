"""Draining an outbox: rows that wait, until the broker has them all."""

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2
from chassis import process
from chassis.testing import Stack
from shelter.app import SERVICE

from bench.contenders import Contender, Debezium, FastStream, Ours
from bench.ground import Place, Process, place
from bench.report import Goal, Report, ratios, spread
from bench.rows import Row, made, prepare
from bench.topic import PARTITIONS, Findings, Names, Stuck, Topic

Tell = Callable[[str], None]
_A_TRANSACTION = 500  # rows; Debezium is also given all in one


@dataclass
class Runs:
    """Rows per second of each round, processor time per row, and what was wrong with what came."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    findings: list[Findings] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def found(self) -> str:
        wrong = [*self.wrong, *(str(one) for one in self.findings if any(vars(one).values()))]
        return "; ".join(wrong) or "nothing"


async def run(tell: Tell, scale: float = 1.0, rounds: int = 5) -> Report:
    """Rounds of all contenders, one after the other, on one prepared set of rows."""
    many, few = int(60_000 * scale), int(6_000 * scale)
    rows = made(many)
    topic = Topic(Stack.running().endpoints["kafka"]["internal"])
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
            tell(f"drain {turn + 1}/{rounds}: {contender.name}")
            await _round(topic, contender, rows[:count], step, runs[contender.name])
        for name, size in _RAW.items():
            tell(f"drain {turn + 1}/{rounds}: {name}")
            await _raw(topic, rows, size, runs[name])
    return _report(runs, many, few)


async def _round(topic: Topic, contender: Contender, rows: Sequence[Row], step: int, runs: Runs) -> None:
    async with place(SERVICE) as here:
        prepare(here.admin, rows)
        with contender.running(here) as started:
            warm = min(contender.warm, len(rows))
            before = topic.ends()
            contender.pour(here, 0, warm)
            with contextlib.suppress(Stuck):  # it is measured, and said, below
                topic.grown(before, warm)
            contender.clear(here)
            time.sleep(0.5)  # what it still does with these rows is over
            drained(topic, contender, here, started, rows, step, runs)


def drained(
    topic: Topic, contender: Contender, here: Place, started: Process, rows: Sequence[Row], step: int, runs: Runs
) -> None:
    """Lay the prepared rows out while it is stopped, and see how soon the topic has grown by as many."""
    before, cpu = topic.ends(), started.cpu()
    with started.held():
        for first in range(0, len(rows), step):
            contender.pour(here, first, min(first + step, len(rows)))
        began = time.monotonic()
    came = len(rows)
    try:
        ended = topic.grown(before, came)
    except Stuck as stuck:  # its rate is that of what came
        came, ended = stuck.came, stuck.at
        runs.wrong.append(str(stuck))
    runs.rates.append(came / (ended - began))
    time.sleep(0.3)
    runs.cpu.append((started.cpu() - cpu) / len(rows))
    contender.clear(here)
    runs.findings.append(topic.findings(before, rows, contender.names))


_RAW = {"aiokafka batches of 500": 500, "aiokafka batches of 2,000": 2_000}


async def _raw(topic: Topic, rows: Sequence[Row], size: int, runs: Runs) -> None:
    """What a producer does that has everything in memory: batches per partition, so many messages at a time."""
    process._tune_collector()  # the same for all: our relay does it when it starts
    before = topic.ends()
    seconds, cpu = await send_all(topic.bootstrap, rows, size)
    runs.rates.append(len(rows) / seconds)
    runs.cpu.append(cpu / len(rows))
    runs.findings.append(topic.findings(before, rows, Names()))


async def send_all(bootstrap: str, rows: Sequence[Row], size: int = 2_000) -> tuple[float, float]:
    """Send them in batches per partition, `size` messages at a time; seconds it took, and of the processor."""
    messages = [(_partition(key := str(row.key).encode()), key, row) for row in rows]
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", max_batch_size=512 * 1024, linger_ms=0
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
    report.say(
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
