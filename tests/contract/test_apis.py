"""A change of an HTTP API that a client would not survive is refused by its name; additions pass."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from chassis.service import Service

from ..conftest import SERVICES
from .apis import FOLDER, breaks

CODE = {"type": "string", "enum": ["left", "discharged"]}
API: dict[str, Any] = {
    "paths": {
        "/stays/{id}": {
            "get": {
                "parameters": [
                    {"in": "path", "name": "id", "required": True, "schema": {"type": "string"}},
                    {"in": "query", "name": "after", "required": False, "schema": {"type": "string", "maxLength": 9}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Stay"}}}}
                },
            },
            "post": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Leave"}}},
                    "required": False,
                },
                "responses": {"200": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "Stay": {"type": "object", "properties": {"how": CODE, "to": CODE}, "required": ["how"]},
            "Leave": {
                "type": "object",
                "properties": {"how": CODE, "note": {"type": "boolean", "default": False}},
                "required": ["how"],
                "additionalProperties": False,
            },
            "Problem": {"type": "object", "properties": {"code": {"type": "string"}}, "required": ["code"]},
        }
    },
}
GET, POST = "GET /stays/{id}", "POST /stays/{id}"
Change = Callable[[Any, Any, Any], object]  # given the item's get, its post and the schemas

BREAKING: dict[str, tuple[Change, str]] = {
    "a parameter gone": (lambda get, post, s: get["parameters"].pop(), f"{GET}: parameter_removed query after"),
    "a parameter needed": (
        lambda get, post, s: get["parameters"][1].update(required=True),
        f"{GET}: parameter_made_required query after",
    ),
    "a new parameter needed": (
        lambda get, post, s: get["parameters"].append(get["parameters"][0] | {"in": "query"}),
        f"{GET}: parameter_made_required query id",
    ),
    "a parameter narrowed": (
        lambda get, post, s: get["parameters"][1]["schema"].update(maxLength=5),
        f"{GET}: bound_tightened query after",
    ),
    "a body needed": (lambda get, post, s: post["requestBody"].update(required=True), f"{POST}: body_made_required"),
    "another kind of body": (
        lambda get, post, s: post["requestBody"].update(content={"text/csv": {"schema": {}}}),
        f"{POST}: media_changed application/json",
    ),
    "a new field needed": (
        lambda get, post, s: s["Leave"]["required"].append("note"),
        f"{POST}: field_made_required note",
    ),
    "a field not taken any more": (
        lambda get, post, s: s["Leave"]["properties"].pop("note"),
        f"{POST}: fields_closed note",
    ),
    "a code not taken any more": (
        lambda get, post, s: s["Leave"]["properties"].update(how={"type": "string", "enum": ["left"]}),
        f"{POST}: value_removed how",
    ),
    "another default": (
        lambda get, post, s: s["Leave"]["properties"]["note"].update(default=True),
        f"{POST}: default_changed note",
    ),
    "a field of the answer gone": (
        lambda get, post, s: s["Stay"].update(properties={"to": CODE}, required=[]),
        f"{GET}: field_no_longer_given how",
    ),
    "a field of the answer at times": (
        lambda get, post, s: s["Stay"].update(required=[]),
        f"{GET}: field_no_longer_given how",
    ),
    "a field of the answer of another type": (
        lambda get, post, s: s["Stay"]["properties"].update(how={"type": "integer"}),
        f"{GET}: type_changed how",
    ),
    "another success": (
        lambda get, post, s: post.update(responses={"201": {}}),
        f"{POST}: success_changed 200",
    ),
    "errors without their code": (
        lambda get, post, s: s["Problem"].update(required=[]),
        "every error: field_no_longer_given code",
    ),
}
HARMLESS: dict[str, Change] = {
    "a new parameter that may be left out": lambda get, post, s: get["parameters"].append(
        {"in": "query", "name": "how", "required": False, "schema": CODE}
    ),
    "a new field that may be left out": lambda get, post, s: s["Leave"]["properties"].update(to=CODE),
    "a new field of the answer": lambda get, post, s: s["Stay"]["properties"].update(since={"type": "string"}),
    "a field of the answer always": lambda get, post, s: s["Stay"]["required"].append("to"),
    "a new code in an answer": lambda get, post, s: s["Stay"]["properties"].update(
        how={"type": "string", "enum": ["left", "discharged", "repatriated"]}
    ),
    "a wider parameter": lambda get, post, s: get["parameters"][1]["schema"].pop("maxLength"),
    "a new operation": lambda get, post, s: None,
}


def _changed(change: Change) -> dict[str, Any]:
    now = deepcopy(API)
    item = now["paths"]["/stays/{id}"]
    change(item["get"], item["post"], now["components"]["schemas"])
    now["paths"]["/stays"] = deepcopy(item)
    return now


@pytest.mark.parametrize("what", BREAKING)
def test_a_breaking_change_is_refused_by_name(what: str) -> None:
    change, name = BREAKING[what]
    assert name in list(breaks(API, _changed(change)))


@pytest.mark.parametrize("what", HARMLESS)
def test_an_addition_passes(what: str) -> None:
    assert list(breaks(API, _changed(HARMLESS[what]))) == []


def test_an_operation_that_is_gone_is_named() -> None:
    only_read = _changed(lambda get, post, s: None)
    del only_read["paths"]["/stays/{id}"]["post"]
    assert list(breaks(API, only_read)) == [f"{POST}: operation_removed"]
    assert list(breaks(API, API | {"paths": {}})) == [f"{GET}: operation_removed", f"{POST}: operation_removed"]


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_operation_of_a_service_is_compared(service: Service) -> None:
    """Each of its operations is missed when it is gone, and none holds a keyword that the comparison does not know."""
    held = json.loads((FOLDER / f"{service.name}.json").read_text(encoding="utf-8"))
    operations = [f"{method.upper()} {path}" for path, item in held["paths"].items() for method in item]
    assert sorted(breaks(held, held | {"paths": {}})) == sorted(f"{label}: operation_removed" for label in operations)
    assert list(breaks(held, held)) == []
