"""Every reaction of a service to an event names the rule that it serves, and the rule exists."""

import csv
import re
from pathlib import Path

import pytest

from ..conftest import SERVICES

RULES = Path(__file__).parents[2] / "docs" / "domain-rules.csv"


@pytest.mark.parametrize("name", SERVICES)
def test_every_reaction_names_its_rule(name: str) -> None:
    with RULES.open(encoding="utf-8", newline="") as rows:
        known = {row["id"] for row in csv.DictReader(rows)}
    cited: dict[str, set[str]] = {}
    for subscription in SERVICES[name].subscriptions:
        ids = cited.setdefault(subscription.event.type_name(), set())
        for step in filter(None, (subscription.project, subscription.react)):
            ids |= set(re.findall(r"\b[A-Z]{2}-\d+\b", str(step.__doc__)))
    assert cited
    assert {kind for kind, ids in cited.items() if not ids or not ids <= known} == set()
