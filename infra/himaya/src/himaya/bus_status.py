"""`himaya bus status`: every service's part of the bus on one line, and what wants attention."""

import asyncio
import sys
from dataclasses import dataclass

from himaya import wire
from himaya.answers import BusState
from himaya.connection import find
from himaya.output import ATTENTION, UNREACHABLE, AsJson, Row, moment, run, show_json, show_table
from himaya.platform import Away, Platform

_TOO_OLD = 60.0  # seconds that an event may wait to be sent before somebody should look
_TOO_FAR = 5_000  # messages that a service may be behind
_AWAY, _BUS_AWAY = "away", "the bus is away"
_COLUMNS = (
    "service",
    "waiting",
    "oldest",
    "relay leads since",
    "behind",
    "parked cases",
    "events",
    "tries",
    "runs",
    "",
)


def status(as_json: AsJson = False) -> None:
    """Outbox, relay, how far each service is behind, what is parked, and which versions run.

    Example: himaya bus status
    """
    found = run(_status())
    if as_json:
        show_json([one.as_json() for one in found])
    else:
        show_table(_COLUMNS, [_row(one) for one in found], "no services are configured")
    if any(one.attention in (_AWAY, _BUS_AWAY) for one in found):
        sys.exit(UNREACHABLE)
    if any(one.attention for one in found):
        sys.exit(ATTENTION)


@dataclass(frozen=True)
class _ServiceState:
    """A service's part of the bus, and how far behind it is. None: the service is away, or the bus."""

    service: str
    bus: BusState | None
    behind: int | None

    @property
    def attention(self) -> str:
        """What wants it; empty when nothing does."""
        if self.bus is None:
            return _AWAY
        if self.behind is None:
            return _BUS_AWAY
        if self.bus["relay_leads_since"] is None:
            return "no relay leads"
        if self.bus["outbox_oldest_seconds"] > _TOO_OLD:
            return "events wait too long"
        if self.behind > _TOO_FAR:
            return "far behind"
        return "parked cases" if self.bus["parked_cases"] else ""

    def as_json(self) -> dict[str, object]:
        if self.bus is None:
            return {"service": self.service, "attention": self.attention}
        return {**self.bus, "service": self.service, "behind": self.behind, "attention": self.attention}


async def _status() -> list[_ServiceState]:
    platform = Platform(find())
    return list(await asyncio.gather(*(_status_of(platform, name) for name in platform.connection.services)))


async def _status_of(platform: Platform, service: str) -> _ServiceState:
    try:
        answer = await platform.get(service, "/api/bus", BusState)
    except Away:
        return _ServiceState(service, None, None)
    return _ServiceState(service, answer, await _behind(platform, service))


async def _behind(platform: Platform, service: str) -> int | None:
    """Messages on the bus that the service has not behind it; None where the bus is away."""
    try:
        return sum(place.lag for place in await wire.lag(platform.connection, service))
    except Away:
        return None


def _row(one: _ServiceState) -> Row:
    if one.bus is None:
        return (one.service, *[None] * (len(_COLUMNS) - 2), one.attention)
    return (
        one.service,
        one.bus["outbox_waiting"],
        f"{one.bus['outbox_oldest_seconds']:.1f} s",
        moment(one.bus["relay_leads_since"]),
        one.behind,
        one.bus["parked_cases"],
        one.bus["parked_events"],
        one.bus["parked_tries"],
        f"chassis {one.bus['version']}, events {one.bus['events_version']}",
        one.attention,
    )
