"""`himaya bus status`: every service's part of the bus on one line, and what wants attention."""

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from himaya import wire
from himaya.connection import find
from himaya.output import ATTENTION, UNREACHABLE, AsJson, moment, run, show_json, show_table
from himaya.platform import Away, Platform

_TOO_OLD = 60.0  # seconds that an event may wait to be sent before somebody should look
_TOO_FAR = 5_000  # messages that a service may be behind
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
        show_json(found)
    else:
        show_table(_COLUMNS, [_row(told) for told in found], "no services are configured")
    if any(told["attention"] in ("away", "the bus is away") for told in found):
        sys.exit(UNREACHABLE)
    if any(told["attention"] for told in found):
        sys.exit(ATTENTION)


async def _status() -> list[dict[str, Any]]:
    platform = Platform(find())
    return list(await asyncio.gather(*(_status_of(platform, name) for name in platform.connection.services)))


async def _status_of(platform: Platform, service: str) -> dict[str, Any]:
    try:
        told = await platform.get(service, "/api/bus")
    except Away:
        return {"service": service, "attention": "away"}
    told["behind"] = await _behind(platform, service)
    return told | {"attention": _attention(told)}


async def _behind(platform: Platform, service: str) -> int | None:
    """Messages on the bus that the service has not behind it; None where the bus is away."""
    try:
        return sum(int(place["lag"]) for place in await wire.lag(platform.connection, service))
    except Away:
        return None


def _attention(told: Mapping[str, Any]) -> str:
    if told["behind"] is None:
        return "the bus is away"
    if told["relay_leads_since"] is None:
        return "no relay leads"
    if told["outbox_oldest_seconds"] > _TOO_OLD:
        return "events wait too long"
    if told["behind"] > _TOO_FAR:
        return "far behind"
    return "parked cases" if told["parked_cases"] else ""


def _row(told: Mapping[str, Any]) -> tuple[Any, ...]:
    oldest = told.get("outbox_oldest_seconds")
    return (
        told["service"],
        told.get("outbox_waiting"),
        None if oldest is None else f"{oldest:.1f} s",
        moment(told.get("relay_leads_since")),
        told.get("behind"),
        told.get("parked_cases"),
        told.get("parked_events"),
        told.get("parked_tries"),
        f"chassis {told['version']}, events {told['events_version']}" if "version" in told else None,
        told["attention"],
    )
