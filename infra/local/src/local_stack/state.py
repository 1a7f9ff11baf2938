"""Everything a stack remembers lives in one folder: ports, secrets, children, data, logs.

Two stacks of one checkout (the demo's and the tests') differ by that folder alone, `.local` or what NRM_STATE names.
"""

import base64
import contextlib
import fcntl
import json
import os
import random
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_stack.names import PORTS, ROOT, StackError

LOWEST_PORT, HIGHEST_PORT = 20_000, 29_999  # below the range from which the system draws ports for outgoing connections
LOCK_SECONDS = 600


@dataclass(frozen=True)
class State:
    """The state folder of one stack."""

    folder: Path

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def mail(self) -> Path:
        return self.folder / "mail"

    @property
    def sms(self) -> Path:
        return self.folder / "sms.jsonl"

    @property
    def traces(self) -> Path:
        return self.folder / "traces"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets.json"

    @property
    def endpoints(self) -> Path:
        return self.folder / "endpoints.json"

    @property
    def _for_tests(self) -> Path:
        return self.folder / "for-tests"

    @property
    def is_for_tests(self) -> bool:
        """Whether many sign in as one person within seconds here, as tests do; the first start decides."""
        return self._for_tests.exists()

    def keep_for_tests(self, is_so: bool) -> None:
        """Remember what the stack is for."""
        if is_so:
            self._for_tests.touch(mode=0o600)
        else:
            self._for_tests.unlink(missing_ok=True)

    @property
    def ports(self) -> dict[str, int]:
        """Port of each part by name; empty before the first start."""
        return dict(read_json(self.folder / "ports.json"))


def open_state() -> State:
    """The state folder that NRM_STATE names, else `.local` of the checkout, with its folders made."""
    state = State(Path(os.environ.get("NRM_STATE") or ROOT / ".local").resolve())
    for folder in (state.folder, state.logs, state.mail, state.traces):
        folder.mkdir(parents=True, exist_ok=True)
    close_to_others(state)
    return state


def close_to_others(state: State) -> None:
    """Leave nothing below the folder readable for other accounts of this machine, and what is written later neither.

    The folder itself can be passed through but not listed: PostgreSQL, which refuses to run as root, has an account of
    its own then, and its data folder is closed by itself.
    """
    os.umask(0o077)
    state.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for path in state.folder.iterdir():
        is_another_stack = (path / "ports.json").exists()
        if path.name != "postgres" and not is_another_stack and path.stat().st_mode & 0o077:
            path.chmod(0o700 if path.is_dir() else 0o600)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty when there is no such file."""
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}


def write_json(path: Path, value: object) -> None:
    """Write a JSON file whole or not at all, readable by its owner alone."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.touch(mode=0o600)
    part.write_text(json.dumps(value, indent=2) + "\n")
    part.replace(path)


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_ports(state: State, in_use_by_us: Callable[[str], bool] = lambda name: False) -> dict[str, int]:
    """The port of each part: the remembered one, or another when a stranger has taken it meanwhile.

    Args:
        state: The stack whose ports these are.
        in_use_by_us: Whether the part that owns a port is running now, so that its port is rightly taken.
    """
    remembered = state.ports
    ports: dict[str, int] = {}
    for name in PORTS:
        port = remembered.get(name)
        if port is None or not (in_use_by_us(name) or is_free(port)):
            port = _new_port({*remembered.values(), *ports.values()})
        ports[name] = port
    if ports != remembered:
        write_json(state.folder / "ports.json", ports)
    return ports


def _new_port(taken: set[int]) -> int:
    candidates = random.sample(range(LOWEST_PORT, HIGHEST_PORT), k=1_000)
    for port in candidates:
        if port not in taken and is_free(port):
            return port
    raise StackError("no free port was found between 20000 and 29999")


def secret(state: State, kind: str, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
    """A secret of this stack, made at its first use and stored in `secrets.json`, which git never sees."""
    stored = read_json(state.secrets)
    of_kind = stored.setdefault(kind, {})
    if name not in of_kind:
        of_kind[name] = make()
        write_json(state.secrets, stored)
    return str(of_kind[name])


def new_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


@contextlib.contextmanager
def only_one(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of a folder: two at once take turns. The system frees it when its holder dies.

    Raises:
        StackError: The other did not finish within ten minutes.
    """
    with (folder / "lock").open("a") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        announced = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not announced:
                    say(f"another command is at work in {folder}; waiting for it")
                    announced = True
                if time.monotonic() > deadline:
                    raise StackError(f"another command has locked {folder} for ten minutes") from None
                time.sleep(0.2)
        yield
