"""The numbers of the law: every key that the code asks for is there, with its source (RP-1 … RP-5)."""

import re
from datetime import date, datetime

import pytest
from repatriation.facts.permits import law
from repatriation.parameters import PACKAGE, PARAMETERS, considered_until

ASKED = {
    name
    for path in PACKAGE.rglob("*.py")
    for name in re.findall(r'(?:value_or_none|PARAMETERS\.(?:value|row))\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
}


def test_every_number_has_its_legal_source() -> None:
    for name, rows in PARAMETERS:
        assert all(row.legal and row.source in ("S0", "S1", "P", "R") for row in rows), name


def test_every_number_that_is_asked_for_is_there() -> None:
    stored = {name for name, _ in PARAMETERS}
    assert stored >= ASKED
    assert stored - ASKED == set()


def test_the_law_before_and_after_the_motion_was_needed() -> None:
    """RP-1, RP-3: as it stood on either side of 2019-07-24; the decision term is unset since."""
    before, after = law(date(2019, 7, 23)), law(date(2019, 7, 24))
    assert (before.requires_motion, before.decision_workdays, before.waived_grounds) == (False, 20, ())
    assert (after.requires_motion, after.decision_workdays, after.fee_qepik) == (True, None, 0)


@pytest.mark.parametrize(
    ("considered", "until"),
    [("2024-02-29T12:00:00+04:00", "2025-02-28"), ("2024-03-01T23:30:00+00:00", "2025-03-02")],
)
def test_twelve_months_end_with_the_last_day_in_baku(considered: str, until: str) -> None:
    """RP-4: counted in Azerbaijan, whatever zone the act was typed in."""
    end = considered_until(datetime.fromisoformat(considered))
    assert end.isoformat() == f"{until}T23:59:59+04:00"
