import uuid
from pathlib import Path

import yaml
from chassis.rebuild_reading import TOPICS_KEEP
from chassis.ticker import INBOX_KEPT
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from local_stack import bus
from local_stack.kafka_server import internal
from local_stack.names import SERVICES
from local_stack.state import State
from nrm_events import partitions_of


def test_a_service_writes_its_own_topic_and_dead_letters_alone() -> None:
    declared = bus.declared()
    for service in SERVICES:
        door = ["ext.*"] if service == "exchange" else []
        assert declared["clients"][service]["writes"] == [f"nrm.{service}", f"nrm.{service}.dlq", *door]
        assert declared["clients"][service]["groups"] == service
        assert declared["clients"][service]["relays"]


def test_an_agency_reads_and_writes_its_own_topics_alone() -> None:
    agencies = {name: rights for name, rights in bus.declared()["clients"].items() if name.startswith("agency-")}
    assert len(agencies) == 4
    for name, rights in agencies.items():
        code = name.removeprefix("agency-")
        assert rights == {"writes": [f"ext.{code}.in"], "reads": [f"ext.{code}.out"], "groups": name}


def test_inboxes_remember_an_event_longer_than_a_topic_keeps_it() -> None:
    """A consumer that begins again at the beginning of a topic applies nothing a second time."""
    assert max(topic["retention_days"] for topic in bus.declared()["topics"].values()) < INBOX_KEPT.days
    kept = {bus.declared()["topics"][f"nrm.{service}"]["retention_days"] for service in SERVICES}
    assert kept == {TOPICS_KEEP.days}, "a rebuild knows from when on the topics are whole"


def test_every_right_is_on_a_declared_topic() -> None:
    declared = bus.declared()
    on_topics = [grant for grant in bus.grants(declared) if grant.resource == "TOPIC"]
    assert {grant.name for grant in on_topics if not grant.prefixed} == set(declared["topics"])
    assert {(grant.principal, grant.name) for grant in on_topics if grant.prefixed} == {("User:exchange", "ext.")}


def test_a_group_prefix_opens_no_other_clients_groups() -> None:
    prefixes = [rights["groups"] for rights in bus.declared()["clients"].values()]
    for prefix in prefixes:
        assert [other for other in prefixes if other.startswith(prefix)] == [prefix]


def test_an_undeclared_right_is_taken_away_and_a_second_apply_changes_nothing(stack: State) -> None:
    admin = AdminClient({"bootstrap.servers": internal(stack)})
    stranger = f"User:stranger-{uuid.uuid4()}"
    binding = AclBinding(
        ResourceType.TOPIC,
        "nrm.identification",
        ResourcePatternType.LITERAL,
        stranger,
        "*",
        AclOperation.READ,
        AclPermissionType.ALLOW,
    )
    for future in admin.create_acls([binding]).values():
        future.result(timeout=10)
    declared = bus.declared()
    revoked = bus.apply(internal(stack), declared).revoked
    assert bus.Grant(stranger, "READ", "TOPIC", "nrm.identification") in revoked
    assert bus.apply(internal(stack), declared) == bus.Change([], [], [], [])


def test_the_declaration_is_one_file_that_can_be_read_from_anywhere(tmp_path: Path) -> None:
    copy = tmp_path / "bus.yaml"
    copy.write_text(yaml.safe_dump(bus.declared()))
    assert bus.declared(copy) == bus.declared()


def test_topics_have_as_many_partitions_as_the_contract_spreads_cases_over(stack: State) -> None:
    """A relay counts on them (docs/adr/0010)."""
    topics = AdminClient({"bootstrap.servers": internal(stack)}).list_topics(timeout=10).topics
    for name, topic in bus.declared()["topics"].items():
        assert topic["partitions"] == partitions_of(name)
        assert len(topics[name].partitions) == partitions_of(name)
