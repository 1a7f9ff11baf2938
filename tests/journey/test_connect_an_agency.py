"""docs/how-to/connect-an-agency.md to the letter: its own files and commands, and nothing else, end with `accepted`."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.testing import Stack, person_token

from . import platform

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-an-agency.md"
MARKED = re.compile(r"<!-- (file|run): (\S+) -->\n```\w*\n(.*?)```", re.DOTALL)
TEN_MINUTES = 600


def marked(kind: str) -> list[tuple[str, str]]:
    """Name and content of every file or command of the page, in its order."""
    return [(name, content) for what, name, content in MARKED.findall(PAGE.read_text(encoding="utf-8")) if what == kind]


def addresses() -> dict[str, str]:
    """What the operator's letter says on this machine; a stack on one machine has no certificate authority."""
    return {
        "AGENCY": "iom-baku",
        "AGENCY_CLIENT_SECRET": '"$(cat iom-baku.secret)"',
        "AGENCY_ISSUER": Stack.running().issuer,
        "AGENCY_IDENTIFICATION": platform.endpoints()["services"]["identification"],
        "AGENCY_KAFKA": Stack.running().endpoints["kafka"]["client"],
        "AGENCY_KAFKA_CA": "",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The page's files in an empty folder; the letter's addresses are this machine's. Its agency goes afterwards."""
    for name, content in marked("file"):
        (tmp_path / name).write_text(content, encoding="utf-8")
    named = re.findall(r"export (\w+)=", (tmp_path / "iom-baku.env").read_text(encoding="utf-8"))
    assert named == list(addresses()), "the letter lists what the scripts read"
    letter = "".join(f"export {name}={value}\n" for name, value in addresses().items())
    (tmp_path / "iom-baku.env").write_text(letter, encoding="utf-8")
    yield tmp_path
    run("himaya agency remove iom-baku --reason agreement_ended", tmp_path)


def run(commands: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    own = {"NRM_STATE": str(platform.STATE), "HIMAYA_TOKEN": person_token("himaya.operator")}
    return subprocess.run(
        ["/bin/sh", "-c", commands],
        cwd=folder,
        env={"PATH": path, "XDG_CONFIG_HOME": str(folder), **own},
        capture_output=True,
        text=True,
        timeout=TEN_MINUTES,
        check=False,
    )


def test_the_page_to_the_letter(folder: Path) -> None:
    """ID-1, ID-12: a referral with a consent is accepted at the first try, with the script and with the example."""
    before = [one for one in json.loads(run("himaya agency list --json", folder).stdout) if one["code"] == "iom-baku"]
    if before:  # on a stack where it was joined before, and removed
        agreement, newer = folder / "iom-baku.yaml", f"edition: {before[0]['edition'] + 1}"
        agreement.write_text(re.sub(r"edition: \d+", newer, agreement.read_text(encoding="utf-8")), encoding="utf-8")
    began = time.monotonic()
    for who, commands in marked("run"):
        done = run(commands, folder)
        assert done.returncode == 0, f"{who}: {commands}\n{done.stdout}{done.stderr}"
        assert who == "operator" or "accepted" in done.stdout, done.stdout
    assert time.monotonic() - began < TEN_MINUTES
    assert platform.count("identification", "consent", "recipient", "iom-baku") >= 2
    shown = run("himaya agency show iom-baku", folder)
    assert (shown.returncode, "submitted: 2 accepted" in shown.stdout) == (0, True), shown.stdout + shown.stderr
