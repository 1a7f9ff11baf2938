"""A service with a parked case, served over HTTP, and `himaya` as an operator would call it."""

import asyncio
import json
import os
import random
import socket
import string
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import yaml
from chassis.testing import Databases, ServiceUnderTest, Stack, bench, person_token
from exchange.app import SERVICE as EXCHANGE
from shelter.app import SERVICE


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Himaya = Callable[..., Awaitable[Answer]]


@pytest.fixture(scope="session")
def databases() -> Databases:
    made = Databases(Stack.running(), SERVICE, template="himaya")
    made.prepare()
    return made


@pytest.fixture
async def shelter(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases) as made:
        yield made


@asynccontextmanager
async def served(board: ServiceUnderTest) -> AsyncIterator[str]:
    """Where the service answers over HTTP."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(board.app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve([listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving


@pytest.fixture
async def address(shelter: ServiceUnderTest) -> AsyncIterator[str]:
    async with served(shelter) as found:
        yield found


@pytest.fixture
def himaya(address: str, tmp_path: Path) -> Himaya:
    """Run the command line as the operator; `env` changes the environment."""

    async def run(*arguments: str, **env: str) -> Answer:
        stack = Stack.running()
        environment = {
            "PATH": os.environ["PATH"],
            "XDG_CONFIG_HOME": str(tmp_path),
            "HIMAYA_ISSUER": stack.issuer,
            "HIMAYA_SERVICES": json.dumps({"shelter": address}),
            "HIMAYA_KAFKA": stack.endpoints["kafka"]["client"],
            "HIMAYA_BUS_SECRET": stack.secrets["clients"]["operations"],
            "HIMAYA_TOKEN": person_token("himaya.operator"),
        } | env
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "himaya", *arguments, env=environment, cwd=tmp_path, stdout=pipe, stderr=pipe
        )
        out, err = await asyncio.wait_for(process.communicate(), 90)
        return Answer(process.returncode or 0, out.decode(), err.decode())

    return run


A_LINE: dict[str, object] = {
    "event": "shelter.AssistanceGiven",
    "fields": ["kind"],
    "purpose": "assistance",
    "ground": "consent",
    "legal": "the person's consent",
}


@pytest.fixture(scope="session")
def exchange_databases() -> Databases:
    made = Databases(Stack.running(), EXCHANGE, template="himaya")
    made.prepare()
    return made


@pytest.fixture
async def exchange(exchange_databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(EXCHANGE, exchange_databases) as made:
        yield made


@pytest.fixture
async def services(exchange: ServiceUnderTest) -> AsyncIterator[str]:
    """Where the exchange answers, as HIMAYA_SERVICES."""
    async with served(exchange) as found:
        yield json.dumps({"exchange": found})


class Desk:
    """An operator and one agency that nobody knows yet."""

    def __init__(self, himaya: Himaya, services: str, folder: Path) -> None:
        self._himaya, self._services, self._folder = himaya, services, folder
        self.code = "iom-" + "".join(random.choices(string.ascii_lowercase, k=10))  # noqa: S311  a name
        self.secret_file = folder / "secret"

    async def run(self, command: str, *more: str, **env: str) -> Answer:
        secrets = {"HIMAYA_PROVISIONING_SECRET": Stack.running().secrets["clients"]["provisioning"]}
        return await self._himaya(
            "agency", command, self.code, *more, **{"HIMAYA_SERVICES": self._services} | secrets | env
        )

    async def adds(self, *more: str, content: Any = None, **env: str) -> Answer:
        return await self.run("add", "--agreement", str(self.file(content or self.agreement())), *more, **env)

    def agreement(self, **more: Any) -> dict[str, Any]:
        return {
            "agency": self.code,
            "title": "A title",
            "kind": "international",
            "edition": 1,
            "from": "2020-01-01",
            "legal": "a memorandum",
            "may_say": ["ReferralSubmitted", "WithdrawalAcknowledged"],
            "tells": [dict(A_LINE)],
        } | more

    def file(self, content: Any) -> Path:
        path = self._folder / "agreement.yaml"
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False))
        return path

    async def shows(self) -> dict[str, Any]:
        answer = await self.run("show", "--json")
        shown: dict[str, Any] = json.loads(answer.out)
        assert (answer.code == 0) == (shown["run"] is None)
        return shown | {part["part"].split()[0]: part["stands"] for part in shown["parts"]}


@pytest.fixture
def desk(himaya: Himaya, services: str, tmp_path: Path) -> Desk:
    return Desk(himaya, services, tmp_path)
