"""Topics, rights and quotas of the bus, applied from `bus.yaml` with the account that may do everything.

An agency's system is granted what follows from its code (`agency_access`), once. From then on operators decide
(`himaya agency`): rights that they granted to other agencies stay, and rights that they revoked are not granted again.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict

import yaml
from agency_access import broker, quotas
from agency_access.access import Access, Grant, access_of, code_of
from confluent_kafka.admin import AdminClient

from local_stack.children import fingerprint
from local_stack.kafka_server import Admin
from local_stack.names import BUS_DECLARATION, StackError

_CLUSTER = ("BROKER", "kafka-cluster")


class Client(TypedDict):
    """A client of the bus as bus.yaml declares it; a name that ends with `*` is a prefix."""

    writes: Sequence[str]
    reads: Sequence[str]
    groups: NotRequired[str]
    watches: NotRequired[Sequence[str]]
    sees_agencies: NotRequired[bool]
    relays: NotRequired[bool]
    provisions: NotRequired[str]


class Declaration(TypedDict):
    """The content of bus.yaml."""

    topics: Mapping[str, dict[str, int]]
    clients: Mapping[str, Client]
    agencies: Sequence[str]


@dataclass(frozen=True)
class Change:
    """What an apply changed; all empty when the bus was as declared."""

    created: list[str]
    altered: list[str]
    granted: list[Grant]
    revoked: list[Grant]
    bounded: list[str]


def declared(path: Path = BUS_DECLARATION) -> Declaration:
    """The declaration that the file contains."""
    declaration: Declaration = yaml.safe_load(path.read_text())
    return declaration


def wanted() -> str:
    """Fingerprint of the bus as declared, and of what follows from an agency's code."""
    of_agencies = [
        [sorted(map(str, access.grants)), dict(access.quotas), access.topics] for access in agencies(declared())
    ]
    return fingerprint([declared(), of_agencies])


def agencies(declaration: Declaration) -> list[Access]:
    """The agencies whose systems are joined from the start."""
    return [access_of(code) for code in declaration["agencies"]]


def topics(declaration: Declaration) -> dict[str, dict[str, int]]:
    """Every topic that exists from the start, agencies' among them."""
    of_agencies = {name: topic for access in agencies(declaration) for name, topic in access.topics.items()}
    return {**declaration["topics"], **of_agencies}


def clients(declaration: Declaration) -> dict[str, Client]:
    """Every client that exists from the start, agencies' among them, in the file's words."""
    of_agencies = {
        access.client_id: Client(writes=[access.writes], reads=[access.reads], groups=access.client_id)
        for access in agencies(declaration)
    }
    return {**declaration["clients"], **of_agencies}


def grants(declaration: Declaration) -> set[Grant]:
    """The rights of the services and the operators' clients.

    WRITE carries DESCRIBE, and an idempotent producer needs no more. A service's relay also takes an epoch, by which
    a leader that was replaced is fenced.
    """
    granted = set()
    for client, rights in declaration["clients"].items():
        principal = f"User:{client}"
        granted |= {_on_topic(principal, "WRITE", topic) for topic in rights["writes"]}
        granted |= {_on_topic(principal, "READ", topic) for topic in rights["reads"]}
        if "groups" in rights:
            granted.add(Grant(principal, "READ", "GROUP", rights["groups"], prefixed=True))
        granted |= {Grant(principal, "DESCRIBE", "GROUP", group) for group in rights.get("watches", ())}
        if rights.get("sees_agencies"):
            granted.add(Grant(principal, "DESCRIBE", "TOPIC", "ext.", prefixed=True))
            granted.add(Grant(principal, "DESCRIBE", "GROUP", "exchange.", prefixed=True))
        if rights.get("relays"):
            granted.add(Grant(principal, "WRITE", "TRANSACTIONAL_ID", f"relay.{client}.", prefixed=True))
        if "provisions" in rights:
            granted |= _provisioning(principal, rights["provisions"])
    return granted


def _on_topic(principal: str, operation: str, topic: str) -> Grant:
    return Grant(principal, operation, "TOPIC", topic.removesuffix("*"), prefixed=topic.endswith("*"))


def _provisioning(principal: str, prefix: str) -> set[Grant]:
    """Rights and quotas belong to the cluster: Kafka has no smaller right for granting them (docs/adr/0019)."""
    on_topics = ("CREATE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS")
    on_cluster = ("DESCRIBE", "ALTER", "DESCRIBE_CONFIGS", "ALTER_CONFIGS")
    return {Grant(principal, operation, "TOPIC", prefix, prefixed=True) for operation in on_topics} | {
        Grant(principal, operation, *_CLUSTER) for operation in on_cluster
    }


def apply(account: Admin, declaration: Declaration) -> Change:
    """Make topics, rights and quotas as declared.

    Rights that are declared nowhere are revoked; topics that are not declared stay, for they hold data. Rights come
    before topics: an agency that has a topic and no right was cut off, and stays so.

    Raises:
        KafkaException: The broker refused or did not answer in time.
        StackError: A change is not in force within 15 s.
    """
    admin = AdminClient({**account.settings})
    existing, existing_topics = broker.grants_there(admin), broker.topics_there(admin).keys()
    joined = [access for access in agencies(declaration) if not _cut_off(access, existing, existing_topics)]
    wanted = grants(declaration).union(*(access.grants for access in joined))
    missing = wanted - existing
    surplus = {grant for grant in existing - wanted if not _granted_by_operators(grant)}
    broker.give(admin, missing)
    broker.take(admin, surplus)
    bounded = asyncio.run(_apply_quotas(account, joined))
    created, altered = broker.apply_topics(admin, topics(declaration))
    try:
        broker.wait_until(admin, missing, surplus, topics(declaration))
    except broker.NotInForce as error:
        raise StackError(str(error)) from None
    return Change(created, altered, sorted(missing, key=str), sorted(surplus, key=str), bounded)


def _cut_off(access: Access, existing: set[Grant], topics: Set[str]) -> bool:
    return bool(access.topics.keys() & topics) and not any(grant.principal == access.principal for grant in existing)


def _granted_by_operators(grant: Grant) -> bool:
    """Whether it is a right of an agency's system: operators decide whether the agency has it."""
    code = code_of(grant.principal)
    return code is not None and grant in access_of(code).grants


async def _apply_quotas(account: Admin, joined: list[Access]) -> list[str]:
    logging.getLogger("aiokafka.conn").setLevel(logging.ERROR)  # it warns of a password that stays on this machine
    return [access.code for access in joined if await quotas.apply(account.arguments, access.client_id, access.quotas)]
