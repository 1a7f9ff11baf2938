import os
import socket
import stat
import subprocess
import threading
import time
from pathlib import Path

import pytest
from local_stack.names import PORTS
from local_stack.state import State, choose_ports, new_key, only_one, secret


def test_ports_are_chosen_once_and_remembered(state: State) -> None:
    chosen = choose_ports(state)
    assert set(chosen) == set(PORTS)
    assert len(set(chosen.values())) == len(PORTS)
    assert choose_ports(state) == chosen
    assert State(state.folder).ports == chosen


def test_a_port_that_a_stranger_took_is_chosen_anew_and_the_others_stay(state: State) -> None:
    chosen = choose_ports(state)
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", chosen["smtp"]))
        stranger.listen()
        again = choose_ports(state)
    assert again["smtp"] != chosen["smtp"]
    assert {**again, "smtp": 0} == {**chosen, "smtp": 0}


def test_a_port_that_our_own_part_holds_is_kept(state: State) -> None:
    chosen = choose_ports(state)
    with socket.socket() as ours:
        ours.bind(("127.0.0.1", chosen["smtp"]))
        ours.listen()
        assert choose_ports(state, lambda name: name == "smtp") == chosen


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(state: State) -> None:
    first = secret(state, "keys", "NRM_MASTER_KEY", new_key)
    assert secret(state, "keys", "NRM_MASTER_KEY", new_key) == first
    assert secret(state, "keys", "NRM_SEARCH_KEY", new_key) != first
    assert stat.S_IMODE(state.secrets.stat().st_mode) == 0o600


def test_two_commands_on_one_stack_take_turns(state: State) -> None:
    order: list[str] = []

    def second() -> None:
        with only_one(state.folder, lambda _: order.append("waits")):
            order.append("second")

    with only_one(state.folder, order.append):
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.3)
        order.append("first")
    waiting.join(timeout=5)
    assert order == ["waits", "first", "second"]


def test_nothing_of_a_stack_is_open_to_another_account(stack: State) -> None:
    """Keys of signing and of the vault, the brokers' data and secrets: another account reads and lists none of it."""
    open_to_others = [
        path
        for folder, below, files in os.walk(stack.folder)
        for path in (Path(folder, name) for name in [*below, *files])
        if not path.is_symlink() and not _closed(path, stack.folder)
    ]
    assert open_to_others == []
    assert not stat.S_IMODE(stack.folder.stat().st_mode) & 0o066


def _closed(path: Path, root: Path) -> bool:
    """Whether no other account gets there: itself, or a folder on the way to it, opens for its owner alone."""
    return any(
        not stat.S_IMODE(part.stat().st_mode) & 0o077
        for part in (path, *path.parents)
        if part != root and root in part.parents
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as another account")
def test_another_account_reads_nothing(stack: State) -> None:
    look = ["find", str(stack.folder), "-readable", "-not", "-type", "l"]
    found = subprocess.run(
        look, user="nobody", group="nogroup", extra_groups=[], capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
    assert "Permission denied" in found.stderr
