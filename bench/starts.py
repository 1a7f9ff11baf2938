"""How long Kafka and Keycloak take to start: it belongs to the demo's time."""

import asyncio
import time
from collections.abc import Callable

from local_stack import children, kafka_server, keycloak_server
from local_stack.children import Child
from local_stack.state import State, open_state

from bench.report import Goal, Report, spread

Announce = Callable[[str], None]


async def run(announce: Announce, rounds: int = 3) -> Report:
    """Each is stopped in order and started again, some times."""
    state = open_state()
    took: dict[str, list[float]] = {"kafka": [], "keycloak": []}
    for turn in range(rounds):
        for name, times in took.items():
            announce(f"starts {turn + 1}/{rounds}: {name}")
            times.append(await asyncio.to_thread(_restart, state, name))
    report = Report("Starts of Kafka and Keycloak")
    report.table("", "stopped in order, until it answers a client, s")
    for name, times in took.items():
        report.row(name, spread(times))
    report.goals.append(Goal("the broker's restart, s", took["kafka"], 8, at_least=False))
    return report


def _restart(state: State, name: str) -> float:
    children.stop(state, name)
    began = time.monotonic()
    children.start(state, _child(state, name))
    children.wait_until(state, name, lambda: _answers(state, name), 180)
    return time.monotonic() - began


def _child(state: State, name: str) -> Child:
    return kafka_server.child(state) if name == "kafka" else keycloak_server.child(state)


def _answers(state: State, name: str) -> bool:
    if name == "kafka":
        return kafka_server.ready(state)
    return children.answers(state.ports["keycloak"], "/health/ready")
