"""The audit of the dependencies: vulnerable, clean, and an index that does not answer are three different ends."""

import json
import subprocess
from pathlib import Path
from typing import Any

import audit_dependencies as tool
import pytest

CLEAN = {"dependencies": [{"name": "httpx", "version": "1", "vulns": []}]}
VULNERABLE = {"dependencies": [{"name": "httpx", "version": "1", "vulns": [{"id": "PYSEC-1"}, {"id": "CVE-2"}]}]}
SKIPPED = {"dependencies": [{"name": "httpx", "skip_reason": "not found"}]}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    (tmp_path / "requirements.lock").write_text("httpx==1\n")
    (tmp_path / "jars.lock").write_text("x\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)  # noqa: S607
    subprocess.run(["git", "add", "-A"], cwd=tmp_path, check=True)  # noqa: S607
    return tmp_path


@pytest.mark.parametrize(
    ("written", "status", "line"),
    [
        (json.dumps(CLEAN), 0, "requirements.lock: nothing is known to be vulnerable"),
        (json.dumps(VULNERABLE), 1, "requirements.lock: vulnerable: httpx 1: PYSEC-1, CVE-2"),
        (json.dumps(SKIPPED), 3, "requirements.lock: not known: the index does not answer for 1 of its entries"),
        ("", 3, "requirements.lock: not known: the index does not answer for 1 of its entries"),
    ],
)
def test_each_end_has_its_status_and_line(
    top: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], written: str, status: int, line: str
) -> None:
    real = subprocess.run

    def run(command: Any, **more: Any) -> Any:
        if command[0] == "git":
            return real(command, **more)
        return subprocess.CompletedProcess(command, 1, written.encode(), b"")

    monkeypatch.setattr(subprocess, "run", run)
    assert tool.main(top) == status
    assert capsys.readouterr().out == line + "\n"


def test_npm_that_was_not_answered_knows_nothing() -> None:
    assert tool.of_node({"error": {"code": "ENOTFOUND"}}).unknown
    assert tool.of_node({"vulnerabilities": {"left-pad": {"severity": "high"}}}).vulnerable == ["left-pad: high"]
    assert tool.of_node({"vulnerabilities": {}}) == tool.Found(audited=1)


def test_every_lock_of_packages_is_audited() -> None:
    names = {lock.name for lock in tool.locks(tool.TOP)}
    assert names == {"requirements.lock", "installer.lock", "package-lock.json"}
