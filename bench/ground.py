"""Where it is measured: the stack, fresh copies of a service's database, and the processes of a contender."""

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from chassis.service import Service
from chassis.settings import Settings
from chassis.testing import Databases, Stack
from local_stack import children
from local_stack.state import open_state
from psycopg.rows import TupleRow
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Place:
    """A fresh database of a service, with the settings of the service and a connection of the superuser."""

    settings: Settings
    name: str
    admin: "psycopg.Connection[TupleRow]"

    def environment(self) -> dict[str, str]:
        """The environment of a process of the service."""
        settings = self.settings
        return {
            "NRM_DATABASE_URL": settings.database_url,
            "NRM_KAFKA": settings.kafka,
            "NRM_ISSUER": settings.issuer,
            "NRM_CLIENTS": json.dumps(sorted(settings.clients)),
            "NRM_CLIENT_ID": settings.client_id,
            "NRM_CLIENT_SECRET": settings.client_secret.get_secret_value(),
            "NRM_PORT": str(settings.port),
            "NRM_SERVICES": json.dumps(settings.services),
            "NRM_LIMIT_SERVICE": str(settings.limit_service),
        }


_databases: dict[str, Databases] = {}


def _prepared(service: Service) -> Databases:
    """Its template is migrated once a run."""
    kind = service.package.name  # the small one bears the name of a real one
    if kind not in _databases:
        made = Databases(Stack.running(), service, template=f"bench_{kind}")
        made.prepare()
        _databases[kind] = made
    return _databases[kind]


@asynccontextmanager
async def place(service: Service, **more: object) -> AsyncIterator[Place]:
    """A migrated, empty database of the service, dropped at the end."""
    running = Stack.running()
    databases = await asyncio.to_thread(_prepared, service)
    async with databases.copy() as name:
        url = make_url(running.endpoints["postgres_admin"]).set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as admin:
            yield Place(running.settings(service, name, **more), name, admin)


class Process:
    """A process of a contender, in a session of its own; its output is in the state folder's logs."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        state = open_state()
        self.log = state.logs / f"bench.{name}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=children.marked(state, f"bench.{name}", environment or {}),  # found and stopped should we be killed
                start_new_session=True,
            )

    def cpu(self) -> float:
        """Seconds of processor time that it has used."""
        used = psutil.Process(self._process.pid).cpu_times()
        return float(used.user + used.system)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Stopped by a signal inside the block, while rows are inserted for it."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process.poll() is not None:
            raise RuntimeError(f"it ended by itself with {self._process.returncode}: {self.log}")
        self._process.send_signal(number)

    def stop(self, patience: float = 15) -> None:
        if self._process.poll() is None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def process(name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    """The process, for as long as the block lasts."""
    started = Process(name, command, environment)
    try:
        yield started
    finally:
        started.stop()


def python(*arguments: str) -> list[str]:
    """The command of a Python process of the platform."""
    return [sys.executable, *arguments]
