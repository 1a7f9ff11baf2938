"""Months are counted by `casework.calendar` alone, so that no service clips a term twice (RP-1, RP-4)."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("services", "libs")
    for path in (TOP / folder).glob("*/src/**/*.py")
    if path.name != "calendar.py"
)
ARITHMETIC = re.compile(r"relativedelta|monthrange|\.replace\([^)]*month=|\.month [+-]")
CLIPPED_TWICE = re.compile(r"add_months\([^)]*(?:until|ends|valid|due)")


@pytest.mark.parametrize("found", [ARITHMETIC, CLIPPED_TWICE], ids=["own arithmetic", "from a clipped end"])
def test_nobody_counts_months_but_the_calendar(found: re.Pattern[str]) -> None:
    """RP-1, RP-4: a term is extended from its first day (`Term`), never from an end that a short month clipped."""
    wrong = [str(path.relative_to(TOP)) for path in SOURCES if found.search(path.read_text(encoding="utf-8"))]
    assert wrong == []
