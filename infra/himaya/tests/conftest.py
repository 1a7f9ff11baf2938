"""A service with a parked case, served over HTTP, and `himaya` as an operator would call it."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from chassis.testing import Databases, ServiceUnderTest, Stack, bench, person_token
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
