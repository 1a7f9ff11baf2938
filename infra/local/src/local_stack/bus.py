"""Topics and access rights of the bus, applied from `bus.yaml` over Kafka's all-powerful internal listener."""

import time
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from local_stack.names import BUS_DECLARATION, StackError

REQUEST_SECONDS = 30
ANY: Any = None  # in a filter; the stubs want a text
MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Grant:
    """One right: `principal` may do `operation` on a topic or consumer group; `prefixed` covers all that begin so."""

    principal: str
    operation: str
    resource: str
    name: str
    prefixed: bool = False


@dataclass(frozen=True)
class Change:
    """What an apply did; all empty when the bus was as declared."""

    created: list[str]
    altered: list[str]
    granted: list[Grant]
    revoked: list[Grant]


def declared(path: Path = BUS_DECLARATION) -> dict[str, Any]:
    """What the declaration file says."""
    return dict(yaml.safe_load(path.read_text()))


def grants(declaration: dict[str, Any]) -> set[Grant]:
    """All rights that the declaration gives. WRITE carries DESCRIBE, and an idempotent producer needs no more.

    A service's relay also takes an epoch, by which a leader that was replaced is fenced.
    """
    wanted = set()
    for client, rights in declaration["clients"].items():
        principal = f"User:{client}"
        wanted |= {_on_topic(principal, "WRITE", topic) for topic in rights["writes"]}
        wanted |= {_on_topic(principal, "READ", topic) for topic in rights["reads"]}
        wanted.add(Grant(principal, "READ", "GROUP", rights["groups"], prefixed=True))
        wanted |= {Grant(principal, "DESCRIBE", "GROUP", group) for group in rights.get("watches", ())}
        if rights.get("relays"):
            wanted.add(Grant(principal, "WRITE", "TRANSACTIONAL_ID", f"relay.{client}.", prefixed=True))
    return wanted


def _on_topic(principal: str, operation: str, topic: str) -> Grant:
    return Grant(principal, operation, "TOPIC", topic.removesuffix("*"), prefixed=topic.endswith("*"))


def apply(bootstrap: str, declaration: dict[str, Any]) -> Change:
    """Make topics and rights what the declaration says.

    Rights that it does not name are taken away; topics that it does not name stay, for they hold data.

    Raises:
        KafkaException: The broker refused or did not answer in time.
        StackError: What it took is not in force within 30 s.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap})
    created, altered = _apply_topics(admin, declaration["topics"])
    there, wanted = _grants_there(admin), grants(declaration)
    if missing := sorted(wanted - there, key=str):
        _wait(admin.create_acls([_binding(grant) for grant in missing], request_timeout=REQUEST_SECONDS))
    if surplus := sorted(there - wanted, key=str):
        _wait(admin.delete_acls([_filter(grant) for grant in surplus], request_timeout=REQUEST_SECONDS))
    _wait_until_seen(admin, wanted, declaration["topics"])
    return Change(created, altered, missing, surplus)


def _wait_until_seen(admin: AdminClient, wanted: set[Grant], topics: Iterable[str]) -> None:
    """The broker learns of what the controller has taken a moment later; who comes after us counts on it."""
    deadline = time.monotonic() + REQUEST_SECONDS
    while _grants_there(admin) != wanted or not set(topics) <= set(admin.list_topics(timeout=REQUEST_SECONDS).topics):
        if time.monotonic() > deadline:
            raise StackError(f"the broker has not taken over topics and rights within {REQUEST_SECONDS} s")
        time.sleep(0.1)


def _wait(futures: "dict[Any, Future[Any]]") -> None:
    for future in futures.values():
        future.result(timeout=REQUEST_SECONDS)


def _apply_topics(admin: AdminClient, wanted: dict[str, dict[str, int]]) -> tuple[list[str], list[str]]:
    there = admin.list_topics(timeout=REQUEST_SECONDS).topics
    new = [name for name in wanted if name not in there]
    if new:
        topics = [
            NewTopic(
                name, num_partitions=wanted[name]["partitions"], replication_factor=1, config=_settings(wanted[name])
            )
            for name in new
        ]
        _wait(admin.create_topics(topics, request_timeout=REQUEST_SECONDS))
    return new, sorted(_alter_settings(admin, {name: wanted[name] for name in wanted if name in there}))


def _settings(topic: dict[str, int]) -> dict[str, str]:
    return {"retention.ms": str(topic["retention_days"] * MILLISECONDS_A_DAY), "cleanup.policy": "delete"}


def _alter_settings(admin: AdminClient, wanted: dict[str, dict[str, int]]) -> list[str]:
    if not wanted:
        return []
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in wanted]
    changes = []
    for resource, future in admin.describe_configs(resources, request_timeout=REQUEST_SECONDS).items():
        found = future.result(timeout=REQUEST_SECONDS)
        entries = [
            ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
            for key, value in _settings(wanted[resource.name]).items()
            if found[key].value != value
        ]
        if entries:
            changes.append(ConfigResource(ConfigResource.Type.TOPIC, resource.name, incremental_configs=entries))
    if changes:
        _wait(admin.incremental_alter_configs(changes, request_timeout=REQUEST_SECONDS))
    return [resource.name for resource in changes]


def _binding(grant: Grant) -> AclBinding:
    pattern = ResourcePatternType.PREFIXED if grant.prefixed else ResourcePatternType.LITERAL
    kind, operation = ResourceType[grant.resource], AclOperation[grant.operation]
    return AclBinding(kind, grant.name, pattern, grant.principal, "*", operation, AclPermissionType.ALLOW)


def _filter(grant: Grant) -> AclBindingFilter:
    pattern = ResourcePatternType.PREFIXED if grant.prefixed else ResourcePatternType.LITERAL
    kind, operation = ResourceType[grant.resource], AclOperation[grant.operation]
    return AclBindingFilter(kind, grant.name, pattern, grant.principal, ANY, operation, AclPermissionType.ANY)


def _grants_there(admin: AdminClient) -> set[Grant]:
    everything = AclBindingFilter(
        ResourceType.ANY, ANY, ResourcePatternType.ANY, ANY, ANY, AclOperation.ANY, AclPermissionType.ANY
    )
    bindings = admin.describe_acls(everything, request_timeout=REQUEST_SECONDS).result(timeout=REQUEST_SECONDS)
    return {
        Grant(
            binding.principal,
            binding.operation.name,
            binding.restype.name,
            binding.name,
            binding.resource_pattern_type is ResourcePatternType.PREFIXED,
        )
        for binding in bindings
    }
