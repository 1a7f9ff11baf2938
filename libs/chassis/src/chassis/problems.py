"""Errors as problem+json (RFC 9457): a stable code, and never what the caller typed."""

import re
from collections.abc import Iterable, Mapping, Sequence

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from opentelemetry import trace
from pydantic import BaseModel, Field, JsonValue
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from chassis.database import AWAY, RETRYABLE, is_away
from chassis.errors import DomainError, Fault, Invalid

log = structlog.get_logger()
_FIELD = re.compile(r"^[A-Za-z0-9_\[\]-]{1,64}$")
_MOST_FAULTS = 50
_REPEATING = {"uuid_parsing", "union_tag_invalid", "url_parsing", "url_syntax_violation"}  # pydantic's types


class ProblemFault(BaseModel):
    where: str
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `where` in `faults` names the field; its value is never repeated."""

    type: str = Field(examples=["urn:nrm:problem:not_possible_in_state"])
    title: str
    status: int
    code: str = Field(examples=["not_possible_in_state"])
    detail: str
    faults: list[ProblemFault] = []
    facts: dict[str, object] = {}
    trace_id: str | None = None


_ANSWER: dict[str, JsonValue] = {
    "description": "Problem, with a stable code",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
PROBLEMS: dict[int | str, dict[str, JsonValue]] = dict.fromkeys(
    (400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 431, 503), _ANSWER
)


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
    if error.status == 429:
        headers["Retry-After"] = str(error.facts["seconds"])
    if error.status in (408, 413):  # the rest of the body is not waited for
        headers["Connection"] = "close"
    return JSONResponse(
        body.model_dump(mode="json"), status_code=error.status, headers=headers, media_type="application/problem+json"
    )


_NOT_STRICT = {
    "malformed_json": "The body is not JSON in UTF-8 of bounded depth.",
    "duplicate_key": "An object of the body has the same key twice.",
    "nul_character": "Text must not contain the character U+0000.",
    "broken_character": "Text must not contain half a surrogate pair.",
}


def not_strict(code: str) -> DomainError:
    """A body that two parsers could read differently (nrm_events.strict_json)."""
    return Invalid(code, _NOT_STRICT[code], status=400)


def unknown_parameters(names: Iterable[str]) -> DomainError:
    """A query has parameters that the address does not know: nobody shall believe that they filtered."""
    faults = [Fault(_where(["query", name]), "unknown_parameter", "is not known here") for name in names]
    return Invalid("unknown_parameter", "The address does not know a parameter of the query.", faults=faults)


def _where(location: Sequence[object]) -> str:
    """The path of a field. Unknown fields have the caller's own names: only what looks like a name is repeated."""
    return ".".join(str(part) if _FIELD.match(str(part)) else "?" for part in location)


def invalid_request(error: RequestValidationError) -> DomainError:
    """What is wrong with a request, without what was typed."""
    found = error.errors()
    if any(fault["type"] == "json_invalid" for fault in found):
        return not_strict("malformed_json")
    faults = [Fault(_where(f["loc"]), str(f["type"]), _without_value(f)) for f in found[:_MOST_FAULTS]]
    if any(fault.where == "header.idempotency-key" for fault in faults):
        return Invalid("idempotency_key_missing", "Send an Idempotency-Key header.", status=400, faults=faults)
    return Invalid("invalid_request", "The request has faults; nothing was changed.", faults=faults)


def _without_value(fault: Mapping[str, object]) -> str:
    """Pydantic's sentence, unless it repeats what was typed, or a letter of it."""
    value, message = fault.get("input"), str(fault["msg"])
    repeats = fault["type"] in _REPEATING or (isinstance(value, str) and value and value in message)
    return "has a wrong value" if repeats else message


def install(app: FastAPI) -> None:
    """One renderer for every error."""

    @app.exception_handler(DomainError)
    async def _domain(request: Request, error: DomainError) -> Response:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    async def _request(request: Request, error: RequestValidationError) -> Response:
        return problem(invalid_request(error))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:  # bytes that are no UTF-8, too deep, or a number of thousands of digits
            return problem(not_strict("malformed_json"))
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
        if is_away(error) or state in RETRYABLE:
            return await _away(request, error)
        if state.startswith("22"):
            return problem(Invalid("value_out_of_range", "A value is outside what can be stored."))
        return unexpected(error)


def unexpected(error: Exception) -> Response:
    """What nobody foresaw: a problem without its words."""
    log.error("request failed", error=type(error).__name__, where=_last_frame(error))
    return problem(DomainError("internal_error", "Something went wrong here. Nothing was changed.", status=500))


def _last_frame(error: BaseException) -> str | None:
    """File and line, never the message: it may hold what somebody typed."""
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    return f"{step.tb_frame.f_code.co_filename.rpartition('/')[2]}:{step.tb_lineno}" if step else None
