import os
import subprocess
import sys
import time
from dataclasses import asdict, replace

import psutil
import pytest
from local_stack import children
from local_stack.children import MARK, Child
from local_stack.names import StackError
from local_stack.state import State, write_json

SLEEPER = Child("sleeper", (sys.executable, "-c", "import time; time.sleep(60)"))


def test_a_started_part_runs_until_it_is_stopped(state: State) -> None:
    record = children.start(state, SLEEPER)
    assert children.running(state, "sleeper") == record
    assert children.stop(state, "sleeper")
    assert children.running(state, "sleeper") is None
    assert not psutil.pid_exists(record.pid) or psutil.Process(record.pid).status() == psutil.STATUS_ZOMBIE


def test_a_pid_that_is_now_another_programs_is_not_killed(state: State) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        ours = children.remember(state, "sleeper", stranger.pid, fingerprint="print")
        earlier = replace(ours, created=ours.created - 100)
        write_json(state.folder / "children" / "sleeper.json", asdict(earlier))
        assert children.running(state, "sleeper") is None
        assert not children.stop(state, "sleeper")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_part_that_has_died_is_seen_as_dead(state: State) -> None:
    children.start(state, Child("brief", (sys.executable, "-c", "print('I am gone')")))
    deadline = time.monotonic() + 10
    while children.running(state, "brief") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children.running(state, "brief") is None
    with pytest.raises(StackError, match=r"brief ended while it started(.|\n)*I am gone"):
        children.wait_until(state, "brief", lambda: False, 5)
    assert not children.stop(state, "brief")


def test_a_part_that_does_not_get_healthy_is_named(state: State) -> None:
    children.start(state, SLEEPER)
    try:
        with pytest.raises(StackError, match="sleeper was not healthy within 0 s"):
            children.wait_until(state, "sleeper", lambda: False, 0.3)
    finally:
        children.stop(state, "sleeper")


def test_what_a_part_started_itself_ends_with_it(state: State) -> None:
    sleep = "import time; time.sleep(60)"
    script = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{sleep}']); {sleep}"
    record = children.start(state, Child("parent", (sys.executable, "-c", script)))
    deadline = time.monotonic() + 10
    while not (family := psutil.Process(record.pid).children()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children.stop(state, "parent")
    assert [one.pid for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []


def test_a_process_that_nobody_wrote_down_is_found_and_stopped(state: State) -> None:
    environment = {**os.environ, MARK: f"{state.folder}:lost"}
    lost = subprocess.Popen(SLEEPER.command, env=environment, start_new_session=True)
    other = subprocess.Popen(SLEEPER.command, env={**os.environ, MARK: "/another/stack:lost"}, start_new_session=True)
    try:
        known = children.start(state, SLEEPER)
        time.sleep(0.3)
        assert children.stop_strays(state) == ["lost"]
        assert lost.wait(timeout=5) is not None
        assert other.poll() is None
        assert children.running(state, "sleeper") == known
    finally:
        children.stop(state, "sleeper")
        for process in (lost, other):
            process.kill()
            process.wait()


def test_other_settings_are_another_fingerprint() -> None:
    assert SLEEPER.fingerprint == replace(SLEEPER).fingerprint
    assert SLEEPER.fingerprint != replace(SLEEPER, environment={"A": "b"}).fingerprint
    assert SLEEPER.fingerprint != replace(SLEEPER, settings="x").fingerprint
