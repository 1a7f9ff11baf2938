"""Topics, rights and quotas of the bus, applied from `bus.yaml` over Kafka's all-powerful internal listener.

An agency's system is given what follows from its code (`agency_access`), once. From then on its rights are the
operators' (`himaya agency`): what they gave to other agencies stays, and what they took from one is not given again.
"""

import asyncio
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from agency_access import broker, quotas
from agency_access.access import Access, Grant, access_of, code_of
from confluent_kafka.admin import AdminClient

from local_stack.children import fingerprint
from local_stack.names import BUS_DECLARATION, StackError

_CLUSTER = ("BROKER", "kafka-cluster")


@dataclass(frozen=True)
class Change:
    """What an apply did; all empty when the bus was as declared."""

    created: list[str]
    altered: list[str]
    granted: list[Grant]
    revoked: list[Grant]
    bounded: list[str]


def declared(path: Path = BUS_DECLARATION) -> dict[str, Any]:
    """What the declaration file says."""
    return dict(yaml.safe_load(path.read_text()))


def wanted() -> str:
    """Fingerprint of the bus as declared, and of what follows from an agency's code."""
    given = [[sorted(map(str, access.grants)), dict(access.quotas), access.topics] for access in agencies(declared())]
    return fingerprint([declared(), given])


def agencies(declaration: dict[str, Any]) -> list[Access]:
    """Whose systems are joined from the start."""
    return [access_of(code) for code in declaration["agencies"]]


def topics(declaration: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Every topic that is there from the start, agencies' among them."""
    agencys = {name: topic for access in agencies(declaration) for name, topic in access.topics.items()}
    return {**declaration["topics"], **agencys}


def clients(declaration: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every client that is there from the start, agencies' among them, in the file's words."""
    agencys = {
        access.client_id: {"writes": [access.writes], "reads": [access.reads], "groups": access.client_id}
        for access in agencies(declaration)
    }
    return {**declaration["clients"], **agencys}


def grants(declaration: dict[str, Any]) -> set[Grant]:
    """The rights of the services and the operators' clients. WRITE carries DESCRIBE, and an idempotent producer needs
    no more.

    A service's relay also takes an epoch, by which a leader that was replaced is fenced.
    """
    given = set()
    for client, rights in declaration["clients"].items():
        principal = f"User:{client}"
        given |= {_on_topic(principal, "WRITE", topic) for topic in rights["writes"]}
        given |= {_on_topic(principal, "READ", topic) for topic in rights["reads"]}
        if "groups" in rights:
            given.add(Grant(principal, "READ", "GROUP", rights["groups"], prefixed=True))
        given |= {Grant(principal, "DESCRIBE", "GROUP", group) for group in rights.get("watches", ())}
        if rights.get("relays"):
            given.add(Grant(principal, "WRITE", "TRANSACTIONAL_ID", f"relay.{client}.", prefixed=True))
        if "provisions" in rights:
            given |= _provisioning(principal, rights["provisions"])
    return given


def _on_topic(principal: str, operation: str, topic: str) -> Grant:
    return Grant(principal, operation, "TOPIC", topic.removesuffix("*"), prefixed=topic.endswith("*"))


def _provisioning(principal: str, prefix: str) -> set[Grant]:
    """Rights and quotas are the cluster's: Kafka knows no smaller right to give them (docs/adr/0019)."""
    on_topics = ("CREATE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER_CONFIGS")
    on_cluster = ("DESCRIBE", "ALTER", "DESCRIBE_CONFIGS", "ALTER_CONFIGS")
    return {Grant(principal, operation, "TOPIC", prefix, prefixed=True) for operation in on_topics} | {
        Grant(principal, operation, *_CLUSTER) for operation in on_cluster
    }


def apply(bootstrap: str, declaration: dict[str, Any]) -> Change:
    """Make topics, rights and quotas what the declaration says.

    Rights that nothing gives are taken away; topics that it does not name stay, for they hold data. Rights come before
    topics: an agency of which a topic stands and that has no right was cut off, and stays so.

    Raises:
        KafkaException: The broker refused or did not answer in time.
        StackError: What it took is not in force within 15 s.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap})
    there, stand = broker.grants_there(admin), broker.topics_there(admin).keys()
    joined = [access for access in agencies(declaration) if not _cut_off(access, there, stand)]
    wanted = grants(declaration).union(*(access.grants for access in joined))
    missing = wanted - there
    surplus = {grant for grant in there - wanted if not _given_by_operators(grant)}
    broker.give(admin, missing)
    broker.take(admin, surplus)
    bounded = asyncio.run(_apply_quotas(bootstrap, joined))
    created, altered = broker.apply_topics(admin, topics(declaration))
    try:
        broker.wait_until(admin, missing, surplus, topics(declaration))
    except broker.NotInForce as error:
        raise StackError(str(error)) from None
    return Change(created, altered, sorted(missing, key=str), sorted(surplus, key=str), bounded)


def _cut_off(access: Access, there: set[Grant], topics: Set[str]) -> bool:
    return bool(access.topics.keys() & topics) and not any(grant.principal == access.principal for grant in there)


def _given_by_operators(grant: Grant) -> bool:
    """It is what an agency's system is given: whether this agency has it is not for us to say."""
    code = code_of(grant.principal)
    return code is not None and grant in access_of(code).grants


async def _apply_quotas(bootstrap: str, joined: list[Access]) -> list[str]:
    connect = {"bootstrap_servers": bootstrap}
    return [access.code for access in joined if await quotas.apply(connect, access.client_id, access.quotas)]
