"""What the service believes of a request before anybody has signed in: nothing that the sender only claims.

Forwarded addresses and trace parents count from the proxies of `NRM_TRUSTED_PROXIES` alone and are removed otherwise.
A span has the method, the route's template and the status: no address as typed, no query, no agent.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import cast

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagate import extract
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn._types import ASGI3Application
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from chassis.problems import unexpected

Networks = Sequence[IPv4Network | IPv6Network]
tracer = trace.get_tracer("chassis.edge")
_OF_PROXIES = (b"forwarded", b"x-forwarded-", b"x-real-ip", b"traceparent", b"tracestate", b"baggage")
_UNTRACED = {"/healthz", "/readyz"}


class Edge:
    """The outermost layer: whom to believe, the span of the request, and the answer when something goes wrong."""

    def __init__(self, app: ASGIApp, trusted: Networks) -> None:
        self._app = app
        # The same protocol twice, in the words of starlette and of uvicorn.
        behind = ProxyHeadersMiddleware(cast(ASGI3Application, app), [str(network) for network in trusted])
        self._behind_proxy = cast(ASGIApp, behind)
        self._trusted = lru_cache(4_096)(lambda host: _is_in(host, trusted))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        if client and self._trusted(client[0]):
            app, parent = self._behind_proxy, extract(dict(Headers(scope=scope)))
        else:
            scope["headers"] = [header for header in scope["headers"] if not header[0].startswith(_OF_PROXIES)]
            app, parent = self._app, Context()
        if scope["path"] in _UNTRACED:
            await _answer(app, scope, receive, send)
            return
        with tracer.start_as_current_span(scope["method"], parent, trace.SpanKind.SERVER) as span:
            status = await _answer(app, scope, receive, send)
            route = getattr(scope.get("route"), "path", None)
            if route and span.is_recording():
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes({"http.request.method": scope["method"], "http.route": route})
            span.set_attribute("http.response.status_code", status)


async def _answer(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> int:
    """Run the application and return the status that it answered; what it did not foresee is a problem with 500."""
    status = 0

    async def noting_status(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        await send(message)

    try:
        await app(scope, receive, noting_status)
    except Exception as error:
        answer = unexpected(error)
        if status:
            raise
        await answer(scope, receive, noting_status)
    return status


def _is_in(host: str, networks: Networks) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)
