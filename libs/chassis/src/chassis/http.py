"""From HTTP to a use case: who asks, one transaction, one answer. Errors are problem+json (RFC 9457)."""

import json
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, FastAPI, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from opentelemetry import trace
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException

from chassis import audit, idempotency
from chassis.actor import Actor
from chassis.database import AWAY, Database, is_away
from chassis.errors import DomainError, Fault, Invalid, Stale
from chassis.metrics import REQUESTS
from chassis.tokens import TokenVerifier, Unauthenticated

log = structlog.get_logger()
_TRIES = 3  # of a transaction that the database ended in favour of another
_RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock
_FIELD = re.compile(r"^[A-Za-z0-9_\[\]-]{1,64}$")
_FAULTS_TOLD = 50
_REPEATING = {"uuid_parsing", "union_tag_invalid", "url_parsing", "url_syntax_violation"}  # pydantic's types


class ProblemFault(BaseModel):
    where: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `where` in `faults` says which field, its value is never repeated."""

    type: str = Field(examples=["urn:nrm:problem:not_possible_in_state"])
    title: str
    status: int
    code: str = Field(examples=["not_possible_in_state"])
    detail: str
    faults: list[ProblemFault] = []
    facts: dict[str, Any] = {}
    trace_id: str | None = None


_ANSWER: dict[str, Any] = {
    "description": "Problem, with a stable code",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
PROBLEMS: dict[int | str, dict[str, Any]] = dict.fromkeys((400, 401, 403, 404, 405, 409, 413, 415, 422, 503), _ANSWER)


def problem(error: DomainError) -> JSONResponse:
    context = trace.get_current_span().get_span_context()
    body = Problem(
        type=f"urn:nrm:problem:{error.code}",
        title=error.code.replace("_", " "),
        status=error.status,
        code=error.code,
        detail=error.detail,
        faults=[ProblemFault(where=f.where, code=f.code, message=f.message) for f in error.faults],
        facts=error.facts,
        trace_id=f"{context.trace_id:032x}" if context.is_valid else None,
    )
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    return JSONResponse(
        body.model_dump(mode="json"), status_code=error.status, headers=headers, media_type="application/problem+json"
    )


# Dependencies are coroutines though they wait for nothing: FastAPI gives any other function to a thread.
async def _session_of(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


Session = Annotated[AsyncSession, Depends(_session_of)]
Now = Annotated[datetime, Depends(_now)]


async def _key_in_docs(
    idempotency_key: Annotated[str, Header(min_length=1, max_length=128, pattern=r"^[!-~]+$")],
) -> str:
    return idempotency_key


class _Transactional(APIRoute):
    """Owns the transaction: it commits *before* the answer goes out, and an answer exists only if it committed."""

    idempotent = False

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        endpoint = super().get_route_handler()
        action = str((self.openapi_extra or {}).get("x-action", self.name))

        async def handle(request: Request) -> Response:
            began = time.perf_counter()
            status = 500
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

    async def _answer(self, request: Request, endpoint: Callable[[Request], Awaitable[Any]]) -> Response:
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
                if getattr(error.orig, "sqlstate", None) not in _RETRYABLE or attempt == _TRIES:
                    raise
        raise AssertionError("the loop above always returns or raises")

    async def _once(
        self, request: Request, session: AsyncSession, body: bytes, endpoint: Callable[[Request], Awaitable[Any]]
    ) -> Response:
        sub = request.state.actor.sub
        key = idempotency.check_key(request.headers.get("idempotency-key"))
        stored = await idempotency.take(session, sub, key, request.method, request.url.path, body)
        if stored:
            return Response(stored.body, stored.status, {"Idempotency-Replayed": "true"}, "application/json")
        response: Response = await endpoint(request)
        await idempotency.keep(session, sub, key, idempotency.Stored(response.status_code, bytes(response.body)))
        return response


class _Command(_Transactional):
    idempotent = True


def _refuse_broken_text(body: bytes) -> None:
    """Escapes can spell what no text may hold and no database stores: U+0000, and half of a surrogate pair."""
    if b"\\u0000" in body:
        raise Invalid("nul_character", "Text must not contain the character U+0000.", status=400)
    if b"\\u" not in body:
        return
    try:
        json.dumps(json.loads(body), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Invalid("broken_character", "Text must not contain half a surrogate pair.", status=400) from None
    except (ValueError, RecursionError):
        raise _malformed_json() from None


def commands() -> APIRouter:
    """Routes that change something: one transaction, Idempotency-Key, the answer kept. Answers hold no identity."""
    return APIRouter(route_class=_Command, responses=PROBLEMS, dependencies=[Depends(_key_in_docs)])


def reads() -> APIRouter:
    """Routes that show something; what they audit commits before the answer, and without it there is none."""
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
    """Refusals are audited too, in a transaction of their own; a database that is away cannot refuse twice.

    A stale edit is answered with what is stored, so it is a look as well: without the audit it is not answered.
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
        log.warning("refusal not audited", action=action, error_code=error.code)
        if isinstance(error, Stale):
            raise


def _case_in_path(request: Request) -> UUID | None:
    try:
        return UUID(str(request.path_params.get("case_id")))
    except ValueError:
        return None


def _path_ids(request: Request) -> str | None:
    ids = "/".join(str(value) for value in request.path_params.values())
    return ids[:200] or None


def _where(location: Sequence[Any]) -> str:
    """The path of a field. Names are the asker's own where a field is unknown: only what looks like a name is told."""
    return ".".join(str(part) if _FIELD.match(str(part)) else "?" for part in location)


def _malformed_json() -> DomainError:
    return Invalid("malformed_json", "The body is not JSON.", status=400)


def _invalid_request(error: RequestValidationError) -> DomainError:
    found = error.errors()
    if any(fault["type"] == "json_invalid" for fault in found):
        return _malformed_json()
    faults = [Fault(_where(f["loc"]), str(f["type"]), _without_value(f)) for f in found[:_FAULTS_TOLD]]
    if any(fault.where == "header.idempotency-key" for fault in faults):
        return Invalid("idempotency_key_missing", "Send an Idempotency-Key header.", status=400, faults=faults)
    return Invalid("invalid_request", "The request has faults; nothing was changed.", faults=faults)


def _without_value(fault: Any) -> str:
    """Pydantic's sentence; those that repeat what was typed, or a letter of it, are left out."""
    given, message = fault.get("input"), str(fault["msg"])
    repeats = fault["type"] in _REPEATING or (isinstance(given, str) and given and given in message)
    return "has a wrong value" if repeats else message


def install(app: FastAPI) -> None:
    """One renderer for every error."""

    @app.exception_handler(DomainError)
    async def _domain(request: Request, error: DomainError) -> Response:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    async def _request(request: Request, error: RequestValidationError) -> Response:
        return problem(_invalid_request(error))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:  # bytes that are no UTF-8, too deep, or a number of thousands of digits
            return problem(_malformed_json())
        code = {404: "no_such_address", 405: "method_not_allowed", 415: "unsupported_media_type"}.get(
            error.status_code, f"http_{error.status_code}"
        )
        answer = problem(DomainError(code, "The request cannot be answered.", status=error.status_code))
        answer.headers.update(error.headers or {})
        return answer

    async def _away(request: Request, error: Exception) -> Response:
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        log.error("database unavailable", error=type(error).__name__, sqlstate=state, where=_last_frame(error))
        return problem(DomainError("temporarily_unavailable", "Nothing was changed. Try again.", status=503))

    for kind in AWAY:
        app.add_exception_handler(kind, _away)

    @app.exception_handler(DBAPIError)
    async def _refused(request: Request, error: DBAPIError) -> Response:
        state = getattr(error.orig, "sqlstate", None) or ""
        if is_away(error) or state in _RETRYABLE:
            return await _away(request, error)
        if state.startswith("22"):
            return problem(Invalid("value_out_of_range", "A value is outside what can be stored."))
        return _unexpected(error)

    @app.exception_handler(Exception)
    async def _any(request: Request, error: Exception) -> Response:
        return _unexpected(error)


def _unexpected(error: Exception) -> Response:
    log.error("request failed", error=type(error).__name__, where=_last_frame(error))
    return problem(DomainError("internal_error", "Something went wrong here. Nothing was changed.", status=500))


def _last_frame(error: BaseException) -> str | None:
    """File and line, never the message: it may hold what somebody typed."""
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    return f"{step.tb_frame.f_code.co_filename.rpartition('/')[2]}:{step.tb_lineno}" if step else None
