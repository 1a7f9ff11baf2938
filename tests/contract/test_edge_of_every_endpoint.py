"""What holds at the edge of every endpoint of every service: nothing answers or locks before right and basis."""

import ast
import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from chassis.actor import Actor
from chassis.testing import ServiceUnderTest, person_token, statements
from chassis.tokens import TokenVerifier
from nrm_events import identification as events

from ..conftest import SERVICES
from .test_routes_and_roles import filled, one_person_per_role, routes_of

PLANTED = "Gulsengizi"
CLAIMED = {
    "X-Forwarded-For": PLANTED,
    "Forwarded": f"for={PLANTED}",
    "X-Forwarded-Host": PLANTED,
    "Host": PLANTED,
    "User-Agent": PLANTED,
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "tracestate": f"a={PLANTED}",
    "Cookie": PLANTED,
}
LOCKS = re.compile(
    r"for (no key )?update|for (key )?share|pg_advisory|lock table|insert into (?!idempotency_key|audit)"
)

OF_THE_OWN_AGENCY = re.compile(r"facility\.operator = \$\d")
"""A statement that finds and locks by the actor's own agency locks nothing of anybody else."""


class Named:
    """Tokens `as:<role>` are somebody of no agency in that role; all others go to the real verifier."""

    def __init__(self, real: TokenVerifier) -> None:
        self._real = real

    def remembers(self, token: str) -> bool:
        return True

    async def verify(self, token: str) -> Actor:
        if not token.startswith("as:"):
            return await self._real.verify(token)
        return Actor("somebody", "nobodys", frozenset({token.removeprefix("as:")}), "nobodys")


@pytest.fixture(autouse=True)
def _roles_without_a_demo_person(benches: dict[str, ServiceUnderTest]) -> Iterator[None]:
    real = {name: bench.app.state.verifier for name, bench in benches.items()}
    for name, bench in benches.items():
        bench.app.state.verifier = Named(real[name])
    yield
    for name, bench in benches.items():
        bench.app.state.verifier = real[name]


async def token_for(name: str, action: str) -> str:
    """Of somebody whose role has the right."""
    roles, people = SERVICES[name].every_right[action], one_person_per_role()
    for role in roles:
        if role in people:
            return await asyncio.to_thread(person_token, people[role])
    return f"as:{next(iter(roles))}"


async def send(
    bench: ServiceUnderTest, method: str, path: str, token: str, *, body: Any = None, **more: str
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())} | more
    return await bench.http.request(method, path, headers=headers, json=(body or {}) if method == "POST" else None)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_query_that_is_not_known_is_refused(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    """A filter that does nothing would show more than was wanted; those of the OpenAPI page are known."""
    documented = benches[name].app.openapi()["paths"]
    for method, path, action in routes_of(name):
        token = await token_for(name, action)
        answer = await send(benches[name], method, f"{filled(path)}?{PLANTED}=1", token)
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter"), (method, path)
        named = [p["name"] for p in documented[path][method.lower()].get("parameters", ()) if p["in"] == "query"]
        query = "&".join(f"{parameter}=1" for parameter in named)
        answer = await send(benches[name], method, f"{filled(path)}?{query}", token)
        assert answer.status_code < 400 or answer.json()["code"] != "unknown_parameter", (method, path, named)


@pytest.mark.parametrize("name", SERVICES)
async def test_a_body_that_two_parsers_read_differently_is_refused(
    name: str, benches: dict[str, ServiceUnderTest]
) -> None:
    for method, path, action in routes_of(name):
        if method != "POST":
            continue
        token = await token_for(name, action)
        for content, code in (
            (b'{"version": 1, "version": 2}', "duplicate_key"),
            (b'{"version": NaN}', "malformed_json"),
            ('{"version": 1}'.encode("utf-16"), "malformed_json"),
            (b'{"version": ' + b"[" * 40 + b"]" * 40 + b"}", "malformed_json"),
        ):
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
            headers["Content-Type"] = "application/json"
            answer = await benches[name].http.post(filled(path), content=content, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, code), path


@pytest.mark.parametrize("name", SERVICES)
async def test_what_a_sender_claims_is_stored_nowhere(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    bench = benches[name]
    for method, path, action in routes_of(name):
        answer = await send(bench, method, filled(path), await token_for(name, action), **CLAIMED)
        assert PLANTED not in f"{answer.headers} {answer.text}", (method, path)
    async with bench.database.engine.connect() as connection:
        stored = await connection.exec_driver_sql("select audit_entry::text from audit_entry")
        whole = "\n".join(row[0] for row in stored)
    assert whole
    assert not re.search(f"{PLANTED}|0af7651916cd43dd8448eb211c80319c", whole)


def but_audit(sent: Sequence[str]) -> list[str]:
    """The statements in one form, without the audit of the refusal."""
    return [" ".join(one.split()).lower() for one in sent if "insert into audit_entry" not in one]


@pytest.mark.parametrize("name", SERVICES)
async def test_who_has_no_right_causes_no_statement_and_takes_no_key(
    name: str, benches: dict[str, ServiceUnderTest]
) -> None:
    """Not even with a key, a cursor or an id that is somebody else's: the refusal comes before the database."""
    people = one_person_per_role()
    for method, path, action in routes_of(name):
        others = [role for role in people if role not in SERVICES[name].every_right[action]]
        if not others:
            continue
        token = await asyncio.to_thread(person_token, people[others[0]])
        with statements(benches[name]) as seen:
            answer = await send(benches[name], method, filled(path), token)
        assert (answer.status_code, but_audit(seen)) == (403, []), (method, path)


async def a_case_of(benches: dict[str, ServiceUnderTest], name: str) -> UUID:
    """A case that ngo-amc holds and nobody else knows of."""
    case_id = uuid4()
    opened = events.CaseOpened(
        effective_at=datetime.now(UTC),
        case_id=case_id,
        report_id=uuid4(),
        holder="ngo-amc",
        age_group="adult",
        citizenship="citizen",
    )
    await benches[name].receives(opened)
    return case_id


def bodies_of(bench: ServiceUnderTest, path: str) -> list[dict[str, Any]]:
    """A body that the address takes, from its OpenAPI page: the example where there is one."""
    document = bench.app.openapi()
    content = document["paths"][path]["post"].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    made = _example(schema, document["components"]["schemas"])
    return [made] if isinstance(made, dict) else [{}]


def _example(schema: dict[str, Any], named: dict[str, Any]) -> Any:
    while "$ref" in schema:
        schema = named[schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return schema["examples"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return _example(schema[choice][0], named)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            needed = schema.get("required", ())
            return {key: _example(part, named) for key, part in schema.get("properties", {}).items() if key in needed}
        case "array":
            return [_example(schema["items"], named)] * schema.get("minItems", 0)
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "string":
            return _text(schema)
    return None


def _text(schema: dict[str, Any]) -> str:
    known = {"uuid": str(uuid4()), "date": "2024-03-04", "date-time": "2024-03-04T10:00:00+04:00"}
    return known.get(schema.get("format", "")) or "a" * int(schema.get("minLength", 1))


@pytest.mark.parametrize("name", SERVICES)
async def test_an_id_that_nobody_may_know_of_is_answered_as_one_that_is_absent_and_locks_nothing(
    name: str, benches: dict[str, ServiceUnderTest]
) -> None:
    """The same answer by the same statements, and none of them locks or writes, for every endpoint with an id."""
    bench, tried = benches[name], 0
    hidden = await a_case_of(benches, name) if events.CaseOpened in SERVICES[name].handlers else None
    for method, path, action in routes_of(name):
        if "{" not in path:
            continue
        token, body = await token_for(name, action), bodies_of(bench, path)[0] if method == "POST" else None
        with statements(bench) as absent:
            refused = await send(bench, method, filled(path), token, body=body)
        if refused.status_code != 404:
            continue
        tried += 1
        locking = [s for s in but_audit(absent) if LOCKS.search(s) and not OF_THE_OWN_AGENCY.search(s)]
        assert not locking, (method, path, locking)
        if hidden and "{case_id}" in path and "agency" not in SERVICES[name].every_right[action].values():
            with statements(bench) as seen:
                answer = await send(bench, method, filled(path.replace("{case_id}", str(hidden))), token, body=body)
            assert (answer.status_code, answer.json()) == (404, refused.json()), (method, path)
            assert but_audit(seen) == but_audit(absent), (method, path)
    assert tried


@pytest.mark.parametrize("name", SERVICES)
def test_whatever_reads_identity_has_the_low_limit(name: str) -> None:
    """Each action that is audited as a read of a person, and has an endpoint."""
    endpoints = {action for _, _, action in routes_of(name)}
    reads = {action for path in (Path("services") / name / "src").rglob("*.py") for action in _reads(path)}
    assert reads & endpoints <= set(SERVICES[name].readings)
    assert set(SERVICES[name].readings) <= endpoints


def _reads(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and any(
            keyword.arg == "kind" and isinstance(keyword.value, ast.Constant) and keyword.value.value == "read"
            for keyword in node.keywords
        ):
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))
