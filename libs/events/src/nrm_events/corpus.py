"""`python -m nrm_events.corpus write|check FOLDER`: a stored message of every event version as it went on the wire.

`write` adds a message for each version that has none and touches no other; `check` names those that have none.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import JsonValue

from nrm_events.base import Event
from nrm_events.catalogue import EVERY
from nrm_events.compatibility import Schema, Shape
from nrm_events.envelope import Envelope, schema_of, to_message

_AT = "2024-03-04T10:00:00+04:00"
_CASE = "01900000-0000-7000-8000-000000000001"
_PLAIN = {"integer": 100, "boolean": False, "null": None}
_FORMATS = {"date-time": _AT, "date": _AT[:10]}


class Kept(NamedTuple):
    """A message as the broker stored it."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


def messages(folder: Path) -> Iterator[tuple[str, Kept]]:
    """Type on the wire, and its message."""
    for path in sorted(folder.glob("*.json")):
        content_of = json.loads(path.read_text(encoding="utf-8"))
        headers = tuple((name, content.encode()) for name, content in content_of["headers"].items())
        yield path.stem, Kept(content_of["topic"], content_of["key"].encode(), content_of["value"].encode(), headers)


def keep(folder: Path, kind: str, message: Kept) -> None:
    content_of = {
        "topic": message.topic,
        "key": message.key.decode(),
        "headers": {name: content.decode() for name, content in message.headers},
        "value": message.value.decode(),
    }
    (folder / f"{kind}.json").write_text(json.dumps(content_of, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def made(event: type[Event]) -> Kept:
    """A message of an event that nobody has sent yet, the same at every call."""
    schema = schema_of(event)
    fields = _fields(Shape(schema, schema))
    data = event.model_validate_json(json.dumps(fields))
    envelope = Envelope(
        id=uuid5(NAMESPACE_URL, event.type_name()),
        type=event.type_name(),
        source=event.publisher(),
        subject=data.subject,
        time=datetime.fromisoformat(_AT),
        sequence=1,
        key=data.stream,
        data=data,
    )
    key, value, headers = to_message(envelope)
    return Kept(data.topic(), key, value, tuple(headers))


def _fields(shape: Shape) -> dict[str, JsonValue]:
    """Every field filled; a mapping of any names is empty."""
    return {name: _value(shape.part(part), name) for name, part in shape.schema.get("properties", {}).items()}


def _value(shape: Shape, field: str) -> JsonValue:
    first = shape.branches()[0]
    if first.values:
        return str(first.values[0])
    if first.schema["type"] == "array":
        return [_value(first.part(first.schema["items"]), field)]
    if first.schema["type"] == "object":
        return _fields(first)
    return _text(first.schema, field) if first.schema["type"] == "string" else _PLAIN[first.schema["type"]]


def _text(schema: Schema, field: str) -> str:
    if schema.get("format") == "uuid":
        return _CASE if field == "case_id" else str(uuid5(UUID(_CASE), field))
    return _FORMATS.get(schema.get("format", ""), "ngo-amc" if "[a-z]{2,12}" in schema.get("pattern", "") else "code")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in ("write", "check"):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder = Path(arguments[1])
    folder.mkdir(parents=True, exist_ok=True)
    missing = EVERY.keys() - {path.stem for path in folder.glob("*.json")}
    if arguments[0] == "write":
        for kind in missing:
            keep(folder, kind, made(EVERY[kind]))
        return 0
    sys.stderr.writelines(f"no message is kept of {kind}\n" for kind in sorted(missing))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
