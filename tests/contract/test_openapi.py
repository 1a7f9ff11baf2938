"""Requests nobody would type, made from each service's own OpenAPI page: no 5xx, and answers as documented."""

import asyncio

import pytest
from chassis.testing import ServiceUnderTest, person_token, service_token
from chassis.testing.openapi import answers_as_documented

from ..conftest import SERVICES
from .test_routes_and_roles import one_person_per_role


@pytest.mark.parametrize("name", list(SERVICES))
@pytest.mark.filterwarnings("ignore")  # of schemathesis and hypothesis about what they make up
async def test_answers_are_as_documented(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    people = one_person_per_role()
    tokens = {role: await asyncio.to_thread(person_token, username) for role, username in people.items()}
    tokens["agency-system"] = await asyncio.to_thread(service_token, "agency-ngo-amc")
    tokens["service"] = await asyncio.to_thread(service_token, name)
    assert await answers_as_documented(benches[name].app, tokens, examples=6) == []
