"""The example of an agency's own system, run for one NGO beside the platform."""

import sys
from pathlib import Path

from local_stack import kafka_server, keycloak_server
from local_stack.children import Child
from local_stack.state import State, secret

AGENCY = "ngo-amc"
NAME = "agency-connector"
START_SECONDS = 20


def database(state: State) -> Path:
    """The agency's own case list. It contains the persons whom the agency refers, as its own papers would."""
    return state.folder / NAME / "cases.db"


def trouble(state: State) -> str:
    """What its loop wrote down that keeps it from working, as a secret that is refused; empty: nothing."""
    note = database(state).with_suffix(".trouble")
    return note.read_text(encoding="utf-8").strip() if note.exists() else ""


def child(state: State) -> Child:
    """The loop that speaks to the platform. Its settings are those that an operator hands to an agency."""
    folder = database(state).parent
    folder.mkdir(mode=0o700, exist_ok=True)
    environment = {
        "AGENCY": AGENCY,
        "AGENCY_DATABASE": str(database(state)),
        "AGENCY_KAFKA": kafka_server.client(state),
        "AGENCY_ISSUER": keycloak_server.issuer(state),
        "AGENCY_CLIENT_SECRET": secret(state, "clients", f"agency-{AGENCY}"),
        "AGENCY_IDENTIFICATION": f"http://127.0.0.1:{state.ports['identification']}",
    }
    return Child(NAME, (sys.executable, "-m", "agency_connector", "run"), environment)
