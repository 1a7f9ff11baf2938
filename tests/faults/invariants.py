"""What must be true whatever died, found from the databases and the topics themselves.

1 all that was committed is delivered · 2 nothing else is · 3 each effect once · 4 per case without gap or inversion ·
5 copies on the wire at most a batch per kill · 6 a poisoned case delays no other · 8 applied and parked together are
what was committed. 7 (reading all again changes nothing) and 10 (tokens that end lose nothing) are these, after that.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from .running import Chain, Load

Acts = dict[UUID, list[UUID]]  # the acts of each case in their order


@dataclass
class Findings:
    """A list for each way to break; `copies` is counted only."""

    acts: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    inverted: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)  # more than died in the middle of it
    delayed: list[str] = field(default_factory=list)
    copies: int = 0  # on the wire
    parked: int = 0

    @property
    def broken(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.foreign, *self.inverted, *self.copied, *self.delayed]


def examine(chain: Chain, load: Load, except_parked: bool = False) -> Findings:
    """Compare what was promised, committed, published and applied, all along the chain."""
    found = Findings()
    committed = _acts(chain, "identification", "select case_id, act_id from act order by case_id, number")
    every = [act for acts in committed.values() for act in acts]
    found.acts = len(every)
    found.lost += [f"promised, not committed: {a}" for a in load.promised - set(every)]
    found.doubled += [f"committed twice: {a}" for a in _twice(every)]
    found.foreign += [f"committed, never sent: {a}" for a in set(every) - set(load.sent)]
    applied = _effects(chain, "shelter")
    behind = _waiting_behind_poison(committed, load) if except_parked else set()
    found.parked = len(behind)
    expected = {case: [a for a in acts if a not in behind] for case, acts in committed.items()}
    _compare("on the first topic", committed, _wire(chain, "nrm.identification", set(committed), found), found)
    _compare("applied in the middle", expected, applied, found)
    _compare("on the second topic", expected, _wire(chain, "nrm.shelter", set(committed), found), found)
    _compare("applied at the end", expected, _effects(chain, "notify"), found)
    return found


def _waiting_behind_poison(committed: Acts, load: Load) -> set[UUID]:
    """What has to wait: each case's poisoned act, and those after it."""
    waiting: set[UUID] = set()
    for case, poison in load.poison.items():
        acts = committed.get(case, [])
        waiting.update(acts[acts.index(poison) :] if poison in acts else [])
    return waiting


def _compare(where: str, expected: Acts, seen: Acts, found: Findings) -> None:
    for case in expected.keys() | seen.keys():
        wanted, got = expected.get(case, []), seen.get(case, [])
        found.lost += [f"lost, not {where}: {a}" for a in set(wanted) - set(got)]
        found.foreign += [f"never done, but {where}: {a}" for a in set(got) - set(wanted)]
        found.doubled += [f"twice {where}: {a}" for a in _twice(got)]
        if list(dict.fromkeys(got)) != wanted and set(got) == set(wanted):
            found.inverted.append(f"another order {where}: case {case}")


def _twice(acts: Iterable[UUID]) -> list[UUID]:
    seen: set[UUID] = set()
    return [act for act in acts if act in seen or seen.add(act)]  # type: ignore[func-returns-value]  # None, so false


def rows(chain: Chain, service: str, statement: LiteralString, *values: object) -> list[Any]:
    with psycopg.connect(chain.databases[service], connect_timeout=60) as connection:
        return connection.execute(statement, values or None).fetchall()


def _acts(chain: Chain, service: str, statement: LiteralString) -> Acts:
    acts: Acts = defaultdict(list)
    for case, act in rows(chain, service, statement):
        acts[case].append(act)
    return acts


def _effects(chain: Chain, service: str) -> Acts:
    """Of this run's cases: others may put such events on the same topics."""
    mine = _acts(chain, "identification", "select case_id, act_id from act").keys()
    every = _acts(chain, service, "select case_id, act_id from effect order by position")
    return {case: acts for case, acts in every.items() if case in mine}


def _wire(chain: Chain, topic: str, cases: set[UUID], found: Findings) -> Acts:
    """The acts on the topic in their order, copies left out; the numbers of each case must rise one by one.

    Who sends a batch again sends all that came after it too: a copy that stands alone behind what came later is stale.
    """
    last: dict[UUID, int] = defaultdict(int)
    first: dict[UUID, dict[bytes, tuple[int, UUID]]] = defaultdict(dict)
    for key, headers, value in _read(chain, topic):
        case = UUID(key.decode())
        if case not in cases:
            continue
        event_id, number = headers["ce_id"], int(headers["ce_sequence"])
        if number > last[case] + 1:
            found.inverted.append(f"stale, or a gap, on {topic}: {number} after {last[case]} of case {case}")
        last[case] = number
        if event_id in first[case]:
            found.copies += 1
        else:
            first[case][event_id] = (number, _act_id(value))
    for case, events in first.items():
        numbers = [number for number, _ in events.values()]
        if numbers != list(range(1, len(numbers) + 1)) or last[case] != numbers[-1]:
            found.inverted.append(f"numbers on {topic} have a gap or an inversion: case {case}")
    return {case: [act for _, act in events.values()] for case, events in first.items()}


def _act_id(value: bytes) -> UUID:
    return UUID(json.loads(value)["consent_id"])


def _read(chain: Chain, topic: str) -> Iterable[tuple[bytes, dict[str, bytes], bytes]]:
    """Every message of the topic, by a client that shares no code with the platform."""
    consumer = Consumer({**chain.stack.bus_admin, "group.id": "faults", "enable.auto.commit": False})
    try:
        partitions = sorted(consumer.list_topics(topic, 10).topics[topic].partitions)
        ends = {number: consumer.get_watermark_offsets(TopicPartition(topic, number), 10) for number in partitions}
        left = {number: end for number, (start, end) in ends.items() if end > start}
        consumer.assign([TopicPartition(topic, number, ends[number][0]) for number in left])
        while left:
            batch = consumer.consume(1_000, 10)
            if not batch:
                raise KafkaException(f"{topic}: nothing came for ten seconds")
            for message in batch:
                if message.error():
                    raise KafkaException(message.error())
                yield message.key() or b"", _headers(message), message.value() or b""
                partition = message.partition() or 0
                if (message.offset() or 0) + 1 >= left.get(partition, 0):
                    left.pop(partition, None)
    finally:
        consumer.close()


def _headers(message: Message) -> dict[str, bytes]:
    return {str(name): content for name, content in list(message.headers() or []) if isinstance(content, bytes)}


def waiting(chain: Chain) -> dict[str, int]:
    """What has not come through yet, by where it waits."""
    cases = list(_acts(chain, "identification", "select case_id, act_id from act"))
    counts = {
        "unsent by the first": ("identification", "select count(*) from outbox"),
        "unsent by the middle": ("shelter", "select count(*) from outbox where topic not like '%.dlq'"),
        "done": ("identification", "select count(*) from act"),
        "applied": ("notify", "select count(*) from effect where case_id = any(%s)"),
        "parked": ("shelter", "select count(*) from parked_event where stream = any(%s)"),
    }
    return {
        name: rows(chain, service, query, *([cases] if "%s" in query else []))[0][0]
        for name, (service, query) in counts.items()
    }


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
