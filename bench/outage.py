"""The broker goes away for a minute and comes back; relay and consumer go on by themselves."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from local_stack import children, kafka_server
from local_stack.state import open_state
from shelter.app import SERVICE as SHELTER

from bench.contenders import Ours
from bench.ground import Place, place
from bench.latency import consuming, until_all, write
from bench.report import Goal, Report
from bench.rows import made
from bench.topic import Topic

Announce = Callable[[str], None]
_RATE = 20  # commits a second all along
_AROUND = 25.0  # seconds of writing before and after


@dataclass
class Outage:
    """Seconds, all from the start of the new broker; lines that were logged while it was away."""

    port: float
    answers: float
    sent: float
    applied: float
    lines: dict[str, int]


async def run(announce: Announce, scale: float = 1.0) -> Report:
    """One outage; commits go on all along, and everything comes in the end."""
    away = max(60 * scale, 3.0)
    topic, contender = Topic(), Ours("ours")
    async with AsyncExitStack() as opened:
        here = await opened.enter_async_context(place(SHELTER))
        there, consumer = await opened.enter_async_context(consuming(topic))
        relaying = opened.enter_context(contender.running(here))
        rows = made(int(_RATE * (away + _AROUND)))
        writing = asyncio.create_task(write(here, contender, rows, _RATE))
        await until_all(lambda: _applied(there) > 0, "no event was applied before the outage", 60)
        logs = {"relay": relaying.log, "consumer": consumer.log}
        announce(f"outage: the broker is killed, and away for {away:.0f} s")
        outage = await _away(away, here, there, logs)
        committed = await writing
        await until_all(lambda: _applied(there) >= len(committed), "an event was not applied", 60)
    return _report(outage, away, len(committed))


async def _away(away: float, here: Place, there: Place, logs: dict[str, Path]) -> Outage:
    before = {name: len(log.read_bytes()) for name, log in logs.items()}
    state = open_state()
    record = children.running(state, "kafka")
    assert record  # noqa: S101  # it ran a moment ago
    os.kill(record.pid, signal.SIGKILL)
    await asyncio.sleep(away)
    lines = {name: log.read_bytes()[before[name] :].count(b"\n") for name, log in logs.items()}
    children.stop(state, "kafka")
    applied, oldest = _applied(there), _oldest(here)
    began = time.monotonic()
    children.start(state, kafka_server.child(state))
    port = await _when(began, lambda: children.listens(state.ports["kafka_client"]))
    answers = await _when(began, lambda: kafka_server.ready(state))
    sent = await _when(began, lambda: _oldest(here) > oldest)
    return Outage(port, answers, sent, await _when(began, lambda: _applied(there) > applied), lines)


async def _when(began: float, so: Callable[[], bool]) -> float:
    """Seconds from then until it is so."""
    while not await asyncio.to_thread(so):
        if time.monotonic() - began > 60:
            raise TimeoutError("the broker, or what waits for it, did not come back within a minute")
        await asyncio.sleep(0.02)
    return time.monotonic() - began


def _oldest(here: Place) -> int:
    """The id of the oldest event that waits to be sent; one that no row has when none waits."""
    found = here.admin.execute("select coalesce(min(id), 1e15::bigint) from outbox").fetchone()
    return int(found[0]) if found else 0


def _applied(there: Place) -> int:
    found = there.admin.execute("select count(*) from inbox").fetchone()
    return int(found[0]) if found else 0


def _report(outage: Outage, away: float, committed: int) -> Report:
    report = Report(f"The broker is away for {away:.0f} s")
    report.table("from the start of the new broker until …", "seconds")
    report.row("its port takes connections", f"{outage.port:.2f}")
    report.row("it answers a client", f"{outage.answers:.2f}")
    report.row("the relay has sent again", f"{outage.sent:.2f}")
    report.row("the other service has applied again", f"{outage.applied:.2f}")
    lines = ", ".join(f"{name} {count / away:.2f}" for name, count in outage.lines.items())
    report.add(
        f"It was killed (`kill -9`). {committed:,} commits, {_RATE} a second all along: each was applied once. "
        f"Log lines a second meanwhile: {lines}."
    )
    report.goals += [
        Goal("relay back after the broker, s", [max(outage.sent - outage.answers, 0.0)], 1, at_least=False),
        Goal("consumer back after the broker, s", [max(outage.applied - outage.answers, 0.0)], 1, at_least=False),
        Goal("log lines a second of one process", [max(outage.lines.values()) / away], 1, at_least=False),
        Goal("the killed broker's own restart, s", [outage.answers], 8, at_least=False),
    ]
    return report
