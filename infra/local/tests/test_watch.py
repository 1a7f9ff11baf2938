"""A part that dies is started again or somebody is told: by `watch`, and by the exit code of `status`."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from local_stack import children, connector, stack, watch
from local_stack.children import Child
from local_stack.names import SERVICES
from local_stack.state import State, choose_ports

BRIEF = Child("brief", (sys.executable, "-c", "pass"))


def _dies(state: State) -> None:
    children.start(state, BRIEF)
    deadline = time.monotonic() + 20
    while children.running(state, "brief") and time.monotonic() < deadline:
        time.sleep(0.05)


def test_what_died_is_started_again_twice_and_then_left_down(
    state: State, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ups: list[State] = []
    monkeypatch.setattr(stack, "up", lambda state, say: ups.append(state))
    watching = watch.Watch(state)
    assert watching.look() == []
    for _ in range(2):
        _dies(state)
        assert watching.look() == ["brief"]
    _dies(state)
    assert (watching.look(), len(ups)) == ([], 2)
    assert "for the third time within an hour: it is left down" in capsys.readouterr().out
    assert children.stop(state, "brief") is False
    assert watching.look() == []


def test_status_ends_with_an_error_while_a_part_is_down(state: State) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "local_stack", "status"],
        env={**os.environ, "NRM_STATE": str(state.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.startswith("down: postgres, keycloak, kafka, ")) == (1, True), done.stderr
    assert "Traceback" not in done.stderr


def test_a_connector_whose_sign_in_is_refused_is_down(state: State) -> None:
    children.remember(state, connector.NAME, os.getpid(), fingerprint="")
    connector.database(state).parent.mkdir()
    note = connector.database(state).with_suffix(".trouble")
    note.write_text("agency-ngo-amc may not sign in: AGENCY_CLIENT_SECRET is wrong, or the agency is suspended\n")
    (part,) = [part for part in stack.status(state) if part.name == connector.NAME]
    assert (part.up, "AGENCY_CLIENT_SECRET is wrong" in part.why) == (False, True)
    note.unlink()
    (part,) = [part for part in stack.status(state) if part.name == connector.NAME]
    assert (part.up, part.why) == (True, "")


@pytest.mark.parametrize("name", ["postgres", "keycloak", "kafka", "smtp", "sms", *SERVICES])
def test_a_part_that_lives_and_does_not_answer_is_down(state: State, name: str) -> None:
    choose_ports(state)
    children.remember(state, name, os.getpid(), fingerprint="")
    (part,) = [part for part in stack.status(state) if part.name == name]
    assert (part.up, "does not answer" in part.why) == (False, True)


def test_status_names_the_watch_where_there_is_one(state: State) -> None:
    assert "watch" not in [part.name for part in stack.status(state)]
    children.remember(state, "watch", os.getpid(), fingerprint="")
    part = stack.status(state)[-1]
    assert (part.name, part.up, part.port, part.why) == ("watch", True, None, "")


def test_a_folder_with_a_space_is_refused_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    done = subprocess.run(
        [sys.executable, "-m", "local_stack", "up"],
        env={**os.environ, "NRM_STATE": str(folder), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n"), "NRM_STATE=/a/folder/without" in done.stderr) == (1, 1, True)
