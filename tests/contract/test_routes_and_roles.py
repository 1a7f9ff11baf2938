"""Every endpoint × every role, from the rights table: 403 exactly where it says no. The default is no."""

import asyncio
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest, Stack, person_token, service_token
from fastapi.routing import APIRoute

from ..conftest import SERVICES

OPEN = {"/healthz", "/readyz", "/docs", "/docs/start.js", "/docs/files", "/openapi.json"}

WITHIN_ANSWERS = {
    "exchange": {right for right in SERVICES["exchange"].rights if right.startswith("receive_")},  # ID-12
    "fund": {"claim_any_need", "claim_compensation", "see_every_claim"},
    "identification": {"who_knows"},
    "repatriation": {"see_assisting_ground"},  # whether a permit's answer tells its ground (ID-11)
}
"""Rights without an endpoint: they decide within an act or an answer, as every `read_…` does."""


def within_answers(name: str) -> set[str]:
    endpoints = {action for _, _, action in routes_of(name)}
    parts = {right for right in SERVICES[name].rights if right.startswith("read_") and right not in endpoints}
    return parts | WITHIN_ANSWERS.get(name, set())


def routes_of(name: str) -> list[tuple[str, str, str]]:
    """(method, path, action) of every endpoint of a service."""
    return [
        (method, route.path, str((route.openapi_extra or {}).get("x-action")))
        for router in SERVICES[name].every_router
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_every_endpoint_names_an_action_of_the_rights_table(name: str) -> None:
    """No endpoint is without a right, and no right is without an endpoint or a use in answers."""
    actions = {action for _, _, action in routes_of(name)}
    assert actions | within_answers(name) == set(SERVICES[name].every_right)


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_else_is_served(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    """What is not an endpoint of the table is health or the OpenAPI page."""
    served = {getattr(route, "path", "") for route in benches[name].app.routes} - {p for _, p, _ in routes_of(name)}
    assert {path for path in served if path} <= OPEN


@pytest.mark.parametrize("name", SERVICES)
async def test_every_endpoint_for_every_role(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    """A role that the table does not name gets 403; one that it names gets past the rights check."""
    service, http = SERVICES[name], benches[name].http
    people = one_person_per_role()
    tokens = {role: await asyncio.to_thread(person_token, username) for role, username in people.items()}
    tokens["service"] = await asyncio.to_thread(service_token, "fund")
    wrong = []
    for method, path, action in routes_of(name):
        for role, token in tokens.items():
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
            answer = await http.request(method, filled(path), headers=headers, json={} if method == "POST" else None)
            refused = answer.status_code == 403 and answer.json()["code"] == "role_lacks_right"
            if refused == (role in service.every_right[action]) or answer.status_code >= 500:
                wrong.append((role, method, path, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("name", SERVICES)
async def test_every_endpoint_wants_a_token(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    for method, path, _ in routes_of(name):
        answer = await benches[name].http.request(method, filled(path), json={} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_missing"), path


def one_person_per_role() -> dict[str, str]:
    """Role → a demo user that has it."""
    usernames = sorted(Stack.running().secrets["people"], reverse=True)
    return {username.partition(".")[2].removesuffix("-2"): username for username in usernames}


def filled(path: str) -> str:
    """The path with ids that exist nowhere."""
    return "/".join(_known(part) if part.startswith("{") else part for part in path.split("/"))


def _known(part: str) -> str:
    return "2024" if "year" in part else str(uuid4())
