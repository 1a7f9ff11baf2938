"""Topics and rights at the broker, over Kafka's admin protocol; the same again changes nothing."""

import time
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from typing import TypeVar, cast

from confluent_kafka import KafkaError, KafkaException
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

from agency_access.access import Grant, Topic

Outcome = TypeVar("Outcome")
REQUEST_SECONDS = 15
ANY = cast("str", None)  # in a filter; the stubs want a text
MILLISECONDS_A_DAY = 24 * 60 * 60 * 1000


class NotInForce(Exception):
    """The broker took a change, and has not put it in force in time."""


def apply_topics(admin: AdminClient, wanted: Mapping[str, Topic]) -> tuple[list[str], list[str]]:
    """Make topics that are missing and mend settings: the names of both. No topic is ever removed.

    Raises:
        KafkaException: The broker refused or did not answer in time.
    """
    there = topics_there(admin)
    new = [name for name in wanted if name not in there]
    if new:
        topics = [
            NewTopic(
                name, num_partitions=wanted[name]["partitions"], replication_factor=-1, config=_settings(wanted[name])
            )
            for name in new
        ]
        for future in admin.create_topics(topics, request_timeout=REQUEST_SECONDS).values():
            _made(future)
    return new, sorted(_alter_settings(admin, {name: wanted[name] for name in wanted if name in there}))


def _made(future: "Future[None]") -> None:
    try:
        future.result(timeout=REQUEST_SECONDS)
    except KafkaException as error:
        if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:  # another operator was quicker
            raise


def topics_there(admin: AdminClient) -> dict[str, int]:
    """The topics that this client may see, with their partitions."""
    found = admin.list_topics(timeout=REQUEST_SECONDS).topics
    return {name: len(topic.partitions) for name, topic in found.items()}


def _settings(topic: Topic) -> dict[str, str]:
    settings = {"retention.ms": str(topic["retention_days"] * MILLISECONDS_A_DAY), "cleanup.policy": "delete"}
    if "max_message_bytes" in topic:
        settings["max.message.bytes"] = str(topic["max_message_bytes"])
    return settings


def differing(admin: AdminClient, wanted: Mapping[str, Topic]) -> dict[str, dict[str, str]]:
    """Of topics that are there: by name the settings that are not as wanted, as they should be."""
    if not wanted:
        return {}
    resources = [ConfigResource(ConfigResource.Type.TOPIC, name) for name in wanted]
    different = {}
    for resource, future in admin.describe_configs(resources, request_timeout=REQUEST_SECONDS).items():
        found = future.result(timeout=REQUEST_SECONDS)
        settings = _settings(wanted[resource.name]).items()
        if wrong := {key: value for key, value in settings if found[key].value != value}:
            different[resource.name] = wrong
    return different


def _alter_settings(admin: AdminClient, wanted: Mapping[str, Topic]) -> list[str]:
    different = differing(admin, wanted)
    changes = []
    for name, settings in different.items():
        entries = [
            ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET) for key, value in settings.items()
        ]
        changes.append(ConfigResource(ConfigResource.Type.TOPIC, name, incremental_configs=entries))
    if changes:
        _wait(admin.incremental_alter_configs(changes, request_timeout=REQUEST_SECONDS).values())
    return list(different)


def give(admin: AdminClient, grants: Collection[Grant]) -> None:
    """Give these rights. One that is there already stays."""
    if grants:
        bindings = [_binding(grant) for grant in sorted(grants, key=str)]
        _wait(admin.create_acls(bindings, request_timeout=REQUEST_SECONDS).values())


def take(admin: AdminClient, grants: Collection[Grant]) -> None:
    """Take these rights away. One that is not there is no fault."""
    if grants:
        filters = [_filter(grant) for grant in sorted(grants, key=str)]
        _wait(admin.delete_acls(filters, request_timeout=REQUEST_SECONDS).values())


def take_all(admin: AdminClient, principal: str) -> None:
    """Take every right of a principal away, in one request."""
    _wait(admin.delete_acls([_everything(principal)], request_timeout=REQUEST_SECONDS).values())


def wait_until(
    admin: AdminClient, granted: Collection[Grant] = (), revoked: Collection[Grant] = (), topics: Iterable[str] = ()
) -> None:
    """The broker learns of what the controller has taken a moment later; who comes after us counts on it.

    Raises:
        NotInForce: It has not learned of it within 15 s.
    """
    deadline = time.monotonic() + REQUEST_SECONDS
    while True:
        there = grants_there(admin)
        if set(granted) <= there and not set(revoked) & there and set(topics) <= topics_there(admin).keys():
            return
        if time.monotonic() > deadline:
            raise NotInForce(f"the broker has not taken over topics and rights within {REQUEST_SECONDS} s")
        time.sleep(0.1)


def grants_there(admin: AdminClient, principal: str | None = None) -> set[Grant]:
    """Every right at the broker, or those of one principal."""
    found = admin.describe_acls(_everything(principal), request_timeout=REQUEST_SECONDS)
    return {
        Grant(
            binding.principal,
            binding.operation.name,
            binding.restype.name,
            binding.name,
            binding.resource_pattern_type is ResourcePatternType.PREFIXED,
        )
        for binding in found.result(timeout=REQUEST_SECONDS)
    }


def _everything(principal: str | None) -> AclBindingFilter:
    return AclBindingFilter(
        ResourceType.ANY, ANY, ResourcePatternType.ANY, principal or ANY, ANY, AclOperation.ANY, AclPermissionType.ANY
    )


def _binding(grant: Grant) -> AclBinding:
    pattern = ResourcePatternType.PREFIXED if grant.prefixed else ResourcePatternType.LITERAL
    kind, operation = ResourceType[grant.resource], AclOperation[grant.operation]
    return AclBinding(kind, grant.name, pattern, grant.principal, "*", operation, AclPermissionType.ALLOW)


def _filter(grant: Grant) -> AclBindingFilter:
    pattern = ResourcePatternType.PREFIXED if grant.prefixed else ResourcePatternType.LITERAL
    kind, operation = ResourceType[grant.resource], AclOperation[grant.operation]
    return AclBindingFilter(kind, grant.name, pattern, grant.principal, ANY, operation, AclPermissionType.ANY)


def _wait(futures: "Iterable[Future[Outcome]]") -> None:
    for future in futures:
        future.result(timeout=REQUEST_SECONDS)
