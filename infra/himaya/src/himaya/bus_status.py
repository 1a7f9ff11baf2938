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
        show_table(_COLUMNS, [_row(answer) for answer in found], "no services are configured")
    if any(answer["attention"] in ("away", "the bus is away") for answer in found):
        sys.exit(UNREACHABLE)
    if any(answer["attention"] for answer in found):
        sys.exit(ATTENTION)


async def _status() -> list[dict[str, Any]]:
    platform = Platform(find())
    return list(await asyncio.gather(*(_status_of(platform, name) for name in platform.connection.services)))


async def _status_of(platform: Platform, service: str) -> dict[str, Any]:
    try:
        answer = await platform.get(service, "/api/bus")
    except Away:
        return {"service": service, "attention": "away"}
    answer["behind"] = await _behind(platform, service)
    return answer | {"attention": _attention(answer)}


async def _behind(platform: Platform, service: str) -> int | None:
    """Messages on the bus that the service has not behind it; None where the bus is away."""
    try:
        return sum(int(place["lag"]) for place in await wire.lag(platform.connection, service))
    except Away:
        return None


def _attention(answer: Mapping[str, Any]) -> str:
    if answer["behind"] is None:
        return "the bus is away"
    if answer["relay_leads_since"] is None:
        return "no relay leads"
    if answer["outbox_oldest_seconds"] > _TOO_OLD:
        return "events wait too long"
    if answer["behind"] > _TOO_FAR:
        return "far behind"
    return "parked cases" if answer["parked_cases"] else ""


def _row(answer: Mapping[str, Any]) -> tuple[Any, ...]:
    oldest = answer.get("outbox_oldest_seconds")
    return (
        answer["service"],
        answer.get("outbox_waiting"),
        None if oldest is None else f"{oldest:.1f} s",
        moment(answer.get("relay_leads_since")),
        answer.get("behind"),
        answer.get("parked_cases"),
        answer.get("parked_events"),
        answer.get("parked_tries"),
        f"chassis {answer['version']}, events {answer['events_version']}" if "version" in answer else None,
        answer["attention"],
    )
