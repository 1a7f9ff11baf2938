"""The services' operator endpoints over HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeVar
from uuid import uuid4

import httpx
from pydantic import JsonValue, TypeAdapter, ValidationError

from himaya import signin
from himaya.connection import Connection

Answer = TypeVar("Answer")
Json = Mapping[str, JsonValue]


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

    async def get(self, service: str, path: str, form: type[Answer], **params: int | str | None) -> Answer:
        """What the service answers, read as `form`. Refused, Away, SignInNeeded: it does not."""
        query = {name: value for name, value in params.items() if value is not None}
        return _read(service, form, await self._request(service, "GET", path, params=query))

    async def post(self, service: str, path: str, form: type[Answer], body: Json) -> Answer:
        """What the service answers to a command, read as `form`. Raises as `get`."""
        return _read(service, form, await self._request(service, "POST", path, body=body))

    async def _request(
        self,
        service: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, int | str] | None = None,
        body: Json | None = None,
    ) -> httpx.Response:
        """Three tries: a command carries one key, so that it is done once."""
        headers = {"Authorization": f"Bearer {await asyncio.to_thread(signin.token, self.connection)}"}
        if body is not None:
            headers["Idempotency-Key"] = str(uuid4())
        async with httpx.AsyncClient(base_url=self.service(service), timeout=10) as http:
            for pause in (0.2, 1.0, 0.0):
                try:
                    answer = await http.request(method, path, headers=headers, params=params, json=body)
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code < 500:
                    break
                await asyncio.sleep(pause)
        if answer is None or answer.status_code >= 500:
            raise Away(f"{service} does not answer at {self.service(service)}")
        if answer.is_error:
            raise Refused(_sentence(service, answer), answer.status_code, _faults(answer))
        return answer


def _read(service: str, form: type[Answer], answer: httpx.Response) -> Answer:
    try:
        return TypeAdapter(form).validate_json(answer.content)
    except ValidationError:
        raise Refused(f"{service}: its answer is not understood: is `himaya` of the same release?") from None


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
