import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from local_stack import children
from local_stack.children import MARK
from local_stack.stack import down
from local_stack.state import State


def run(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "local_stack", *arguments],
        env={**os.environ, "NRM_STATE": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def of_stack(folder: Path) -> list[str]:
    """Names of the processes that belong to a stack, by their mark."""
    found = []
    for process in psutil.process_iter():
        try:
            mark = process.environ().get(MARK, "")
            if mark.startswith(f"{folder}:") and process.status() != psutil.STATUS_ZOMBIE:
                found.append(mark)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """The folder of a stack that a test starts; whatever the test leaves of it is stopped."""
    yield tmp_path
    down(State(tmp_path), lambda _: None)


def postgres_runs(folder: Path) -> bool:
    return (folder / "postgres" / "postmaster.pid").exists()


def wait_for(starting: "subprocess.Popen[str]", folder: Path, name: str) -> None:
    deadline = time.monotonic() + 120
    while children.running(State(folder), name) is None:
        if starting.poll() is not None or time.monotonic() > deadline:
            starting.terminate()
            pytest.fail(f"{name} was never started: {starting.communicate()[0]}")
        time.sleep(0.05)


def test_a_second_up_is_quick_and_touches_nothing(stack: State) -> None:
    before = {name: children.running(stack, name) for name in children.recorded(stack)}
    started = time.monotonic()
    second = run(stack.folder, "up", "--no-services")
    printed, _ = second.communicate(timeout=120)
    took = time.monotonic() - started
    assert second.returncode == 0, printed
    assert {name: children.running(stack, name) for name in children.recorded(stack)} == before
    assert took < 4, f"{took:.1f} s; it is 0.4 s on a machine that does nothing else"


def test_status_has_a_line_for_each_part(stack: State) -> None:
    printed, _ = run(stack.folder, "status").communicate(timeout=120)
    lines = {line.split()[0]: line.split()[1:] for line in printed.splitlines()}
    assert lines["postgres"][0] == lines["keycloak"][0] == lines["kafka"][0] == "up"
    assert lines["keycloak"][1] == str(stack.ports["keycloak"])
    assert stack.endpoints.exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_up_stops_what_it_started(small: Path, how: signal.Signals) -> None:
    starting = run(small, "up", "--no-services")
    wait_for(starting, small, "sms")
    starting.send_signal(how)
    printed, _ = starting.communicate(timeout=120)
    assert starting.returncode == 130, printed
    assert of_stack(small) == []
    assert not postgres_runs(small)


def test_after_a_killed_up_a_down_leaves_nothing(small: Path) -> None:
    starting = run(small, "up", "--no-services")
    wait_for(starting, small, "sms")
    starting.kill()
    starting.communicate(timeout=10)
    assert of_stack(small) != []
    for name in ("keycloak", "postgres"):  # as if it had been killed just before it wrote these down
        (small / "children" / f"{name}.json").unlink()
    stopping = run(small, "down")
    printed, _ = stopping.communicate(timeout=120)
    assert stopping.returncode == 0, printed
    assert of_stack(small) == []
    assert not postgres_runs(small)


def test_an_unknown_command_is_refused_and_help_names_all(tmp_path: Path) -> None:
    refused = run(tmp_path, "explode")
    refused.communicate(timeout=120)
    assert refused.returncode == 2
    printed, _ = run(tmp_path, "--help").communicate(timeout=120)
    for command in ("setup", "up", "down", "status", "bus", "realm"):
        assert command in printed
