"""Limits on a request before it is read, and the headers that every answer has. Plain ASGI."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import DomainError
from chassis.problems import problem
from chassis.server import HEAD_BYTES

_SAFE_HEADERS = {
    b"cache-control": b"no-store",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}


class RequestLimits:
    def __init__(self, app: ASGIApp, max_body_bytes: int, body_seconds: float) -> None:
        self._app = app
        self._max = max_body_bytes
        self._seconds = body_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = list(message.get("headers", ()))
                named = {name.lower() for name, _ in own}
                message["headers"] = own + [one for one in _SAFE_HEADERS.items() if one[0] not in named]
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            await problem(refusal)(scope, receive, send_with_headers)
            return
        seen, whole = 0, False
        until = asyncio.get_running_loop().time() + self._seconds

        async def bounded() -> Message:
            nonlocal seen, whole
            if whole:  # what comes now is the end of the connection, whenever that is
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                raise DomainError("body_too_slow", "The request did not arrive in time.", status=408) from None
            seen += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if seen > self._max:
                raise self._too_large()
            return message

        await self._app(scope, bounded, send_with_headers)

    def _refusal(self, scope: Scope) -> DomainError | None:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEAD_BYTES:
            return DomainError("headers_too_large", "The headers of a request are too long.", status=431)
        headers = {name: value for name, value in scope["headers"] if name in (b"content-length", b"content-type")}
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 18 or int(length) > self._max:
            return self._too_large()
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"] or "\x00" in scope["path"]:
            return DomainError("nul_character", "Text must not contain the character U+0000.", status=400)
        of_api = scope["path"].startswith("/api/")
        wanted = "application/json" if of_api else "application/x-www-form-urlencoded"
        if scope["method"] == "POST" and not _is_utf8(headers.get(b"content-type", b""), wanted):
            return DomainError("unsupported_media_type", f"Send {wanted} in UTF-8.", status=415)
        return None

    def _too_large(self) -> DomainError:
        return DomainError("body_too_large", f"A request holds at most {self._max} bytes.", status=413)


def _is_utf8(content_type: bytes, wanted: str) -> bool:
    media, _, parameter = content_type.lower().partition(b";")
    return media.strip() == wanted.encode() and parameter.replace(b'"', b"").strip() in (b"", b"charset=utf-8")
