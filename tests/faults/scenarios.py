"""Parts of the platform stop, die, lie about the time or fill up, while clients make acts all along the chain."""

import asyncio
import base64
import json
import os
import signal
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime

import httpx
import psutil
from chassis.database import Database
from chassis.inbox import Consumer
from chassis.testing import service_token
from sqlalchemy import text

from . import broker
from .chain.app import MIDDLE
from .invariants import examine, percentile, rows
from .kills import Announce, acts_all_along, all_through, somebody_joins_and_leaves
from .running import Chain, Load, Slot, chain, crowd
from .trial import RATE, Skipped, Trial, bring_back, killed, pid_of, under_load, until_applied, wait


async def postgres_killed(announce: Announce) -> Trial:
    return await killed("postgres", announce)


async def keycloak_away_for_longer_than_a_token_lives(announce: Announce) -> Trial:
    trial = Trial()
    async with under_load(trial, announce) as running:
        os.kill(pid_of("keycloak"), signal.SIGKILL)
        await wait(40, announce)
        trial.figures["its own start"] = await bring_back()
        trial.figures["back after"] = await until_applied(running)
    return trial


async def consumers_joining_and_leaving_every_second(announce: Announce) -> Trial:
    trial = Trial()
    async with under_load(trial, announce) as running:
        async with somebody_joins_and_leaves(running, "shelter", 1), somebody_joins_and_leaves(running, "notify", 1):
            await wait(60, announce)
        trial.figures["back after"] = await until_applied(running)
    return trial


async def relay_leader_paused_past_its_lock(announce: Announce, rounds: int = 6) -> Trial:
    """Either relay in turn is stopped with rows in hand, for longer than the database waits for it, then goes on."""
    trial = Trial()
    waits = []
    async with under_load(trial, announce, Load(RATE, cases=20)) as running:
        leader, other = running.of("identification", "relay")
        for _ in range(rounds):
            await asyncio.gather(running.stop(leader), running.stop(other))
            running.start(leader, "before send", 3, signal.SIGSTOP)
            await _until_stopped(leader)
            running.start(other)
            waits.append(await until_applied(running))
            await wait(5, announce)
            os.kill(_pid(leader), signal.SIGCONT)
            await wait(3, announce)
            assert psutil.Process(_pid(leader)).status() != psutil.STATUS_STOPPED
            leader, other = other, leader
    trial.figures["longest gap"] = max(waits)
    return trial


async def _until_stopped(slot: Slot) -> None:
    async with asyncio.timeout(120 * crowd()):
        while psutil.Process(_pid(slot)).status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110  nothing signals it
            await asyncio.sleep(0.1)


def _pid(slot: Slot) -> int:
    assert slot.process
    assert slot.process.pid
    return slot.process.pid


async def clocks_ten_minutes_off(announce: Announce) -> Trial:
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
        load = Load(RATE)
        async with acts_all_along(running, load):
            await wait(20, announce)
        trial.figures["through after the end"] = await all_through(running, announce)
        trial.findings = await asyncio.to_thread(examine, running, load)
    return trial


async def _refuses(running: Chain, clock_off: float, code: str) -> None:
    wrong = Slot("identification", "api", 1, clock_off=clock_off)
    running.start(wrong)
    try:
        async with httpx.AsyncClient(base_url=running.address) as http, asyncio.timeout(60 * crowd()):
            while not await _answers(http):  # noqa: ASYNC110  nothing signals when it listens
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


async def one_case_in_a_hundred_poisoned(announce: Announce) -> Trial:
    """The others' time from the act to the effect at the end, without poison and with it; then it is healed."""
    trial = Trial()
    for name, share in (("without", 0.0), ("with", 0.01)):
        load = Load(RATE, cases=600, poisoned=share)
        async with chain(seed=1) as running:
            running.start_all()
            async with acts_all_along(running, load):
                await until_applied(running)
                await wait(30, announce)
            await all_through(running, announce, parked=_parked(running, load))
            for share_of_acts in (0.5, 0.99):
                took = percentile(_latencies(running, load), share_of_acts)
                trial.figures[f"p{share_of_acts * 100:.0f} {name} poison"] = took
            waiting = await asyncio.to_thread(examine, running, load, except_parked=True)
            await _heal(running)
            trial.figures["through after healing"] = await all_through(running, announce)
            trial.findings = await asyncio.to_thread(examine, running, load)
            trial.findings.parked = waiting.parked
            trial.findings.lost += waiting.broken
    if trial.figures["p99 with poison"] > 3 * trial.figures["p99 without poison"] + 1:
        trial.findings.delayed.append("cases without poison waited for those with it (invariant 6)")
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
            await session.execute(text("update parked_event set next_attempt_at = now() where error_code is not null"))
        again = Consumer(database, MIDDLE.name, MIDDLE.topics, MIDDLE.handlers)
        while await again.retry_parked(datetime.now(UTC)):
            pass
    finally:
        await database.close()


async def tokens_of_ten_seconds(announce: Announce) -> Trial:
    """Nobody is started anew: each process outlives its token again and again (invariant 10)."""
    lives = _life_of_a_token()
    if lives > 10:
        raise Skipped(f"tokens live {lives:.0f} s here, not 10: NRM_TOKEN_SECONDS")
    trial = Trial()
    async with under_load(trial, announce) as running:
        await wait(60, announce)
        assert all(slot.process and slot.process.is_alive() for slot in running.slots)
        trial.figures["lives of a token"] = 60 / lives
    return trial


def _life_of_a_token() -> float:
    payload = service_token("shelter").split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return float(claims["exp"] - claims["iat"])


async def everything_read_again_twice(announce: Announce) -> Trial:
    """The groups are put back to where the run began, twice: nothing takes effect anew (invariant 7)."""
    trial = Trial()
    async with chain(seed=1) as running:
        running.start_all()
        load = Load(RATE)
        async with acts_all_along(running, load):
            await wait(20, announce)
        trial.figures["through after the end"] = await all_through(running, announce)
        readers = running.of("shelter", "consume") + running.of("notify", "consume")
        again = 0
        for _ in range(2):
            await asyncio.gather(*(running.stop(slot) for slot in readers))
            again += await asyncio.to_thread(running.back_to_the_beginning)
            for slot in readers:
                running.start(slot)
            await _all_read(running)
        trial.figures["events read again"] = again
        trial.findings = await asyncio.to_thread(examine, running, load)
    return trial


async def _all_read(running: Chain) -> None:
    async with asyncio.timeout(180 * crowd()):
        while await asyncio.to_thread(running.unread):  # noqa: ASYNC110  nothing signals it
            await asyncio.sleep(0.5)


SCENARIOS: dict[str, Callable[[Announce], Coroutine[object, object, Trial]]] = {
    scenario.__name__.replace("_", " "): scenario
    for scenario in (
        broker.kafka_stopped_for_a_minute,
        broker.kafka_killed,
        broker.disk_of_the_broker_full,
        broker.topic_deleted_by_mistake,
        postgres_killed,
        keycloak_away_for_longer_than_a_token_lives,
        tokens_of_ten_seconds,
        consumers_joining_and_leaving_every_second,
        relay_leader_paused_past_its_lock,
        clocks_ten_minutes_off,
        one_case_in_a_hundred_poisoned,
        everything_read_again_twice,
    )
}
