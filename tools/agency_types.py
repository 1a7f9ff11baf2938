"""`python tools/agency_types.py write|check`: types of agencies' messages in Java, Go and TypeScript.

Made from libs/events/schemas, one file a language, without any library; they go to libs/events/types.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

TOP = Path(__file__).parent.parent
SCHEMAS, TARGET = TOP / "libs" / "events" / "schemas", TOP / "libs" / "events" / "types"
PARTS = Path(__file__).parent / "agency_type_parts"
MADE = "Made by `python tools/agency_types.py write` from the JSON schemas; do not edit."


Schema = TypedDict(
    "Schema",
    {
        "$defs": "dict[str, Schema]",
        "$ref": str,
        "anyOf": "list[Schema]",
        "description": str,
        "items": "Schema",
        "properties": "dict[str, Schema]",
        "required": list[str],
        "type": str,
    },
    total=False,
)


@dataclass(frozen=True)
class Field:
    """A field: its form is text, number, truth, facts, or the name of a record; `listed`: a list of them."""

    name: str
    form: str
    needed: bool
    listed: bool = False


@dataclass(frozen=True)
class Message:
    """A message, or a record inside one; `kind`: its type on the wire, empty for a record."""

    name: str
    kind: str
    about: str
    fields: tuple[Field, ...]


def messages() -> list[Message]:
    """The records inside messages first, then the messages."""
    records: dict[str, Message] = {}
    found = []
    for path in sorted(SCHEMAS.glob("nrm.agency.*.json")):
        schema: Schema = json.loads(path.read_text(encoding="utf-8"))
        inner = schema.get("$defs", {})
        records |= {name: _message(name, "", part) for name, part in inner.items()}
        found.append(_message(path.stem.split(".")[2], path.stem, schema))
    return [*records.values(), *found]


def _message(name: str, kind: str, schema: Schema) -> Message:
    needed = schema.get("required", [])
    fields = tuple(_field(field, part, field in needed) for field, part in schema["properties"].items())
    return Message(name, kind, schema.get("description", "").partition("\n")[0], fields)


def _field(name: str, schema: Schema, needed: bool) -> Field:
    if "anyOf" in schema:
        (schema,) = [branch for branch in schema["anyOf"] if branch.get("type") != "null"]
    if schema.get("type") == "array":
        return Field(name, _form(schema["items"]), needed, listed=True)
    return Field(name, _form(schema), needed)


def _form(schema: Schema) -> str:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    return {"string": "text", "integer": "number", "boolean": "truth", "object": "facts"}[schema["type"]]


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def java(found: Iterable[Message]) -> Iterator[str]:
    """Records with a reader and a writer; the small JSON parser stands in the part that is written by hand."""
    names = {"text": "String", "number": "Long", "truth": "Boolean", "facts": "Map<String, Object>"}

    def kind(field: Field) -> str:
        one = names.get(field.form, field.form)
        return f"List<{one}>" if field.listed else one

    def read(field: Field) -> str:
        value = f'{"requiredField" if field.needed else "optionalField"}(from, "{field.name}")'
        if field.form not in names:
            return f"records({value}, {field.form}::from)"
        return f"({kind(field)}) {value}"

    found = list(found)
    for one in found:
        fields = ", ".join(f"{kind(field)} {_lower(field.name)}" for field in one.fields)
        yield f"    /** {one.about} */"
        yield f"    public record {one.name}({fields}) implements Message {{"
        yield f'        public static final String TYPE = "{one.kind}";' if one.kind else ""
        yield f"        static {one.name} from(Map<String, Object> from) {{"
        yield f"            return new {one.name}({', '.join(read(field) for field in one.fields)});"
        yield "        }"
        yield "        public Map<String, Object> toMap() {"
        yield "            Map<String, Object> to = new LinkedHashMap<>();"
        for field in one.fields:
            value = f"{_lower(field.name)}()"
            written = value if field.form in names else f"written({value})"
            yield f'            if ({value} != null) to.put("{field.name}", {written});'
        yield "            return to;"
        yield "        }"
        yield "    }"
        yield ""
    yield "    private static Message of(String type, Map<String, Object> from) {"
    yield "        return switch (type) {"
    yield from (f"            case {one.name}.TYPE -> {one.name}.from(from);" for one in found if one.kind)
    yield '            default -> throw new IllegalArgumentException("unknown_type");'
    yield "        };"
    yield "    }"


def _lower(name: str) -> str:
    return _camel(name)[0].lower() + _camel(name)[1:]


def go(found: Iterable[Message]) -> Iterator[str]:
    """Structs for encoding/json; a pointer is a field that may be missing."""
    names = {"text": "string", "number": "int64", "truth": "bool", "facts": "map[string]any"}
    found = list(found)
    for one in found:
        yield f"// {one.name}: {one.about}"
        yield f"type {one.name} struct {{"
        for field in one.fields:
            kind = names.get(field.form, field.form)
            kind = f"[]{kind}" if field.listed else kind if field.needed else f"*{kind}"
            yield f'\t{_camel(field.name)} {kind} `json:"{field.name}{"" if field.needed else ",omitempty"}"`'
        yield "}"
        yield ""
    yield "// New returns an empty message of a type; nil where there is no such type."
    yield "func New(kind string) any {"
    yield "\tswitch kind {"
    yield from (f'\tcase "{one.kind}":\n\t\treturn new({one.name})' for one in found if one.kind)
    yield "\t}"
    yield "\treturn nil"
    yield "}"
    yield ""
    yield "var needed = map[string][]string{"
    for one in (one for one in found if one.kind):
        yield f'\t"{one.kind}": {{{", ".join(f"`{field.name}`" for field in one.fields if field.needed)}}},'
    yield "}"


def typescript(found: Iterable[Message]) -> Iterator[str]:
    """Interfaces, and one union, by its `type`."""
    names = {"text": "string", "number": "number", "truth": "boolean", "facts": "Record<string, Fact>"}
    found = list(found)
    for one in found:
        yield f"/** {one.about} */"
        yield f"export interface {one.name} {{"
        for field in one.fields:
            kind = names.get(field.form, field.form) + ("[]" if field.listed else "")
            yield f"  {field.name}: {kind};" if field.needed else f"  {field.name}?: {kind} | null;"
        yield "}"
        yield ""
    whole = [one for one in found if one.kind]
    yield "export type Message ="
    yield "\n".join(f'  | {{ type: "{one.kind}"; data: {one.name} }}' for one in whole) + ";"
    yield ""
    yield 'const NEEDED: Record<Message["type"], readonly string[]> = {'
    yield from (f'  "{one.kind}": {json.dumps([field.name for field in one.fields if field.needed])},' for one in whole)
    yield "};"


LANGUAGES: Mapping[str, Callable[[Iterable[Message]], Iterator[str]]] = {
    "AgencyMessages.java": java,
    "agency_messages.go": go,
    "agency_messages.ts": typescript,
}


def render() -> dict[str, str]:
    """File name → content: the part written by hand, with what is made in the place of `MADE HERE`."""
    return {
        name: (PARTS / name)
        .read_text(encoding="utf-8")
        .replace("// MADE HERE", "\n".join(make(messages())))
        .replace("// MADE", f"// {MADE}")
        for name, make in LANGUAGES.items()
    }


def main(arguments: list[str]) -> int:
    if arguments not in (["write"], ["check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    TARGET.mkdir(exist_ok=True)
    wrong = 0
    for name, content in render().items():
        path = TARGET / name
        if arguments == ["write"]:
            path.write_text(content, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != content:
            sys.stderr.write(f"libs/events/types/{name} is outdated: run `python tools/agency_types.py write`\n")
            wrong = 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
