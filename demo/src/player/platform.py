"""The platform as a person's client sees it: commands with an Idempotency-Key, looks, and waiting for effects.

A service may be stopped and started again at any moment. What got no answer is sent again with the same key and body
until it is answered; a command that was done before gets its stored answer, so nothing is done twice.
"""

import asyncio
import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from player import connector
from player.faults import NeverCame, Refused, Unreachable
from player.signin import SignIns
from player.stack import Stack

PATIENCE = 120.0  # seconds for a service to come back, and for an event to take effect
_TIMEOUT = httpx.Timeout(30, connect=5)
_CONNECTIONS = 24
_MOST_500 = 8  # a fault of the service's own is not waited for as long as a restart
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.5
Found = TypeVar("Found")


@dataclass(frozen=True)
class Answer:
    """`replayed`: the command was done before, and this is what was answered then."""

    body: dict[str, Any]
    replayed: bool

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


class Platform:
    """Calls as any of the people. `on_call` hears of every command that was answered."""

    def __init__(self, stack: Stack, on_call: Callable[[], None] = lambda: None, *, patience: float = PATIENCE) -> None:
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
        self._http = httpx.AsyncClient(timeout=_TIMEOUT, limits=limits, trust_env=False)
        self._services = stack.services
        self._systems = stack.systems
        self._sign_ins = SignIns(self._http, stack.issuer, stack.passwords)
        self._on_call = on_call
        self._patience = patience

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def act(
        self, who: str, service: str, path: str, body: Mapping[str, Any], key: str, awaiting: Collection[str] = ()
    ) -> Answer:
        """Do something. Refusals by a code in `awaiting` are tried again: the event behind them is on its way.

        Raises:
            Refused: The platform refused.
            Unreachable: It could not be reached.
        """
        text = json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
        deadline, pause = time.monotonic() + self._patience, _FIRST_PAUSE
        while True:
            response = await self._send(who, "POST", service, path, text, {"Idempotency-Key": key})
            if response.is_success:
                self._on_call()
                return Answer(_object(response), "idempotency-replayed" in response.headers)
            refusal = _refusal(response)
            if refusal.code not in awaiting or time.monotonic() > deadline:
                raise refusal
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    def has_system(self, agency: str) -> bool:
        """Whether the agency's people work in a system of their own, which is joined to the bus."""
        return agency in self._systems

    async def refer(self, agency: str, case: Mapping[str, Any]) -> str:
        """Refer a case in the agency's own system, and give its id on the platform. Raises as `connector.refer`."""
        case_id = await connector.refer(self._systems[agency], case, self._patience)
        self._on_call()
        return case_id

    async def look(self, who: str, service: str, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Read something. Refused and Unreachable as above."""
        response = await self._send(who, "GET", service, path, query=query)
        if not response.is_success:
            raise _refusal(response)
        return _object(response)

    async def search(self, who: str, service: str, path: str) -> dict[str, Any]:
        """A read that is a POST because it is audited: it changes nothing and has no key."""
        response = await self._send(who, "POST", service, path, b"{}")
        if not response.is_success:
            raise _refusal(response)
        self._on_call()
        return _object(response)

    async def await_effect(
        self,
        who: str,
        service: str,
        path: str,
        query: Mapping[str, str],
        found: Callable[[dict[str, Any]], Found | None],
    ) -> Found:
        """Look until `found` finds what an event brings. NeverCame after two minutes."""
        deadline, pause = time.monotonic() + self._patience, _FIRST_PAUSE
        while (there := found(await self.look(who, service, path, query))) is None:
            if time.monotonic() > deadline:
                raise NeverCame(f"{service}{path}")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return there

    async def _send(
        self,
        who: str,
        method: str,
        service: str,
        path: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send until somebody answers who is not just starting or stopping."""
        deadline, pause, faults, signed_in = time.monotonic() + self._patience, _FIRST_PAUSE, 0, False
        while True:
            try:
                token = await self._sign_ins.token(who)
                response = await self._http.request(
                    method,
                    self._services[service] + path,
                    content=content,
                    params=query,
                    headers={**(headers or {}), "Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                )
                if response.status_code == 401 and not signed_in:
                    self._sign_ins.forget(who)
                    signed_in = True
                    continue
                if response.status_code < 500:
                    return response
                problem = f"answered {response.status_code}"
                faults += response.status_code == 500
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                problem = type(error).__name__
            if faults > _MOST_500 or time.monotonic() > deadline:
                raise Unreachable(f"{service}: {problem}")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)


def _object(response: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    return body


def _refusal(response: httpx.Response) -> Refused:
    try:
        problem = _object(response)
    except ValueError:
        return Refused(response.status_code, f"http_{response.status_code}", "")
    faults = tuple(f"{fault['where']}: {fault['message']}" for fault in problem.get("faults", ()))
    return Refused(response.status_code, str(problem.get("code")), str(problem.get("detail", "")), faults)
