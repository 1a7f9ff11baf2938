"""From HTTP to a use case: one actor, one transaction, one answer."""

import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.contextvars import bind_contextvars, clear_contextvars

from chassis import audit, idempotency
from chassis.actor import Actor
from chassis.database import AWAY, RETRYABLE, Database
from chassis.errors import DomainError, Invalid, Stale
from chassis.metrics import REQUESTS
from chassis.problems import PROBLEMS, malformed_json
from chassis.rights import Allowed
from chassis.tokens import TokenVerifier, Unauthenticated
from chassis.unit_of_work import AnyWork, UnitOfWork, checked_access

log = structlog.get_logger()
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

    async def _answer(self, request: Request, endpoint: Callable[[Request], Awaitable[Response]]) -> Response:
        request.state.actor = await _authenticate(request)
        body = await request.body()
        _refuse_broken_text(body)
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
        actor: Actor = request.state.actor
        key = idempotency.check_key(request.headers.get("idempotency-key"))
        command = (actor.agency, request.method, request.url.path, body)
        stored = await idempotency.take(session, actor.sub, key, *command)
        if stored:
            await _recheck(request, self.action, stored)
            return Response(stored.body, stored.status, {"Idempotency-Replayed": "true"}, "application/json")
        response: Response = await endpoint(request)
        checked = checked_access(session)
        answer = idempotency.Stored(response.status_code, bytes(response.body), checked)
        idempotency.keep(session, actor.sub, key, answer)
        return response


async def _recheck(request: Request, action: str, stored: idempotency.Stored) -> None:
    """Refuse a stored answer to an actor who could not do the act any more."""
    await Allowed(action)(request)
    recheck = request.app.state.service.recheck
    if recheck is not None:
        await recheck(await unit_of_work(request), stored.checked)


class _Command(_Transactional):
    idempotent = True


def _refuse_broken_text(body: bytes) -> None:
    """Refuse escapes of what no database stores: U+0000, and half of a surrogate pair."""
    if b"\\u0000" in body:
        raise Invalid("nul_character", "Text must not contain the character U+0000.", status=400)
    if b"\\u" not in body:
        return
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Invalid("broken_character", "Text must not contain half a surrogate pair.", status=400) from None
    except (ValueError, RecursionError):
        raise malformed_json() from None


def commands() -> APIRouter:
    """Routes that change something: one transaction, an Idempotency-Key, a stored answer without identity."""
    return APIRouter(route_class=_Command, responses=PROBLEMS, dependencies=[Depends(_key_in_docs)])


def reads() -> APIRouter:
    """Routes that show something; their audit entries commit before the answer is sent."""
    return APIRouter(route_class=_Transactional, responses=PROBLEMS)


async def _authenticate(request: Request) -> Actor:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("token_missing")
    verifier: TokenVerifier = request.app.state.verifier
    actor = await verifier.verify(token)
    return Actor(
        sub=actor.sub,
        agency=actor.agency,
        roles=actor.roles,
        client=actor.client,
        origin=request.client.host if request.client else None,
    )


async def _note_refusal(request: Request, action: str, error: DomainError) -> None:
    """Audit a refusal in its own transaction; if the database is unreachable, only log it.

    A Stale answer reveals stored values, so it counts as a read: without its audit entry it is not sent.
    """
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None or error.status >= 500:
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
        if isinstance(error, Stale):
            raise


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
