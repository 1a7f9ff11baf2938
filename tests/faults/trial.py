"""What every trial of a fault needs: the chain under load, and how to see that it works again."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import psutil
import psycopg
from local_stack import children
from local_stack.state import open_state

from .invariants import Findings, examine, rows
from .kills import Announce, acts_all_along, all_through
from .running import Chain, Load, chain, crowd

RATE = 200.0  # acts per second


class Skipped(Exception):
    """This machine does not permit what the scenario needs; the message names it."""


@dataclass
class Trial:
    """One fault tried: what was measured, and which invariants broke."""

    figures: dict[str, float] = field(default_factory=dict)  # seconds, unless the name states otherwise
    findings: Findings = field(default_factory=Findings)


@asynccontextmanager
async def under_load(trial: Trial, announce: Announce, load: Load | None = None) -> AsyncIterator[Chain]:
    """The chain under load; afterwards all must come through, and the invariants hold."""
    load = load or Load(RATE)
    async with chain(seed=1) as running:
        running.start_all()
        async with acts_all_along(running, load):
            await until_applied(running)
            yield running
        trial.figures["through after the end"] = await all_through(running, announce)
        trial.figures["longest wait of a client"] = load.longest_wait
        trial.findings = await asyncio.to_thread(examine, running, load)


async def until_applied(running: Chain) -> float:
    """Wait for an act that is done from now on to have its effect at the end; seconds until it was applied."""
    began = time.time()
    while True:
        seen = await asyncio.to_thread(_last_applied, running)
        if seen > began:
            return seen - began
        assert time.time() < began + 120 * crowd(), "nothing comes through any more"
        await asyncio.sleep(0.1)


def _last_applied(running: Chain) -> float:
    try:
        return float(rows(running, "notify", "select coalesce(extract(epoch from max(at)), 0) from effect")[0][0])
    except psycopg.OperationalError:
        return 0.0


def pid_of(part: str) -> int:
    record = children.running(open_state(), part)
    assert record, f"{part} does not run"
    return record.pid


async def bring_back() -> float:
    """Start again what died; seconds it took."""
    began = time.monotonic()
    command = (sys.executable, "-m", "local_stack", "up", "--no-services", "--quiet")
    await asyncio.to_thread(subprocess.run, command, check=True)
    return time.monotonic() - began


async def wait(seconds: float, announce: Announce) -> None:
    for left in range(int(seconds), 0, -1):
        announce(f"{left} s more")
        await asyncio.sleep(1)


async def killed(part: str, announce: Announce) -> Trial:
    trial = Trial()
    async with under_load(trial, announce) as running:
        for process in psutil.Process(pid_of(part)).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # PostgreSQL's own come and go
                process.kill()
        os.kill(pid_of(part), signal.SIGKILL)
        await wait(5, announce)
        trial.figures["its own start"] = await bring_back()
        trial.figures["back after"] = await until_applied(running)
    return trial
