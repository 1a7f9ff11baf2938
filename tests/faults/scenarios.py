"""Parts of the platform stop, die, lie about the time or fill up, while clients make acts all along the chain."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import psutil
from chassis.database import Database
from chassis.inbox import Consumer
from chassis.testing import service_token
from local_stack import children
from local_stack.state import open_state
from sqlalchemy import text

from .chain.app import MIDDLE
from .invariants import Findings, examine, percentile, rows
from .kills import Tell, all_through, asked_all_along, somebody_joins_and_leaves
from .running import Chain, Load, Slot, chain

_RATE = 200.0  # acts per second


@dataclass
class Trial:
    """One fault tried: what was measured, and what the invariants say."""

    figures: dict[str, float] = field(default_factory=dict)  # seconds, unless the name says otherwise
    findings: Findings = field(default_factory=Findings)


@asynccontextmanager
async def under_load(trial: Trial, tell: Tell, load: Load | None = None) -> AsyncIterator[Chain]:
    """The chain under load; afterwards all must come through, and the invariants hold."""
    load = load or Load(_RATE)
    async with chain(seed=1) as running:
        running.start_all()
        async with asked_all_along(running, load):
            await until_applied(running)
            yield running
        trial.figures["through after the end"] = await all_through(running, tell)
        trial.figures["longest wait of a client"] = load.longest_wait
        trial.findings = await asyncio.to_thread(examine, running, load)


async def until_applied(running: Chain) -> float:
    """Wait for an act that is done from now on to have its effect at the end; seconds until it was applied."""
    began = time.time()
    while True:
        seen = await asyncio.to_thread(_last_applied, running)
        if seen > began:
            return seen - began
        assert time.time() < began + 120, "nothing comes through any more"
        await asyncio.sleep(0.1)


def _last_applied(running: Chain) -> float:
    try:
        return float(rows(running, "notify", "select coalesce(extract(epoch from max(at)), 0) from effect")[0][0])
    except OSError:
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


async def kafka_stopped_for_a_minute(tell: Tell) -> Trial:
    trial = Trial()
    async with under_load(trial, tell) as running:
        os.kill(pid_of("kafka"), signal.SIGSTOP)
        await _wait(60, tell)
        os.kill(pid_of("kafka"), signal.SIGCONT)
        trial.figures["back after"] = await until_applied(running)
    return trial


async def kafka_killed(tell: Tell) -> Trial:
    return await _killed("kafka", tell)


async def postgres_killed(tell: Tell) -> Trial:
    return await _killed("postgres", tell)


async def _killed(part: str, tell: Tell) -> Trial:
    trial = Trial()
    async with under_load(trial, tell) as running:
        for process in psutil.Process(pid_of(part)).children(recursive=True):
            process.kill()
        os.kill(pid_of(part), signal.SIGKILL)
        await _wait(5, tell)
        trial.figures["its own start"] = await bring_back()
        trial.figures["back after"] = await until_applied(running)
    return trial


async def keycloak_away_for_longer_than_a_token_lives(tell: Tell) -> Trial:
    trial = Trial()
    async with under_load(trial, tell) as running:
        os.kill(pid_of("keycloak"), signal.SIGKILL)
        await _wait(40, tell)
        trial.figures["its own start"] = await bring_back()
        trial.figures["back after"] = await until_applied(running)
    return trial


async def consumers_joining_and_leaving_every_second(tell: Tell) -> Trial:
    trial = Trial()
    async with under_load(trial, tell) as running:
        async with somebody_joins_and_leaves(running, "shelter", 1), somebody_joins_and_leaves(running, "notify", 1):
            await _wait(60, tell)
        trial.figures["back after"] = await until_applied(running)
    return trial


async def relay_leader_paused_past_its_lock(tell: Tell) -> Trial:
    """Either relay in turn is stopped for longer than the database waits for it, then goes on where it was."""
    trial = Trial()
    waits = []
    async with under_load(trial, tell) as running:
        for relay in running.of("identification", "relay") * 3:
            assert relay.process
            assert relay.process.pid
            os.kill(relay.process.pid, signal.SIGSTOP)
            waits.append(await until_applied(running))
            await _wait(8, tell)
            os.kill(relay.process.pid, signal.SIGCONT)
            await _wait(2, tell)
    trial.figures["longest gap"] = max(waits)
    return trial


async def clocks_ten_minutes_off(tell: Tell) -> Trial:
    """Ahead in the middle, behind at the end and at the first relay: nobody orders by the clock.

    An API whose clock is wrong refuses every token, whether it seems expired or not yet issued.
    """
    trial = Trial()
    async with chain(seed=1) as running:
        await _refuses(running, clock_off=600, code="token_expired")
        await _refuses(running, clock_off=-600, code="token_invalid")
        for slot in running.slots:
            slot.clock_off = 0.0 if slot.part == "api" else 600.0 if slot.service == "shelter" else -600.0
        running.start_all()
        load = Load(_RATE)
        async with asked_all_along(running, load):
            await _wait(20, tell)
        trial.figures["through after the end"] = await all_through(running, tell)
        trial.findings = await asyncio.to_thread(examine, running, load)
    return trial


async def _refuses(running: Chain, clock_off: float, code: str) -> None:
    wrong = Slot("identification", "api", 1, clock_off=clock_off)
    running.start(wrong)
    try:
        async with httpx.AsyncClient(base_url=running.address) as http, asyncio.timeout(60):
            while not await _answers(http):  # noqa: ASYNC110  nobody tells when it listens
                await asyncio.sleep(0.1)
            headers = {"Authorization": f"Bearer {service_token('identification')}"}
            answer = await http.post("/api/acts", json={}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code), answer.text
    finally:
        await running.stop(wrong, signal.SIGKILL)


async def _answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).is_success
    except httpx.TransportError:
        return False


async def one_case_in_a_hundred_poisoned(tell: Tell) -> Trial:
    """The others' time from the act to the effect at the end, without poison and with it; then it is healed."""
    trial = Trial()
    for name, share in (("without", 0.0), ("with", 0.01)):
        load = Load(_RATE, cases=600, poisoned=share)
        async with chain(seed=1) as running:
            running.start_all()
            async with asked_all_along(running, load):
                await until_applied(running)
                await _wait(30, tell)
            await all_through(running, tell, parked=_parked(running, load))
            for share_of_acts in (0.5, 0.99):
                took = percentile(_latencies(running, load), share_of_acts)
                trial.figures[f"p{share_of_acts * 100:.0f} {name} poison"] = took
            waiting = await asyncio.to_thread(examine, running, load, except_parked=True)
            await _heal(running)
            trial.figures["through after healing"] = await all_through(running, tell)
            trial.findings = await asyncio.to_thread(examine, running, load)
            trial.findings.parked = waiting.parked
            trial.findings.lost += waiting.broken
    return trial


def _parked(running: Chain, load: Load) -> int:
    return sum(
        rows(
            running,
            "identification",
            "select count(*) from act where case_id = %s and "
            "number >= (select number from act as poisoned where poisoned.act_id = %s)",
            case,
            poison,
        )[0][0]
        for case, poison in load.poison.items()
    )


def _latencies(running: Chain, load: Load) -> list[float]:
    acts = rows(running, "identification", "select act_id, case_id, extract(epoch from at) from act")
    ends = dict(rows(running, "notify", "select act_id, extract(epoch from at) from effect"))
    return [float(ends[act] - at) for act, case, at in acts if case not in load.poison and act in ends]


async def _heal(running: Chain) -> None:
    """What an operator does: mend the cause, then replay."""
    database = Database(running.databases["shelter"])
    try:
        async with database.transaction() as session:
            await session.execute(text("insert into healed values (now())"))
            await session.execute(text("update parked_event set next_attempt_at = now()"))
        again = Consumer(database, MIDDLE.name, MIDDLE.topics, MIDDLE.handlers)
        while await again.retry_parked(datetime.now(UTC)):
            pass
    finally:
        await database.close()


async def _wait(seconds: float, tell: Tell) -> None:
    for left in range(int(seconds), 0, -1):
        tell(f"{left} s more")
        await asyncio.sleep(1)


SCENARIOS: dict[str, Callable[[Tell], Awaitable[Trial]]] = {
    scenario.__name__.replace("_", " "): scenario
    for scenario in (
        kafka_stopped_for_a_minute,
        kafka_killed,
        postgres_killed,
        keycloak_away_for_longer_than_a_token_lives,
        consumers_joining_and_leaving_every_second,
        relay_leader_paused_past_its_lock,
        clocks_ten_minutes_off,
        one_case_in_a_hundred_poisoned,
    )
}
