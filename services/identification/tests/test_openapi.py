"""Made-up requests against the OpenAPI page of the service."""

from typing import Any

from chassis.testing import Bench, person_token, service_token
from chassis.testing_openapi import answers_as_documented

from .givens import NGO, OFFICER


async def test_every_operation_answers_as_documented(identification: Bench) -> None:
    """No 5xx, no status, type or shape that the page does not know."""
    people = {"caseworker": NGO, "assessor": OFFICER, "auditor": "ombudsman.auditor"}
    tokens = {role: person_token(username) for role, username in people.items()} | {"service": service_token("fund")}
    assert await answers_as_documented(identification.app, tokens, examples=8) == []


def test_the_main_bodies_carry_examples(identification: Bench) -> None:
    """What a reader of the page can send as it stands."""
    schemas: dict[str, Any] = identification.app.openapi()["components"]["schemas"]
    plain = {"Act", "NewAge", "SafeContact"}
    bodies = {name for name in schemas if name.startswith("New") or name in {"Against", "Reading", "Attachment"}}
    assert {name for name in bodies - plain if not schemas[name].get("examples")} == set()
