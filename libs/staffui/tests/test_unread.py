"""The unread number in the header: read with the reader's own token, in time, or not shown at all (N1)."""

import asyncio
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from staffui.unread import Unread
from staffui.visit import Visit

ADDRESS = "http://notify.invalid"


def visit(inbox: str | None = "http://notify.invalid/inbox") -> Visit:
    """As much of somebody in another service as is read."""
    service = SimpleNamespace(name="shelter")
    made = SimpleNamespace(
        inbox=inbox, site=SimpleNamespace(service=service), session=SimpleNamespace(access_token="mine")
    )
    return cast("Visit", made)


class Notify(httpx.AsyncBaseTransport):
    """Answers what it is given, and remembers what came."""

    def __init__(self, answer: httpx.Response | Exception, seconds: float = 0) -> None:
        self.came: list[httpx.Request] = []
        self._answer, self._seconds = answer, seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        await asyncio.sleep(self._seconds)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


async def test_the_number_is_read_with_the_own_token() -> None:
    notify = Notify(httpx.Response(200, json={"items": [], "unread": 3}))
    assert await Unread(ADDRESS, notify).count(visit()) == 3
    (came,) = notify.came
    assert came.headers["authorization"] == "Bearer mine"
    assert came.url.path == "/api/inbox"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, json={"code": "role_lacks_right"}),
        httpx.Response(200, json={"items": []}),
        httpx.Response(200, text="a gateway’s page"),
        httpx.Response(200, json={"unread": -1}),
    ],
)
async def test_an_answer_without_a_number_is_no_nought(answer: httpx.Response) -> None:
    notify = Notify(answer)
    unread = Unread(ADDRESS, notify)
    assert [await unread.count(visit()), await unread.count(visit())] == [None, None]
    assert len(notify.came) == 2, "the service is there, so the next page tries again"


@pytest.mark.parametrize("notify", [Notify(httpx.ConnectError("down")), Notify(httpx.Response(200), seconds=5)])
async def test_pages_do_not_wait_for_a_service_that_is_away(notify: Notify) -> None:
    """After 0.3 seconds the page comes without a number; the pages of the next seconds come at once."""
    unread, began = Unread(ADDRESS, notify), asyncio.get_running_loop().time()
    found = [await unread.count(visit()) for _ in range(3)]
    assert found == [None, None, None]
    assert len(notify.came) == 1
    assert asyncio.get_running_loop().time() - began < 1


async def test_a_role_without_an_inbox_reads_nothing() -> None:
    notify = Notify(httpx.Response(200, json={"unread": 3}))
    assert await Unread(ADDRESS, notify).count(visit(inbox=None)) is None
    assert await Unread(None, notify).count(visit()) is None
    assert notify.came == []
