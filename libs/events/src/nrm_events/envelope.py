"""CloudEvents 1.0, binary mode of its Kafka protocol binding: attributes as `ce_*` headers, JSON in the value.

Our own codec, because the `cloudevents` SDK builds an object per message and knows no batch; a test pins both together.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic
from uuid import UUID

from pydantic import ValidationError
from typing_extensions import TypeVar

from nrm_events.base import Event
from nrm_events.catalogue import EVERY
from nrm_events.headers import read as read_headers

SEQUENCE_DIGITS = 12
_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")


class EnvelopeError(ValueError):
    """A message that is not one of our events; `code` is stable and names no content."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


E = TypeVar("E", bound=Event, covariant=True, default=Event)


@dataclass(frozen=True, slots=True)
class Envelope(Generic[E]):
    """What travels around an event. `time` is when the change was recorded; `data.effective_at` when it took effect.

    `type` is that of `data`: a message of an earlier version is read in the newest (docs/adr/0012).
    """

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    sequence: int
    key: UUID
    data: E
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    traceparent: str | None = None


def to_message(envelope: Envelope) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """Key, value and headers as they go on the wire."""
    attributes = {
        "specversion": "1.0",
        "id": str(envelope.id),
        "type": envelope.type,
        "source": envelope.source,
        "subject": envelope.subject,
        "time": envelope.time.isoformat(),
        "dataschema": f"urn:nrm:schema:{envelope.type}",
        "sequence": f"{envelope.sequence:0{SEQUENCE_DIGITS}d}",
        "partitionkey": str(envelope.key),
        "dataclassification": envelope.data.classification,
    }
    if envelope.correlation_id:
        attributes["correlationid"] = str(envelope.correlation_id)
    if envelope.causation_id:
        attributes["causationid"] = str(envelope.causation_id)
    headers = [("content-type", b"application/json")]
    headers += [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
    if envelope.traceparent:
        headers.append(("traceparent", envelope.traceparent.encode()))
    return str(envelope.key).encode(), envelope.data.model_dump_json().encode(), headers


def from_message(key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes | None]]) -> Envelope:
    """Read a message back, in the newest version of its event.

    EnvelopeError, the first that applies: `header_missing`, `header_malformed`, `unknown_type`, `payload_malformed`,
    `wrong_key` (the event is of another case than its key, which orders, parks and replays it).
    """
    named, fault = read_headers(headers)
    if fault:
        raise EnvelopeError(fault)
    found: dict[str, Any] = named  # those that are needed have content now
    try:
        kind = found["ce_type"].decode()
        event = EVERY.get(kind)
        if event is None:
            raise EnvelopeError("unknown_type")
        envelope_time = datetime.fromisoformat(found["ce_time"].decode())
        if envelope_time.tzinfo is None or key is None:
            raise EnvelopeError("header_malformed")
        stream = UUID(key.decode())
        data = _payload(event, value)
        if data.stream != stream:
            raise EnvelopeError("wrong_key")
        return Envelope(
            id=_checked_uuid(found["ce_id"]),
            type=kind if type(data) is event else data.type_name(),
            source=found["ce_source"].decode(),
            subject=found["ce_subject"].decode(),
            time=envelope_time,
            sequence=int(found["ce_sequence"]),
            key=stream,
            data=data,
            correlation_id=_uuid(found.get("ce_correlationid")),
            causation_id=_uuid(found.get("ce_causationid")),
            traceparent=_traceparent(found.get("traceparent")),
        )
    except EnvelopeError:
        raise
    except (ValueError, AttributeError, TypeError):  # the bus allows a header without content
        raise EnvelopeError("header_malformed") from None


def _payload(event: type[Event], value: bytes | None) -> Event:
    try:
        event_data = event.model_validate_json(value or b"")
    except ValidationError:
        raise EnvelopeError("payload_malformed") from None
    while (later := event_data.upcast()) is not event_data:
        event_data = later
    return event_data


def _uuid(content: bytes | None) -> UUID | None:
    return _checked_uuid(content) if content else None


def _checked_uuid(content: bytes) -> UUID:
    """Of a header, whose form was checked: half the time of reading text of any form."""
    return UUID(int=int(content.replace(b"-", b""), 16))


def _traceparent(content: bytes | None) -> str | None:
    text = (content or b"").decode(errors="replace")
    return text if _TRACEPARENT.match(text) else None


def schema_of(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of an event version, as it is committed in `schemas/`, and which fields name key and subject."""
    schema = event.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:nrm:schema:{event.type_name()}",
        "x-key": event.key_field(),
        "x-subject": f"{event.about}_id",
    } | schema
