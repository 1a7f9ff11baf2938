"""The realm as `realm.yaml` declares it: people, services, sessions."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import yaml
from agency_access.access import Representation

from local_stack.names import DECLARATIONS

DECLARATION = DECLARATIONS / "keycloak" / "realm.yaml"
TOKEN_SECONDS = 300


@dataclass(frozen=True)
class Person:
    """A user of the demo."""

    username: str
    agency: str
    role: str


class Declaration(TypedDict):
    """The content of realm.yaml, where each key is explained."""

    people: Mapping[str, Sequence[str]]
    colleagues: Sequence[str]
    second_factor: Sequence[str]
    services: Sequence[str]
    pages: Sequence[str]
    sessions: Mapping[str, int]
    command_line: str
    bus_reader: str
    provisioning: str
    guard: Representation
    player: str


def declaration() -> Declaration:
    """The declared realm."""
    declared: Declaration = yaml.safe_load(DECLARATION.read_text())
    return declared


def people() -> list[Person]:
    """All users that the realm declares."""
    declared = declaration()
    found = []
    for role, agencies in declared["people"].items():
        for agency in agencies:
            found.append(Person(f"{agency}.{role}", agency, role))
            if role in declared["colleagues"]:
                found.append(Person(f"{agency}.{role}-2", agency, role))
    return found


def token_seconds() -> int:
    """How long an access token lives; tests may want short ones (NRM_TOKEN_SECONDS)."""
    return int(os.environ.get("NRM_TOKEN_SECONDS") or TOKEN_SECONDS)
