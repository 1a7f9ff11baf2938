"""The one loop of everything that runs until the process ends; locks and SQL that exist once."""

import ast
import asyncio
import time
from pathlib import Path

import chassis
import pytest
from aiokafka.errors import KafkaConnectionError
from chassis.locks import Lock
from chassis.loops import close, pause, run_until
from chassis.sql import load, load_each
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

SOURCES = sorted(Path(chassis.__file__).parent.rglob("*.py"))
SQL = sorted(Path(chassis.__file__).parent.glob("sql/*.sql"))
PLANTED = "Gülşənqızı"


async def test_it_goes_on_through_outages_and_errors_until_it_is_stopped() -> None:
    stop, calls = asyncio.Event(), 0
    errors: list[Exception | None] = [OSError(PLANTED), KafkaConnectionError(), TimeoutError(), KeyError(PLANTED), None]

    async def work() -> None:
        nonlocal calls
        calls += 1
        if calls > len(errors):
            stop.set()
        elif error := errors[calls - 1]:
            raise error

    with capture_logs() as lines:
        await asyncio.wait_for(run_until(stop, "test", 0.01, work), 5)
    assert calls == len(errors) + 1
    assert [(line["event"], line["log_level"], line["error"]) for line in lines] == [
        ("test interrupted", "warning", "OSError"),
        ("test interrupted", "warning", "KafkaConnectionError"),
        ("test interrupted", "warning", "TimeoutError"),
        ("test failed", "error", "KeyError"),
    ]
    assert PLANTED not in str(lines)
    assert REGISTRY.get_sample_value("nrm_interrupted_total", {"part": "test"}) == 4


async def test_a_stop_ends_the_pause_and_a_cancellation_ends_the_loop() -> None:
    stop = asyncio.Event()

    async def work() -> None:
        stop.set()

    await asyncio.wait_for(run_until(stop, "test", 60, work), 5)
    await asyncio.wait_for(run_until(stop, "test", 60, work), 5)

    async def for_ever() -> None:
        await asyncio.Event().wait()

    running = asyncio.create_task(run_until(asyncio.Event(), "test", 60, for_ever))
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_pause_lasts_its_time() -> None:
    began = time.monotonic()
    await pause(asyncio.Event(), 0.05)
    assert time.monotonic() - began >= 0.05


async def test_a_client_that_cannot_be_closed_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.loops._CLOSING", 0.01)
    await close(asyncio.Event().wait())

    async def fails() -> None:
        raise KafkaConnectionError

    await close(fails())


def test_no_two_locks_have_one_number() -> None:
    assert len({lock.value for lock in Lock}) == len(Lock.__members__)
    numbers = {str(lock.value) for lock in Lock} | {f"{lock.value:_}" for lock in Lock}
    elsewhere = [
        path.name for path in SOURCES if path.name != "locks.py" and any(n in path.read_text() for n in numbers)
    ]
    assert elsewhere == [], "a lock's number stands in locks.py alone"


@pytest.mark.parametrize("path", SQL, ids=lambda path: path.stem)
def test_a_statement_in_a_file_is_explained_on_top_and_read_without_it(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("-- ")
    assert "--" not in load(path.stem)
    assert all(statement.strip() for statement in load_each(path.stem))


def test_no_statement_of_more_than_ten_lines_stands_in_the_code() -> None:
    long = [
        f"{path.name}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.count("\n") > 10 and node.value.lstrip().lower().startswith(("select", "with", "create", "do $$"))
    ]
    assert long == []
