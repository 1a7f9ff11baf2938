"""The platform as its operators know it: started, killed, counted and searched from outside."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from local_stack import bus
from nrm_events import SERVICES
from psycopg import sql

STATE = Path(os.environ.get("NRM_STATE", ".local/test")).resolve()
_BOOKKEEPING = (
    *("audit_entry", "audit_head", "witnessed_head", "figure_release"),
    *("idempotency_key", "alembic_version", "inbox", "outbox", "sent_event"),
)


def endpoints() -> dict[str, Any]:
    addresses: dict[str, Any] = json.loads((STATE / "endpoints.json").read_text(encoding="utf-8"))
    return addresses


def start() -> None:
    """Start what is not running, and wait until it is healthy."""
    subprocess.run([sys.executable, "-m", "local_stack", "up", "--quiet"], check=True, timeout=180)


def kill(service: str, how: signal.Signals = signal.SIGKILL) -> None:
    """SIGKILL: no farewell, no flush."""
    record = json.loads((STATE / "children" / f"{service}.json").read_text(encoding="utf-8"))
    os.kill(record["pid"], how)


def play(file: Path) -> subprocess.CompletedProcess[str]:
    """Play a caseload to its end."""
    return subprocess.run(
        [sys.executable, "-m", "player", "play", str(file)], capture_output=True, text=True, timeout=600, check=False
    )


async def play_while_killing(file: Path, services: tuple[str, ...], every: float) -> subprocess.CompletedProcess[str]:
    """Play, and kill each of the services once in the middle; each is started again."""
    playing = asyncio.create_task(asyncio.to_thread(play, file))
    for service in services:
        await asyncio.sleep(every)
        if playing.done():
            break
        kill(service)
        await asyncio.to_thread(start)
    return await playing


def statistics(year: int) -> dict[str, Any]:
    """The figures that the player read from the services and wrote down."""
    found: dict[str, Any] = json.loads((STATE / "statistics" / f"{year}.json").read_text(encoding="utf-8"))
    return found


def _connection(service: str) -> psycopg.Connection[Any]:
    return psycopg.connect(endpoints()["postgres"][service])


def trace_of(service: str, case_id: str, action: str) -> str:
    """The trace of the newest such act on the case, as the audit has it."""
    query = "select trace_id from audit_entry where case_id = %s and action = %s and kind = 'act' order by recorded_at"
    with _connection(service) as connection:
        return str(connection.execute(query, [case_id, action]).fetchall()[-1][0])


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
    return [row[0] for row in rows]


def _row(connection: psycopg.Connection[Any], query: LiteralString | sql.Composed, *values: str) -> Any:
    """The one row of an answer."""
    (row,) = connection.execute(query, values or None)
    return row


def row_counts() -> dict[str, int]:
    """Rows of every table but those of transport and audit: what people did."""
    counts = {}
    for service in SERVICES:
        with _connection(service) as connection:
            for table in _tables(connection):
                if table not in _BOOKKEEPING:
                    counting = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
                    (counts[f"{service}.{table}"],) = _row(connection, counting)
    return counts


def count(service: str, table: str, column: str, value: str) -> int:
    """Rows of a table whose column has this value."""
    counting = sql.SQL("select count(*) from {} where {} = %s").format(sql.Identifier(table), sql.Identifier(column))
    with _connection(service) as connection:
        (found,) = _row(connection, counting, value)
    return int(found)


def waiting_and_parked() -> dict[str, tuple[int, int]]:
    """Per service: events that wait to be sent, and events that are parked."""
    found = {}
    for service in SERVICES:
        with _connection(service) as connection:
            counting: LiteralString = "select (select count(*) from outbox), (select count(*) from parked_event)"
            found[service] = _row(connection, counting)
    return found


async def lag() -> dict[str, int]:
    """Per service: messages of the topics it reads whose offsets it has not committed yet."""
    account = endpoints()["kafka"]["admin"]["aiokafka"]
    admin, consumer = AIOKafkaAdminClient(**account), AIOKafkaConsumer(**account)
    await admin.start()
    await consumer.start()
    try:
        behind = {}
        for service in SERVICES:
            committed = await admin.list_consumer_group_offsets(service)
            ends = await consumer.end_offsets(list(committed))
            behind[service] = sum(ends[place] - max(found.offset, 0) for place, found in committed.items())
        return behind
    finally:
        await consumer.stop()
        await admin.close()


async def settled(seconds: float = 90) -> None:
    """Until every event is sent and applied; one that was killed last waits for its place in the group."""
    until = time.monotonic() + seconds
    while any(waiting for waiting, _ in waiting_and_parked().values()) or any((await lag()).values()):
        assert time.monotonic() < until, f"after {seconds} s still behind: {await lag()}, {waiting_and_parked()}"
        await asyncio.sleep(0.5)


def verify_audit(service: str) -> subprocess.CompletedProcess[str]:
    """`python -m <service> audit`, as an operator runs it."""
    from local_stack.services import settings
    from local_stack.state import open_state

    return subprocess.run(
        [sys.executable, "-m", service, "audit"],
        env={**os.environ, **settings(open_state(), service)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def dumped_rows(service: str) -> Iterator[tuple[str, str]]:
    """Every row of every table as text; bytes appear as hexadecimal."""
    with _connection(service) as connection:
        for table in _tables(connection):
            for row in connection.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(table))):
                yield f"{service}.{table}", row[0]


def written_files() -> Iterator[tuple[str, str]]:
    """Logs and traces of the services, and every message that left: its text, not the address it went to."""
    for folder in ("logs", "traces"):
        for path in sorted((STATE / folder).rglob("*")):
            if path.is_file():
                yield str(path.relative_to(STATE)), path.read_text(encoding="utf-8", errors="replace")
    for line in (
        (STATE / "sms.jsonl").read_text(encoding="utf-8").splitlines() if (STATE / "sms.jsonl").exists() else ()
    ):
        yield "sms", json.loads(line)["text"]
    for path in sorted((STATE / "mail").rglob("*.eml")):
        text = path.read_text(encoding="utf-8", errors="replace")
        yield "mail", "\n".join(line for line in text.splitlines() if not line.lower().startswith(("to:", "x-rcptto:")))


async def all_messages() -> list[tuple[str, str]]:
    """Everything on every topic of the broker: topic, and key, value and headers as text."""
    consumer = AIOKafkaConsumer(**endpoints()["kafka"]["admin"]["aiokafka"])
    await consumer.start()
    found = []
    try:
        topics = bus.topics(bus.declared()).items()
        partitions = [TopicPartition(topic, n) for topic, declared in topics for n in range(declared["partitions"])]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        left = {p for p in partitions if ends[p] > 0}
        while left:
            for partition, records in (await consumer.getmany(timeout_ms=500)).items():
                found += [(r.topic, f"{r.key!r} {(r.value or b'').decode()} {r.headers!r}") for r in records]
                if records[-1].offset + 1 >= ends[partition]:
                    left.discard(partition)
    finally:
        await consumer.stop()
    return found
