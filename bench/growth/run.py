"""The countries of three sizes, what everything costs in each, and by how much it grew."""

import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from functools import partial
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from chassis.database import Database
from chassis.service import Service
from chassis.testing import ServiceUnderTest, Stack
from chassis.testing.stack import url_of
from chassis.tokens import TokenSource
from identification.adapters.vault import Vault
from local_stack.state import open_state
from psycopg import sql

from bench.growth.acts import acts
from bench.growth.cost import Cost, cost
from bench.growth.country import Announce, Connection, grow
from bench.growth.people import settle
from bench.growth.reads import Read, reads_of
from bench.report import Goal, Report, number
from bench.stack import local_stack
from tests.conftest import SERVICES, settings_of

SIZES = (10_000, 100_000, 1_000_000)
Costs = dict[Read, Cost]
CASELOAD = Path("demo/caseload-2024.jsonl")
YEAR = 2024
_GROWS = 1.2
_SHOWN = 15
"""Rows of a service in the report, those that grew most."""
_A_FEW = 30  # buffers: depth of the indexes of some statements
_COUNT = {"fund": "opened_case", "shelter": "case_facts", "notify": "known_case", "exchange": "stream"}


async def run(announce: Announce) -> Report:
    """Everything that people read, at each size; the worst plans are kept in the state folder."""
    played(announce)
    report = Report("Growth: the same questions to ten years of 10 k, 100 k and 1 M cases")
    for name, service in SERVICES.items():
        await _grown(report, name, service, announce)
    return report


async def _grown(report: Report, name: str, service: Service, announce: Announce) -> None:
    """The three countries of one service."""
    databases: list[str] = []
    found: list[Costs] = []
    minutes: list[float] = []
    for cases in SIZES:
        announce(f"growth: {name}, {cases:,} cases")
        began = time.monotonic()
        databases.append(country(service, cases, announce))
        minutes.append((time.monotonic() - began) / 60)
        found.append(await measured(service, databases[-1], announce))
    for costs, database in zip(found, databases, strict=True):
        costs |= await _again(service, database, _slower(found, costs))
    for database in databases:
        dropped(database)
    _write(report, name, found, minutes)
    report.goals.append(Goal(f"{name}: a million cases are there, minutes", [minutes[-1]], 30, at_least=False))


def _slower(found: Sequence[Costs], of: Costs) -> list[Read]:
    """The reads of one country that seemed slower in the largest than in the smallest."""
    small, large = ({(read.who, read.label): cost for read, cost in found[turn].items()} for turn in (0, -1))
    return [
        read
        for read in of
        if (key := (read.who, read.label)) in small.keys() & large.keys()
        and read.path
        and large[key].p95_ms > _GROWS * small[key].p95_ms
    ]


async def _again(service: Service, database: str, reads: Sequence[Read]) -> Costs:
    """What a few requests show of the slowest twentieth is chance: these are measured with three times as many."""
    async with served(service, database) as asked:
        return {
            read: await cost(asked.database.engine, partial(asked.person(read.who).get, read.path, **read.params), 120)
            for read in reads
        }


def played(announce: Announce) -> None:
    """The year of the demo, played once through all services, which are stopped then."""
    with _admin("identification") as connection:
        there = connection.execute("select to_regclass('case_file')").fetchone()
    if there == (None,):
        announce("growth: a year is played")
        local_stack("up", "--quiet")
        subprocess.run([sys.executable, "-m", "player", "play", str(CASELOAD)], check=True, stdout=subprocess.DEVNULL)
        local_stack("down", "--quiet")
        local_stack("up", "--no-services", "--quiet")


@contextmanager
def _admin(database: str) -> Iterator[Connection]:
    url = url_of(Stack.running().endpoints["postgres_admin"], database)
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def country(service: Service, cases: int, announce: Announce, *, purpose: str = "growth", persons: bool = True) -> str:
    """The name of a database of the service with so many cases; made once for this purpose.

    `persons`: with somebody for each case, which takes longer than all the rest.
    """
    name = f"{service.name}_{purpose}_{cases}"
    with _admin("postgres") as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return name
        made = sql.SQL("create database {} template {} owner {}")
        part = f"{name}_part"
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(part)))
        owner = sql.Identifier(f"{service.name}_owner")
        connection.execute(made.format(sql.Identifier(part), sql.Identifier(service.name), owner))
    with _admin(part) as connection:
        table = sql.Identifier(_COUNT.get(service.name, "case_file"))
        (base,) = connection.execute(sql.SQL("select count(*) from {}").format(table)).fetchone() or (0,)
        grow(connection, base, cases, announce)
        if persons and service.name == "identification":
            key = bytes(range(32))
            settle(connection, Vault(key, key), announce)
        announce("  vacuum, analyze")
        connection.execute("vacuum (analyze)")
    with _admin("postgres") as connection:
        rename = sql.SQL("alter database {} rename to {}").format(sql.Identifier(part), sql.Identifier(name))
        connection.execute(rename)
    return name


def dropped(database: str) -> None:
    with _admin("postgres") as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database)))


async def measured(service: Service, database: str, announce: Announce) -> Costs:
    """The cost of each read, and of the main commands."""
    found: Costs = {}
    async with served(service, database) as asked:
        async for read in reads_of(asked, YEAR):
            of = await cost(asked.database.engine, partial(asked.person(read.who).get, read.path, **read.params))
            found[read] = of
            _keep(service, database, read, of)
        found |= {Read("a command", label, ""): of for label, of in (await acts(asked)).items()}
    announce(f"  {len(found)} reads and commands")
    return found


@asynccontextmanager
async def served(
    service: Service, database: str, more: Mapping[str, Any] | None = None
) -> AsyncIterator[ServiceUnderTest]:
    """The service on this database of the running stack, with more settings."""
    stack = Stack.running()
    async with AsyncExitStack() as opened:
        settings = stack.settings(service, database, **settings_of(stack, service.name), **(more or {}))
        data = Database(settings.database_url, service.constraints, pool=6)
        opened.push_async_callback(data.close)
        source = TokenSource(settings)
        opened.push_async_callback(source.close)
        data.resources = service.resources(settings, source)
        asked = ServiceUnderTest(service, settings, data)
        opened.push_async_callback(asked.http.aclose)
        yield asked


def _keep(service: Service, database: str, read: Read, of: Cost) -> None:
    """The plan of the dearest statement, where it walks many rows."""
    if of.walked < 5_000:
        return
    folder = open_state().folder / "growth" / database
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(sign if sign.isalnum() else "-" for sign in f"{read.who} {read.label}")
    content = {"read": read.label, "who": read.who, "service": service.name, "sql": of.sql, "plan": of.plan}
    (folder / f"{name}.json").write_text(json.dumps(content, indent=1))


def _write(report: Report, service: str, by_size: Sequence[Costs], minutes: Sequence[float]) -> None:
    """A row for each read and command that grew, and how many did not."""
    found = [{(read.who, read.label): (read, of) for read, of in costs.items()} for costs in by_size]
    everywhere = [key for key in found[-1] if all(key in one for one in found)]
    rows = {key: [one[key][1] for one in found] for key in everywhere}
    grew = {key: times for key, costs in rows.items() if (times := _times(costs)) > _GROWS}
    slower = {key for key, costs in rows.items() if costs[-1].p95_ms > _GROWS * costs[0].p95_ms}
    periods = {key for key in everywhere if found[0][key][0].is_of_a_period}
    flat, made = len(everywhere) - len(grew), " / ".join(map(number, minutes))
    ratio = median(costs[-1].p95_ms / costs[0].p95_ms for costs in rows.values())
    report.add(
        f"**{service}** (made in {made} min): {flat} of {len(everywhere)} reads and commands did not grow; "
        f"{len(everywhere) - len(slower)} were as quick (p95 at most {_GROWS} times; median of all {number(ratio)})."
    )
    if grew:
        report.table("read", "who", "statements", "buffers", "p50, ms", "p95, ms", "buffers ×")
    for key in sorted(grew, key=lambda key: -grew[key])[:_SHOWN]:
        who, label = key
        columns = [
            " / ".join(number(value(cost)) for cost in rows[key]) for value in (_STATEMENTS, _BUFFERS, _P50, _P95)
        ]
        report.row(label, who, *columns, number(grew[key]))
    quick = sorted(slower - grew.keys(), key=lambda key: rows[key][0].p95_ms - rows[key][-1].p95_ms)[:_SHOWN]
    if quick:
        report.add("As many buffers, and yet slower:")
        report.table("read", "who", "buffers", "p50, ms", "p95, ms")
    for who, label in quick:
        columns = [" / ".join(number(value(cost)) for cost in rows[who, label]) for value in (_BUFFERS, _P50, _P95)]
        report.row(label, who, *columns)
    for what, keys in (("whose buffers grew", grew.keys()), ("whose p95 grew", slower)):
        report.goals.append(Goal(f"{service}: reads and commands {what}", [float(len(keys - periods))], 0, False))
    slowest = max((rows[key][-1].p95_ms for key in periods & rows.keys()), default=0.0)
    report.goals.append(Goal(f"{service}: figures of a period, slowest p95 at a million, ms", [slowest], 1_000, False))


_STATEMENTS, _BUFFERS = attrgetter("statements"), attrgetter("buffers")
_P50, _P95 = attrgetter("p50_ms"), attrgetter("p95_ms")


def _times(costs: Sequence[Cost]) -> float:
    """How many times as many buffers the largest country takes as the smallest; a few more are none."""
    return costs[-1].buffers / max(costs[0].buffers, _A_FEW)
