"""Signing in: one access token per person, by direct grant, which the demo realm alone allows."""

import asyncio
import time
from dataclasses import dataclass, field

import httpx

from player.answers import Token

CLIENT = "demo-player"
_MARGIN = 30.0  # seconds before its end in which a token is no longer used


class SignInRefused(Exception):
    """The realm does not know the person or the password; the message names the user."""


@dataclass
class _Token:
    value: str = ""
    until: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class SignIns:
    def __init__(self, http: httpx.AsyncClient, issuer: str, passwords: dict[str, str]) -> None:
        self._http = http
        self._address = f"{issuer}/protocol/openid-connect/token"
        self._passwords = passwords
        self._tokens: dict[str, _Token] = {}

    async def token(self, user: str) -> str:
        """A token that is good for a while. httpx.TransportError or httpx.HTTPStatusError when Keycloak is away."""
        token = self._tokens.setdefault(user, _Token())
        async with token.lock:
            if time.monotonic() >= token.until:
                answer = await self._sign_in(user)
                token.value = answer.access_token
                token.until = time.monotonic() + max(1.0, answer.expires_in - _MARGIN)
            return token.value

    def forget(self, user: str) -> None:
        """The token was refused: sign in anew next time."""
        self._tokens.pop(user, None)

    async def _sign_in(self, user: str) -> Token:
        if user not in self._passwords:
            raise SignInRefused(f"{user} is not among the people of this demo")
        form = {
            "grant_type": "password",
            "client_id": CLIENT,
            "username": user,
            "password": self._passwords[user],
        }
        answer = await self._http.post(self._address, data=form)
        if answer.status_code in (400, 401, 403):
            raise SignInRefused(f"the realm refuses to sign in {user}")
        answer.raise_for_status()
        return Token.model_validate_json(answer.content)
