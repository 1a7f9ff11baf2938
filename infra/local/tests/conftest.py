"""The running test stack, and small stacks that never get as far as running."""

import os
from pathlib import Path

import pytest
from local_stack import children
from local_stack.names import ROOT
from local_stack.state import State


@pytest.fixture(scope="session")
def stack() -> State:
    """The stack that `make test` started."""
    state = State(Path(os.environ.get("NRM_STATE") or ROOT / ".local" / "test").resolve())
    assert children.running(state, "kafka"), "the test stack is not up: NRM_STATE=.local/test, up --no-services"
    return state


@pytest.fixture
def state(tmp_path: Path) -> State:
    """The folder of a stack in which nothing runs yet."""
    empty = State(tmp_path)
    empty.logs.mkdir()
    return empty
