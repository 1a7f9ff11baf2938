"""The countries of three sizes, what everything costs in each, and by how much it grew."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path

import psycopg
from chassis.database import Database
from chassis.service import Service
from chassis.testing import ServiceUnderTest, Stack
from chassis.testing.stack import url_of
from chassis.tokens import TokenSource
from identification.adapters.vault import Vault
from local_stack.state import open_state
from psycopg import sql

from bench.growth.cost import Cost, cost
from bench.growth.country import Announce, Connection, grow
from bench.growth.people import settle
from bench.growth.reads import Read, reads_of
from bench.report import Goal, Report, number
from bench.stack import local_stack
from tests.conftest import SERVICES, settings_of

SIZES = (10_000, 100_000, 1_000_000)
Costs = dict[tuple[str, str], Cost]
CASELOAD = Path("demo/caseload-2024.jsonl")
YEAR = 2024
_GROWS = 1.2
_OF_A_PERIOD = ("/api/statistics/", "/api/statements")
_COUNT = {"fund": "opened_case", "shelter": "case_facts", "notify": "known_case", "exchange": "stream"}


async def run(announce: Announce) -> Report:
    """Everything that people read, at each size; the worst plans are kept in the state folder."""
    played(announce)
    report = Report("Growth: the same questions to ten years of 10 k, 100 k and 1 M cases")
    for name, service in SERVICES.items():
        found: list[Costs] = []
        for cases in SIZES:
            announce(f"growth: {name}, {cases:,} cases")
            database = country(service, cases, announce)
            found.append(await measured(service, database, announce))
        _write(report, name, found)
    return report


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


def country(service: Service, cases: int, announce: Announce) -> str:
    """The name of a database of the service with so many cases; made once."""
    name = f"{service.name}_growth_{cases}"
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
        if service.name == "identification":
            key = bytes(range(32))
            settle(connection, Vault(key, key), announce)
        announce("  vacuum, analyze")
        connection.execute("vacuum (analyze)")
    with _admin("postgres") as connection:
        rename = sql.SQL("alter database {} rename to {}").format(sql.Identifier(part), sql.Identifier(name))
        connection.execute(rename)
    return name


async def measured(service: Service, database: str, announce: Announce) -> Costs:
    """The cost of each read, by its label and who reads."""
    stack = Stack.running()
    async with AsyncExitStack() as opened:
        settings = stack.settings(service, database, **settings_of(stack, service.name))
        data = Database(settings.database_url, service.constraints, pool=6)
        opened.push_async_callback(data.close)
        source = TokenSource(settings)
        opened.push_async_callback(source.close)
        data.resources = service.resources(settings, source)
        asked = ServiceUnderTest(service, settings, data)
        opened.push_async_callback(asked.http.aclose)
        found: Costs = {}
        async for read in reads_of(asked, YEAR):
            of = await cost(data.engine, partial(asked.person(read.who).get, read.path, **read.params))
            found[read.who, read.label] = of
            _keep(service, database, read, of)
        announce(f"  {len(found)} reads")
        return found


def _keep(service: Service, database: str, read: Read, of: Cost) -> None:
    """The plan of the dearest statement, where it walks many rows."""
    if of.walked < 5_000:
        return
    folder = open_state().folder / "growth" / database
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(sign if sign.isalnum() else "-" for sign in f"{read.who} {read.label}")
    content = {"read": read.label, "who": read.who, "service": service.name, "sql": of.sql, "plan": of.plan}
    (folder / f"{name}.json").write_text(json.dumps(content, indent=1))


def _write(report: Report, service: str, by_label: list[Costs]) -> None:
    """A row for each read that grew; how many did not."""
    first, last = by_label[0], by_label[-1]
    report.add(f"**{service}**")
    report.table("read", "who", "statements", "buffers", "p95, ms", "buffers ×", "p95 ×")
    grew = 0
    for key in sorted(first.keys() & last.keys(), key=lambda key: -last[key].buffers):
        less, more = first[key], last[key]
        times = more.buffers / max(less.buffers, 1)
        slower = more.p95_ms / max(less.p95_ms, 0.01)
        if times <= _GROWS:
            continue
        grew += 1
        who, label = key
        counts = [one[key] for one in by_label if key in one]
        report.row(
            label,
            who,
            " / ".join(str(c.statements) for c in counts),
            " / ".join(number(c.buffers) for c in counts),
            " / ".join(number(c.p95_ms) for c in counts),
            number(times),
            number(slower),
        )
    report.add(
        f"{len(first.keys() & last.keys()) - grew} other reads touch as many buffers in the large as in the small."
    )
    flat = [last[k].buffers / max(first[k].buffers, 1) for k in first.keys() & last.keys() if not _is_of_a_period(k[1])]
    report.goals.append(Goal(f"{service}: reads whose buffers grew", [float(sum(x > _GROWS for x in flat))], 0, False))


def _is_of_a_period(label: str) -> bool:
    return label.startswith(_OF_A_PERIOD)
