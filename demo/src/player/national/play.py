"""A whole file into the running platform, many referrals side by side."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import httpx
from agency_connector.settings import Settings
from pydantic import JsonValue

from player import people
from player.faults import NeverCame, Refused, Unreachable
from player.national.case import Played
from player.national.desk import Desk
from player.national.joining import OPERATOR, SYSTEMS, join, secret_file
from player.national.referral import POLICE, Agency, Referral
from player.national.system import System
from player.national.wire import Wire
from player.signin import SignIns
from player.stack import Stack

IDENTIFICATION = "identification"
SERVICES_THAT_COUNT = (IDENTIFICATION, "shelter", "fund", "repatriation", "notify")
SIDE_BY_SIDE = 200  # referrals; most of them wait for the bus
CONNECTIONS = 12
_MOST_ERRORS = 50


@dataclass
class Outcome:
    """What came of a file: `errors` by step and code; what each system submitted and was sent.

    `seconds`: from the first report to the last decision, without the joining of the systems.
    """

    played: int = 0
    seconds: float = 0.0
    requests: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    submitted: dict[Agency, Counter[str]] = field(default_factory=dict)
    shared: dict[Agency, Counter[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Taking:
    """Everybody who takes part, signed in and joined."""

    wire: Wire
    desks: dict[Agency, Desk]
    systems: dict[Agency, System]

    def played(self, referral: Referral) -> Played:
        return Played(referral, self.desks[referral.agency], self.desks[POLICE], self.systems)


async def play(
    stack: Stack,
    referrals: Sequence[Referral],
    on_played: Callable[[], None],
    until_settled: Callable[[], Awaitable[None]],
) -> Outcome:
    """Play the file once, into a platform in which it was not played before.

    The agencies' systems stay connected until `until_settled` returns, and receive what they were sent by then.
    """
    outcome = Outcome()
    async with _taking_part(stack) as taking:
        waiting, began = iter(referrals), time.monotonic()

        async def take_referrals() -> None:
            for referral in waiting:
                one = taking.played(referral)
                try:
                    await one.play()
                except (Refused, NeverCame, Unreachable) as error:
                    outcome.errors[f"{one.step}: {getattr(error, 'code', error)}"] += 1
                    if outcome.errors.total() > _MOST_ERRORS:
                        return
                outcome.played += 1
                on_played()

        async with asyncio.TaskGroup() as group:
            for _ in range(min(SIDE_BY_SIDE, len(referrals))):
                group.create_task(take_referrals())
        outcome.seconds = time.monotonic() - began
        await until_settled()
        for system in taking.systems.values():
            await system.receive_all()
        outcome.requests = taking.wire.sent
        for agency in SYSTEMS:
            outcome.submitted[agency] = taking.systems[agency].submitted
            outcome.shared[agency] = taking.systems[agency].shared
    return outcome


async def read_year(stack: Stack, year: int) -> dict[str, dict[str, JsonValue]]:
    """The statistics of a year by service; the exchange has none."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        sign_ins = SignIns(http, stack.issuer, stack.passwords)
        found = {}
        for service in SERVICES_THAT_COUNT:
            async with Wire(stack.services[service], 1) as wire:
                found[service] = await Desk(wire, partial(sign_ins.token, people.COORDINATOR)).see_statistics(year)
        return found


@asynccontextmanager
async def _taking_part(stack: Stack) -> AsyncIterator[Taking]:
    folder = stack.folder / "national"
    folder.mkdir(mode=0o700, exist_ok=True)
    async with AsyncExitStack() as opened:
        http = await opened.enter_async_context(httpx.AsyncClient(timeout=30, trust_env=False))
        sign_ins = SignIns(http, stack.issuer, stack.passwords)
        wire = await opened.enter_async_context(Wire(stack.services[IDENTIFICATION], CONNECTIONS))
        token = await sign_ins.token(OPERATOR)
        systems: dict[Agency, System] = {}
        for agency in SYSTEMS:
            secret = await join(agency, folder, token, _secret(stack, agency))
            system = System(_settings(stack, agency, secret), http, folder)
            systems[agency] = await opened.enter_async_context(system)
        desks = {agency: Desk(wire, partial(sign_ins.token, people.desk_of(agency))) for agency in SYSTEMS}
        yield Taking(wire, desks, systems)


def _secret(stack: Stack, agency: Agency) -> str | None:
    """Of an agency whose system is joined from the start, or was by an earlier file."""
    joined = secret_file(stack.folder / "national", agency)
    if joined.exists():
        return joined.read_text(encoding="utf-8").strip()
    return stack.clients.get(f"agency-{agency}")


def _settings(stack: Stack, agency: Agency, secret: str) -> Settings:
    return Settings(
        agency=agency,
        kafka=stack.kafka,
        kafka_ca=None,
        issuer=stack.issuer,
        client_secret=secret,
        identification=stack.services[IDENTIFICATION],
    )
