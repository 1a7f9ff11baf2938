"""Names of fields and codes of closed lists, from the six APIs as they are recorded (tests/contract/openapi)."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Node = Mapping[str, Any]

INNER = {
    "after",
    "before",
    "expected_version",
    "faults",
    "headers",
    "idempotency-key",
    "items",
    "limit",
    "next",
    "trace_id",
}
"""Names that no page shows: paging, versions, technical headers."""
UNSHOWN = ("Problem", "ProblemFault", "Parked", "Replay", "Discard", "Rebuild", "Projection", "Bus", "Head")
"""Beginnings of shapes of technical addresses. Their page has words of its own."""
TECHNICAL = ("/api/bus", "/api/internal", "/api/audit-heads")
_NESTED = ("anyOf", "oneOf", "allOf", "items", "additionalProperties", "prefixItems", "propertyNames")


class Apis:
    """Every field with the places where it stands, and every (field, code)."""

    def __init__(self, folder: Path) -> None:
        self.fields: dict[str, str] = {}
        self.codes: dict[tuple[str, str], str] = {}
        self.names: set[str] = set()
        for path in sorted(folder.glob("*.json")):
            self._read(path.stem, json.loads(path.read_text(encoding="utf-8")))

    def _read(self, service: str, document: Node) -> None:
        shapes = document["components"].get("schemas", {})
        for name, shape in shapes.items():
            if not name.startswith(UNSHOWN):
                for field, part in shape.get("properties", {}).items():
                    self._add(field, part, f"{service}.{name}", shapes)
        for path, item in document["paths"].items():
            if not path.startswith(TECHNICAL):
                for operation in item.values():
                    for name in _of_body(operation, shapes):
                        self.fields.setdefault(name, f"{service} {path}")
                    for given in operation.get("parameters", ()):
                        if given["in"] == "query":
                            self._add(given["name"], given["schema"], f"{service} {path}", shapes)

    def _add(self, field: str, part: Node, where: str, shapes: Node) -> None:
        if field in INNER or field == "id" or field.endswith("_id"):
            self.names.add(field)
            return
        self.fields.setdefault(field, where)
        for code in _codes(part, shapes):
            self.codes.setdefault((field, code), where)


def _of_body(operation: Node, shapes: Node) -> Iterator[str]:
    """Ids that a command has in its body, which a form lets somebody choose."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    shape = shapes.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
    yield from (name for name in shape.get("properties", {}) if name.endswith("_id"))


def _codes(part: Node, shapes: Node) -> Iterator[str]:
    """The codes of closed lists in a field's own schema, through references to lists and not into other shapes."""
    yield from (code for code in part.get("enum", ()) if isinstance(code, str))
    if isinstance(part.get("const"), str):
        yield part["const"]
    if "$ref" in part:
        shape = shapes[part["$ref"].rpartition("/")[2]]
        if "properties" not in shape:
            yield from _codes(shape, shapes)
    for name in _NESTED:
        inner = part.get(name)
        for one in inner if isinstance(inner, list) else [inner]:
            if isinstance(one, dict):
                yield from _codes(one, shapes)
