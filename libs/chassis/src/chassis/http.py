"""From HTTP to a use case: one actor, one transaction, one answer."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import cached_property, lru_cache
from ipaddress import ip_address
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from nrm_events import strict_json
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bind_contextvars, clear_contextvars

from chassis import audit, idempotency
from chassis.actor import Actor
from chassis.database import AWAY, RETRYABLE, Database
from chassis.errors import DomainError
from chassis.metrics import REQUESTS
from chassis.problems import PROBLEMS, not_strict, unknown_parameters
from chassis.rates import TooManyRequests
from chassis.rights import Allowed
from chassis.tokens import TokenVerifier, Unauthenticated
from chassis.unit_of_work import AnyWork, UnitOfWork, checked_access

log = structlog.get_logger()
SIGNED_IN = "nrm.signed_in"
"""In the scope of a request that the service's own pages make for somebody who has signed in there."""
_TRIES = 3  # of a transaction that the database ended in favour of another


# Dependencies are coroutines though they wait for nothing: FastAPI gives any other function to a thread.
async def _session_of(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


async def unit_of_work(request: Request) -> AnyWork:
    """The transaction of this request, for the actor in the role that gives the right to it."""
    state = request.app.state
    return UnitOfWork(request.state.session, request.state.actor, state.clock(), state.resources, state.rights)


Session = Annotated[AsyncSession, Depends(_session_of)]
Now = Annotated[datetime, Depends(_now)]


async def _key_in_docs(
    idempotency_key: Annotated[str, Header(min_length=1, max_length=128, pattern=r"^[!-~]+$")],
) -> str:
    return idempotency_key


class _Transactional(APIRoute):
    """Owns the transaction: it commits *before* the answer is sent, and only a commit has an answer."""

    idempotent = False

    @property
    def action(self) -> str:
        """What this route is in the rights table."""
        return str((self.openapi_extra or {}).get("x-action", self.name))

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        endpoint = super().get_route_handler()
        action = self.action

        async def handle(request: Request) -> Response:
            began = time.perf_counter()
            status = 500
            _name_in_logs(action, _case_in_path(request))
            try:
                await self._admit(request)
                response = await self._answer(request, endpoint)
                status = response.status_code
                return response
            except DomainError as error:
                status = error.status
                await _note_refusal(request, action, error)
                raise
            except RequestValidationError:
                status = 422
                raise
            finally:
                REQUESTS.labels(action, status).observe(time.perf_counter() - began)

        return handle

    async def _admit(self, request: Request) -> None:
        """Everything that is checked before the body is read and a transaction begins; the right first of all."""
        request.state.actor = await _authenticate(request)
        request.app.state.limits.count(request.state.actor, self.action)
        Allowed(self.action).check(request)
        unknown = request.query_params.keys() - self.query_names
        if unknown:
            raise unknown_parameters(sorted(unknown))
        if self.idempotent:
            idempotency.key_of(request.state.actor, request.headers.get("idempotency-key"))

    @cached_property
    def query_names(self) -> frozenset[str]:
        """The parameters that the address takes."""
        return _query_names(self.dependant)

    async def _answer(self, request: Request, endpoint: Callable[[Request], Awaitable[Response]]) -> Response:
        body = await _strict_body(request)
        database: Database = request.app.state.database
        for attempt in range(1, _TRIES + 1):
            try:
                async with database.transaction() as session:
                    request.state.session = session
                    response: Response = (
                        await self._once(request, session, body, endpoint)
                        if self.idempotent
                        else await endpoint(request)
                    )
                return response
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in RETRYABLE or attempt == _TRIES:
                    raise
        raise AssertionError("the loop above always returns or raises")

    async def _once(
        self, request: Request, session: AsyncSession, body: bytes, endpoint: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        key = idempotency.key_of(request.state.actor, request.headers.get("idempotency-key"))
        stored = await idempotency.take(session, key, request.method, request.url.path, body)
        if stored:
            await _recheck(request, self.action, stored)
            return Response(stored.body, stored.status, {"Idempotency-Replayed": "true"}, "application/json")
        response: Response = await endpoint(request)
        checked = checked_access(session)
        answer = idempotency.Stored(response.status_code, bytes(response.body), checked)
        idempotency.store(session, key, answer)
        return response


async def _recheck(request: Request, action: str, stored: idempotency.Stored) -> None:
    """Refuse a stored answer to an actor who could not do the act any more."""
    Allowed(action).check(request)
    recheck = request.app.state.service.recheck
    if recheck is not None:
        await recheck(await unit_of_work(request), stored.checked)


class _Command(_Transactional):
    idempotent = True


async def _strict_body(request: Request) -> bytes:
    """The body. FastAPI takes the value that was read here, so no second parser reads it otherwise."""
    body = await request.body()
    if body:
        try:
            request._json = strict_json.loads(body)  # what Request.json() returns; test_strict_bodies pins it
        except strict_json.NotStrict as fault:
            raise not_strict(fault.code) from None
    return body


def _query_names(dependant: Dependant) -> frozenset[str]:
    own = {name for field in dependant.query_params for name in _names_of(field)}
    return frozenset(own).union(*map(_query_names, dependant.dependencies))


def _names_of(field: ModelField) -> list[str]:
    """A parameter's own name, or those of a model of several."""
    model = field.field_info.annotation
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [part.alias or name for name, part in model.model_fields.items()]
    return [field.alias]


def commands() -> APIRouter:
    """Routes that change something: one transaction, an Idempotency-Key, a stored answer without identity."""
    return APIRouter(route_class=_Command, responses=PROBLEMS, dependencies=[Depends(_key_in_docs)])


def reads() -> APIRouter:
    """Routes that show something; their audit entries commit before the answer is sent."""
    return APIRouter(route_class=_Transactional, responses=PROBLEMS)


async def _authenticate(request: Request) -> Actor:
    origin = _address(request)
    if signed_in := request.scope.get(SIGNED_IN):
        at_the_pages: Actor = signed_in
        return replace(at_the_pages, origin=origin)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("token_missing")
    verifier: TokenVerifier = request.app.state.verifier
    if not verifier.remembers(token):
        request.app.state.limits.count_sign_in(origin)
    return replace(await verifier.verify(token), origin=origin)


def _address(request: Request) -> str | None:
    """Where the request came from: an address and nothing else, for a proxy may pass on what it was sent."""
    return _as_address(request.client.host) if request.client else None


@lru_cache(4_096)
def _as_address(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None


async def _note_refusal(request: Request, action: str, error: DomainError) -> None:
    """Audit a refusal in its own transaction; if the database is unreachable, only log it.

    A limit that is reached is counted and not audited: a flood of requests would be a flood of entries.
    """
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None or error.status >= 500 or isinstance(error, TooManyRequests):
        return
    try:
        async with request.app.state.database.transaction() as session:
            audit.record(
                session,
                actor,
                action,
                kind="refusal",
                outcome=error.code,
                subject=_path_ids(request),
                case_id=_case_in_path(request),
            )
    except (DBAPIError, *AWAY):
        log.warning("refusal not audited", error_code=error.code)


def _case_in_path(request: Request) -> UUID | None:
    try:
        return UUID(str(request.path_params.get("case_id")))
    except ValueError:
        return None


def _name_in_logs(action: str, case_id: UUID | None) -> None:
    """Bind action and case to the log lines of this request, in a context of its own."""
    clear_contextvars()
    bind_contextvars(action=action, **({"case_id": str(case_id)} if case_id else {}))


def _path_ids(request: Request) -> str | None:
    ids = "/".join(str(value) for value in request.path_params.values())
    return ids[:200] or None
