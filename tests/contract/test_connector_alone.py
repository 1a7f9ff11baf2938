"""The example of an agency's system in an environment of its own: event contracts, aiokafka, httpx, nothing else."""

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
OURS = ("libs/events", "examples/agency-connector")
STRANGERS = ("fastapi", "sqlalchemy", "confluent_kafka", "keycloak", "chassis", "yaml")


def needed(name: str) -> set[str]:
    """What a package needs on this machine, all the way down, itself among it; as the lock names them."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return set()
    below = [Requirement(line) for line in lines]
    wanted = [one.name for one in below if one.marker is None or one.marker.evaluate({"extra": ""})]
    return {re.sub(r"[-_.]+", "-", name).lower()}.union(*(needed(one) for one in wanted))


def locked(names: set[str]) -> str:
    """Their part of the lock, with hashes."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text(encoding="utf-8"))
    return "\n".join(entry for entry in entries if re.split(r"==| @|\[", entry)[0] in names) + "\n"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment into which only that was installed."""
    folder = tmp_path_factory.mktemp("alone")
    uv, made = Path(sys.executable).parent / "uv", folder / "venv" / "bin" / "python"
    lock = folder / "lock.txt"
    lock.write_text(locked(needed("agency-connector")), encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    for package in OURS:
        subprocess.run(build, cwd=ROOT / package, check=True, capture_output=True)
    install = [str(uv), "pip", "install", "--quiet", "--no-deps", "--python", str(made)]
    subprocess.run([str(uv), "venv", "--quiet", "--python", sys.executable, str(made.parents[1])], check=True)
    subprocess.run([*install, "--require-hashes", "-r", str(lock)], check=True)
    subprocess.run([*install, *map(str, folder.glob("*.whl"))], check=True)
    return made


def test_it_installs_and_explains_itself(python: Path) -> None:
    for command in ("agency-connector", "agency-connector refer"):
        program, *more = command.split()
        done = subprocess.run([str(python.parent / program), *more, "--help"], capture_output=True, text=True)
        assert (done.returncode, done.stdout.startswith("usage: agency-connector")) == (0, True), done.stderr


def test_all_of_it_can_be_imported_without_anything_else_of_the_platform(python: Path) -> None:
    modules = sorted(path.stem for path in (ROOT / "examples/agency-connector/src/agency_connector").glob("[a-z]*.py"))
    code = "import importlib.util as u, " + ", ".join(f"agency_connector.{name}" for name in modules)
    code += f"; assert not [name for name in {STRANGERS!r} if u.find_spec(name)]"
    done = subprocess.run([str(python), "-c", code], cwd=python.parent, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_case_is_kept_and_waits_for_the_loop(python: Path, tmp_path: Path) -> None:
    def staff(*command: str, text: str | None = None) -> "subprocess.CompletedProcess[str]":
        program = [str(python.parent / "agency-connector"), "--database", str(tmp_path / "cases.db"), *command]
        return subprocess.run(program, input=text, capture_output=True, text=True)

    assert staff("init").returncode == 0
    case = '{"reference": "A-1", "reported_at": "2026-03-02T10:00:00+04:00", "report": {"channel": "ngo"}}'
    assert staff("refer", text=case).returncode == 0
    assert staff("list").stdout == "A-1\twaiting\t-\t-\n"
