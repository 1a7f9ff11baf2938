"""Every command × everything that may be missing: one line that names the mend, the right exit code, no traceback."""

import functools
import json
import time
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

import pytest
import typer
from chassis.testing import Stack
from himaya.__main__ import app
from typer.testing import CliRunner

CASE = str(uuid4())
NOBODY = "zz-nobody"
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "login": (),
    "logout": (),
    "bus status": (),
    "bus parked": (),
    "bus show": ("shelter", CASE),
    "bus replay": ("shelter", CASE),
    "bus discard": ("shelter", CASE, "--first", "1", "--reason", "test_data"),
    "bus lag": (),
    "bus rebuild": ("shelter", "cases"),
    "bus tail": ("--since", "1", "--no-follow"),
    "agency add": (NOBODY, "--agreement", "agreement.yaml"),
    "agency suspend": (NOBODY, "--reason", "flooding"),
    "agency resume": (NOBODY,),
    "agency remove": (NOBODY, "--reason", "flooding"),
    "agency secret": (NOBODY,),
    "agency show": (NOBODY,),
    "agency list": (),
}
"""Each with arguments that are right."""
WRONG: Mapping[str, tuple[str, ...]] = {
    "bus show": ("shelter", "no-case"),
    "bus replay": ("shelter",),
    "bus discard": ("shelter", CASE, "--first", "one", "--reason", "test_data"),
    "bus rebuild": ("police", "cases"),
    "bus parked": ("--service", "police"),
    "bus tail": ("--service", "police"),
    "agency add": (NOBODY, "--agreement", "nowhere.yaml"),
    "agency suspend": (NOBODY, "--reason", "because"),
    "agency resume": ("No Code",),
    "agency remove": (NOBODY,),
    "agency secret": ("a" * 40,),
    "agency show": ("UPPER",),
}
CLOSED = "127.0.0.1:9"
_MEND = "make up"
_LOGIN = "himaya login"


@functools.cache
def settings() -> dict[str, str]:
    stack = Stack.running()
    return {
        "HIMAYA_ISSUER": stack.issuer,
        "HIMAYA_SERVICES": json.dumps({"shelter": f"http://{CLOSED}", "exchange": f"http://{CLOSED}"}),
        "HIMAYA_KAFKA": stack.endpoints["kafka"]["client"],
        "HIMAYA_BUS_SECRET": stack.secrets["clients"]["operations"],
        "HIMAYA_PROVISIONING_SECRET": stack.secrets["clients"]["provisioning"],
    }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, in which nobody is signed in and no stack was started."""
    for name in settings():  # read before the stack is hidden
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("HIMAYA_TOKEN", raising=False)
    monkeypatch.setenv("NRM_STATE", str(tmp_path / "no-stack"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "agreement.yaml").write_text(f"agency: {NOBODY}\n")
    return tmp_path


def ends(command: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, **env: str) -> tuple[int, str]:
    """Exit code and what stands on the error's side; never a traceback, and of our own refusals one line."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(app, [*command.split(), *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    if result.stderr.startswith("himaya: "):
        assert len(result.stderr.splitlines()) == 1, result.stderr
    return result.exit_code, result.stderr


def signed_in_until(place: Path, issuer: str, until: float) -> None:
    (place / "himaya").mkdir(exist_ok=True)
    session = {"issuer": issuer, "access_token": "a", "refresh_token": "r", "until": until}
    (place / "himaya" / "session.json").write_text(json.dumps(session))


def test_every_command_is_here() -> None:
    group = typer.main.get_command(app)
    found = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        found |= {f"{name} {below}" for below in command.commands} if hasattr(command, "commands") else {name}
    assert found == set(COMMANDS)


NEEDS_PLATFORM = sorted(set(COMMANDS) - {"logout"})


@pytest.mark.parametrize("command", NEEDS_PLATFORM)
def test_nothing_is_running(place: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    code, error = ends(command, COMMANDS[command], monkeypatch)
    assert (code, _MEND in error) == (2, True), error


BROKEN = [
    ("ISSUER", "nowhere"),
    ("SERVICES", "{"),
    ("SERVICES", "[]"),
    ("SERVICES", '{"shelter": "ftp"}'),
    ("KAFKA", "one"),
]


@pytest.mark.parametrize(("name", "value"), BROKEN)
@pytest.mark.parametrize("command", NEEDS_PLATFORM)
def test_settings_are_malformed(
    place: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str, value: str
) -> None:
    code, error = ends(command, COMMANDS[command], monkeypatch, **settings() | {f"HIMAYA_{name}": value})
    assert (code, f"HIMAYA_{name}" in error, _MEND in error) == (2, True, True), error


def test_what_a_stack_wrote_down_is_malformed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "no-stack").mkdir()
    for content in ("[]", "{", '{"kafka": 7, "issuer": null}', '"x"'):
        for name in ("endpoints.json", "secrets.json"):
            (place / "no-stack" / name).write_text(content)
        assert ends("bus status", (), monkeypatch)[0] == 2


SIGNS_IN = sorted(set(NEEDS_PLATFORM) - {"login", "bus lag", "bus tail", "agency secret"})


@pytest.mark.parametrize("command", SIGNS_IN)
def test_nobody_is_signed_in(place: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    code, error = ends(command, COMMANDS[command], monkeypatch, **settings())
    assert (code, _LOGIN in error) == (2, True), error


@pytest.mark.parametrize("command", SIGNS_IN)
def test_the_sign_in_has_expired(place: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    signed_in_until(place, settings()["HIMAYA_ISSUER"], time.time() - 60)
    code, error = ends(command, COMMANDS[command], monkeypatch, **settings())
    assert (code, "the session has ended: himaya login" in error) == (2, True), error


@pytest.mark.parametrize("command", NEEDS_PLATFORM)
def test_keycloak_is_away(place: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    issuer = f"http://{CLOSED}/realms/nrm"
    signed_in_until(place, issuer, time.time() - 60)
    code, error = ends(command, COMMANDS[command], monkeypatch, **settings() | {"HIMAYA_ISSUER": issuer})
    assert code == 3, error
    assert CLOSED in error


@pytest.mark.parametrize("command", SIGNS_IN)
def test_a_service_is_away(place: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    code, error = ends(command, COMMANDS[command], monkeypatch, **settings() | {"HIMAYA_TOKEN": "of-somebody"})
    assert code == 3, error
    assert command == "bus status" or f"does not answer at http://{CLOSED}" in error


@pytest.mark.parametrize("command", sorted(WRONG))
def test_wrong_input(place: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    code, error = ends(command, WRONG[command], monkeypatch, **settings() | {"HIMAYA_TOKEN": "of-somebody"})
    assert (code, bool(error)) == (2, True)


def test_what_needs_no_sign_in_works_without(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends("bus tail", COMMANDS["bus tail"], monkeypatch, **settings()) == (0, "")
    assert ends("bus lag", (), monkeypatch) == (0, "")
    code, error = ends("agency secret", (NOBODY,), monkeypatch)
    assert (code, "does not exist" in error) == (2, True)
    assert ends("logout", (), monkeypatch) == (0, "")
