"""An agency's own system in the stories: the example of one, run as its staff and its operators run it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from chassis.testing import Stack, person_token

from . import platform

PATIENCE = 60  # seconds, on a busy machine
IN_PERSON = {
    "given_by": "person",
    "how": "in_person",
    "language": "az",
    "interpreter": False,
    "text_version": "consent-1",
}
"""Who agreed to a consent, and how (ID-12)."""


class System:
    """An agency's case list, and its loop as a process."""

    def __init__(self, folder: Path, agency: str, secret: str, surname: str) -> None:
        stack = Stack.running()
        folder.mkdir(exist_ok=True)
        self._surname = surname
        self._log = folder / "log"
        self._environment = {
            "PATH": os.environ["PATH"],
            "AGENCY": agency,
            "AGENCY_DATABASE": str(folder / "cases.db"),
            "AGENCY_KAFKA": stack.endpoints["kafka"]["client"],
            "AGENCY_ISSUER": stack.issuer,
            "AGENCY_CLIENT_SECRET": secret,
            "AGENCY_IDENTIFICATION": platform.endpoints()["services"]["identification"],
        }
        self._loop: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def run(self) -> None:
        with self._log.open("ab") as log:
            command = [sys.executable, "-m", "agency_connector", "run"]
            self._loop = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._loop:
            self._loop.send_signal(how)
            self._loop.wait(15)
            self._loop = None

    async def staff(self, *command: str, **case: Any) -> tuple[int, list[list[str]]]:
        """A command of the staff: exit code, and its lines with their columns."""
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "agency_connector", *command],
            env=self._environment,
            input=json.dumps(case) if case else None,
            capture_output=True,
            text=True,
            timeout=PATIENCE + 30,
            check=False,
        )
        assert done.returncode != 2, done.stderr + self.log
        return done.returncode, [line.split("\t") for line in done.stdout.splitlines()]

    def shown(self, reference: str) -> str:
        """What `show` prints of a referral, on both sides."""
        command = [sys.executable, "-m", "agency_connector", "show", reference]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=30, check=False)
        return done.stdout + done.stderr

    async def refers(self, reference: str, wait: int = PATIENCE, **more: Any) -> list[str]:
        """Refer and wait: reference, state, code, case."""
        person = {
            "prs_FirstName": "Gültac",
            "prs_SecondName": self._surname,
            "vic_TypeOfExploitation": ["ForcedLabour"],
        }
        case = {
            "reference": reference,
            "reported_at": "2026-03-02T10:00:00+04:00",
            "report": {"channel": "ngo", "htcds": person} | ({"consent": IN_PERSON} if "consents" in more else {}),
        } | more
        _, (line,) = await self.staff("refer", "--wait", str(wait), **case)
        return line

    async def lists(self, wanted: int, *command: str) -> list[list[str]]:
        """Lines of a list, once there are so many."""
        for _ in range(PATIENCE):
            _, lines = await self.staff(*command)
            if len(lines) >= wanted:
                return lines
            await asyncio.sleep(1)
        raise AssertionError(f"{command}: {lines}\n{self.log}")


class Operator:
    """The operator's command line, as it is typed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "NRM_STATE": str(platform.STATE),
            "XDG_CONFIG_HOME": str(folder),
        }

    def begins(self, *command: str) -> "subprocess.Popen[str]":
        """`himaya agency …`, whose lines can be read while it works."""
        return subprocess.Popen(
            [sys.executable, "-m", "himaya", "agency", *command],
            env=self._environment | {"HIMAYA_TOKEN": person_token("himaya.operator")},
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    async def runs(self, *command: str) -> tuple[int, str]:
        """Exit code, and the output."""
        begun = self.begins(*command)
        out, err = await asyncio.to_thread(begun.communicate, timeout=PATIENCE)
        return begun.returncode, out + err

    async def shows(self, agency: str) -> dict[str, Any]:
        """State, parts, and what is to be run."""
        code, output = await self.runs("show", agency, "--json")
        shown: dict[str, Any] = json.JSONDecoder().raw_decode(output)[0]
        assert (code == 0) == (shown["run"] is None), output
        return shown
