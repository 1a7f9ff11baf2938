"""For tests: every action × every role × every basis of a service over HTTP, against its own rights table.

Each request is made by a person of a role while their agency knows of the case on exactly one basis. The answer
must be that of the table: granted, 403 for another basis, 404 for none.
"""

import asyncio
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
from chassis.testing import ServiceUnderTest, Stack, person_token
from fastapi.routing import APIRoute
from hypothesis import strategies as st
from sqlalchemy import text

from casework.bases import Basis, covered
from casework.purposes import DATA_CLASSES, PURPOSES

_NONE: tuple[Basis, ...] = ()
_REACHED = "granted"
Schema = Mapping[str, Any]
"""A JSON schema as pydantic makes it."""


@dataclass(frozen=True)
class Scene:
    """A case with its objects in a service.

    `ids` has a value for every path parameter; `refs` the id of a request or service, by kind; `bodies` what
    a command sends, by action or address, where the smallest body that its schema allows would be refused before the
    case is looked at;
    `skip` names actions on other objects than the scene's; `narrower` those that a rule beyond the basis may refuse
    as well, such as to another agency's consent.
    """

    case_id: UUID
    ids: Mapping[str, str]
    refs: Mapping[str, UUID] = field(default_factory=dict)
    bodies: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    queries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    skip: frozenset[str] = frozenset()
    narrower: frozenset[str] = frozenset()


def every_basis(rights: Mapping[str, Mapping[str, object]], refs: Mapping[str, UUID]) -> list[Basis]:
    """One of each kind that a cell of the table names, one that none does, every purpose and class."""
    cells = [cell for roles in rights.values() for cell in roles.values() if isinstance(cell, tuple)]
    needed = [one for cell in cells for one in cell]
    kinds = sorted({kind for one in needed if one.name in ("asked", "serves") for kind in one.about} | {"other"})
    found = [Basis(name) for name in ("holder", "formal_body", "guardian_authority")]
    found += [Basis("told_of_bar", ref=refs.get("told_of_bar", uuid4()))]
    found += [Basis("court", data_class="identity", ref=uuid4())]
    found += [Basis(name, kind, ref=refs.get(kind, uuid4())) for name in ("asked", "serves") for kind in kinds]
    found += [Basis("consent", purpose, "case_reference", uuid4()) for purpose in PURPOSES]
    return found + [Basis("consent", "assistance", data_class, uuid4()) for data_class in DATA_CLASSES]


def routes(service: ServiceUnderTest) -> Iterator[tuple[str, APIRoute, str]]:
    """(method, route, action) of every endpoint whose action needs bases."""
    for router in service.service.every_router:
        for route in router.routes:
            if isinstance(route, APIRoute):
                action = str((route.openapi_extra or {}).get("x-action"))
                if any(isinstance(cell, tuple) for cell in service.service.every_right[action].values()):
                    yield sorted(route.methods or ())[0], route, action


def people_by_role() -> dict[str, str]:
    """Role → a demo user that has it, first of another agency than the demo's NGOs where there is one."""
    usernames = sorted(Stack.running().secrets["people"], reverse=True)
    return {username.partition(".")[2].removesuffix("-2"): username for username in usernames}


async def wrong_answers(service: ServiceUnderTest, scene: Scene) -> list[str]:
    """Every request whose answer is not what the table has, as a line with action, role, basis and answer.

    Of roles with the same cell the first is tried with every purpose, class and kind, the others with every name of a
    basis.
    """
    rights, people = service.service.every_right, people_by_role()
    everything = every_basis(rights, scene.refs)
    one_of_each = list({basis.name: basis for basis in everything}.values())
    wrong = []
    for method, route, action in routes(service):
        if action in scene.skip:
            continue
        body = _body(route, scene, action) if method == "POST" else None
        tried: set[object] = set()
        for role, username in people.items():
            cell = rights[action].get(role)
            if cell is not None and not isinstance(cell, tuple):
                continue
            bases = [] if cell is None else one_of_each if cell in tried else everything
            tried.add(cell)
            for known in [_NONE, *((basis,) for basis in bases)]:
                await give(service, scene.case_id, username.partition(".")[0], known)
                answer = await _send(service.http, _Request(scene, method, route, body), username)
                got, expected = _outcome(answer), _expected(cell, known)
                if _is_list(route):
                    got, expected = _seen(answer, scene), _expected_in_list(cell, known)
                    if got == expected or (expected == "shown" and got == "not shown"):
                        continue
                if action in scene.narrower and expected == _REACHED and got in ("not_found", "not_for_this_basis"):
                    continue
                if got != expected:
                    wrong.append(
                        f"{action} ({method} {route.path}) as {role} by {name_of(known)}: {got}, not {expected}"
                    )
    return wrong


def name_of(known: Sequence[Basis]) -> str:
    """`consent/shelter/identity`: how a basis is named in what a test prints."""
    return "/".join(filter(None, (known[0].name, known[0].about, known[0].data_class))) if known else "none"


def _expected(cell: object, known: Sequence[Basis]) -> str:
    if cell is None:
        return "role_lacks_right"
    if not known:
        return "not_found"
    assert isinstance(cell, tuple)  # noqa: S101  # the caller has left out scopes
    return _REACHED if covered(cell, known) else "not_for_this_basis"


def _expected_in_list(cell: object, known: Sequence[Basis]) -> str:
    if cell is None:
        return "role_lacks_right"
    assert isinstance(cell, tuple)  # noqa: S101  # the caller has left out scopes
    return "shown" if covered(cell, known) else "not shown"


def _outcome(answer: httpx.Response) -> str:
    if answer.status_code < 400:
        return _REACHED
    code = str(answer.json()["code"])
    if (
        answer.status_code == 401
        or code in ("role_lacks_right", "not_for_this_basis", "not_found", "invalid_request")
        or answer.status_code >= 500
    ):
        return code
    return _REACHED


def _seen(answer: httpx.Response, scene: Scene) -> str:
    if answer.status_code >= 400:
        return _outcome(answer)
    return "shown" if str(scene.case_id) in answer.text else "not shown"


def _is_list(route: APIRoute) -> bool:
    return "{" not in route.path and "GET" in (route.methods or ())


async def give(service: ServiceUnderTest, case_id: UUID, agency: str, known: Sequence[Basis]) -> None:
    """From now on the agency knows of the case on these bases alone."""
    values = {"case": case_id, "agency": agency}
    async with service.session() as session:
        await session.execute(text("delete from case_access where case_id = :case and agency = :agency"), values)
        for basis in known:
            await session.execute(
                text("insert into case_access values (:case, :agency, :basis, now(), :about, :class, :ref)"),
                values | {"basis": basis.name, "about": basis.about, "class": basis.data_class, "ref": basis.ref},
            )


@dataclass(frozen=True)
class _Request:
    scene: Scene
    method: str
    route: APIRoute
    body: Mapping[str, object] | None


async def _send(http: httpx.AsyncClient, request: _Request, username: str) -> httpx.Response:
    token = await asyncio.to_thread(person_token, username)  # a new one where the last is about to expire
    path = request.route.path
    for name, value in request.scene.ids.items():
        path = path.replace("{" + name + "}", value)
    action = str((request.route.openapi_extra or {}).get("x-action"))
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    query = request.scene.queries.get(action)
    return await http.request(request.method, path, headers=headers, json=request.body, params=query)


def _body(route: APIRoute, scene: Scene, action: str) -> dict[str, object]:
    return smallest_body(route, scene) | dict(scene.bodies.get(route.path) or scene.bodies.get(action, {}))


def smallest_body(route: APIRoute, scene: Scene) -> dict[str, object]:
    """The smallest body that the endpoint's schema allows; what is named like a case is the scene's case."""
    if route.body_field is None:
        return {}
    model = route.body_field.field_info.annotation
    schema = model.model_json_schema()  # type: ignore[union-attr]
    return dict(_object(schema, schema, scene))


def _value(schema: Schema, root: Schema, scene: Scene, name: str) -> object:
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rpartition("/")[2]]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return _value(schema[key][0], root, scene, name)
    if name in scene.ids and schema.get("format") == "uuid":
        return scene.ids[name]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("examples") and not isinstance(schema["examples"][0], dict):
        return schema["examples"][0]
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, root, scene)
    if kind == "array":
        return [_value(schema["items"], root, scene, name) for _ in range(schema.get("minItems", 0))]
    if kind == "integer":
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    return _text(schema, scene, name)


def _object(schema: Schema, root: Schema, scene: Scene) -> dict[str, object]:
    return {key: _value(schema["properties"][key], root, scene, key) for key in schema.get("required", ())}


def _text(schema: Schema, scene: Scene, name: str) -> str:
    if schema.get("format") == "uuid":
        return str(scene.case_id) if name.endswith("case_id") else str(uuid4())
    if schema.get("format") == "date":
        return "2026-01-05"
    if schema.get("format") == "date-time":
        return "2026-01-05T10:00:00+04:00"
    if "pattern" in schema:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return str(st.from_regex(schema["pattern"], fullmatch=True).example())
    return "x" * int(schema.get("minLength", 1))


async def fields_by_basis(service: ServiceUnderTest, scene: Scene) -> dict[str, dict[str, list[str]]]:
    """What each read shows on each basis: action → basis → the paths of the fields that its answer has.

    A basis that the read refuses is left out; of a list, only a case that is in it counts.
    """
    people = people_by_role()
    shown: dict[str, dict[str, list[str]]] = {}
    for method, route, action in routes(service):
        cells = service.service.every_right[action]
        if method != "GET" or action in scene.skip:
            continue
        for role, username in people.items():
            if not isinstance(cells.get(role), tuple):
                continue
            for basis in every_basis(service.service.every_right, scene.refs):
                await give(service, scene.case_id, username.partition(".")[0], (basis,))
                answer = await _send(service.http, _Request(scene, method, route, None), username)
                if answer.status_code < 400 and str(scene.case_id) in answer.text:
                    by_basis = shown.setdefault(f"{action} as {role}", {})
                    by_basis[name_of((basis,))] = sorted(_paths(answer.json()))
    return dict(sorted(shown.items()))


def grouped(shown: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, list[dict[str, list[str]]]]:
    """What `fields_by_basis` found, for a golden file: action → the roles and bases that are shown the same fields."""
    groups: dict[str, dict[tuple[str, ...], dict[str, list[str]]]] = {}
    for read, by_basis in shown.items():
        action, _, role = read.partition(" as ")
        for basis, fields in by_basis.items():
            of_role = groups.setdefault(action, {}).setdefault(tuple(fields), {})
            of_role.setdefault(basis, []).append(role)
    return {action: [_group(fields, roles) for fields, roles in by.items()] for action, by in groups.items()}


def _group(fields: Sequence[str], roles: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    shared: dict[tuple[str, ...], list[str]] = {}
    for basis, of in roles.items():
        shared.setdefault(tuple(of), []).append(basis)
    to = [f"{' '.join(of)} by {' '.join(bases)}" for of, bases in shared.items()]
    return {"to": sorted(to), "fields": list(fields)}


def _paths(answer: object, path: str = "") -> set[str]:
    """`case.consents[].recipient`: the fields that are there, whatever they hold."""
    if isinstance(answer, dict):
        inner = (_paths(value, f"{path}.{name}" if path else name) for name, value in answer.items())
        return set().union(*inner) if answer else {path}
    if isinstance(answer, list):
        return set().union(*(_paths(value, f"{path}[]") for value in answer)) if answer else {f"{path}[]"}
    return {path}
