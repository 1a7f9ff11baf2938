"""A service's answers against its own OpenAPI page: requests made up by schemathesis, sent over HTTP."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import schemathesis
import uvicorn
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chassis.rights import Rights

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The address under which the application answers on this machine."""
    taken = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    try:
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving
        taken.close()


async def answers_as_documented(app: FastAPI, tokens: Mapping[str, str], examples: int = 8) -> list[str]:
    """Every operation with `examples` made-up requests; return answers that differ from the page, or are a 5xx.

    `tokens` is by role; each operation is called by the first role that has the right to it.
    """
    async with served(app) as address:
        return await asyncio.to_thread(_walk, address, app.state.rights, tokens, examples)


def _walk(address: str, rights: Rights, tokens: Mapping[str, str], examples: int) -> list[str]:
    faults: list[str] = []
    for result in schemathesis.openapi.from_url(f"{address}/openapi.json").get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # a page that is wrong fails here, as it should
        roles = rights[operation.definition.raw["x-action"]]
        usable = [token for role, token in tokens.items() if role in roles]
        faults += _try(operation, usable[0], examples) if usable else [f"{operation.label}: no token of such a role"]
    return faults


def _try(operation: Any, token: str, examples: int) -> list[str]:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answered(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        if operation.method.upper() == "POST":
            headers["Idempotency-Key"] = str(uuid4())
        case.call_and_validate(headers=headers, checks=_CHECKS, timeout=30)

    try:
        answered()
    except (AssertionError, FailureGroup) as fault:
        return [f"{operation.label}: {fault}"]
    return []
