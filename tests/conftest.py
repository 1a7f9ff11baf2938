"""Every service, each on a database of its own, for tests that ask the same of every one."""

import base64
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from chassis.service import Service
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from exchange.app import SERVICE as EXCHANGE
from fund.app import SERVICE as FUND
from identification.app import SERVICE as IDENTIFICATION
from notify.app import SERVICE as NOTIFY
from repatriation.app import SERVICE as REPATRIATION
from shelter.app import SERVICE as SHELTER

SERVICES: dict[str, Service] = {s.name: s for s in (IDENTIFICATION, SHELTER, FUND, REPATRIATION, NOTIFY, EXCHANGE)}


def settings_of(stack: Stack, name: str) -> dict[str, object]:
    """What this service's settings need beyond the common ones."""
    key = base64.b64encode(bytes(range(32))).decode()
    others = dict.fromkeys(SERVICES, "http://127.0.0.1:9")
    own = {
        "identification": {"master_key": key, "search_key": key},
        "notify": {"smtp": stack.endpoints["smtp"], "sms_gateway": stack.endpoints["sms"]},
    }
    return {"services": others, **own.get(name, {})}


@pytest.fixture(scope="session")
async def benches() -> AsyncIterator[dict[str, ServiceUnderTest]]:
    """Every service, with nothing in it; tests that share it change nothing that others look at."""
    stack = Stack.running()
    async with AsyncExitStack() as opened:
        made = {}
        for name, service in SERVICES.items():
            databases = Databases(stack, service)
            databases.prepare()
            made[name] = await opened.enter_async_context(bench(service, databases, **settings_of(stack, name)))
        yield made
