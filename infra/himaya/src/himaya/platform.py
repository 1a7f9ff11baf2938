"""The services' operator endpoints over HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import httpx

from himaya import signin
from himaya.connection import Connection


class Refused(Exception):
    """A service answered with a problem: its code and sentence; `status` and `faults` are of its answer."""

    def __init__(self, message: str, status: int | None = None, faults: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.faults = faults


class Away(Exception):
    """A service could not be reached."""


class Platform:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def service(self, name: str) -> str:
        """Its address. Refused: there is no such service."""
        try:
            return self.connection.services[name]
        except KeyError:
            known = ", ".join(sorted(self.connection.services))
            raise Refused(f"there is no service {name}; there are {known}") from None

    async def get(self, service: str, path: str, **params: Any) -> dict[str, Any]:
        return await self._ask("GET", service, path, params={k: v for k, v in params.items() if v is not None})

    async def post(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self._ask("POST", service, path, json=body, headers={"Idempotency-Key": str(uuid4())})

    async def _ask(
        self, method: str, service: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        """Three tries: a command carries one key, so that it is done once."""
        bearer = {"Authorization": f"Bearer {await asyncio.to_thread(signin.token, self.connection)}"}
        async with httpx.AsyncClient(base_url=self.service(service), timeout=10) as http:
            for pause in (0.2, 1.0, 0.0):
                try:
                    answer = await http.request(method, path, headers={**bearer, **(headers or {})}, **more)
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code < 500:
                    break
                await asyncio.sleep(pause)
        if answer is None or answer.status_code >= 500:
            raise Away(f"{service} does not answer at {self.service(service)}")
        if answer.is_error:
            raise Refused(_sentence(service, answer), answer.status_code, _faults(answer))
        return dict(answer.json())


def _sentence(service: str, answer: httpx.Response) -> str:
    if answer.status_code == 401:
        return "the sign-in is not valid any more: himaya login"
    try:
        problem = answer.json()
        return f"{service}: {problem['code']}: {problem['detail']}"
    except (ValueError, KeyError):
        return f"{service}: {answer.status_code}"


def _faults(answer: httpx.Response) -> list[dict[str, str]]:
    try:
        return list(answer.json().get("faults") or ())
    except (ValueError, AttributeError):
        return []
