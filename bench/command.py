"""A command with token, rights, audit and outbox, beside a bare FastAPI with the same ORM insert."""

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx
from chassis.testing import service_token
from local_stack.state import open_state

from bench.client import Answers, post_all
from bench.ground import Place, Process, place, process, python
from bench.report import Goal, Report, ratios, spread
from bench.small.app import SMALL

Announce = Callable[[str], None]
_CLIENTS = 8
_PER_CASE = 4  # commands of one case in a round
_NAMES = {"ours": "command: token, rights, key, audit, outbox", "bare": "bare FastAPI + ORM insert"}


@dataclass
class Served:
    """An API that runs, and its measurements."""

    place: Place
    process: Process
    port: int
    parts: Path
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    sent: int = 0  # commands


async def run(announce: Announce, scale: float = 1.0, rounds: int = 5) -> Report:
    """Rounds of both, side by side; then both are stopped and have written where their time went."""
    count = int(3_000 * scale)
    report = Report("A command over HTTP")
    async with AsyncExitStack() as opened:
        served = {which: await opened.enter_async_context(_served(which)) for which in _NAMES}
        for one in served.values():
            await _round(one, max(50, count // 5), measured=False)
        for turn in range(rounds):
            for which, one in served.items():
                announce(f"command {turn + 1}/{rounds}: {which}")
                await _round(one, count)
        _check(served, report)
    _rates(report, served, count)
    _parts(report, served)
    return report


@asynccontextmanager
async def _served(which: str) -> AsyncIterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    async with place(SMALL, port=port) as here:
        parts = open_state().logs / f"bench.{which}.parts.json"
        with process(which, python("-m", "bench.small.serve", which, str(parts)), here.environment()) as started:
            await _answers(port)
            yield Served(here, started, port, parts)


async def _answers(port: int) -> None:
    async with httpx.AsyncClient() as http, asyncio.timeout(120):
        while True:
            try:
                await http.get(f"http://127.0.0.1:{port}/healthz")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.1)


async def _round(one: Served, count: int, measured: bool = True) -> Answers:
    cases = [str(uuid4()) for _ in range(-(-count // _PER_CASE))]
    bodies = [json.dumps({"case_id": cases[n % len(cases)], "reason": "bench"}).encode() for n in range(count)]
    headers = f"Authorization: Bearer {service_token('shelter')}\r\n"
    cpu = one.process.cpu()
    keys = [str(uuid4()) for _ in bodies]
    answers = await post_all(one.port, "/api/notes", bodies, headers=headers, keys=keys, clients=_CLIENTS)
    if answers.statuses != {201: count}:
        raise RuntimeError(f"not every command succeeded: {answers.statuses}")
    one.sent += count
    if measured:
        one.rates.append(answers.rate)
        one.cpu.append((one.process.cpu() - cpu) / count)
        one.p99.append(sorted(answers.took)[int(0.99 * count)])
    return answers


_COUNTS = (
    "select (select count(*) from note), (select count(*) from outbox), (select count(*) from audit_entry), "
    "(select count(*) from idempotency_key where status = 201)"
)


def _check(served: dict[str, Served], report: Report) -> None:
    """Every promise is in the database: the row, its event, its audit entry and its answer."""
    for which, one in served.items():
        counts = one.place.admin.execute(_COUNTS).fetchone()
        wanted = (one.sent,) * 4 if which == "ours" else (one.sent, 0, 0, 0)
        if counts != wanted:
            report.faults.append(f"{which}: notes, events, audit entries, answers are {counts}, not {wanted}")


def _rates(report: Report, served: dict[str, Served], count: int) -> None:
    ours, bare = served["ours"], served["bare"]
    report.add(
        f"{count:,} commands a round over {_CLIENTS} connections, one process each, the same row of the same table. "
        "Ours checks the token's signature, rights and body, takes the key, writes audit (hash-chained) and outbox."
    )
    report.table("", "commands/s", "p99, ms", "its processor time, µs a command")
    for which, one in served.items():
        times = [1_000 * took for took in one.p99]
        report.row(_NAMES[which], spread(one.rates), spread(times), spread([1e6 * cpu for cpu in one.cpu]))
    report.goals.append(Goal("command ÷ bare", ratios(ours.rates, bare.rates), 0.6))


def _parts(report: Report, served: dict[str, Served]) -> None:
    """From samples of the stack while it worked, in shares of the measured time a command."""
    report.table("part", "ours, µs a command", "bare, µs a command")
    columns = []
    for one in (served["ours"], served["bare"]):
        seen: Counter[str] = Counter(json.loads(one.parts.read_text()))
        a_command = 1e6 * sorted(one.cpu)[len(one.cpu) // 2]
        columns.append({part: a_command * times / seen.total() for part, times in seen.items()})
    for part in sorted({*columns[0], *columns[1]}, key=lambda part: -columns[0].get(part, 0)):
        report.row(part, *(f"{column.get(part, 0):,.0f}" for column in columns))
