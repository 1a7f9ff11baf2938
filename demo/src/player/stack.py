"""Where the running platform is, and the passwords of the demo's people, as `make up` wrote them down."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEMO = Path(__file__).resolve().parents[2]


class NotRunning(Exception):
    """There is no running platform to play into; the message names the remedy."""


@dataclass(frozen=True)
class Stack:
    """The state folder, addresses and sign-ins of one running platform."""

    folder: Path
    issuer: str
    services: dict[str, str]
    passwords: dict[str, str]
    addresses: dict[str, str]
    systems: dict[str, Path] = field(default_factory=dict)
    """Databases of agencies' own systems, by agency."""

    @property
    def statistics(self) -> Path:
        return self.folder / "statistics"

    @property
    def played(self) -> Path:
        """When lines that reach to the present were first played."""
        return self.folder / "played.json"

    @property
    def journal(self) -> Path:
        """The commands that were answered."""
        return self.folder / "journal.jsonl"


def find_stack() -> Stack:
    """The platform whose state is in the folder that NRM_STATE names, else in `.local` of the checkout.

    Raises:
        NotRunning: It was never started.
    """
    folder = Path(os.environ.get("NRM_STATE") or DEMO.parent / ".local").resolve()
    endpoints, secrets = _read(folder / "endpoints.json"), _read(folder / "secrets.json")
    services = {name: str(address) for name, address in endpoints["services"].items()}
    shown = {"Keycloak": "keycloak", "Mail of the demo": "mail", "SMS of the demo": "sms_file", "Traces": "traces"}
    return Stack(
        folder=folder,
        issuer=str(endpoints["issuer"]),
        services=services,
        passwords={name: str(password) for name, password in secrets["people"].items()},
        addresses={f"{name.capitalize()}, its API": f"{address}/docs" for name, address in services.items()}
        | {title: str(endpoints[key]) for title, key in shown.items() if key in endpoints},
        systems={agency: Path(database) for agency, database in endpoints.get("systems", {}).items()},
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        raise NotRunning("The platform was not started here: make up") from None


def write_whole(path: Path, value: object) -> None:
    """Write a JSON file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(value, indent=2) + "\n")
    part.replace(path)


def read_or_empty(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty when there is none."""
    try:
        return dict(json.loads(path.read_text()))
    except FileNotFoundError:
        return {}
