"""Every rule of every service can be read, and a clock leads to the rule that its term is counted by (X7, NO-3)."""

import importlib
from datetime import date

import pytest
from casework.parameters import Parameters
from casework.rules import TERMS, in_force
from staffui.rules import of_clock

from ..conftest import SERVICES

FAR = date(2100, 1, 1)


def parameters(service: str) -> Parameters:
    found = importlib.import_module(f"{service}.parameters").PARAMETERS
    assert isinstance(found, Parameters)
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_every_row_is_an_answer_on_its_own_day(service: str) -> None:
    for name, rows in parameters(service):
        for row in rows:
            shown = [one for one in in_force(name, rows, row.valid_from) if one.since == row.valid_from]
            assert [(one.legal, one.verified) for one in shown] == [(row.legal, row.verified)], name


@pytest.mark.parametrize("kind", TERMS)
def test_the_rule_of_a_clock_is_one_of_its_service(kind: str) -> None:
    service, name = TERMS[kind]  # type: ignore[index]  # a key of the table itself
    assert name in dict(parameters(service))
    assert [of_clock(one, kind) for one in SERVICES if one != service] == [None] * (len(SERVICES) - 1)
    assert of_clock(service, kind) == f"/rules?name={name}"


def test_a_clock_without_a_term_of_the_law_leads_to_no_rule() -> None:
    assert of_clock("shelter", "return_of_bed") is None
