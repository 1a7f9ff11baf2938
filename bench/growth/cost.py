"""What a request costs: its statements, the buffers that they touch, the rows that they walk, and its time."""

import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

Statement = tuple[str, tuple[Any, ...]]
Plan = Mapping[str, Any]
_READS = re.compile(r"\s*(select|with)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(insert into|update|delete from)\b", re.IGNORECASE)
_AT_LEAST = 3
_LONG_ENOUGH_MS = 2_000


@dataclass(frozen=True)
class Cost:
    """Buffers and rows are sums over all statements; `plan` is that of the dearest."""

    statements: int
    buffers: int
    walked: int
    p50_ms: float
    p95_ms: float
    sql: str
    plan: Plan


async def cost(engine: AsyncEngine, request: Callable[[], Awaitable[object]], times: int = 40) -> Cost:
    """Of a request that changes nothing."""
    plans = await plans_of(engine, request)
    took: list[float] = []
    while len(took) < times and (len(took) < _AT_LEAST or sum(took) < _LONG_ENOUGH_MS):
        began = time.perf_counter()
        await request()
        took.append(1000 * (time.perf_counter() - began))
    return cost_of(plans, took)


def cost_of(plans: Sequence[tuple[str, Plan]], took: Sequence[float]) -> Cost:
    """Of statements with their plans, and of times in ms."""
    dearest, plan = max(plans, key=lambda one: buffers(one[1]), default=("", {}))
    return Cost(
        len(plans),
        sum(buffers(plan) for _, plan in plans),
        sum(walked(plan) for _, plan in plans),
        median(took),
        quantiles(took, n=20)[-1],
        dearest,
        plan,
    )


async def plans_of(engine: AsyncEngine, request: Callable[[], Awaitable[object]]) -> list[tuple[str, Plan]]:
    """What the request reads, each statement with its plan as it ran."""
    with listening(engine) as heard:
        await request()
    return [(statement, await explain(engine, statement, parameters)) for statement, parameters in heard]


@contextmanager
def listening(engine: AsyncEngine) -> Iterator[list[Statement]]:
    """The statements that read, as they were sent."""
    heard: list[Statement] = []

    def hear(_c: object, _u: object, statement: str, parameters: tuple[Any, ...], _x: object, many: bool) -> None:
        if not many and _READS.match(statement) and not _WRITES.search(statement):
            heard.append((statement, parameters))

    event.listen(engine.sync_engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", hear)


async def explain(engine: AsyncEngine, statement: str, parameters: tuple[Any, ...]) -> Plan:
    """The plan as it ran, with buffers; what it did is rolled back."""
    async with engine.connect() as connection:
        found = await connection.exec_driver_sql(f"explain (analyze, buffers, format json) {statement}", parameters)
        plan = found.scalar_one()
        await connection.rollback()
    read: list[dict[str, Any]] = json.loads(plan) if isinstance(plan, str) else plan
    top: Plan = read[0]["Plan"]
    return top


def buffers(plan: Plan) -> int:
    return int(plan.get("Shared Hit Blocks", 0)) + int(plan.get("Shared Read Blocks", 0))


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def walked(plan: Plan) -> int:
    """Rows of tables that it looked at, also those that a filter threw away."""
    return sum(rows for _, rows in scans(plan))


def scans(plan: Plan) -> Iterator[tuple[str, int]]:
    """Each scan: of which table or index, and how many rows it looked at."""
    for node in nodes(plan):
        if of := node.get("Relation Name", node.get("Index Name")):
            yield str(of), int(_rows_of(node))


def _rows_of(node: Plan) -> float:
    thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node.get("Actual Rows", 0) + thrown) * node.get("Actual Loops", 1))
