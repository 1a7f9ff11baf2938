"""The topic as an independent client sees it: how far it has grown, and whether its records are those sent."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chassis.testing import Stack
from confluent_kafka import Consumer, IsolationLevel, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from bench.rows import Row

TOPIC = "nrm.shelter"
PARTITIONS = 12
Ends = dict[int, int]
_STUCK = 20.0  # seconds without a new record after which what is missing counts as lost


class Stuck(TimeoutError):
    """`came` records had come when the last of them was seen, at the monotonic time `at`."""

    def __init__(self, came: int, by: int, at: float) -> None:
        super().__init__(f"{by - came} of {by} records did not come")
        self.came, self.at = came, at


@dataclass(frozen=True)
class Names:
    """Under which headers a contender sends an event's id and its number in the case."""

    id: str = "ce_id"
    sequence: str = "ce_sequence"


@dataclass
class Findings:
    """What is wrong with what came."""

    lost: int = 0
    doubled: int = 0
    foreign: int = 0
    inverted: int = 0
    altered: int = 0

    def __str__(self) -> str:
        found = {name: number for name, number in vars(self).items() if number}
        return ", ".join(f"{number} {name}" for name, number in found.items()) or "nothing lost, doubled or inverted"


@dataclass
class Topic:
    """`nrm.shelter`, by the account that may do everything."""

    stack: Stack = field(default_factory=Stack.running)
    admin: AdminClient = field(init=False)

    def __post_init__(self) -> None:
        self.admin = AdminClient({**self.stack.bus_admin, "log_level": 0})

    def ends(self) -> Ends:
        """The next offset of each partition."""
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]  # theirs is without types
        query = {TopicPartition(TOPIC, number): latest for number in range(PARTITIONS)}
        answers = self.admin.list_offsets(query, isolation_level=IsolationLevel.READ_UNCOMMITTED, request_timeout=10)
        return {where.partition: answer.result().offset for where, answer in answers.items()}

    def grown(self, since: Ends, by: int, every: float = 0.01) -> float:
        """Wait until `by` records have come; the monotonic time at which they were seen. Stuck if no more come."""
        wanted, seen, moved = sum(since.values()) + by, 0, time.monotonic()
        while (now := sum(self.ends().values())) < wanted:
            if now != seen:
                seen, moved = now, time.monotonic()
            if time.monotonic() - moved > _STUCK:
                raise Stuck(by - (wanted - now), by, moved)
            time.sleep(every)
        return time.monotonic()

    def findings(self, since: Ends, sent: Sequence[Row], names: Names) -> Findings:
        """Read all that came and compare it with what was sent."""
        return compare(self._records(since), sent, names)

    def _records(self, since: Ends) -> Iterable[tuple[bytes, bytes, dict[str, bytes]]]:
        left = {number: end - since[number] for number, end in self.ends().items() if end > since[number]}
        consumer = Consumer({**self.stack.bus_admin, "group.id": "operations-bench", "enable.auto.commit": False})
        consumer.assign([TopicPartition(TOPIC, number, since[number]) for number in left])
        try:
            while any(left.values()):
                got = consumer.consume(2_000, timeout=10)
                if not got:
                    raise TimeoutError(f"{sum(left.values())} records could not be read back")
                for record in got:
                    left[record.partition() or 0] -= 1
                    yield record.key() or b"", record.value() or b"", _headers(record)
        finally:
            consumer.close()


def _headers(record: Message) -> dict[str, bytes]:
    return {str(name): content for name, content in list(record.headers() or []) if isinstance(content, bytes)}


def compare(records: Iterable[tuple[bytes, bytes, dict[str, bytes]]], sent: Sequence[Row], names: Names) -> Findings:
    """By id: each once, as it was; by case: numbers that rise. Copies are counted as doubled, not as inverted too."""
    found = Findings()
    wanted = {row.event_id: row for row in sent}
    times: Counter[UUID] = Counter()
    last: dict[bytes, int] = {}
    for key, value, headers in records:
        event_id = UUID(headers[names.id].decode())
        row = wanted.get(event_id)
        times[event_id] += 1
        if row is None:
            found.foreign += 1
            continue
        if times[event_id] > 1:
            continue
        found.altered += value != row.value or key.decode().strip('"') != str(row.key)
        number = int(headers[names.sequence])
        found.inverted += number <= last.get(key, 0)
        last[key] = max(number, last.get(key, 0))
    found.lost = len(wanted.keys() - times.keys())
    found.doubled = sum(times[event_id] - 1 for event_id in wanted if times[event_id])
    return found
