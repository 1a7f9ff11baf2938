"""ID-11: assistance never depends on cooperating; the only place that stores it is the permit's ground."""

import json
import re

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import EVENTS
from nrm_events.envelope import schema_of
from sqlalchemy import text

from ..conftest import SERVICES

COOPERATION = re.compile(
    r"cooperat|assist\w*_?(prosec|polic|investig)|testif|testimony|witness|prosecut(?!or\b)", re.IGNORECASE
)
ALLOWED_COLUMNS = {("repatriation", "permit", "ground")}


@pytest.mark.parametrize("name", SERVICES)
async def test_no_column_holds_cooperation(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    """ID-11: over all tables of all services."""
    async with benches[name].session() as session:
        rows = await session.execute(
            text("select table_name, column_name from information_schema.columns where table_schema = 'public'")
        )
        found = {(name, row.table_name, row.column_name) for row in rows if COOPERATION.search(row.column_name)}
    assert found <= ALLOWED_COLUMNS


@pytest.mark.parametrize("name", SERVICES)
def test_no_field_of_an_api_holds_cooperation(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    """ID-11: over every schema of every OpenAPI document, names of fields and their codes."""
    found = set()
    for title, schema in benches[name].app.openapi()["components"]["schemas"].items():
        for field, shape in schema.get("properties", {}).items():
            codes = re.findall(r'"enum": \[(.*?)\]', json.dumps(shape)) + re.findall(
                r'"const": "(.*?)"', json.dumps(shape)
            )
            if COOPERATION.search(field) or any(COOPERATION.search(code) for code in codes):
                found.add((name, title, field))
    assert all(service == "repatriation" and field == "ground" for service, _, field in found), found


def test_no_event_holds_cooperation() -> None:
    """ID-11: the permit's ground is not told on the bus either."""
    for event in EVENTS.values():
        schema = schema_of(event)
        for part in (schema, *schema.get("$defs", {}).values()):
            for field, shape in part.get("properties", {}).items():
                shape = {key: value for key, value in shape.items() if key != "description"}
                assert not COOPERATION.search(field + json.dumps(shape)), (event.type_name(), field)
