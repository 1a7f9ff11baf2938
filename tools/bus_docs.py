"""`python tools/bus_docs.py write|check`: docs/events/, what services publish and how they react.

Made from the events, the docstrings of reactions, the declaration of the topics and the golden messages: an AsyncAPI 3
document, a page per publishing service, and who reacts to what by which rule.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Literal

import agency_contract
import yaml
from chassis.service import Service
from local_stack import bus
from nrm_events import AGENCY_MESSAGES, EARLIER, EVENTS, EVERY, SERVICES, Event
from nrm_events.agencies import agency_topic
from nrm_events.compatibility import Shape
from nrm_events.corpus import messages
from nrm_events.envelope import schema_of

Reaction = Callable[..., object]
TOP = Path(__file__).parent.parent
TARGET = TOP / "docs" / "events"
HOW_TO = "../how-to/connect-an-agency.md"
KEPT = dict(messages(TOP / "tests" / "contract" / "corpus"))
MADE = "Made by `python tools/bus_docs.py write`; `make check` refuses an outdated one."
COMMON = "Each holds `effective_at`, when the act took effect; one of a case also `case_id`, its key."
_SAID_BY_THE_KIND = ("Code of an agency", "A code from a list, never free text")
ALL = dict(sorted(EVERY.items()))
SENT = EVENTS | AGENCY_MESSAGES
_RULE = re.compile(r"\b(?:ID|SH|FU|RP|NO|CO)-\d+\b")
_DAY_MS = 24 * 60 * 60 * 1000
_ID = {"type": "string", "format": "uuid"}
_AGENCY = {"description": "Code of the agency whose topics they are", "examples": ["ngo-amc"]}


def reactions(service: Service) -> dict[type[Event], list[Reaction]]:
    """Event → the functions of the service that it calls: the projections and reactions that are declared for it."""
    found: dict[type[Event], list[Reaction]] = {
        event: [handler] for event, handler in service.handlers.items() if not isinstance(handler, partial)
    }
    for declared in getattr(service, "subscriptions", ()):
        functions = found.setdefault(declared.event, [])
        functions += [one for one in (declared.project, declared.react) if one and one not in functions]
    return found


REACTIONS = {name: reactions(import_module(f"{name}.app").SERVICE) for name in SERVICES}


def first_line(thing: object) -> str:
    """Its docstring's first paragraph, in one line."""
    return " ".join(str(thing.__doc__).partition("\n\n")[0].split())


def rules(functions: Sequence[Reaction]) -> list[str]:
    """The rules that the reactions to one event serve; where none is named, nothing is made."""
    cited = list(dict.fromkeys(rule for one in functions for rule in _RULE.findall(str(one.__doc__))))
    if not cited:
        sys.exit(f"{functions[0].__module__}: the docstring of a reaction names no rule: {first_line(functions[0])}")
    return cited


def published(service: str) -> dict[str, type[Event]]:
    return {name: event for name, event in ALL.items() if event.service == service}


def of_today(event: type[Event]) -> type[Event]:
    """The newest version of an event."""
    return next(e for e in SENT.values() if (e.service, e.__name__) == (event.service, event.__name__))


def asyncapi() -> dict[str, object]:
    """The document; https://www.asyncapi.com/docs/reference/specification/v3.1.0."""
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Himayə: the bus of a National Referral Mechanism",
            "version": "1",
            "description": "CloudEvents 1.0, binary mode of the Kafka binding. Thin: ids, codes, dates, amounts.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": agency_contract.SERVERS,
        "channels": dict(_channels()),
        "operations": dict(_operations()),
        "components": {
            "messages": {name: _message(name, event) for name, event in ALL.items()},
            "messageTraits": {"cloudevent": _trait()},
            "securitySchemes": agency_contract.SECURITY,
        },
    }


def _channels() -> Iterator[tuple[str, object]]:
    for topic in sorted({event.topic() for event in ALL.values()}):
        declaration = _declaration(topic)
        kept = declaration["retention_days"] * _DAY_MS
        configuration = {"cleanup.policy": ["delete"], "retention.ms": kept} | agency_contract.size_limit(topic)
        binding = {"partitions": declaration["partitions"], "bindingVersion": "0.5.0"}
        yield (
            channel(topic),
            {
                "address": topic,
                "messages": {n: {"$ref": f"#/components/messages/{n}"} for n, e in ALL.items() if e.topic() == topic},
                "bindings": {"kafka": binding | {"topicConfiguration": configuration}},
            }
            | agency_contract.channel_notes(topic)
            | ({"parameters": {"agency": _AGENCY}} if "{" in topic else {}),
        )


def channel(topic: str) -> str:
    """A channel's name is no address: the topics of every agency are one channel with a parameter."""
    return topic.replace("{agency}", "agency")


def _declaration(topic: str) -> dict[str, int]:
    """As the bus declares it; the topics of agencies are all alike."""
    topics = bus.topics(bus.declared())
    return next(held for name, held in topics.items() if re.fullmatch(topic.replace("{agency}", ".+"), name))


def _operations() -> Iterator[tuple[str, object]]:
    for service in SERVICES:
        for topic in sorted({event.topic() for event in published(service).values()}):
            yield _operation(service, "tells", topic, [n for n in _on(topic) if n in SENT])
        for topic in sorted({event.topic() for event in REACTIONS[service]}):
            yield _operation(service, "hears", topic, [n for n in _on(topic) if of_today(ALL[n]) in REACTIONS[service]])
    inward, outward = agency_topic("{agency}", "in"), agency_topic("{agency}", "out")
    for who, action, topic in (
        ("agency", "tells", inward),
        ("exchange", "hears", inward),
        ("exchange", "tells", outward),
        ("agency", "hears", outward),
    ):
        yield _operation(who, action, topic, _on(topic))


def _on(topic: str) -> list[str]:
    return [name for name, event in ALL.items() if event.topic() == topic]


def _operation(who: str, action: str, topic: str, names: list[str]) -> tuple[str, dict[str, object]]:
    name = channel(topic)
    told = [{"$ref": f"#/channels/{name}/messages/{message}"} for message in names]
    verb = {"tells": "send", "hears": "receive"}[action]
    return f"{who}.{action}.{name}", {"action": verb, "channel": {"$ref": f"#/channels/{name}"}, "messages": told}


def _message(name: str, event: type[Event]) -> dict[str, object]:
    summary = first_line(event) + ("" if name in SENT else " No longer sent, still read.")
    kept = KEPT[name]
    headers = {header: content.decode() for header, content in kept.headers}
    return {
        "name": name,
        "summary": summary,
        "traits": [{"$ref": "#/components/messageTraits/cloudevent"}],
        "payload": _payload(event),
        "examples": [agency_contract.example(name) or {"headers": headers, "payload": json.loads(kept.value)}],
    }


def _payload(event: type[Event]) -> object:
    """Its schema, with each reference replaced: the document would look for it at its own top."""
    schema = schema_of(event)

    def whole(part: object) -> object:
        if isinstance(part, list):
            return [whole(one) for one in part]
        if not isinstance(part, dict):
            return part
        return {key: whole(one) for key, one in Shape(schema, schema).part(part).schema.items()}

    return whole({key: part for key, part in schema.items() if key not in ("$schema", "$id", "$defs", "title")})


def _trait() -> dict[str, object]:
    return {
        "contentType": "application/json",
        "headers": {"type": "object", "properties": agency_contract.headers(), "required": agency_contract.REQUIRED},
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": _ID, "bindingVersion": "0.5.0"}},
    }


def page(service: str) -> str:
    """What a service publishes, event by event."""
    return "\n".join([f"# What {service} tells", "", MADE, COMMON, "", *_listed(published(service))])


def agencies() -> str:
    """The messages between agencies' systems and the platform."""
    lines = ["# What agencies' systems say and are told", "", MADE, COMMON, ""]
    lines += ["Each agency has two topics of its own: [why](../adr/0018-one-door-for-agencies-systems.md).", ""]
    ways: list[tuple[str, Literal["in", "out"]]] = [("An agency says", "in"), ("An agency is told", "out")]
    for title, direction in ways:
        topic = agency_topic("{agency}", direction)
        lines += [f"# {title}, on `{topic}`", "", *_listed({name: ALL[name] for name in _on(topic)})]
    made = {"rules": agency_contract.rules(), "refusals": agency_contract.refusals(), "lists": agency_contract.lists()}
    titles = {"rules": "Keys, order, sizes", "refusals": "Why a submission is refused", "lists": "Closed lists"}
    for name, part in made.items():
        lines += [f"# {titles[name]}", "", *part, ""]
    return "\n".join(lines)


def _listed(events: Mapping[str, type[Event]]) -> list[str]:
    lines: list[str] = []
    for name, event in events.items():
        lines += [f"## {name}", "", first_line(event), ""]
        if name in EARLIER:
            lines += [f"No longer sent; read as `{of_today(event).type_name()}`.", ""]
        fields = list(_fields(event))
        lines += ["| field | what |", "|---|---|", *fields, ""] if fields else []
        lines += [f"- {who}: {first_line(one)}" for who, how in REACTIONS.items() for one in how.get(event, ())]
        lines += [""] if lines[-1] else []
    return lines


def _fields(event: type[Event]) -> Iterator[str]:
    schema = schema_of(event)
    whole = Shape(schema, schema)
    for name, field in schema["properties"].items():
        if name == "effective_at" or (name == "case_id" and "case_id" in schema["required"]):
            continue
        said = field.get("description", "")
        more = f". {said}" if said and said not in _SAID_BY_THE_KIND else ""
        missing = "" if name in schema["required"] else ", may be missing"
        yield f"| `{name}` | {_kind(whole.part(field))}{missing}{more} |"


def _kind(of: Shape) -> str:
    field = of.schema
    if "anyOf" in field:
        return " or ".join(_kind(of.part(part)) for part in field["anyOf"])
    if field["type"] == "array":
        return f"list of {_kind(of.part(field['items']))}"
    if field["type"] == "object":
        if "properties" not in field:
            return f"any names, each {_kind(of.part(field['additionalProperties']))}"
        return "; ".join(f"`{name}`: {_kind(of.part(part))}" for name, part in field["properties"].items())
    if listed := field.get("enum") or ([field["const"]] if "const" in field else None):
        return ", ".join(f"`{value}`" for value in listed)
    if "pattern" in field:
        return "agency" if "[a-z]{2,12}" in field["pattern"] else "code"
    return str({"null": "empty", "boolean": "yes or no"}.get(field["type"], field.get("format", field["type"])))


def matrix() -> str:
    """Producer × consumer: the rules that each reaction serves."""
    lines = ["# Who reacts to what, and by which rule", "", MADE, ""]
    lines += [f"| event | {' | '.join(SERVICES)} |", "|---|" + "---|" * len(SERVICES)]
    for service in SERVICES:
        lines += [
            f"| [{service}.{event.__name__}]({service}.md#{name.replace('.', '').lower()}) | {_row(event)} |"
            for name, event in published(service).items()
            if name in EVENTS
        ]
    lines += ["", "An empty row is heard by no service: it is there for agencies, operators and the record."]
    return "\n".join(lines) + "\n"


def _row(event: type[Event]) -> str:
    return " | ".join(", ".join(rules(REACTIONS[who][event])) if event in REACTIONS[who] else "" for who in SERVICES)


def render() -> dict[str, str]:
    """File name → content."""
    whole = json.loads(json.dumps(asyncapi()))  # so that nothing is shared, for which YAML would write anchors
    document = yaml.safe_dump(whole, sort_keys=False, allow_unicode=True, width=120)
    pages = {f"{service}.md": page(service) for service in SERVICES} | {"agencies.md": agencies()}
    how_to = agency_contract.filled((TARGET / HOW_TO).read_text(encoding="utf-8"))
    made = {HOW_TO: how_to, "agreement.schema.json": agency_contract.agreement_schema(), "matrix.md": matrix()}
    return {"asyncapi.yaml": f"# {MADE}\n{document}"} | made | pages


def main(arguments: list[str]) -> int:
    if arguments not in (["write"], ["check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    TARGET.mkdir(exist_ok=True)
    wrong = []
    for name, content in render().items():
        path = TARGET / name
        if arguments == ["write"]:
            path.write_text(content, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != content:
            wrong.append(f"docs/events/{name} is outdated: run `python tools/bus_docs.py write`\n")
    sys.stderr.writelines(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
