"""NO-3: one word for one clock, in every service, its parameters and its answers."""

import ast
from pathlib import Path

import pytest
import yaml
from casework.deadlines import CLOCK_NAMES
from notify.domain.kinds import BY_CODE

TOP = Path(__file__).parents[2]
SOURCES = sorted(TOP.glob("services/*/src/**/*.py"))
_BY_CLOCK = ("warn_before", "breach_settle")


def _names(path: Path) -> set[str]:
    """What the module calls its clocks: the first argument of `Deadline` and of `ClockAnswer`."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    firsts = [
        call.args[0]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("Deadline", "ClockAnswer") and call.args
    ]
    return {first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)}


NAMED = {path: names for path in SOURCES if (names := _names(path))}


@pytest.mark.parametrize("path", NAMED, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_service_names_its_clocks_from_the_one_list(path: Path) -> None:
    assert NAMED[path] <= set(CLOCK_NAMES)


def test_notify_runs_clocks_of_the_list_and_owners_show_them_by_the_same_word() -> None:
    """A clock that notify warns of is called by its owner as notify calls it; others are named here."""
    shown = set().union(*NAMED.values())
    assert set(BY_CODE) <= set(CLOCK_NAMES)
    unshown = {name for name in CLOCK_NAMES if name.startswith("re_examination_of_")}
    assert set(BY_CODE) - shown <= {"withdrawal", "appeal", "appeal_decision"} | unshown


@pytest.mark.parametrize("name", _BY_CLOCK)
def test_parameters_name_clocks_by_the_list(name: str) -> None:
    rows = yaml.safe_load((TOP / "services/notify/src/notify/parameters.yaml").read_text(encoding="utf-8"))[name]
    assert {clock for row in rows for clock in row["value"]} <= set(CLOCK_NAMES)
