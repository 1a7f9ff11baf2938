"""A national year of another country: 20,000 referrals, from a generated file, through the whole platform.

Agencies' systems refer on their topics; what no topic carries (the search, the opening, decisions) is done over HTTP.
It needs a platform in which nothing was played yet; `make bench` begins with such a one.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import psycopg
from local_stack import children
from local_stack.names import SERVICES
from local_stack.state import State, open_state, read_json
from player.national.compare import differences
from player.national.play import Outcome, play, read_year
from player.national.referral import Referral, read_referrals
from player.stack import find_stack

from bench.report import Goal, Report, number
from bench.stack import local_stack

Announce = Callable[[str], None]
REFERRALS = 20_000
YEAR = 2024
_PATIENCE = 3_600.0  # seconds until everything is applied
_WAITING = "select (select count(*) from outbox), (select count(*) from parked_event), (select count(*) from inbox)"


async def run(announce: Announce, scale: float = 1.0) -> Report:
    """Generate, play, wait until every service has applied everything, and compare with the file."""
    os.environ.setdefault("NRM_TRACE_RATIO", "0.01")
    local_stack("up", "--quiet")
    state = open_state()
    referrals = _generated(state, int(REFERRALS * scale))
    before, applied, began = processor_seconds(state), _counts(state, 2), time.monotonic()
    played = 0

    def on_played() -> None:
        nonlocal played
        played += 1
        if played % 100 == 0:
            announce(f"national: {played:,} of {len(referrals):,}, {played / (time.monotonic() - began):.0f}/s")

    outcome = await play(find_stack(), referrals, on_played, lambda: settled(state))
    seconds = time.monotonic() - began
    after, now = processor_seconds(state), _counts(state, 2)
    report = Report(f"A national year: {len(referrals):,} referrals")
    _write(report, referrals, outcome, seconds)
    _write_services(report, {name: now[name] - applied[name] for name in SERVICES}, seconds)
    _write_processes(report, before, after)
    figures = await read_year(find_stack(), YEAR)
    report.faults += [f"{count} × {error}" for error, count in outcome.errors.items()]
    report.faults += differences(referrals, figures, outcome)
    report.faults += [f"{name}: {parked} events parked" for name, parked in _counts(state, 1).items() if parked]
    return report


def _generated(state: State, count: int) -> list[Referral]:
    file = state.folder / "national.jsonl"
    command = [sys.executable, "-m", "player", "generate", "--referrals", str(count), "--year", str(YEAR)]
    with file.open("wb") as into:
        subprocess.run(command, check=True, stdout=into)
    return read_referrals(file)


async def settled(state: State) -> None:
    """Until nothing waits to be sent, and no service applies anything any more."""
    until, before, quiet = time.monotonic() + _PATIENCE, _counts(state, 2), 0
    while quiet < 3:
        await asyncio.sleep(1)
        now = _counts(state, 2)
        quiet = quiet + 1 if now == before and not any(_counts(state, 0).values()) else 0
        before = now
        if time.monotonic() > until:
            raise TimeoutError("events still wait")


def _counts(state: State, which: int) -> dict[str, int]:
    """By service: rows that wait to be sent (0), parked events (1), events that were applied (2)."""
    urls: dict[str, str] = read_json(state.endpoints)["postgres"]
    found = {}
    for name in SERVICES:
        with psycopg.connect(urls[name]) as connection:
            found[name] = int((connection.execute(_WAITING).fetchone() or (0, 0, 0))[which])
    return found


def processor_seconds(state: State) -> dict[str, float]:
    """Of each process of the stack, and of this one; PostgreSQL with all that it started."""
    found = {"player": sum(psutil.Process().cpu_times()[:2])}
    for name in ("postgres", "keycloak", "kafka", *SERVICES):
        record = children.running(state, name)
        if record:
            process = psutil.Process(record.pid)
            times = process.cpu_times()
            found[name] = sum(times[:4]) + sum(sum(one.cpu_times()[:2]) for one in process.children(recursive=True))
    return found


def _write(report: Report, referrals: list[Referral], outcome: Outcome, seconds: float) -> None:
    report.table("referrals", "minutes", "of which playing", "referrals/s", "requests", "submissions")
    submitted = sum(one.total() for one in outcome.submitted.values())
    report.row(
        f"{len(referrals):,}",
        number(seconds / 60),
        number(outcome.seconds / 60),
        number(len(referrals) / seconds),
        f"{outcome.requests:,}",
        f"{submitted:,}",
    )
    report.goals.append(Goal("minutes for 20,000", [seconds / 60 * REFERRALS / len(referrals)], 10, at_least=False))


def _write_services(report: Report, applied: dict[str, int], seconds: float) -> None:
    report.table("service", "events applied", "events/s")
    for name, count in applied.items():
        report.row(name, f"{count:,}", number(count / seconds))


def _write_processes(report: Report, before: dict[str, float], after: dict[str, float]) -> None:
    report.table("process", "processor time, s")
    took = {name: seconds - before.get(name, 0.0) for name, seconds in after.items()}
    for name in sorted(took, key=lambda name: -took[name]):
        report.row(name, number(took[name]))
    report.row("**all**", number(sum(took.values())))
