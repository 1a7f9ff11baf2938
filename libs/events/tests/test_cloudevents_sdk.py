"""The `cloudevents` SDK reads what we write and writes what we read (Kafka binding, binary mode)."""

import json
from datetime import UTC, datetime
from uuid import uuid4

from cloudevents.http import CloudEvent
from cloudevents.kafka import KafkaMessage, from_binary, to_binary
from hypothesis import given
from nrm_events import Envelope, from_message, to_message
from nrm_events.fund import PaymentMade

from .givens import envelopes


@given(envelopes())
def test_the_sdk_reads_what_we_write(envelope: Envelope) -> None:
    key, value, headers = to_message(envelope)
    read = from_binary(KafkaMessage(headers=dict(headers), key=key, value=value))
    assert read["id"] == str(envelope.id)
    assert read["type"] == envelope.type
    assert read["source"] == envelope.source
    assert read["subject"] == envelope.subject
    assert datetime.fromisoformat(read["time"]) == envelope.time
    assert int(read["sequence"]) == envelope.sequence
    assert read["datacontenttype"] == "application/json"
    assert read.data == json.loads(value)


@given(envelopes())
def test_we_read_what_the_sdk_writes_of_our_event(envelope: Envelope) -> None:
    key, value, headers = to_message(envelope)
    read = from_binary(KafkaMessage(headers=dict(headers), key=key, value=value))
    written = to_binary(read, key_mapper=lambda _: key)
    assert written.key == key
    assert isinstance(written.value, bytes)
    again = from_message(key, written.value, written.headers.items())
    assert again.data == envelope.data
    assert (again.id, again.time, again.sequence) == (envelope.id, envelope.time, envelope.sequence)


def test_we_read_an_event_that_the_sdk_made() -> None:
    case_id = str(uuid4())
    made = CloudEvent(
        {
            "id": str(uuid4()),
            "type": "nrm.fund.PaymentMade.v1",
            "source": "/nrm/fund",
            "subject": "claim/1",
            "time": "2024-03-04T10:00:00Z",
            "sequence": "000000000001",
            "partitionkey": case_id,
            "datacontenttype": "application/json",
        },
        {
            "effective_at": "2024-03-04T10:00:00+04:00",
            "case_id": case_id,
            "claim_id": str(uuid4()),
            "order_id": str(uuid4()),
            "kind": "allowance",
            "amount_qepik": 70_000,
        },
    )
    message = to_binary(made)
    assert isinstance(message.key, str)
    assert isinstance(message.value, bytes)
    read = from_message(message.key.encode(), message.value, message.headers.items())
    assert isinstance(read.data, PaymentMade)
    assert (str(read.key), read.data.amount_qepik) == (case_id, 70_000)
    assert read.time == datetime(2024, 3, 4, 10, tzinfo=UTC)
