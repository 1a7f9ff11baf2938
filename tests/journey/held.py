"""A token that an agency's system has already: what it opens at the broker and at identification at each moment."""

import base64
import json
from typing import Any, Self
from uuid import uuid4

import httpx
from agency_access.access import Access
from aiokafka.abc import AbstractTokenProvider
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.produce import ProduceRequest
from chassis.testing import Stack

from . import platform

_TOPIC_REFUSED = 29


class _Token(AbstractTokenProvider):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token


class HeldToken:
    """With one connection to the broker, made while the token was good and let in."""

    def __init__(self, access: Access, token: str) -> None:
        self._access, self._token = access, token
        self._connection = AIOKafkaClient(
            bootstrap_servers=Stack.running().endpoints["kafka"]["client"],
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="OAUTHBEARER",
            sasl_oauth_token_provider=_Token(token),
        )

    async def __aenter__(self) -> Self:
        await self._connection.bootstrap()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    @property
    def lives(self) -> int:
        """Seconds, from its issue to its end."""
        payload = self._token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return int(claims["exp"] - claims["iat"])

    async def may_write(self) -> bool:
        """Sends an empty batch, which the broker checks after the rights."""
        return await self._is_let(ProduceRequest(None, -1, 5_000, [(self._access.writes, [(0, b"")])]))

    async def may_read(self) -> bool:
        return await self._is_let(FetchRequest(0, 0, 1, 0, [(self._access.reads, [(0, 0, 1)])]))

    async def _is_let(self, request: Any) -> bool:
        answer = await self._connection.send(self._connection.get_random_node(), request)
        ((_, ((_, error, *_),)),) = answer.topics
        return bool(error != _TOPIC_REFUSED)

    async def is_taken_by_identification(self) -> bool:
        """False: 401. What is sent is refused as no report in any case, and nothing is kept."""
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": uuid4().hex}
        async with httpx.AsyncClient(base_url=platform.endpoints()["services"]["identification"], timeout=30) as http:
            answer = await http.post("/api/referral-handles", json={}, headers=headers)
        assert answer.status_code in (401, 422), answer.text
        return answer.status_code == 422
