"""A record of the broker, with the event in it or the code of why there is none."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from aiokafka import ConsumerRecord
from nrm_events import Envelope, EnvelopeError, from_message, strict_json
from sqlalchemy import Row

_OF_AGENCIES = "ext."  # topics that foreign programs write to: what two parsers could read differently is refused


class Message(NamedTuple):
    """A record with its envelope, or the code of the fault that it has none for."""

    topic: str
    partition: int
    position: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    envelope: Envelope | None = None
    fault: str | None = None

    @property
    def stream(self) -> UUID:
        """The case it belongs to; a message without a readable key stands for itself."""
        if self.envelope:
            return self.envelope.key
        try:
            return UUID((self.key or b"").decode())
        except ValueError:
            return uuid5(NAMESPACE_URL, f"{self.topic}/{self.partition}/{self.position}")

    @property
    def place(self) -> str:
        """Where the broker stores it: `topic/partition@position`."""
        return f"{self.topic}/{self.partition}@{self.position}"

    @property
    def names(self) -> dict[str, str]:
        """Its ids for a log line, and nothing of its content."""
        named = {"case_id": str(self.stream)}
        if self.envelope:
            named["event_id"] = str(self.envelope.id)
            if self.envelope.traceparent:
                named["trace_id"] = self.envelope.traceparent.split("-")[1]
        return named


def read(message: Message) -> Message:
    """The message with its envelope, or with the code of its fault.

    The broker controls who may write to a topic, so an event counts on the topic of its own service alone:
    no service can publish an event of another (`wrong_topic`).
    """
    try:
        envelope = from_message(message.key, message.value, message.headers)
        if message.topic.startswith(_OF_AGENCIES):
            strict_json.loads(message.value or b"")
    except EnvelopeError as fault:
        return message._replace(fault=fault.code)
    except strict_json.NotStrict:
        return message._replace(fault="payload_malformed")
    if not envelope.data.belongs_on(message.topic):
        return message._replace(fault="wrong_topic")
    return Message(*message[:6], envelope)  # of every message: `_replace` takes three times as long


def of_record(record: ConsumerRecord) -> Message:
    """Read a record of the broker."""
    place = (record.topic, record.partition, record.offset)
    return read(Message(*place, record.key, record.value, record.headers))


def of_row(row: Row[tuple[object, ...]]) -> Message:
    """Read a row of `parked_event`."""
    headers = [(name, content.encode()) for name, content in row.headers]
    return read(Message(row.topic, row.partition, row.position, row.key, row.value, headers))
