"""What a sender only claims is not believed, and stored nowhere: its address, its trace, its host, its agent."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from chassis.testing import Databases, Person, ServiceUnderTest, bench, person_token

from .givens import CASEWORKER, a_notice, environment, rows
from .noticeboard.app import SERVICE
from .test_process import free_port, running

PLANTED = "Gulsengizi"
TRACE = "0af7651916cd43dd8448eb211c80319c"
CLAIMED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Real-IP": "203.0.113.7",
    "Forwarded": "for=203.0.113.7;host=" + PLANTED,
    "X-Forwarded-Host": PLANTED,
    "X-Forwarded-Proto": "https",
    "Host": f"{PLANTED}.example",
    "User-Agent": PLANTED,
    "Referer": f"http://{PLANTED}/",
    "Origin": f"http://{PLANTED}",
    "traceparent": f"00-{TRACE}-b7ad6b7169203331-01",
    "tracestate": f"a={PLANTED}",
    "baggage": f"a={PLANTED}",
}


def _headers(**more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {person_token(CASEWORKER)}", "Idempotency-Key": uuid4().hex} | more


async def test_what_a_sender_claims_is_not_believed(own_board: ServiceUnderTest) -> None:
    answer = await own_board.http.post("/api/notices", json=a_notice(), headers=_headers(**CLAIMED))
    assert answer.status_code == 201, answer.text
    refused = await own_board.http.post("/api/notices", json={}, headers=_headers(**CLAIMED))
    assert PLANTED not in f"{refused.headers} {refused.text}"
    whole = str(await rows(own_board, "select audit_entry::text from audit_entry"))
    assert PLANTED not in whole
    assert TRACE not in whole
    assert await rows(own_board, "select 1 from audit_entry where origin = '127.0.0.1' and trace_id is null")
    assert TRACE not in str(await rows(own_board, "select headers from outbox"))


async def test_no_address_is_answered_with_another_address(board: ServiceUnderTest) -> None:
    """A redirect would repeat the host that the sender made up."""
    for path in ("/api/notices/", "/docs/", "/healthz/", "//api/notices"):
        answer = await board.http.get(path, headers=_headers(**CLAIMED))
        assert (answer.status_code, "location" in answer.headers) == (404, False)


@pytest.fixture
async def behind_proxy(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    trusted = [ip_network("127.0.0.0/30"), ip_network("10.0.0.0/8")]
    async with bench(SERVICE, databases, trusted_proxies=trusted) as made:
        yield made


@pytest.mark.parametrize(
    ("forwarded", "origin"),
    [
        ("198.51.100.9", "198.51.100.9"),
        ("203.0.113.7, 198.51.100.9", "198.51.100.9"),
        ("203.0.113.7, 198.51.100.9, 10.1.2.3", "198.51.100.9"),
        ("2001:db8::1", "2001:db8::1"),
        (PLANTED, None),
        ("x" * 5_000, None),
        ("198.51.100.9" + PLANTED, None),
    ],
    ids=["one", "of two the last", "not a proxy of ours", "IPv6", "a word", "long", "with a word"],
)
async def test_a_trusted_proxy_names_the_sender_and_nothing_else_is_stored(
    behind_proxy: ServiceUnderTest, forwarded: str, origin: str | None
) -> None:
    """The last address that no proxy of ours has; the rest of the list is what the sender typed."""
    headers = _headers(**{"X-Forwarded-For": forwarded, "traceparent": CLAIMED["traceparent"]})
    answer = await behind_proxy.http.post("/api/notices", json=a_notice(), headers=headers)
    assert answer.status_code == 201, answer.text
    entries = await rows(behind_proxy, "select origin, trace_id from audit_entry where action = 'put_up_notice'")
    assert [tuple(entry) for entry in entries] == [(origin, TRACE)]


async def test_a_span_has_the_attributes_of_the_list_alone(own_board: ServiceUnderTest, tmp_path: Path) -> None:
    """No address as typed, no query, no agent: in requests that are answered, refused, unknown and failing."""
    traces = tmp_path / "traces.jsonl"
    env = environment(own_board, NRM_PORT=str(free_port()), NRM_TRACE_FILE=str(traces), NRM_TRACE_RATIO="1")
    async with running("noticeboard", "api", env=env) as (process, http):
        for path in (f"/{PLANTED}", f"/api/notices/{PLANTED}", f"/api/notices?{PLANTED}={PLANTED}", "/api/notices"):
            await http.get(path, headers=_headers(**CLAIMED))
        await http.post("/api/stumbles", json=a_notice(note=PLANTED), headers=_headers(**CLAIMED))
        await http.request("GET", "/api/notices", headers={"X-Planted": PLANTED})
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 20)
    written = traces.read_text(encoding="utf-8")
    assert PLANTED not in written
    assert TRACE not in written
    spans = [json.loads(line) for line in written.splitlines()]
    assert {name for span in spans for name in span["attributes"]} <= {
        *("http.request.method", "http.route", "http.response.status_code"),
        *("http.method", "http.status_code"),
    }
    assert {"GET /api/notices", "GET /api/notices/{notice_id}", "GET"} <= {span["name"] for span in spans}


async def test_health_is_on_both_ports_and_metrics_on_that_of_operators(own_board: ServiceUnderTest) -> None:
    public, operators = free_port(), free_port()
    env = environment(own_board, NRM_PORT=str(public), NRM_OPERATORS_PORT=str(operators), NRM_LISTEN="127.0.0.2")
    async with running("noticeboard", "api", env=env) as (process, http):
        assert (await http.get("/metrics")).status_code == 404
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{operators}") as watched:
            assert "nrm_build_info" in (await watched.get("/metrics")).text
            assert (await watched.get("/readyz")).status_code == 200
            assert (await watched.get("/api/notices")).status_code == 404
        async with httpx.AsyncClient() as elsewhere:
            with pytest.raises(httpx.ConnectError):
                await elsewhere.get(f"http://127.0.0.2:{operators}/metrics")
        process.terminate()
        await process.wait()


async def test_a_query_that_the_address_does_not_know_is_refused(board: ServiceUnderTest) -> None:
    person = Person(board.http, person_token(CASEWORKER))
    for query in ({"limits": 1}, {"Limit": 1}, {"": "1"}, {"limit": 1, PLANTED + "ə": 1}):
        answer = await person.get("/api/notices", **{str(name): value for name, value in query.items()})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter"), query
        assert "ə" not in answer.text
    assert (await person.get("/api/notices", limit=1)).status_code == 200
