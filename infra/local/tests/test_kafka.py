"""A broker's data folder is formatted with every id that a cluster can have, and nobody uses the bus unknown."""

import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from local_stack.kafka_server import _class_path, _format_options, _java
from local_stack.kafka_server import admin as admin_of
from local_stack.state import State

DASH = UUID(int=0xF8 << 120 | 0x4 << 76 | 0x8 << 60 | 7)  # its 62 bits begin as `-` in base 64


def test_an_id_that_begins_with_a_dash_is_no_option(tmp_path: Path) -> None:
    """One of 64 ids does: a start of the stack failed by it."""
    properties = tmp_path / "server.properties"
    properties.write_text(
        "process.roles=broker,controller\nnode.id=1\ncontroller.listener.names=C\nlisteners=B://127.0.0.1:9,C://127.0.0.1:8\n"
        f"listener.security.protocol.map=B:PLAINTEXT,C:PLAINTEXT\ninter.broker.listener.name=B\nlog.dirs={tmp_path}/data\n"
        "controller.quorum.bootstrap.servers=127.0.0.1:8\n"
    )
    options = _format_options(DASH, properties)
    assert options[0].startswith("--cluster-id=-")
    done = subprocess.run(
        _java("-cp", _class_path(), "kafka.tools.StorageTool", "format", *options),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("listener", ["kafka_internal", "kafka_controller"])
def test_nobody_uses_the_bus_without_signing_in(stack: State, listener: str) -> None:
    """Not from this machine either: any account of it could read every topic."""
    plain = AdminClient({"bootstrap.servers": f"127.0.0.1:{stack.ports[listener]}", "log_level": 0})
    with pytest.raises(KafkaException):
        plain.list_topics(timeout=3)


def test_a_wrong_password_opens_nothing(stack: State) -> None:
    admin = AdminClient({**admin_of(stack).settings, "sasl.password": "Gülşən", "log_level": 0})
    with pytest.raises(KafkaException):
        admin.list_topics(timeout=3)
