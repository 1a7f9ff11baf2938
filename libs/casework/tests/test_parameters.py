"""Numbers of the law by day of effect, and the files of every service."""

from datetime import date
from pathlib import Path

import pytest
from casework.parameters import NotInForce, Parameters
from pydantic import ValidationError


def _parameters(tmp_path: Path, rows: str) -> Parameters:
    path = tmp_path / "parameters.yaml"
    path.write_text(rows, encoding="utf-8")
    return Parameters.load(path)


ROWS = """
term:
  - {value: 30, from: 2020-01-01, until: 2024-01-01, legal: Law 1, source: S1, verified: true}
  - {value: 60, from: 2024-01-01, legal: Law 2, source: S1, verified: true}
stay:
  - {value: 30, from: 2013-01-01, legal: Law, source: S1, verified: true, applies_to: adult}
  - {value: 60, from: 2015-01-01, legal: Law, source: S1, verified: true, applies_to: child}
ceiling:
  - {value: null, from: 2013-01-01, legal: unset, source: R, verified: false}
ended:
  - {value: 1, from: 2013-01-01, until: 2014-01-01, legal: Law, source: S1, verified: true}
"""


def test_a_parameter_has_the_value_of_the_day(tmp_path: Path) -> None:
    law = _parameters(tmp_path, ROWS)
    assert law.value("term", date(2023, 12, 31)) == 30
    assert law.value("term", date(2024, 1, 1)) == 60
    assert law.value("stay", date(2016, 1, 1), applies_to="adult") == 30
    assert law.value("stay", date(2016, 1, 1), applies_to="child") == 60
    assert law.value("ceiling", date(2016, 1, 1)) is None, "unset blocks nobody"


@pytest.mark.parametrize(
    ("name", "on", "group", "since"),
    [
        ("term", date(2019, 12, 31), None, "2020-01-01"),
        ("stay", date(2014, 1, 1), "child", "2015-01-01"),
        ("stay", date(2012, 12, 31), "adult", "2013-01-01"),
        ("ended", date(2014, 1, 1), None, "2013-01-01"),
    ],
)
def test_before_its_first_day_and_after_its_last_a_rule_is_not_in_force(
    tmp_path: Path, name: str, on: date, group: str | None, since: str
) -> None:
    with pytest.raises(NotInForce) as refusal:
        _parameters(tmp_path, ROWS).value(name, on, applies_to=group)
    assert refusal.value.code == "not_in_force"
    assert refusal.value.facts == {"parameter": name, "on": on.isoformat(), "in_force_from": since}


@pytest.mark.parametrize("row", ["value: 1", "{value: 1, from: soon, legal: L, source: S, verified: true}"])
def test_a_row_without_its_source_or_with_a_wrong_day_is_refused(tmp_path: Path, row: str) -> None:
    with pytest.raises(ValidationError):
        _parameters(tmp_path, f"term: [{row}]")


FILES = sorted(Path(__file__).parents[3].glob("*/*/src/*/parameters.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_the_parameters_of_every_service_load_and_name_their_source(path: Path) -> None:
    for name, rows in Parameters.load(path):
        assert all(row.legal and row.source for row in rows), name
        assert all(row.until is None or row.until > row.valid_from for row in rows), name


def test_every_service_has_parameters() -> None:
    assert len(FILES) >= 5
