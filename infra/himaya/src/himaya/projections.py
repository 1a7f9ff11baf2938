"""`himaya bus rebuild`: a projection of a service is made anew from the topics, while the old one serves."""

import asyncio
import sys
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from himaya.answers import Projection, Projections, Rebuild
from himaya.connection import find
from himaya.output import ATTENTION, AsJson, Row, Service, moment, run, show_json, show_table
from himaya.platform import Away, Platform, Refused

_PATH = "/api/bus/projections"
_EVERY = 0.5  # seconds between two looks
_BEGINS_WITHIN = 60.0  # seconds; a first word that comes later means that nobody does the work
_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())


def rebuild(
    service: Service,
    projection: Annotated[str | None, typer.Argument(help="Which; without it, what there is")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a projection anew from the topics while it serves. Audited; what people decided is not touched.

    Ctrl-C ends the looking, not the work; the same command looks again.

    Example: himaya bus rebuild shelter cases
    """
    if projection is None:
        _list(run(_get(service)), as_json)
        return
    done = run(_rebuild(service, projection))
    if as_json:
        show_json(done)
    elif done["state"] == "done":
        sys.stdout.write(f"{service} {projection}: {done['removed']} rows removed, {done['added']} added\n")
    if done["state"] == "failed":
        sys.stderr.write(f"himaya: it failed with {done['error_code']}: see the log of {service}; the old rows stand\n")
        sys.exit(ATTENTION)


def _list(answer: Projections, as_json: bool) -> None:
    if as_json:
        show_json(answer["items"])
        return
    rows = [_row(item) for item in answer["items"]]
    show_table(("projection", "tables", "made from", "last rebuild", "ended"), rows, "it has no projections")


def _row(item: Projection) -> Row:
    last, tables, topics = item["last_rebuild"], ", ".join(item["tables"]), ", ".join(item["hears"])
    return (
        item["name"],
        tables,
        topics,
        last["state"] if last else "never",
        moment(last["ended_at"]) if last else None,
    )


async def _get(service: str) -> Projections:
    return await Platform(find()).get(service, _PATH, Projections)


async def _rebuild(service: str, projection: str) -> Rebuild:
    platform = Platform(find())
    known = [item["name"] for item in (await platform.get(service, _PATH, Projections))["items"]]
    if projection not in known:
        raise Refused(f"{service} has no projection {projection}; it has {', '.join(known) or 'none'}")
    begun = await platform.post(service, f"{_PATH}/{projection}/rebuild", Rebuild, {})
    with Progress(*_COLUMNS, console=Console(stderr=True)) as progress:
        bar = progress.add_task(f"{service} {projection}", total=None)
        return await _follow(platform, service, begun["id"], (progress, bar))


async def _follow(platform: Platform, service: str, rebuild_id: str, progress: "tuple[Progress, TaskID]") -> Rebuild:
    """Until it is done or failed. Away: nobody began."""
    began = time.monotonic()
    shown, bar = progress
    while True:
        answer = await platform.get(service, _PATH, Projections)
        rebuilds = (item["last_rebuild"] for item in answer["items"])
        last = next((found for found in rebuilds if found and found["id"] == rebuild_id), None)
        if last is None:
            raise Refused(f"another rebuild of {service} began meanwhile: himaya bus rebuild shows it")
        shown.update(bar, completed=last["done"], total=last["total"] or None)
        if last["state"] != "running":
            shown.update(bar, completed=last["total"])
            return last
        if not last["total"] and time.monotonic() - began > _BEGINS_WITHIN:
            raise Away(f"{service} has not begun within {_BEGINS_WITHIN:.0f} s: does its consumer run?")
        await asyncio.sleep(_EVERY)
