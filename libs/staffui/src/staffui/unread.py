"""How many tasks of the inbox are unread, for the header of every page: notify's API knows it (N1)."""

import asyncio
import time

import httpx
from chassis.errors import DomainError
from pydantic import BaseModel, Field, ValidationError

from staffui.visit import Visit

OWNER = "notify"
_PATH = "/api/inbox"
_SECONDS = 0.3
_PAUSE = 10.0
"""Seconds for which nobody waits for a service that did not answer."""


class _Inbox(BaseModel):
    unread: int = Field(ge=0)


class Unread:
    """Reads the number with the reader's own token, so that notify decides what is theirs; in notify without HTTP."""

    def __init__(self, address: str | None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(base_url=address, transport=transport) if address else None
        self._away_until = 0.0

    async def count(self, visit: Visit) -> int | None:
        """None where the number could not be read within 0.3 seconds, or the role has no inbox: never 0 instead."""
        if visit.inbox is None:
            return None
        if visit.site.service.name == OWNER:
            return await _of_own(visit)
        return await self._of_other(visit.session.access_token)

    async def _of_other(self, token: str) -> int | None:
        if self._http is None or time.monotonic() < self._away_until:
            return None
        try:
            async with asyncio.timeout(_SECONDS):
                answer = await self._http.get(
                    _PATH, params={"unread": "true", "limit": 1}, headers={"Authorization": f"Bearer {token}"}
                )
        except (httpx.HTTPError, OSError, TimeoutError):
            self._away_until = time.monotonic() + _PAUSE
            return None
        return _read(answer)


def _read(answer: httpx.Response) -> int | None:
    if not answer.is_success:
        return None
    try:
        return _Inbox.model_validate_json(answer.content).unread
    except ValidationError:
        return None


async def _of_own(visit: Visit) -> int | None:
    try:
        return _Inbox.model_validate(await visit.api.get(_PATH, {"unread": True, "limit": 1})).unread
    except DomainError:
        return None
