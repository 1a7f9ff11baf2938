"""What operators watch: metrics of a process that leads and consumes, and log lines that name ids and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis import app, telemetry
from chassis.relay import Relay
from chassis.testing import ServiceUnderTest
from chassis.ticker import verify_audit
from chassis.tokens import TokenSource
from prometheus_client import REGISTRY
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from .givens import CASEWORKER, a_notice, as_superuser, queued
from .noticeboard.app import POISON, SERVICE, Health

TRACE = "0af7651916cd43dd8448eb211c80319c"
PLANTED = "Gülşənqızı"
_NAMES = (merge_contextvars, telemetry._add_trace)


def _value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


@asynccontextmanager
async def _running(board: ServiceUnderTest) -> AsyncIterator[None]:
    """A relay and a consumer over the real broker, as a process has them."""
    stop, source = asyncio.Event(), TokenSource(board.settings)
    parts = (
        board.consumer.run(board.settings, source, stop, f"notify-{uuid4().hex}"),
        Relay(board.settings, source).run(stop),
    )
    running = asyncio.gather(*parts)
    try:
        yield
    finally:
        stop.set()
        await running
        await source.close()


def _lag() -> dict[str, float]:
    found = (sample for metric in REGISTRY.collect() for sample in metric.samples)
    return {f"{s.labels['topic']}/{s.labels['partition']}": s.value for s in found if s.name == "nrm_consumer_lag"}


async def _until(seen: Callable[[], bool]) -> None:
    while not seen():  # noqa: ASYNC110  a metric tells nobody that it changed
        await asyncio.sleep(0.1)


async def test_who_leads_and_how_far_the_consumer_is(own_board: ServiceUnderTest) -> None:
    await own_board.person(CASEWORKER).post_ok("/api/notices", a_notice())
    assert _value("nrm_relay_leads") == 0
    async with _running(own_board), asyncio.timeout(90):
        await _until(lambda: _value("nrm_relay_leads") == 1 and bool(_lag()) and not any(_lag().values()))
        assert _value("nrm_consumer_round_timestamp_seconds")
        assert all(place.startswith("nrm.notify/") for place in _lag())
    assert _value("nrm_relay_leads") == 0, "it ended"


async def test_failures_parked_events_and_retries_are_counted_by_code(own_board: ServiceUnderTest) -> None:
    code = {"error_code": "failed_RuntimeError"}
    counted = [("nrm_inbox_failed_total", code), ("nrm_inbox_parked_total", code)]
    counted += [("nrm_inbox_parked_total", {"error_code": "behind_another"})]
    counted += [("nrm_inbox_retried_total", {"outcome": outcome}) for outcome in ("applied", "failed")]
    before = [_value(name, **labels) or 0 for name, labels in counted]
    case_id = uuid4()
    await own_board.receives(queued(case_id, POISON), queued(case_id))
    now = own_board.clock()
    await own_board.consumer.retry_parked(now, case_id)
    Health.healed = True
    await own_board.consumer.retry_parked(now, case_id)
    after = [_value(name, **labels) or 0 for name, labels in counted]
    assert [a - b for a, b in zip(after, before, strict=True)] == [3, 1, 1, 2, 1]


async def test_a_broken_chain_is_seen_without_anybody_asking(own_board: ServiceUnderTest) -> None:
    await own_board.person(CASEWORKER).post_ok("/api/notices", a_notice())
    assert await _verified(own_board) == 0
    as_superuser(
        own_board,
        "alter table audit_entry disable trigger user",
        "update audit_entry set actor = 'somebody-else'",
        "alter table audit_entry enable trigger user",
    )
    assert await _verified(own_board) == 1


async def _verified(board: ServiceUnderTest) -> float | None:
    before = _value("nrm_audit_verified_timestamp_seconds")
    await verify_audit(board.database)
    assert _value("nrm_audit_verified_timestamp_seconds") != before
    return _value("nrm_audit_broken")


@pytest.mark.parametrize(("kafka", "reachable"), [(None, 1.0), ("127.0.0.1:9", 0.0)])
async def test_a_process_without_requests_tells_its_health_and_metrics_alone(
    board: ServiceUnderTest, kafka: str | None, reachable: float
) -> None:
    settings = board.settings.model_copy(update={"kafka": kafka} if kafka else {})
    probes = httpx.ASGITransport(app.for_operators(SERVICE, settings, board.database))
    async with httpx.AsyncClient(transport=probes, base_url="http://test") as http:
        metrics = (await http.get("/metrics")).text
        assert (await http.get("/readyz")).status_code == 200
        assert {(await http.get(path)).status_code for path in ("/api/bus", "/docs", "/openapi.json")} == {404}
    assert f"nrm_bus_reachable {reachable}" in metrics
    assert 'nrm_build_info{chassis="0.1.0",events="0.1.0",service="notify"} 1.0' in metrics


def _line(lines: list[MutableMapping[str, Any]], event: str) -> MutableMapping[str, Any]:
    (line,) = (line for line in lines if line["event"] == event)
    return line


async def test_lines_about_an_event_name_its_trace_case_and_id(own_board: ServiceUnderTest) -> None:
    case_id = uuid4()
    traceparent = f"00-{TRACE}-b7ad6b7169203331-01"
    envelope = replace(own_board.envelope(queued(case_id, POISON)), traceparent=traceparent)
    with capture_logs(processors=_NAMES) as lines:
        await own_board.redelivers(envelope)
        await own_board.consumer.retry_parked(own_board.clock(), case_id)
    names = {"event_id": str(envelope.id), "case_id": str(case_id), "trace_id": TRACE}
    for event in ("case parked", "parked case failed again"):
        line = _line(lines, event)
        assert names.items() <= line.items()
        assert line["error_code"] == "failed_RuntimeError"


async def test_lines_about_a_request_name_what_was_asked_and_nothing_that_was_typed(
    own_board: ServiceUnderTest,
) -> None:
    operator = own_board.person("himaya.operator")
    with capture_logs(processors=_NAMES) as lines:
        failed = await operator.post("/api/stumbles", a_notice(note=PLANTED))
    assert failed.status_code == 500
    line = _line(lines, "request failed")
    assert (line["action"], line["error"]) == ("stumble", "RuntimeError")
    assert PLANTED not in str(lines)
