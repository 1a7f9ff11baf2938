"""A record as the broker gave it, with the event in it or the code of why there is none."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from nrm_events import Envelope, EnvelopeError, from_message
from sqlalchemy import Row


class Message(NamedTuple):
    """A record as the broker gave it, with its envelope or the code of why it is none."""

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
    def names(self) -> dict[str, str]:
        """What a log line says of it: ids, and nothing that is in it."""
        named = {"case_id": str(self.stream)}
        if self.envelope:
            named["event_id"] = str(self.envelope.id)
            if self.envelope.traceparent:
                named["trace_id"] = self.envelope.traceparent.split("-")[1]
        return named


def read(
    topic: str,
    partition: int,
    position: int,
    key: bytes | None,
    value: bytes | None,
    headers: Sequence[tuple[str, bytes | None]],
) -> Message:
    """Who may write to a topic is the broker's to say, so an event counts on the topic of its own service alone:
    nobody tells what another service did (`wrong_topic`)."""
    try:
        envelope = from_message(key, value, headers)
    except EnvelopeError as fault:
        return Message(topic, partition, position, key, value, headers, fault=fault.code)
    if not envelope.data.belongs_on(topic):
        return Message(topic, partition, position, key, value, headers, fault="wrong_topic")
    return Message(topic, partition, position, key, value, headers, envelope)


def from_row(row: Row[Any]) -> Message:
    headers = [(name, content.encode()) for name, content in row.headers]
    return read(row.topic, row.partition, row.position, row.key, row.value, headers)
