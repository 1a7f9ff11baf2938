"""Signing in and out: the way to the realm and back, and its notice of an end."""

from contextlib import suppress

from chassis.errors import DomainError
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from staffui.answers import Answers
from staffui.catalogue import text
from staffui.forms import first, typed_of
from staffui.realm import Attempt, SignInFailed
from staffui.sealing import is_same
from staffui.view import Link, MessagePage
from staffui.visit import language_of

_PURPOSE = b"sign-in"
_LEAVES = {"Clear-Site-Data": '"cache", "storage"'}


class Doors:
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._site = answers.site
        self._cookies = answers.cookies

    async def sign_in(self, request: Request) -> Response:
        """To the realm; `back` is a page of this service to which the person wanted to go."""
        attempt = Attempt.begin(inside(request.query_params.get("back")))
        response = RedirectResponse(self._site.realm.sign_in_address(attempt, language_of(request)), 303)
        sealed = self._site.sealing.seal(attempt.model_dump_json().encode(), _PURPOSE)
        self._cookies.set_attempt(response, sealed.hex())
        return response

    async def signed_in(self, request: Request) -> Response:
        """Back from the realm with a code, which is good for the browser alone that began."""
        attempt = self._attempt(request)
        code, state = (request.query_params.get(name, "") for name in ("code", "state"))
        if attempt is None or not code or not is_same(state, attempt.state):
            raise SignInFailed()
        tokens = await self._site.realm.tokens(code, attempt)
        identity = await self._site.realm.identity(tokens.id_token, attempt.nonce)
        cookie = await self._site.sessions.begin(identity, tokens, self._site.settings.client_id)
        response = RedirectResponse(attempt.back, 303)
        self._cookies.set_session(response, cookie)
        self._cookies.clear_attempt(response)
        return response

    def _attempt(self, request: Request) -> Attempt | None:
        try:
            sealed = bytes.fromhex(self._cookies.attempt(request) or "")
            opened = self._site.sealing.open(sealed, _PURPOSE)
            return Attempt.model_validate_json(opened) if opened else None
        except (ValueError, ValidationError):
            return None

    async def sign_out(self, request: Request) -> Response:
        """Out of every service: the realm's session ends, and it notifies the others (back-channel)."""
        visit = await self._answers.visit(request)
        await self._answers.typed(visit)
        await self._site.sessions.end_mine(visit.session)
        address = self._site.realm.sign_out_address(visit.session.id_token, "/signed-out")
        response = RedirectResponse(address, 303)
        self._cookies.clear(response)
        return response

    async def leave(self, request: Request) -> Response:
        """Gone at once, also without a script (C15): out of every service, to a page that shows nothing."""
        response = Response(_NOTHING, media_type="text/html", headers=_LEAVES)
        cookie = self._cookies.session(request)
        session = await self._site.sessions.find(cookie)
        if session:
            await self._site.sessions.end_mine(session)
            with suppress(DomainError):  # here it is over; the realm's own session ends by itself
                await self._site.realm.end(session.refresh_token)
        self._cookies.clear(response)
        return response

    async def signed_out(self, request: Request) -> Response:
        language = language_of(request)
        page = MessagePage(
            text(language, "ui.signed_out"),
            [text(language, "ui.signed_out_text")],
            links=[Link(text(language, "ui.sign_in"), "/sign-in")],
        )
        return self._answers.plain(request, page)

    async def ended_by_realm(self, request: Request) -> Response:
        """Keycloak's notice that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""
        token = first(typed_of(await request.form()), "logout_token")
        await self._site.sessions.end_of_realm(await self._site.realm.ended_session(token))
        return Response(status_code=200)

    async def choose_language(self, request: Request) -> Response:
        """Another language for the same page."""
        typed = typed_of(await request.form())
        response = RedirectResponse(inside(first(typed, "back")), 303)
        self._answers.set_language(response, first(typed, "language"))
        return response


_NOTHING = "<!doctype html><html lang='az'><head><meta charset='utf-8'><title> </title></head><body></body></html>"


def inside(address: str | None) -> str:
    """A page of this service, or its start page: no redirect leads anywhere else."""
    if not address or not address.startswith("/") or address.startswith("//") or len(address) > 2_000:
        return "/"
    return "/" if any(sign in address for sign in "\\\r\n\t") else address
