"""Requests to another service over HTTP: own token, timeouts, bounded tries, and a circuit that opens.

The caller decides what follows from `Unavailable` (503): the other service did not answer.
"""

import time
from collections.abc import Mapping

import httpx
from pydantic import JsonValue

from chassis.clock import new_id
from chassis.errors import DomainError
from chassis.settings import Settings
from chassis.tokens import TokenSource

_TRIES = 2
_OPENS_AFTER = 5  # failures in a row
_OPEN_FOR = 10.0  # seconds


class Unavailable(DomainError):
    """The other service does not answer (503 `<service>_unavailable`)."""

    status = 503

    def __init__(self, service: str) -> None:
        super().__init__(f"{service}_unavailable", "Another service does not answer. Nothing was changed. Try again.")


class Refused(DomainError):
    """The other service answered, and refused with this code."""

    def __init__(self, service: str, code: str, status: int) -> None:
        super().__init__(code, f"{service} refused.", status=status)


class ServiceClient:
    """Speaks to one other service; safe to share."""

    def __init__(self, settings: Settings, source: TokenSource, service: str) -> None:
        self._service = service
        self._source = source
        self._http = httpx.AsyncClient(base_url=settings.services[service], timeout=httpx.Timeout(5, connect=1))
        self._failures = 0
        self._closed_until = 0.0

    async def post(self, path: str, body: Mapping[str, JsonValue], *, key: str | None = None) -> dict[str, JsonValue]:
        """POST and read the answer. Unavailable when it does not answer or not in JSON; Refused with its code."""
        if time.monotonic() < self._closed_until:
            raise Unavailable(self._service)
        headers = {"Idempotency-Key": key or str(new_id())}
        for _ in range(_TRIES):
            try:
                headers["Authorization"] = f"Bearer {await self._source.token()}"
                answer = await self._http.post(path, json=body, headers=headers)
            except (httpx.HTTPError, OSError):
                continue
            if answer.status_code < 500:
                self._failures = 0
                return self._read(answer)
        self._failures += 1
        if self._failures >= _OPENS_AFTER:
            self._closed_until = time.monotonic() + _OPEN_FOR
        raise Unavailable(self._service)

    def _read(self, answer: httpx.Response) -> dict[str, JsonValue]:
        try:
            body = answer.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):  # not the service, but something before it
            raise Unavailable(self._service)
        if answer.is_success:
            return body
        raise Refused(self._service, str(body.get("code", "refused")), answer.status_code)

    async def close(self) -> None:
        await self._http.aclose()
