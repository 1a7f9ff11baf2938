"""infra/platform.yaml is the one list of the services: a place that misses one, or names one too many, is refused."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import import_contracts
import platform_list
import pytest

NAMED = (
    "infra/platform.yaml",
    ".importlinter",
    "infra/local/bus.yaml",
    "infra/keycloak/realm.yaml",
    "infra/alerts/bus.rules.yaml",
    "libs/events/src/nrm_events/catalogue.py",
    "infra/local/src/local_stack/names.py",
    "tests/conftest.py",
    "bench/handlers.py",
    "ARCHITECTURE.md",
    "README.md",
)
LOOKED_AT = (
    "services/*/pyproject.toml",
    "services/*/README.md",
    "services/*/src/*/__main__.py",
    "libs/*/src/*/__init__.py",
    "docs/events/*.md",
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of all that the check reads."""
    found = [path for pattern in LOOKED_AT for path in platform_list.TOP.glob(pattern)]
    for source in (*(platform_list.TOP / name for name in NAMED), *found):
        target = tmp_path / source.relative_to(platform_list.TOP)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return tmp_path


def replaced(path: str, pattern: str, by: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        before = (root / path).read_text()
        after = re.sub(pattern, by, before, count=1, flags=re.MULTILINE)
        assert after != before, f"{path} has no {pattern}"
        (root / path).write_text(after)

    return change


def removed(path: str) -> Callable[[Path], None]:
    return lambda root: (root / path).unlink()


def test_the_checkout_agrees_with_the_list(checkout: Path) -> None:
    assert platform_list.faults(checkout) == []


ALERTS, BUS, CATALOGUE = NAMED[4], NAMED[2], NAMED[5]
GAPS = {
    "an alert lacks a service": (
        replaced(ALERTS, r"\|exchange\"", '"'),
        "infra/alerts/bus.rules.yaml: ServiceAway lacks exchange",
    ),
    "an alert names too many": (replaced(ALERTS, r"\|exchange\"", '|exchange|archive"'), "ServiceAway names archive"),
    "an alert names no job": (
        replaced(ALERTS, r"up\{job=[^}]*\}", "up"),
        "ServiceAway names no job",
    ),
    "a topic is missing": (replaced(BUS, r"^  nrm\.fund: .*\n", ""), "topics of infra/local/bus.yaml lacks nrm.fund"),
    "dead letters are missing": (replaced(BUS, r"^  nrm\.notify\.dlq: .*\n", ""), "lacks nrm.notify.dlq"),
    "a topic is too much": (replaced(BUS, r"^topics:\n", "topics:\n  nrm.old: *service_topic\n"), "names nrm.old"),
    "a service may not write": (
        replaced(BUS, r"writes: \[nrm.shelter, ", "writes: ["),
        "shelter writes: lacks nrm.she",
    ),
    "a service may write too much": (
        replaced(BUS, r"writes: \[nrm.shelter, ", "writes: [nrm.shelter, nrm.fund, "),
        "shelter writes: names nrm.fund",
    ),
    "a service may not read": (
        replaced(BUS, r"(reads: &all_services \[)nrm.identification, ", r"\1"),
        "fund reads: lacks nrm.identification",
    ),
    "a service does not relay": (replaced(BUS, r"groups: fund\n    relays: true", "groups: fund"), "fund lacks its gr"),
    "operators see no lag": (replaced(BUS, r"(watches: .*), exchange\]", r"\1]"), "operations watches: lacks exchange"),
    "no client": (replaced("infra/keycloak/realm.yaml", r"^(services: .*), exchange\]", r"\1]"), "lacks exchange"),
    "no publisher": (replaced(CATALOGUE, r', "exchange"\)', ")"), "SERVICES of libs/events"),
    "another order": (
        replaced(CATALOGUE, '"identification", "shelter"', '"shelter", "identification"'),
        "has another order",
    ),
    "no database": (replaced(NAMED[6], r', "exchange"\)', ")"), "SERVICES of infra/local"),
    "not tested": (replaced("tests/conftest.py", r"^from fund\.app .*\n", ""), "tests/conftest.py lacks fund"),
    "not measured": (replaced("bench/handlers.py", r"^from fund\.app .*\n", ""), "bench/handlers.py lacks fund"),
    "not in the architecture": (replaced("ARCHITECTURE.md", r"^\| notify .*\n", ""), "lacks notify (nrm.notify)"),
    "not in the README": (
        replaced("README.md", r"\[fund\]\(services/fund/README\.md\)", "fund"),
        "README.md lacks fund",
    ),
    "no page of its events": (removed("docs/events/exchange.md"), "docs/events lacks exchange"),
    "no README of its own": (removed("services/exchange/README.md"), "README.md lacks exchange"),
    "no package": (removed("services/fund/src/fund/__main__.py"), "services/*/src/ lacks fund"),
    "contracts written by hand": (
        replaced(".importlinter", r"^    \(domain\)\n", ""),
        "outdated: run `python tools/platform_list.py write`",
    ),
    "a shared topic": (
        replaced("infra/platform.yaml", "topic: nrm.fund", "topic: nrm.shelter"),
        "two services have the",
    ),
    "a part missing": (
        replaced("infra/platform.yaml", r"parts: \[api, consume, rebuild, relay\]", "parts: [api, consume]"),
        "parts of fund: lacks relay",
    ),
}


@pytest.mark.parametrize("gap", GAPS)
def test_a_gap_is_refused_by_name(gap: str, checkout: Path) -> None:
    break_it, line = GAPS[gap]
    break_it(checkout)
    assert line in "\n".join(platform_list.faults(checkout))


def test_a_service_is_added_to_the_list_and_every_place_is_named(checkout: Path) -> None:
    """What docs/how-to/add-a-service.md counts on."""
    rows = checkout / "infra/platform.yaml"
    rows.write_text(
        rows.read_text()
        + "  archive: {title: the archive, topic: nrm.archive, database: archive, client: archive,"
        + " parts: [api, consume, relay], alerts: true, bench: true}\n"
    )
    lines = "\n".join(platform_list.faults(checkout))
    for place in (*NAMED[1:], "services/ lacks", "services/*/README.md lacks", "docs/events lacks"):
        assert place in lines, place


def test_a_library_that_nobody_listed_is_refused(checkout: Path) -> None:
    (checkout / "libs/more/src/more").mkdir(parents=True)
    (checkout / "libs/more/src/more/__init__.py").touch()
    assert any("libs/*/src/ names more" in fault for fault in platform_list.faults(checkout))


def test_every_service_has_the_same_template() -> None:
    text = import_contracts.render(["nrm_events", "chassis"], ["fund", "notify"], ["connector", "access"])
    one, other = (text.partition(f"contract:{name}-downward]")[2].partition("[")[0] for name in ("fund", "notify"))
    assert one.replace("fund", "notify") == other
    assert "(domain)" in one
