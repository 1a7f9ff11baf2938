"""Limits on a request before it is read, and the headers that every answer has. Plain ASGI."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.errors import DomainError
from chassis.problems import problem

_SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class RequestLimits:
    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app = app
        self._max = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        if refusal:
            await problem(refusal)(scope, receive, send_with_headers)
            return
        seen = 0

        async def bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max:
                raise self._too_large()
            return message

        await self._app(scope, bounded, send_with_headers)

    def _refusal(self, scope: Scope) -> DomainError | None:
        headers = {name: value for name, value in scope["headers"] if name in (b"content-length", b"content-type")}
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 18 or int(length) > self._max:
            return self._too_large()
        if b"%00" in scope.get("raw_path", b"") or b"%00" in scope["query_string"] or "\x00" in scope["path"]:
            return DomainError("nul_character", "Text must not contain the character U+0000.", status=400)
        media = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if scope["method"] == "POST" and media != b"application/json":
            return DomainError("unsupported_media_type", "Send application/json.", status=415)
        return None

    def _too_large(self) -> DomainError:
        return DomainError("body_too_large", f"A request holds at most {self._max} bytes.", status=413)
