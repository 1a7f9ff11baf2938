"""`python -m tests.contract.apis write|check`: each service's HTTP API as its clients know it, never broken.

Additions are recorded by `write`. What breaks a client is refused by name, by both: give it another path beside the
old one. Clients take a code that they do not know in an answer as unknown, so closed lists of answers may grow.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chassis import app
from chassis.database import Database
from chassis.service import Service
from chassis.settings import Settings
from nrm_events.compatibility import Refusal, Shape, compare
from nrm_events.shipped import name_of, shape
from pydantic import SecretStr

from ..conftest import SERVICES

FOLDER = Path(__file__).parent / "openapi"
_METHODS = ("get", "post", "put", "patch", "delete")
_GROWING = ("value", "list", "default")  # what an answer may do that a request may not
_PROBLEM = {"$ref": "#/components/schemas/Problem"}

Document = Mapping[str, Any]


def document(service: Service) -> Document:
    """The API without its prose. Nothing is connected to."""
    nowhere = "postgresql://nobody@127.0.0.1/none"
    settings = Settings(
        database_url=nowhere,
        kafka="127.0.0.1:9",
        issuer="http://127.0.0.1",
        clients=frozenset(),
        client_id="",
        client_secret=SecretStr(""),
    )
    whole = shape(app.build(service, settings, Database(nowhere)).openapi())
    paths = {
        path: {method: _bare(item[method]) for method in _METHODS if method in item}
        for path, item in whole["paths"].items()
    }
    return {"paths": paths, "components": whole["components"]}


def _bare(operation: Document) -> Document:
    """What it takes, and how it answers when it succeeds; else it answers a Problem, everywhere the same."""
    kept = {name: operation[name] for name in ("parameters", "requestBody") if name in operation}
    successes = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    return kept | {"responses": successes}


def breaks(was: Document, now: Document) -> Iterator[str]:
    """`operation: name field` of every change that a client of `was` would not survive."""
    for path, item in was["paths"].items():
        for method in (method for method in _METHODS if method in item):
            label, after = f"{method.upper()} {path}", now["paths"].get(path, {}).get(method)
            if after is None:
                yield f"{label}: operation_removed"
                continue
            changes = [*_asked(item[method], after, was, now), *_answered(item[method], after, was, now)]
            yield from (f"{label}: {change}" for change in dict.fromkeys(changes))
    for refusal in compare(Shape(now, now).part(_PROBLEM), Shape(was, was).part(_PROBLEM), ""):
        if refusal.kind not in _GROWING:
            yield f"every error: {name_of(refusal, 1)}"


def _asked(before: Document, after: Document, was: Document, now: Document) -> Iterator[str]:
    """What clients send is still taken."""
    old, new = _parameters(before), _parameters(after)
    yield from (f"parameter_removed {name}" for name in sorted(old.keys() - new.keys()))
    yield from (f"parameter_made_required {n}" for n in sorted(_required(new) - _required(old)))
    for name in sorted(old.keys() & new.keys()):
        sent, taken = Shape(was, was).part(old[name]["schema"]), Shape(now, now).part(new[name]["schema"])
        yield from (name_of(refusal, 0) for refusal in compare(sent, taken, name))
    body, taken_body = before.get("requestBody", {}), after.get("requestBody", {})
    if taken_body.get("required") and not body.get("required"):
        yield "body_made_required"
    yield from (name_of(refusal, 0) for refusal in _contents(body, taken_body, was, now))


def _answered(before: Document, after: Document, was: Document, now: Document) -> Iterator[str]:
    """What clients are answered they still read: the same successes, with every field they had."""
    old, new = before["responses"], after["responses"]
    yield from (f"success_changed {status}" for status in sorted(old.keys() ^ new.keys()))
    for status in sorted(old.keys() & new.keys()):
        found = _contents(new[status], old[status], now, was)
        yield from (name_of(refusal, 1) for refusal in found if refusal.kind not in _GROWING)


def _contents(sent: Document, taken: Document, sender: Document, taker: Document) -> Iterator[Refusal]:
    """Media type by media type, what the taker refuses of what is sent."""
    accepted = taken.get("content", {})
    for kind, content in sent.get("content", {}).items():
        if kind not in accepted:
            yield Refusal("media", kind)
            continue
        written, read = (
            Shape(sender, sender).part(content["schema"]),
            Shape(taker, taker).part(accepted[kind]["schema"]),
        )
        yield from compare(written, read, "")


def _parameters(operation: Document) -> dict[str, Any]:
    return {f"{given['in']} {given['name']}": given for given in operation.get("parameters", ())}


def _required(parameters: Mapping[str, Any]) -> set[str]:
    return {name for name, given in parameters.items() if given.get("required")}


def render(found: Document) -> str:
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    if arguments not in (["write"], ["check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    FOLDER.mkdir(exist_ok=True)
    wrong = [line for service in SERVICES.values() for line in _look(service, write=arguments == ["write"])]
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


def _look(service: Service, *, write: bool) -> Iterator[str]:
    path, now = FOLDER / f"{service.name}.json", document(service)
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    broken = [f"{service.name}: {line}" for line in breaks(held, now)] if held else []
    yield from broken
    if held != now and not broken:
        if write:
            path.write_text(render(now), encoding="utf-8")
        else:
            yield f"{service.name}: its API has grown: run `python -m tests.contract.apis write`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
