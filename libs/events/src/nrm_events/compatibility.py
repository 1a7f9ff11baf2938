"""What one JSON Schema's messages hold that another's readers refuse, each difference by name (docs/adr/0011).

Readers ignore fields they do not know, so a writer may add and leave out optional ones. A keyword that is not
understood here is a difference too: silence never means that nobody looked.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Schema = Mapping[str, Any]

PROSE = {"title", "description", "examples", "example", "deprecated", "$schema", "$id", "$defs", "discriminator"}
_EQUAL = ("pattern", "format", "multipleOf", "contentMediaType", "contentEncoding", "x-key", "x-subject")
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_OTHER = {"type", "enum", "const", "anyOf", "oneOf", "default", "uniqueItems"}
_NESTED = {"items", "properties", "required", "additionalProperties", "propertyNames"}
_UNDERSTOOD = PROSE | {*_EQUAL, *_LOWER, *_UPPER} | _OTHER | _NESTED


class Refusal(NamedTuple):
    """`kind` is stable; `path` leads to the field, `a.b[]` for what a list in it holds."""

    kind: str
    path: str


@dataclass(frozen=True)
class Shape:
    """A schema with the document in which its references are found."""

    schema: Schema
    root: Schema

    def part(self, schema: object) -> "Shape":
        """A schema inside this one; `true` stands for any value."""
        while isinstance(schema, dict) and "$ref" in schema:
            found = self.root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
        return Shape(schema if isinstance(schema, dict) else {}, self.root)

    def branches(self) -> list["Shape"]:
        """The shapes of which a value has one; what stands beside them holds for each."""
        for name in ("anyOf", "oneOf"):
            if name in self.schema:
                beside = {key: part for key, part in self.schema.items() if key not in (name, "default")}
                each = [self.part(part).schema for part in self.schema[name]]
                return [found for part in each for found in Shape({**beside, **part}, self.root).branches()]
        if isinstance(self.schema.get("type"), list):
            return [Shape({**self.schema, "type": kind}, self.root) for kind in self.schema["type"]]
        return [self]

    @property
    def values(self) -> Sequence[object] | None:
        """What a closed list of codes allows; None where it is open."""
        listed: Sequence[object] | None = [self.schema["const"]] if "const" in self.schema else self.schema.get("enum")
        return listed


def refusals(written: Schema, read: Schema) -> list[Refusal]:
    """How readers of `read` refuse what writers of `written` may send; nothing if they read all of it."""
    return list(dict.fromkeys(compare(Shape(written, written).part(written), Shape(read, read).part(read), "")))


def compare(written: Shape, read: Shape, path: str) -> Iterator[Refusal]:
    """The same for two schemas in the middle of their documents."""
    accepting = read.branches()
    for sent in written.branches():
        tried = [list(_one(sent, branch, path)) for branch in accepting]
        if not any(found == [] for found in tried):
            yield from min(tried, key=_distance)


def _distance(found: Sequence[Refusal]) -> tuple[bool, int]:
    """Of several branches the one with the same type explains best."""
    return found[0].kind in ("type", "null"), len(found)


def _one(written: Shape, read: Shape, path: str) -> Iterator[Refusal]:
    w, r = written.schema, read.schema
    yield from (Refusal(f"keyword {name}", path) for name in sorted((w.keys() | r.keys()) - _UNDERSTOOD))
    if r.get("type") and w.get("type") != r["type"] and not (w.get("type") == "integer" and r["type"] == "number"):
        yield Refusal("null" if "null" in (w.get("type"), r["type"]) else "type", path)
        return
    if read.values is not None:
        yield from _values(written.values, read.values, path)
        return
    wrong = [name for name in _EQUAL if r.get(name) not in (None, w.get(name))]
    if "pattern" in wrong and written.values and all(re.search(r["pattern"], str(value)) for value in written.values):
        wrong.remove("pattern")
    yield from (Refusal(name, path) for name in wrong)
    yield from _bounds(w, r, path)
    if "items" in r:
        yield from compare(written.part(w.get("items", {})), read.part(r["items"]), f"{path}[]")
    yield from _fields(written, read, path)


def _values(written: Sequence[object] | None, read: Sequence[object], path: str) -> Iterator[Refusal]:
    if written is None:
        yield Refusal("list", path)
    elif any(value not in read for value in written):
        yield Refusal("value", path)


def _bounds(w: Schema, r: Schema, path: str) -> Iterator[Refusal]:
    low = any(name in r and (name not in w or w[name] < r[name]) for name in _LOWER)
    high = any(name in r and (name not in w or w[name] > r[name]) for name in _UPPER)
    if low or high or (r.get("uniqueItems") and not w.get("uniqueItems")):
        yield Refusal("bound", path)


def _fields(written: Shape, read: Shape, path: str) -> Iterator[Refusal]:
    w, r = written.schema, read.schema
    sent, known = w.get("properties", {}), r.get("properties", {})
    needed, required = set(r.get("required", ())), set(w.get("required", ()))
    for name in sorted(sent.keys() | needed):
        at = f"{path}.{name}" if path else name
        if name in needed - required:
            yield Refusal("needed", at)
        if name in sent and name in known:
            yield from _field(written.part(sent[name]), read.part(known[name]), at)
        elif name in sent:
            yield from _other(written.part(sent[name]), read, at)
    if w.get("additionalProperties", False) is not False:
        yield from _other(written.part(w["additionalProperties"]), read, f"{path}.*")
    if "propertyNames" in r:
        yield from compare(written.part(w.get("propertyNames", {})), read.part(r["propertyNames"]), f"{path}.*")


def _other(written: Shape, read: Shape, path: str) -> Iterator[Refusal]:
    """A field that the reader does not know by its name."""
    others = read.schema.get("additionalProperties", True)
    if others is False:
        yield Refusal("unknown", path)
    else:
        yield from compare(written, read.part(others), path)


def _field(written: Shape, read: Shape, path: str) -> Iterator[Refusal]:
    yield from compare(written, read, path)
    if "default" in written.schema and written.schema["default"] != read.schema.get("default"):
        yield Refusal("default", path)
