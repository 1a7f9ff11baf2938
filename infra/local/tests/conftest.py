"""The running test stack, and small stacks that never get as far as running."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from keycloak import KeycloakAdmin
from local_stack import children, realm
from local_stack.keycloak_server import REALM
from local_stack.names import ROOT
from local_stack.state import State

PASSWORD = "correct horse battery staple"


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


@pytest.fixture
def admin(stack: State) -> KeycloakAdmin:
    opened = realm._admin(stack)
    opened.change_current_realm(REALM)
    return opened


@pytest.fixture
def newcomer(admin: KeycloakAdmin) -> Iterator[str]:
    """A reporter who was made by hand and has a password alone."""
    name = f"newcomer-{time.time_ns()}"
    user = admin.create_user(
        {
            "username": name,
            "enabled": True,
            "emailVerified": True,
            "email": f"{name}@demo.invalid",
            "firstName": "new",
            "lastName": "comer",
            "attributes": {"agency": ["iom"]},
            "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}],
        }
    )
    admin.assign_realm_roles(user, [admin.get_realm_role("reporter")])
    yield name
    admin.delete_user(user)
