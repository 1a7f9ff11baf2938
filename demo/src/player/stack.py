"""Where the running platform is, and the passwords of the demo's people, as `make up` wrote them down."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from player.answers import Endpoints, Secrets, Shape

Read = TypeVar("Read", bound=Shape)
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
    kafka: str = ""
    """Where agencies' systems reach the bus."""
    clients: dict[str, str] = field(default_factory=dict)
    """Secrets of the realm's clients, agencies' systems among them."""
    with_code: frozenset[str] = frozenset()
    """Who signs in at the pages with a code after the password."""

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
    endpoints, secrets = _read(folder / "endpoints.json", Endpoints), _read(folder / "secrets.json", Secrets)
    parts = {
        "Keycloak": endpoints.keycloak,
        "Mail of the demo": endpoints.mail,
        "SMS of the demo": endpoints.sms_file,
        "Traces": endpoints.traces,
    }
    return Stack(
        folder=folder,
        issuer=endpoints.issuer,
        services=endpoints.services,
        passwords=secrets.people,
        addresses={f"{name.capitalize()}, its API": f"{address}/docs" for name, address in endpoints.services.items()}
        | {title: address for title, address in parts.items() if address},
        systems=endpoints.systems,
        kafka=endpoints.kafka.client,
        clients=secrets.clients,
        with_code=frozenset(secrets.otp),
    )


def _read(path: Path, shape: type[Read]) -> Read:
    try:
        return shape.model_validate_json(path.read_text())
    except FileNotFoundError:
        raise NotRunning("The platform was not started here: make up") from None


def write_whole(path: Path, value: object) -> None:
    """Write a JSON file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(value, indent=2) + "\n")
    part.replace(path)


def read_or_empty(path: Path) -> dict[str, str]:
    """The texts by name in a JSON file; empty when there is none."""
    try:
        return TypeAdapter(dict[str, str]).validate_json(path.read_text())
    except FileNotFoundError:
        return {}
