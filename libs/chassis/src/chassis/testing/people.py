"""People and services that call a service under test, with tokens of the demo realm."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx

from chassis.testing.stack import Stack

_tokens: dict[str, tuple[float, str]] = {}


def _token(stack: Stack, name: str, form: Mapping[str, str]) -> str:
    """A token that is valid for another minute, requested once."""
    good_until, token = _tokens.get(name, (0.0, ""))
    if time.monotonic() > good_until - 60:
        body = _sign_in(stack, form)
        token = str(body["access_token"])
        _tokens[name] = (time.monotonic() + float(body["expires_in"]), token)
    return token


def _sign_in(stack: Stack, form: Mapping[str, str]) -> dict[str, Any]:
    """Sign in, again where it was refused.

    Keycloak refuses one of two sign-ins of a person at the same moment, and test processes run side by side.
    """
    for pause in (0.2, 0.5, 1.0, 2.0):
        answer = httpx.post(f"{stack.issuer}/protocol/openid-connect/token", data=dict(form), timeout=10)
        if answer.status_code != 400:
            break
        time.sleep(pause)
    body: dict[str, Any] = answer.raise_for_status().json()
    return body


def person_token(username: str) -> str:
    """A demo user's token, by the demo realm's direct sign-in; usernames are `<agency>.<role>`."""
    stack = Stack.running()
    password = stack.secrets["people"][username]
    form = {"grant_type": "password", "client_id": "demo-player", "username": username, "password": password}
    return _token(stack, username, form)


def service_token(client_id: str) -> str:
    """A service's own token, by client credentials."""
    stack = Stack.running()
    secret = stack.secrets["clients"][client_id]
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return _token(stack, f"client {client_id}", form)


class Person:
    """Somebody at the desk: signed in, speaking to one application. `now` of the application can be set."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._token = token

    async def post(self, path: str, body: Any = None, *, key: str | None = None, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key or str(uuid4())}
        return await self._http.post(path, json=body if body is not None else {}, headers=headers, **more)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self._http.get(path, params=params or None, headers={"Authorization": f"Bearer {self._token}"})

    async def post_ok(self, path: str, body: Any = None, *, key: str | None = None) -> dict[str, Any]:
        """POST that must succeed; the answer."""
        answer = await self.post(path, body, key=key)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        done: dict[str, Any] = answer.json()
        return done

    async def get_ok(self, path: str, **params: Any) -> dict[str, Any]:
        """GET that must succeed; the answer."""
        answer = await self.get(path, **params)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        seen: dict[str, Any] = answer.json()
        return seen
