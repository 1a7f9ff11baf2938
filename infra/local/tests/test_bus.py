import uuid
from pathlib import Path

import yaml
from agency_access import broker
from agency_access.access import Grant, access_of
from chassis.rebuild.catch_up import TOPICS_KEEP
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
from local_stack.kafka_server import admin as admin_of
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


def test_inboxes_remember_an_event_longer_than_a_topic_keeps_it() -> None:
    """A consumer that begins again at the beginning of a topic applies nothing a second time."""
    assert max(topic["retention_days"] for topic in bus.topics(bus.declared()).values()) < INBOX_KEPT.days
    retained = {bus.declared()["topics"][f"nrm.{service}"]["retention_days"] for service in SERVICES}
    assert retained == {TOPICS_KEEP.days}, "a rebuild knows from when on the topics are whole"


def test_every_right_is_on_a_declared_topic() -> None:
    declared = bus.declared()
    on_topics = [grant for grant in bus.grants(declared) if grant.resource == "TOPIC"]
    assert {grant.name for grant in on_topics if not grant.prefixed} == set(declared["topics"])
    assert {(grant.principal, grant.name) for grant in on_topics if grant.prefixed} == {
        ("User:exchange", "ext."),
        ("User:operations", "ext."),
        ("User:provisioning", "ext."),
    }


def test_who_joins_agencies_reads_and_writes_nothing() -> None:
    """It may give itself any right, which shows; it has none to begin with (docs/adr/0019)."""
    own = {(g.operation, g.resource) for g in bus.grants(bus.declared()) if g.principal == "User:provisioning"}
    assert own & {("READ", "TOPIC"), ("WRITE", "TOPIC"), ("READ", "GROUP"), ("DELETE", "TOPIC")} == set()


def test_a_group_prefix_opens_no_other_clients_groups() -> None:
    prefixes = [rights["groups"] for rights in bus.declared()["clients"].values() if "groups" in rights]
    for prefix in prefixes:
        assert [other for other in prefixes if other.startswith(prefix)] == [prefix]


def test_an_undeclared_right_is_taken_away_and_a_second_apply_changes_nothing(stack: State) -> None:
    admin = AdminClient({**admin_of(stack).settings})
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
    revoked = bus.apply(admin_of(stack), declared).revoked
    assert Grant(stranger, "READ", "TOPIC", "nrm.identification") in revoked
    assert bus.apply(admin_of(stack), declared) == bus.Change([], [], [], [], [])


def test_an_agency_that_operators_joined_keeps_what_follows_from_its_code_and_nothing_more(stack: State) -> None:
    admin = AdminClient({**admin_of(stack).settings})
    joined = access_of("joined-later")
    beyond = Grant(joined.principal, "READ", "TOPIC", "nrm.identification")
    broker.give(admin, joined.grants | {beyond})
    broker.wait_until(admin, joined.grants | {beyond})
    try:
        change = bus.apply(admin_of(stack), bus.declared())
        assert (change.granted, change.revoked) == ([], [beyond])
        assert broker.grants_there(admin, joined.principal) == joined.grants
    finally:
        broker.take_all(admin, joined.principal)


def test_an_agency_of_the_start_that_was_cut_off_is_given_nothing_again(stack: State) -> None:
    admin, declared = AdminClient({**admin_of(stack).settings}), _with_agency("cut-off")
    bus.apply(admin_of(stack), declared)
    cut_off = access_of("cut-off")
    broker.take_all(admin, cut_off.principal)
    broker.wait_until(admin, revoked=cut_off.grants)
    assert bus.apply(admin_of(stack), declared) == bus.Change([], [], [], [], [])
    assert broker.grants_there(admin, cut_off.principal) == set()


def test_an_agency_of_the_start_that_lost_one_right_gets_it_again(stack: State) -> None:
    admin, declared = AdminClient({**admin_of(stack).settings}), _with_agency("lost-one")
    bus.apply(admin_of(stack), declared)
    lost = Grant(access_of("lost-one").principal, "READ", "TOPIC", "ext.lost-one.out")
    broker.take(admin, {lost})
    broker.wait_until(admin, revoked={lost})
    assert bus.apply(admin_of(stack), declared).granted == [lost]


def _with_agency(code: str) -> bus.Declaration:
    declared = bus.declared()
    return {**declared, "agencies": [*declared["agencies"], code]}


def test_the_declaration_is_one_file_that_can_be_read_from_anywhere(tmp_path: Path) -> None:
    copy = tmp_path / "bus.yaml"
    copy.write_text(yaml.safe_dump(bus.declared()))
    assert bus.declared(copy) == bus.declared()


def test_topics_have_as_many_partitions_as_the_contract_spreads_cases_over(stack: State) -> None:
    """A relay counts on them (docs/adr/0010)."""
    topics = AdminClient({**admin_of(stack).settings}).list_topics(timeout=10).topics
    for name, topic in bus.topics(bus.declared()).items():
        assert topic["partitions"] == partitions_of(name)
        assert len(topics[name].partitions) == partitions_of(name)
