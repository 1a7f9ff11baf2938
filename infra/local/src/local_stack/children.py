"""The processes that the stack started, and no others.

Each is remembered by pid *and* start time, so a pid that the system gave to another program is never touched. Each
also carries a mark in its environment, so one whose record was never written (its parent was killed then) is found.
"""

import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from local_stack.names import ROOT, StackError
from local_stack.state import State, read_json, write_json

MARK = "NRM_STACK_CHILD"
"""Environment variable that names the state folder to which a process belongs."""

STOP_SECONDS = 20
STARTING_STOP_SECONDS = 3  # one that has not finished starting has nothing to save, and may not listen yet
LOG_TAIL_LINES = 15

_started_here: "dict[int, subprocess.Popen[bytes]]" = {}  # so that one that ends before us is not left a zombie


@dataclass(frozen=True)
class Child:
    """A process to run: `fingerprint` changes with anything that makes a running one out of date."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    settings: str = ""

    @property
    def fingerprint(self) -> str:
        return fingerprint([list(self.command), sorted(self.environment.items()), self.settings])


@dataclass(frozen=True)
class Record:
    """A started process as it is recorded. `created` is the system's start time, seconds since 1970."""

    pid: int
    created: float
    since: str
    fingerprint: str
    port: int | None = None
    stop_signal: int = signal.SIGTERM


def fingerprint(value: object) -> str:
    """A digest of any JSON value; secrets inside it cannot be read back."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _path(state: State, name: str) -> Path:
    return state.folder / "children" / f"{name}.json"


def remember(
    state: State,
    name: str,
    pid: int,
    *,
    fingerprint: str,
    port: int | None = None,
    stop_signal: int = signal.SIGTERM,
) -> Record:
    """Record that process `pid` is the part `name` of this stack."""
    created = psutil.Process(pid).create_time()
    record = Record(pid, created, datetime.now(UTC).isoformat(timespec="seconds"), fingerprint, port, stop_signal)
    _path(state, name).parent.mkdir(exist_ok=True)
    write_json(_path(state, name), asdict(record))
    return record


def recorded(state: State) -> list[str]:
    """Names of all parts that were started and not stopped since, whether they live or not."""
    return sorted(path.stem for path in (state.folder / "children").glob("*.json"))


def _process(record: Record) -> psutil.Process | None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(record.pid)
        if abs(process.create_time() - record.created) < 1 and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def running(state: State, name: str) -> Record | None:
    """The record of a part whose process lives.

    None when it never started, has died, or its pid belongs to another process now.
    """
    stored = read_json(_path(state, name))
    record = Record(**stored) if stored else None
    return record if record and _process(record) else None


def marked(state: State, name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Our environment with more variables, and the mark by which a process of this stack is found."""
    return {**os.environ, **environment, MARK: f"{state.folder}:{name}"}


def start(state: State, child: Child) -> Record:
    """Start a process in a session of its own, out of reach of a Ctrl-C here, and log its output."""
    environment = marked(state, child.name, child.environment)
    with (state.logs / f"{child.name}.log").open("ab") as log:
        process = subprocess.Popen(
            child.command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=ROOT,
            start_new_session=True,
        )
    _started_here[process.pid] = process
    return remember(state, child.name, process.pid, fingerprint=child.fingerprint, port=child.port)


def stop(state: State, name: str, patience: float = STOP_SECONDS) -> bool:
    """Stop a part; True when it was running. One that has not ended after `patience` seconds is killed.

    Its record goes only when the process has gone.
    """
    stored = read_json(_path(state, name))
    if not stored:
        return False
    record = Record(**stored)
    process = _process(record)
    if process:
        _end(process, record.stop_signal, patience)
    if ours := _started_here.pop(record.pid, None):
        ours.poll()
    _path(state, name).unlink(missing_ok=True)
    return process is not None


def stop_strays(state: State) -> list[str]:
    """Stop processes of this stack that have no record; the names of those found."""
    known = {record.pid for name in recorded(state) if (record := running(state, name))}
    found = []
    for process in psutil.process_iter():
        if process.pid in known or process.pid == os.getpid():
            continue
        with contextlib.suppress(psutil.Error):
            folder, _, name = process.environ().get(MARK, "").rpartition(":")
            leads = os.getsid(process.pid) == process.pid  # what a child started itself ends with the child
            if folder == str(state.folder) and leads and process.status() != psutil.STATUS_ZOMBIE:
                _end(process, signal.SIGTERM, STARTING_STOP_SECONDS)
                found.append(name)
    return found


def _end(process: psutil.Process, stop_signal: int, patience: float = STOP_SECONDS) -> None:
    family = process.children(recursive=True)
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(stop_signal)
    _wait_gone([process], patience)
    alive = _wait_gone([process, *family], 1)  # what it started itself gets a moment more
    for rest in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            rest.kill()
    _wait_gone(alive, 5)


def _wait_gone(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for processes to end and return those that have not. A zombie counts as ended: its parent reaps it."""
    deadline = time.monotonic() + seconds
    while (alive := [process for process in processes if _lives(process)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(state: State, name: str, healthy: Callable[[], bool], seconds: float) -> None:
    """Wait until a part is healthy.

    Raises:
        StackError: It died, or was not healthy within `seconds`; the message carries the end of its log.
    """
    deadline = time.monotonic() + seconds
    while not healthy():
        if running(state, name) is None:
            raise StackError(f"{name} ended while it started.\n{log_tail(state, name)}")
        if time.monotonic() > deadline:
            raise StackError(f"{name} was not healthy within {seconds:.0f} s.\n{log_tail(state, name)}")
        time.sleep(0.2)


def log_tail(state: State, name: str) -> str:
    """The last lines of a part's log, after the log's path."""
    path = state.logs / f"{name}.log"
    lines = path.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:] if path.exists() else []
    return "\n".join([f"{path}:", *(f"  {line}" for line in lines)])


def listens(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(port: int, path: str) -> bool:
    """Whether a GET of this path on the loopback port is answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
