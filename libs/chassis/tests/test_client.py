"""Asking another service: tried again, given up after some failures in a row, refusals passed on with their code."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from chassis.client import Refused, ServiceClient, Unavailable
from chassis.testing import ServiceUnderTest
from chassis.tokens import TokenSource


class Other:
    """Another service, with the answers it will give; the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Any]] = [(200, {"done": True})]
        self.received: list[tuple[str, dict[str, str], Any]] = []
        other = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                other.received.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status, answer = other.answers.pop(0) if len(other.answers) > 1 else other.answers[0]
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Tests say what they need to say."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def other() -> Iterator[Other]:
    made = Other()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


async def _client(board: ServiceUnderTest, address: str) -> AsyncIterator[ServiceClient]:
    settings = board.settings.model_copy(update={"services": {"fund": address}})
    source = TokenSource(settings)
    made = ServiceClient(settings, source, "fund")
    yield made
    await made.close()
    await source.close()


@pytest.fixture
async def client(board: ServiceUnderTest, other: Other) -> AsyncIterator[ServiceClient]:
    async for made in _client(board, other.address):
        yield made


async def test_it_asks_with_its_own_token_and_a_key(client: ServiceClient, other: Other) -> None:
    assert await client.post("/api/payees", {"order": 1}, key="k-1") == {"done": True}
    path, headers, body = other.received[0]
    assert (path, body, headers["idempotency-key"]) == ("/api/payees", {"order": 1}, "k-1")
    assert headers["authorization"].startswith("Bearer ey")


async def test_a_failure_is_tried_again_under_the_same_key(client: ServiceClient, other: Other) -> None:
    other.answers = [(503, {}), (200, {"done": True})]
    assert await client.post("/x", {}) == {"done": True}
    keys = {headers["idempotency-key"] for _, headers, _ in other.received}
    assert (len(other.received), len(keys)) == (2, 1)


async def test_a_refusal_is_passed_on_with_its_code_and_not_tried_again(client: ServiceClient, other: Other) -> None:
    other.answers = [(409, {"code": "order_is_paid"})]
    with pytest.raises(Refused) as refusal:
        await client.post("/x", {})
    assert (refusal.value.code, refusal.value.status, len(other.received)) == ("order_is_paid", 409, 1)


@pytest.mark.parametrize("answer", [(404, b"<html>"), (400, []), (200, b"<html>"), (302, b"")])
async def test_an_answer_that_is_none_of_ours_teaches_nothing(
    client: ServiceClient, other: Other, answer: tuple[int, Any]
) -> None:
    other.answers = [answer]
    with pytest.raises(Unavailable):
        await client.post("/x", {})


async def test_after_five_failures_in_a_row_it_asks_no_more_for_a_while(
    client: ServiceClient, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    other.answers = [(500, {})]
    for _ in range(7):
        with pytest.raises(Unavailable) as away:
            await client.post("/x", {})
    assert (away.value.code, away.value.status) == ("fund_unavailable", 503)
    assert len(other.received) == 10, "twice for each of five"
    other.answers = [(200, {"done": True})]
    now = time.monotonic()
    monkeypatch.setattr("chassis.client.time", SimpleNamespace(monotonic=lambda: now + 11))
    assert await client.post("/x", {}) == {"done": True}


async def test_a_service_that_is_down_is_unavailable(board: ServiceUnderTest) -> None:
    async for client in _client(board, "http://127.0.0.1:9"):
        with pytest.raises(Unavailable):
            await client.post("/x", {})


async def test_without_keycloak_there_is_no_token_and_so_no_answer(board: ServiceUnderTest, other: Other) -> None:
    settings = board.settings.model_copy(
        update={"services": {"fund": other.address}, "issuer": "http://127.0.0.1:9/realms/nrm"}
    )
    source = TokenSource(settings)
    client = ServiceClient(settings, source, "fund")
    with pytest.raises(Unavailable):
        await client.post("/x", {})
    assert other.received == []
    await client.close()
    await source.close()
