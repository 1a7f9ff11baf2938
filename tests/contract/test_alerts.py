"""The alert rules: of metrics that exist, with a page that says what to do, and each seen to fire and to be silent."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from chassis import metrics
from prometheus_client import Metric
from prometheus_client.metrics import MetricWrapperBase

RULES = Path("infra/alerts/bus.rules.yaml")
TESTS = RULES.with_name("bus.rules.test.yaml")
ALERTS: dict[str, Any] = {
    rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]
}
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None and not os.environ.get("CI"),
    reason="promtool is not here; apt-get install --no-install-recommends prometheus",
)


def exposed() -> set[str]:
    """Names as Prometheus stores them."""
    made = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
    described: list[Metric] = [metric for one in made for metric in one.describe()]
    return {d.name + ("_total" if d.type == "counter" else "") for d in described}


def anchor(heading: str) -> str:
    return heading.removeprefix("## ").lower()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_watches_what_is_exposed(name: str) -> None:
    asked = set(re.findall(r"\bnrm_[a-z_]+", ALERTS[name]["expr"]))
    assert asked or "up{" in ALERTS[name]["expr"]
    assert asked <= exposed()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_to_do(name: str) -> None:
    page, _, section = ALERTS[name]["annotations"]["runbook"].partition("#")
    headings = [line for line in Path(page).read_text().splitlines() if line.startswith("## ")]
    assert section in map(anchor, headings)
    assert section == name.lower()


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_is_tried_firing_and_silent(name: str) -> None:
    cases = [case["alert_rule_test"][0] for case in yaml.safe_load(TESTS.read_text())["tests"]]
    tried = [bool(case["exp_alerts"]) for case in cases if case["alertname"] == name]
    assert sorted(tried) == [False, True]


def test_every_metric_is_explained() -> None:
    told = set(re.findall(r"`(nrm_[a-z_]+)", Path("docs/operations.md").read_text()))
    assert told == exposed()


def promtool(folder: Path) -> subprocess.CompletedProcess[str]:
    assert PROMTOOL, "CI has to have promtool: apt-get install --no-install-recommends prometheus"
    command = [PROMTOOL, "test", "rules", TESTS.name]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@needs_promtool
def test_the_rules_do_what_their_tests_say() -> None:
    tried = promtool(RULES.parent)
    assert tried.returncode == 0, tried.stdout + tried.stderr


@needs_promtool
@pytest.mark.parametrize("name", ALERTS)
def test_the_tests_see_a_rule_that_is_wrong(name: str, tmp_path: Path) -> None:
    """An alert that never fires, or always, is refused by its own two tests."""
    tests = yaml.safe_load(TESTS.read_text())
    tests["tests"] = [case for case in tests["tests"] if case["alert_rule_test"][0]["alertname"] == name]
    (tmp_path / TESTS.name).write_text(yaml.safe_dump(tests))
    for wrong in ("vector(0) > 1", "vector(1)"):
        rule = ALERTS[name] | {"expr": wrong}
        (tmp_path / RULES.name).write_text(yaml.safe_dump({"groups": [{"name": "bus", "rules": [rule]}]}))
        assert promtool(tmp_path).returncode != 0, wrong
