"""Every process of the chain is killed again and again while clients make acts: nothing may be missing or double."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from .invariants import Findings, examine, waiting
from .running import Chain, Load, Slot, chain, crowd

Announce = Callable[[str], None]
_RATE = 300.0  # acts per second
_NO_MORE = 90  # seconds without progress after which what waits counts as stuck
# Rows that a relay may have sent and not deleted: one batch at the broker, the one before at the database.
_IN_HAND = 1_000


@dataclass
class Outcome:
    kills: Counter[str]
    findings: Findings
    seconds: float
    until_through: float  # seconds from the last fault until nothing waited
    longest_wait: float

    @property
    def copies_allowed(self) -> int:
        """Each kill of a relay may send again what it had in hand (invariant 5)."""
        return _IN_HAND * sum(number for point, number in self.kills.items() if point.startswith("relay"))


async def kills(number: int, seed: int, announce: Announce, sabotage: str | None = None) -> Outcome:
    """Kill `number` processes; all draws come from `seed`."""
    began = time.monotonic()
    async with chain(seed, sabotage) as running:
        load, enough = Load(_RATE), asyncio.Event()
        async with acts_all_along(running, load):
            async with somebody_joins_and_leaves(running, "shelter"), somebody_joins_and_leaves(running, "notify"):
                killing = [asyncio.create_task(running.kill_again_and_again(s, enough)) for s in running.slots]
                while (done := running.kills.total()) < number and not any(k.done() for k in killing):
                    announce(f"{done} of {number} kills, {len(load.promised)} acts")
                    await asyncio.sleep(0.5)
                enough.set()
                await asyncio.gather(*killing)
            running.start_all()
        through = await all_through(running, announce)
        findings = await asyncio.to_thread(examine, running, load)
        outcome = Outcome(running.kills, findings, time.monotonic() - began, through, load.longest_wait)
        if findings.copies > outcome.copies_allowed:
            findings.copied.append(f"{findings.copies} copies on the wire, {outcome.copies_allowed} allowed")
        return outcome


@asynccontextmanager
async def acts_all_along(running: Chain, load: Load) -> AsyncIterator[None]:
    """Clients make acts inside the block; at its end each act that was sent is promised."""
    enough = asyncio.Event()
    acting = asyncio.create_task(running.acts(load, enough))
    try:
        yield
        enough.set()
        await asyncio.wait_for(acting, 120 * crowd())
    finally:
        acting.cancel()


@asynccontextmanager
async def somebody_joins_and_leaves(running: Chain, service: str, every: float = 3) -> AsyncIterator[None]:
    """A further consumer comes and goes, so that the group is shared out anew all the time."""

    async def churn() -> None:
        guest = Slot(service, "consume", 9, stays=False)
        running.slots.append(guest)
        try:
            while True:
                running.start(guest)
                await asyncio.sleep(every)
                await running.stop(guest)
                await asyncio.sleep(every / 3)
        finally:
            await running.stop(guest)
            running.slots.remove(guest)

    churning = asyncio.create_task(churn())
    try:
        yield
    finally:
        churning.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await churning


async def all_through(running: Chain, announce: Announce, parked: int = 0) -> float:
    """Wait until nothing waits but `parked` events; seconds it took. What is stuck is found by `examine`."""
    began = last = time.monotonic()
    before: dict[str, int] = {}
    while time.monotonic() - last < _NO_MORE * crowd():
        now = await asyncio.to_thread(waiting, running)
        unsent = now["unsent by the first"] + now["unsent by the middle"]
        if not unsent and now["parked"] == parked and now["applied"] + parked >= now["done"]:
            return time.monotonic() - began
        if now != before:
            before, last = now, time.monotonic()
            announce(f"{now['applied']} of {now['done']} acts are through")
        await asyncio.sleep(0.2)
    announce(f"stuck: {before}")
    return float("inf")
