"""`himaya bus`: is everything sent and applied, what is parked, and what to do about it."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import typer
from aiokafka import ConsumerRecord
from nrm_events import SERVICES, dead_letter_topic

from himaya import bus_status, projections, wire
from himaya.answers import Done, ParkedCase, ParkedCases, ParkedEvent, ParkedEvents, Replayed
from himaya.connection import find
from himaya.output import ATTENTION, AsJson, Row, Service, moment, run, show_json, show_table
from himaya.platform import Away, Json, Platform

_A_YEAR = 366 * 24 * 60  # minutes; topics keep no more
_WAIT = 30.0  # seconds for a replay to show its effect

app = typer.Typer(
    no_args_is_help=True,
    help="Is everything sent and applied? What is parked, and what to do about it.\n\n"
    "Ends with 0 when all is well, 1 when something wants attention, 2 on wrong use or a refusal, 3 when a part "
    "cannot be reached.",
)
Reason = Literal["entered_by_hand", "sent_in_error", "superseded", "test_data"]
app.command()(bus_status.status)
Case = Annotated[UUID, typer.Argument(help="The case, as `himaya bus parked` lists it")]


@app.command()
def parked(
    service: Annotated[str | None, typer.Option(help="Of this service alone")] = None, as_json: AsJson = False
) -> None:
    """Cases of which an event could not be applied, the one that waits longest first.

    Example: himaya bus parked --service fund
    """
    found = run(_parked(service))
    if as_json:
        show_json([{"service": name, **case} for name, case in found])
    else:
        columns = ("service", "case", "events", "error", "tries", "next try", "first", "type")
        show_table(columns, [_parked_row(name, case) for name, case in found], "nothing is parked")
    if found:
        sys.exit(ATTENTION)


async def _parked(only: str | None) -> list[tuple[str, ParkedCase]]:
    platform = Platform(find())
    cases: list[tuple[str, ParkedCase]] = []
    for service in [only] if only else platform.connection.services:
        after: int | None = None
        while True:
            answer = await platform.get(service, "/api/bus/parked", ParkedCases, limit=200, after=after)
            cases += [(service, case) for case in answer["items"]]
            after = answer["next"]
            if after is None:
                break
    return cases


def _parked_row(service: str, case: ParkedCase) -> Row:
    due = moment(case["next_attempt_at"]) or "when asked"
    stream, tries = case["stream"], case["attempts"]
    return (service, stream, case["events"], case["error_code"], tries, due, case["first"], case["event_type"])


@app.command()
def show(service: Service, case: Case, as_json: AsJson = False) -> None:
    """The parked events of a case, in their order, with what is in them. That you looked is audited.

    Example: himaya bus show fund 01932d0c-…
    """
    answer = run(_events(service, case))
    if as_json:
        show_json(answer)
        return
    for event in answer["items"]:
        failed = f"{event['error_code']} after {event['attempts']} tries" if event["error_code"] else "waits"
        sys.stdout.write(f"{event['number']}  {event['headers'].get('ce_type', 'no type')}  {failed}\n")
        sys.stdout.write(f"    {event['topic']}/{event['partition']}@{event['position']}, {_id_of(event)}\n")
        sys.stdout.write(f"    {json.dumps(event['data'], ensure_ascii=False)}\n")


def _id_of(event: ParkedEvent) -> str:
    """Its id; of a malformed message what stands in its header, so that its sender can be found."""
    return event["event_id"] or event["headers"].get("ce_id") or "no id"


async def _events(service: str, case: UUID) -> ParkedEvents:
    return await Platform(find()).get(service, f"/api/bus/parked/{case}", ParkedEvents)


@app.command()
def replay(
    service: Service,
    case: Annotated[UUID | None, typer.Argument(help="One case")] = None,
    code: Annotated[str | None, typer.Option(help="All cases with this error instead")] = None,
) -> None:
    """Try parked cases again, each in its order, and print what came of it. Audited.

    Example: himaya bus replay fund --code unknown_type
    """
    if (case is None) == (code is None):
        raise typer.BadParameter("name a case or --code, one of the two")
    tried, left = run(_replay(service, case, code))
    sys.stdout.write(f"{tried} {'case' if tried == 1 else 'cases'} tried, {left} still parked\n")
    if left:
        sys.stdout.write(f"look at one: himaya bus show {service} CASE\n")
        sys.exit(ATTENTION)


async def _replay(service: str, case: UUID | None, code: str | None) -> tuple[int, int]:
    platform = Platform(find())

    async def concerned() -> dict[str, int]:
        found = await _parked(service)
        return {c["stream"]: c["attempts"] for _, c in found if c["stream"] == str(case) or c["error_code"] == code}

    before = await concerned()
    body: Json = {"stream": str(case)} if case else {"error_code": code}
    tried = (await platform.post(service, "/api/bus/replay", Replayed, body))["cases"]
    end = time.monotonic() + _WAIT
    while time.monotonic() < end:
        left = {stream: tries for stream, tries in (await concerned()).items() if stream in before}
        if all(tries > before[stream] for stream, tries in left.items()):
            return tried, len(left)
        await asyncio.sleep(0.3)
    raise Away(f"{service} has not tried within {_WAIT:.0f} s: does its consumer run?")


@app.command()
def discard(
    service: Service,
    case: Case,
    first: Annotated[int, typer.Option(help="Number of the event that failed, as `parked` shows it")],
    reason: Annotated[Reason, typer.Option(help="Why it shall never be applied")],
) -> None:
    """Give up the event that failed; the next of its case moves up. It stays with the dead letters. Audited.

    Example: himaya bus discard fund 01932d0c-… --first 17 --reason entered_by_hand
    """
    run(_discard(service, f"/api/bus/parked/{case}/discard", {"first": first, "reason": reason}))
    sys.stdout.write(f"given up; its copy is on {dead_letter_topic(service)}\n")


async def _discard(service: str, path: str, body: Json) -> None:
    await Platform(find()).post(service, path, Done, body)


@app.command()
def lag(
    every: Annotated[bool, typer.Option("--all", help="Also partitions of which nothing waits")] = False,
    as_json: AsJson = False,
) -> None:
    """How far each service has read each topic, agencies' among them, where something waits.

    Example: himaya bus lag --all
    """
    found = [place for place in run(_lag()) if every or place.lag]
    if as_json:
        show_json([vars(place) | {"lag": place.lag} for place in found])
        return
    rows = [(*vars(place).values(), place.lag) for place in found]
    show_table(("service", "topic", "partition", "read", "end", "lag"), rows, "nothing waits")


async def _lag() -> list[wire.Place]:
    connection = find()
    of_agencies = await wire.groups_of_agencies(connection)
    found = await asyncio.gather(*(wire.lag(connection, group) for group in (*SERVICES, *of_agencies)))
    return [place for places in found for place in places]


app.command()(projections.rebuild)


@app.command()
def tail(
    *,
    service: Annotated[str | None, typer.Option(help="Of this service alone")] = None,
    case: Annotated[UUID | None, typer.Option(help="Of this case alone")] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Whose type contains this, e.g. VictimIdentified")] = None,
    since: Annotated[int, typer.Option(min=0, max=_A_YEAR, help="Begin so many minutes ago; 0: now")] = 0,
    dead_letters: Annotated[bool, typer.Option("--dead-letters", help="The dead letters instead")] = False,
    follow: Annotated[bool, typer.Option(help="Go on with what comes; ends with Ctrl-C")] = True,
    as_json: AsJson = False,
) -> None:
    """Events as they lie on the bus: when, what, which case, its number in the case.

    Example: himaya bus tail --since 60 --type VictimIdentified --no-follow
    """
    if service is not None and service not in SERVICES:
        raise typer.BadParameter(f"there is no service {service}; there are {', '.join(SERVICES)}")
    names = [service] if service else list(SERVICES)
    topics = [dead_letter_topic(name) if dead_letters else f"nrm.{name}" for name in names]
    begin = datetime.now(UTC) - timedelta(minutes=since) if since else None

    async def work() -> None:
        records = wire.records(find(), topics, begin, follow)
        await _tail(records, case=str(case) if case else None, kind=kind, as_json=as_json)

    run(work())


async def _tail(records: AsyncIterator[ConsumerRecord], *, case: str | None, kind: str | None, as_json: bool) -> None:
    async for record in records:
        shown = _shown(record)
        if (case and shown["case"] != case) or (kind and kind not in shown["type"]):
            continue
        line = json.dumps(shown, ensure_ascii=False) if as_json else "  ".join(str(v) for v in shown.values() if v)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def _shown(record: ConsumerRecord) -> dict[str, str]:
    """Its envelope alone; its content is for `show` and the services' own pages."""
    headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    return {
        "at": datetime.fromtimestamp(record.timestamp / 1000, UTC).isoformat(timespec="milliseconds"),
        "type": headers.get("ce_type", "no type"),
        "case": (record.key or b"").decode(errors="replace"),
        "sequence": headers.get("ce_sequence", "").lstrip("0"),
        "subject": headers.get("ce_subject", ""),
        "id": headers.get("ce_id", ""),
        "place": f"{record.topic}/{record.partition}@{record.offset}",
        "error": headers.get("nrm_errorcode", ""),
    }
