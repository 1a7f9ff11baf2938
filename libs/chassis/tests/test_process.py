"""The processes of a service: started, ready, ended in order; what they write says nothing about a person."""

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from chassis.testing import ServiceUnderTest, person_token
from sqlalchemy import text

from .givens import CASEWORKER, a_notice, environment, rows

HERE = Path(__file__).parent
PLANTED = "Gülşənqızı"


def free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


async def started(*arguments: str, env: dict[str, str]) -> Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, env=env, cwd=HERE, stdout=pipe, stderr=pipe
    )


async def _ended(process: Process, seconds: float = 60) -> tuple[int | None, str, str]:
    out, err = await asyncio.wait_for(process.communicate(), seconds)
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def running(*arguments: str, env: dict[str, str]) -> AsyncIterator[tuple[Process, httpx.AsyncClient]]:
    """The process, once it is ready; killed at the end if it still lives."""
    process = await started(*arguments, env=env)
    try:
        async with httpx.AsyncClient(
            base_url=f"http://{env.get('NRM_LISTEN', '127.0.0.1')}:{env['NRM_PORT']}", timeout=20
        ) as http:
            async with asyncio.timeout(60):
                while not await _is_ready(http):
                    assert process.returncode is None, await _ended(process)
                    await asyncio.sleep(0.1)
            yield process, http
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def _is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


def _headers(username: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {person_token(username)}", "Idempotency-Key": uuid4().hex}


async def test_wrong_settings_are_named_without_their_values(board: ServiceUnderTest) -> None:
    env = environment(board) | {"NRM_PORT": "http", "NRM_TRACE_RATIO": "7"}
    del env["NRM_CLIENT_SECRET"], env["NRM_KAFKA"]
    code, _, err = await _ended(await started("noticeboard", "api", env=env))
    assert code == 2
    named = {line.partition(":")[0] for line in err.splitlines()}
    assert named == {"NRM_PORT", "NRM_TRACE_RATIO", "NRM_CLIENT_SECRET", "NRM_KAFKA"}
    assert board.settings.database_url not in err


async def test_wrong_use_and_a_missing_owner_end_with_two(board: ServiceUnderTest) -> None:
    ended = await _ended(await started("noticeboard", "tick", "--now", "2024-03-04T10:00:00", env=environment(board)))
    assert (ended[0], "give a zone" in ended[2]) == (2, True)
    env = environment(board)
    del env["NRM_OWNER_DATABASE_URL"]
    code, _, err = await _ended(await started("noticeboard", "migrate", env=env))
    assert (code, err) == (2, "NRM_OWNER_DATABASE_URL: needed by migrate\n")


async def test_migrate_may_run_again_and_tick_runs_as_of_a_moment(board: ServiceUnderTest) -> None:
    """Answers kept for thirty days are forgotten as of then."""
    async with board.session() as session:
        await session.execute(
            text("insert into idempotency_key values ('old', 'k', '', 200, '', '2024-01-01T00:00:00Z')")
        )
    assert (await _ended(await started("noticeboard", "migrate", env=environment(board))))[0] == 0
    for now, left in (("2024-01-30T00:00:00Z", 1), ("2024-02-01T00:00:00+00:00", 0)):
        ended = await _ended(await started("noticeboard", "tick", "--now", now, env=environment(board)))
        assert ended[0] == 0, ended
        assert len(await rows(board, "select 1 from idempotency_key where sub = 'old'")) == left


async def test_the_inbox_forgets_what_no_topic_holds_any_more(own_board: ServiceUnderTest) -> None:
    async with own_board.session() as session:
        old = "insert into inbox select 'notify', gen_random_uuid(), '2024-01-01T00:00:00Z' from generate_series(1, 3)"
        await session.execute(text(old))
    for now, left in (("2025-02-03T00:00:00Z", 3), ("2025-02-06T00:00:00Z", 0)):
        ended = await _ended(await started("noticeboard", "tick", "--now", now, env=environment(own_board)))
        assert ended[0] == 0, ended
        assert len(await rows(own_board, "select 1 from inbox")) == left


async def test_a_whole_service_starts_answers_and_ends_in_order(own_board: ServiceUnderTest) -> None:
    """A request that runs when SIGTERM comes is answered whole; then the process ends with 0 within ten seconds."""
    env, notice = environment(own_board, NRM_PORT=str(free_port())), a_notice(note=PLANTED)
    async with running("noticeboard", "all", env=env) as (process, http):
        async with own_board.database.engine.connect() as blocking:
            await blocking.execute(text("lock table idempotency_key in access exclusive mode"))
            asking = asyncio.create_task(http.post("/api/notices", json=notice, headers=_headers(CASEWORKER)))
            await _until_it_waits(own_board)
            process.send_signal(signal.SIGTERM)
            await asyncio.wait({asking}, timeout=0.5)
            assert not asking.done()
            await blocking.rollback()
        answer = await asking
        assert answer.status_code == 201, answer.text
        assert answer.json()["id"]
        code, _, err = await _ended(process, 10)
    assert code == 0, err
    assert PLANTED not in err
    assert [json.loads(line)["event"] for line in err.splitlines() if "ended" in line] == ["ended"]
    assert len(await rows(own_board, "select 1 from notice")) == 1


async def test_a_trace_goes_from_the_request_over_the_bus_to_the_last_effect(
    own_board: ServiceUnderTest, tmp_path: Path
) -> None:
    """Same trace, parent by parent; neither spans nor logs hold what was typed, not even when something fails."""
    traces = tmp_path / "traces.jsonl"
    env = environment(own_board, NRM_PORT=str(free_port()), NRM_TRACE_FILE=str(traces), NRM_TRACE_RATIO="1")
    notice = a_notice(note=PLANTED)
    async with running("noticeboard", "all", env=env) as (process, http):
        done = await http.post("/api/notices", json=notice, headers=_headers(CASEWORKER))
        assert done.status_code == 201, done.text
        stumbled = await http.post("/api/stumbles", json=notice, headers=_headers("himaya.operator"))
        assert stumbled.status_code == 500
        async with asyncio.timeout(60):
            received_it = "select 1 from received where case_id = :case_id"
            while not await rows(own_board, received_it, case_id=notice["case_id"]):  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        code, _, err = await _ended(process, 15)
    assert code == 0, err
    spans_text = traces.read_text(encoding="utf-8")
    for written in (err, spans_text):
        assert PLANTED not in written
        assert json.dumps(PLANTED)[1:-1] not in written
    spans: list[dict[str, Any]] = [json.loads(line) for line in spans_text.splitlines()]
    (request,) = [s for s in spans if s["name"] == "POST /api/notices"]
    applied = [s for s in spans if s["context"]["trace_id"] == request["context"]["trace_id"] and s is not request]
    assert [s["name"] for s in applied] == ["apply nrm.notify.NotificationQueued.v1"]
    assert applied[0]["parent_id"] == request["context"]["span_id"]
    lines = [json.loads(line) for line in err.splitlines()]
    (failure,) = [line for line in lines if line.get("event") == "request failed"]
    assert failure["error"] == "RuntimeError"
    assert failure["where"].startswith("app.py:")


async def _until_it_waits(made: ServiceUnderTest) -> None:
    async with asyncio.timeout(20):
        while not await rows(  # noqa: ASYNC110  nobody tells when a lock is waited for
            made, "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        ):
            await asyncio.sleep(0.05)


async def test_a_service_that_runs_imports_neither_alembic_nor_the_client_of_keycloaks_administration() -> None:
    """Each would cost every process of every service its memory; migrations and the realm are made elsewhere."""
    code = "import sys, chassis.process; print(sorted({'alembic', 'keycloak'} & sys.modules.keys()))"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert (await process.communicate())[0].decode().strip() == "[]"
