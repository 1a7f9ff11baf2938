"""`python tools/platform_list.py check|write`: infra/platform.yaml, the one list of the services.

`write` makes .importlinter from it. `check` refuses an outdated one, and every other file that names the services and
misses one or names one too many. (Not `platform.py`: a script's folder is first on the path and would hide Python's.)
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import import_contracts
import yaml

TOP = Path(__file__).parent.parent
LIST = Path("infra/platform.yaml")
CONTRACTS = Path(".importlinter")
BUS = Path("infra/local/bus.yaml")
REALM = Path("infra/keycloak/realm.yaml")
ALERTS = Path("infra/alerts/bus.rules.yaml")
_PARTS = {"api", "consume", "relay", "tick", "rebuild", "jobs", "workers"}
_FACES = {"api", "consume", "relay"}  # what every service has


@dataclass(frozen=True)
class Service:
    """One row of the list."""

    name: str
    title: str
    topic: str
    database: str
    client: str
    parts: list[str]
    alerts: bool
    bench: bool
    commands: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)

    @property
    def dead_letters(self) -> str:
        return f"{self.topic}.dlq"


@dataclass(frozen=True)
class Platform:
    """The list and the checkout that it describes."""

    root: Path
    libraries: list[str]
    outside: list[str]
    services: list[Service]

    @property
    def names(self) -> list[str]:
        return [service.name for service in self.services]

    @property
    def topics(self) -> list[str]:
        return [service.topic for service in self.services]

    def text(self, path: Path | str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def yaml(self, path: Path) -> Any:
        return yaml.safe_load(self.text(path))


def load(root: Path) -> Platform:
    """Read the list.

    Raises:
        TypeError: A row lacks a field or has one that there is not.
    """
    whole = yaml.safe_load((root / LIST).read_text(encoding="utf-8"))
    services = [Service(name=name, **row) for name, row in whole["services"].items()]
    there = [name for name in whole["libraries"] if list(root.glob(f"libs/*/src/{name}/__init__.py"))]
    return Platform(root, there, whole["outside"], services)


def contracts(platform: Platform) -> str:
    """The content of .importlinter."""
    return import_contracts.render(platform.libraries, platform.names, platform.outside)


def differences(what: str, found: Iterable[str], expected: Iterable[str]) -> Iterator[str]:
    """One line for what is missing and one for what is too much."""
    found, expected = set(found), set(expected)
    if expected - found:
        yield f"{what} lacks {', '.join(sorted(expected - found))}"
    if found - expected:
        yield f"{what} names {', '.join(sorted(found - expected))}, which {LIST} does not"


def literal(text: str, name: str) -> list[str]:
    """The value of a module's constant that is written as a literal sequence of texts."""
    for node in ast.parse(text).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return list(ast.literal_eval(node.value))  # type: ignore[attr-defined]  # of an assignment
    raise LookupError(name)


def check_rows(platform: Platform) -> Iterator[str]:
    """The list by itself: parts that exist, and nothing that two services share."""
    for service in platform.services:
        yield from differences(f"parts of {service.name}:", set(service.parts) - (_PARTS - _FACES), _FACES)
    for what in ("topic", "database", "client"):
        values = [getattr(service, what) for service in platform.services]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            yield f"two services have the {what} {', '.join(twice)}"


def check_contracts(platform: Platform) -> Iterator[str]:
    """The contracts on imports are those that the list makes."""
    path = platform.root / CONTRACTS
    if not path.exists() or path.read_text(encoding="utf-8") != contracts(platform):
        yield f"{CONTRACTS} is outdated: run `python tools/platform_list.py write`"


def check_folders(platform: Platform) -> Iterator[str]:
    """A folder and a package for each service and library, and no other."""
    folders = {path.parent.name for path in platform.root.glob("services/*/pyproject.toml")}
    yield from differences("services/", folders, platform.names)
    packages = {path.parent.name for path in platform.root.glob("services/*/src/*/__main__.py")}
    yield from differences("services/*/src/", packages, platform.names)
    libraries = {path.parent.name for path in platform.root.glob("libs/*/src/*/__init__.py")}
    yield from differences("libs/*/src/", libraries, platform.libraries)


def check_code(platform: Platform) -> Iterator[str]:
    """The two tuples that are read at run time, in the order of the list."""
    for path in ("libs/events/src/nrm_events/catalogue.py", "infra/local/src/local_stack/names.py"):
        named = literal(platform.text(path), "SERVICES")
        if list(named) != platform.names:
            yield from differences(f"SERVICES of {path}", named, platform.names)
            if sorted(named) == sorted(platform.names):
                yield f"SERVICES of {path} has another order than {LIST}"


def check_bus(platform: Platform) -> Iterator[str]:
    """Topics, and each service's rights to write and read them; operators read and watch every service."""
    bus = platform.yaml(BUS)
    everything = [*platform.topics, *(service.dead_letters for service in platform.services)]
    yield from differences(f"topics of {BUS}", bus["topics"], everything)
    yield from differences(
        f"clients of {BUS}", bus["clients"], [*(s.client for s in platform.services), "operations", "provisioning"]
    )
    for service in platform.services:
        client = bus["clients"].get(service.client, {"writes": [], "reads": []})
        own = [service.topic, service.dead_letters, *service.writes]
        yield from differences(f"{BUS}: {service.client} writes:", client["writes"], own)
        yield from differences(f"{BUS}: {service.client} reads:", client["reads"], [*platform.topics, *service.reads])
        if client.get("groups") != service.client or client.get("relays") is not True:
            yield f"{BUS}: {service.client} lacks its groups or `relays`"
    operations = bus["clients"].get("operations", {"reads": [], "watches": []})
    yield from differences(f"{BUS}: operations reads:", operations["reads"], everything)
    yield from differences(f"{BUS}: operations watches:", operations["watches"], (s.client for s in platform.services))


def check_realm(platform: Platform) -> Iterator[str]:
    """A Keycloak client for each service."""
    clients = [service.client for service in platform.services]
    yield from differences(f"services of {REALM}", platform.yaml(REALM)["services"], clients)


def check_alerts(platform: Platform) -> Iterator[str]:
    """ServiceAway, and every other rule that names jobs, names each service that is scraped."""
    watched = [service.name for service in platform.services if service.alerts]
    rules = {rule["alert"]: rule["expr"] for group in platform.yaml(ALERTS)["groups"] for rule in group["rules"]}
    if "job=" not in rules.get("ServiceAway", ""):
        yield f"{ALERTS}: ServiceAway names no job, so a service that was never scraped is not missed"
    for alert, expression in rules.items():
        for jobs in re.findall(r'job=~?"([^"]*)"', expression):
            yield from differences(f"{ALERTS}: {alert}", jobs.split("|"), watched)


def check_tests(platform: Platform) -> Iterator[str]:
    """The tests of the whole run over every service; the bench over those that the list marks."""
    for path, expected in (
        ("tests/conftest.py", platform.names),
        ("bench/handlers.py", [service.name for service in platform.services if service.bench]),
    ):
        imported = re.findall(r"^from (\w+)\.app import SERVICE as", platform.text(path), re.MULTILINE)
        yield from differences(path, imported, expected)


def check_documents(platform: Platform) -> Iterator[str]:
    """Pages that have a line or a page for each service."""
    rows = re.findall(r"^\| (\w+) \|.*\| `(nrm\.\w+)`", platform.text("ARCHITECTURE.md"), re.MULTILINE)
    expected = [f"{service.name} ({service.topic})" for service in platform.services]
    yield from differences("the table of ARCHITECTURE.md", (f"{name} ({topic})" for name, topic in rows), expected)
    linked = re.findall(r"\]\(services/(\w+)/README\.md\)", platform.text("README.md"))
    yield from differences("the links of README.md", linked, platform.names)
    pages = {path.stem for path in platform.root.glob("docs/events/*.md")} - {"matrix", "agencies"}
    yield from differences("the pages of docs/events", pages, platform.names)
    readmes = {path.parent.name for path in platform.root.glob("services/*/README.md")}
    yield from differences("services/*/README.md", readmes, platform.names)


CHECKS: tuple[Callable[[Platform], Iterator[str]], ...] = (
    check_rows,
    check_contracts,
    check_folders,
    check_code,
    check_bus,
    check_realm,
    check_alerts,
    check_tests,
    check_documents,
)


def faults(root: Path) -> list[str]:
    """Every difference between the list and the checkout at `root`, one line each."""
    platform = load(root)
    return [fault for check in CHECKS for fault in check(platform)]


def main(arguments: list[str]) -> int:
    if arguments not in (["write"], ["check"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    if arguments == ["write"]:
        (TOP / CONTRACTS).write_text(contracts(load(TOP)), encoding="utf-8")
        return 0
    found = faults(TOP)
    sys.stderr.writelines(f"{fault}\n" for fault in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
