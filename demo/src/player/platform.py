"""The platform as a person's client sees it: commands with an Idempotency-Key, reads, and waiting for effects.

A service may be stopped and started again at any moment. A command without an answer is sent again with the same key
and body until it is answered; a command that was done before gets its stored answer, so nothing is done twice.
"""

import asyncio
import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from player import connector
from player.answers import Answer, Item, Items, Json, Problem, Shape
from player.faults import NeverCame, Refused, Unreachable
from player.journal import Journal
from player.signin import SignIns
from player.stack import Stack

PATIENCE = 120.0  # seconds for a service to come back, and for an event to take effect
_TIMEOUT = httpx.Timeout(30, connect=5)
_CONNECTIONS = 24
_MOST_500 = 8  # a fault of the service's own is not waited for as long as a restart
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 1.5
ACCESS_ENDED = ("not_found", "not_for_this_basis")
Shown = TypeVar("Shown", bound=Shape)
_OBJECT: TypeAdapter[Json] = TypeAdapter(Json)


@dataclass(frozen=True)
class Call:
    """A request of a user to a service."""

    user: str
    service: str
    method: str
    path: str
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] | None = None


@dataclass
class _Tries:
    """Growing pauses until the patience is over. `unanswered`: an earlier try may have been done all the same."""

    patience: float
    pause: float = _FIRST_PAUSE
    began: float = field(default_factory=time.monotonic)
    server_errors: int = 0
    unanswered: bool = False

    @property
    def are_over(self) -> bool:
        return self.server_errors > _MOST_500 or time.monotonic() > self.began + self.patience

    async def rest(self) -> None:
        await asyncio.sleep(self.pause)
        self.pause = min(self.pause * 1.5, _LONGEST_PAUSE)


class Platform:
    """The running services, for people who sign in. `on_call` is called after each answered command."""

    def __init__(self, stack: Stack, on_call: Callable[[], None] = lambda: None, *, patience: float = PATIENCE) -> None:
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
        self._http = httpx.AsyncClient(timeout=_TIMEOUT, limits=limits, trust_env=False)
        self._services = stack.services
        self._systems = stack.systems
        self._sign_ins = SignIns(self._http, stack.issuer, stack.passwords)
        self._on_call = on_call
        self._patience = patience
        self._journal = Journal(stack.journal)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    def person(self, user: str, service: str) -> "Person":
        """A user at one service."""
        return Person(self, user, service)

    def has_system(self, agency: str) -> bool:
        """Whether the agency's people work in a system of their own, which is joined to the bus."""
        return agency in self._systems

    async def refer(self, agency: str, case: Json) -> str:
        """Refer a case in the agency's own system; its id on the platform. Raises as `connector.refer`."""
        case_id = await connector.refer(self._systems[agency], case, self._patience)
        self._on_call()
        return case_id

    async def command(self, call: Call, key: str, awaiting: Collection[str]) -> Answer:
        """Send a command; Person.act documents it."""
        before, tries = self.answer_before(key), self.tries()
        while True:
            response = await self.send(call, tries)
            if response.is_success:
                answer = Answer.of(_OBJECT.validate_json(response.content), replayed=_is_replayed(response))
                self._journal.note(key, answer)
                self._on_call()
                return answer
            refusal = _refusal(response)
            if refusal.code in ACCESS_ENDED and before is not None:
                return before
            if refusal.code in awaiting:
                if tries.are_over:
                    raise refusal
                await tries.rest()
            elif refusal.code in ACCESS_ENDED and tries.unanswered:  # the act was done, and ended the access
                return Answer(replayed=True)
            else:
                raise refusal

    async def query(self, call: Call) -> bytes:
        """Send what changes nothing; Refused where the platform refuses it."""
        response = await self.send(call, self.tries())
        if not response.is_success:
            raise _refusal(response)
        if call.method == "POST":
            self._on_call()
        return response.content

    def answer_before(self, key: str) -> Answer | None:
        """The answer to an earlier command with this key, as far as the journal has it."""
        return self._journal.answer(key)

    def tries(self) -> _Tries:
        return _Tries(self._patience)

    async def send(self, call: Call, tries: _Tries) -> httpx.Response:
        """Send until a service answers that is not just starting or stopping.

        Raises:
            Unreachable: None did.
        """
        signed_in = False
        while True:
            try:
                response = await self._once(call)
                if response.status_code == 401 and not signed_in:
                    self._sign_ins.forget(call.user)
                    signed_in = True
                    continue
                if response.status_code == 429:
                    await asyncio.sleep(float(response.headers["Retry-After"]))
                    continue
                if response.status_code < 500:
                    return response
                problem = f"answered {response.status_code}"
                tries.server_errors += response.status_code == 500
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                problem = type(error).__name__
            tries.unanswered = True
            if tries.are_over:
                raise Unreachable(f"{call.service}: {problem}")
            await tries.rest()

    async def _once(self, call: Call) -> httpx.Response:
        token = await self._sign_ins.token(call.user)
        headers = {**call.headers, "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await self._http.request(
            call.method,
            self._services[call.service] + call.path,
            content=call.content,
            params=call.query,
            headers=headers,
        )


@dataclass(frozen=True)
class Person:
    """A user of the platform at one of its services."""

    platform: Platform
    user: str
    service: str

    async def act(self, path: str, body: Json, *, key: str, awaiting: Collection[str] = ()) -> Answer:
        """Do something. A refusal with a code in `awaiting` is tried again: the event behind it is on its way.

        Access may have ended since a command was done, e.g. that of a shelter whose stay is over; then the platform
        answers that there is no such case, and the answer of that time stands (`journal`).

        Raises:
            Refused: The platform refused.
            Unreachable: It could not be reached.
        """
        content = json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
        call = Call(self.user, self.service, "POST", path, content, {"Idempotency-Key": key})
        return await self.platform.command(call, key, awaiting)

    async def look(self, path: str, shape: type[Shown], query: Mapping[str, str] | None = None) -> Shown:
        """Read something. Refused and Unreachable as above."""
        call = Call(self.user, self.service, "GET", path, query=query)
        return shape.model_validate_json(await self.platform.query(call))

    async def search(self, path: str, shape: type[Shown]) -> Shown:
        """A read that is a POST because it is audited: it changes nothing and has no key."""
        return shape.model_validate_json(await self.platform.query(Call(self.user, self.service, "POST", path, b"{}")))

    async def await_that(self, path: str, shape: type[Shown], holds: Callable[[Shown], bool]) -> None:
        """Look until an object is as an event makes it. NeverCame after two minutes."""
        tries = self.platform.tries()
        while not holds(await self.look(path, shape)):
            if tries.are_over:
                raise NeverCame(f"{self.service}{path}")
            await tries.rest()

    async def await_item(self, path: str, query: Mapping[str, str], found: Callable[[list[Item]], Item | None]) -> Item:
        """Look until `found` finds the item of a list that an event brings. NeverCame after two minutes."""
        tries = self.platform.tries()
        while (effect := found((await self.look(path, Items, query)).items)) is None:
            if tries.are_over:
                raise NeverCame(f"{self.service}{path}")
            await tries.rest()
        return effect


def _is_replayed(response: httpx.Response) -> bool:
    return "idempotency-replayed" in response.headers


def _refusal(response: httpx.Response) -> Refused:
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        return Refused(response.status_code, f"http_{response.status_code}", "")
    faults = tuple(f"{fault.where}: {fault.message}" for fault in problem.faults)
    return Refused(response.status_code, problem.code, problem.detail, faults)
