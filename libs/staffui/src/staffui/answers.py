"""From a page to its answer: the frame around it, the headers that guard it, and whose post is believed."""

from collections.abc import AsyncIterator
from urllib.parse import quote, urlsplit

from chassis.errors import DomainError
from opentelemetry import trace
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from staffui import words_of
from staffui.catalogue import LANGUAGES, has, text
from staffui.cookies import Cookies
from staffui.drawing import draw
from staffui.elsewhere import SEARCH
from staffui.forms import first, typed_of
from staffui.sealing import is_same
from staffui.site import Site
from staffui.unread import Unread
from staffui.view import Link, MessagePage, Shell
from staffui.visit import LANGUAGE_COOKIE, Visit, language_buttons, language_of

_NO_PAGES = frozenset({"/sign-out", "/language", "/session", "/me/exit-keys"})
"""Addresses that only take posts."""


class NotSignedIn(DomainError):
    """Nobody is signed in, or no more (401)."""

    status = 401

    def __init__(self) -> None:
        super().__init__("not_signed_in", "Sign in.")


class Forged(DomainError):
    """A post that no page of this session made (403)."""

    status = 403

    def __init__(self) -> None:
        super().__init__("form_not_ours", "The form was not made for this session. Open the page again.")


class Answers:
    def __init__(self, site: Site, issuer: str, unread: Unread) -> None:
        self.site = site
        self._unread = unread
        self.cookies = Cookies(site.service.name, site.settings)
        realm = "{0.scheme}://{0.netloc}".format(urlsplit(issuer))
        search = site.settings.services.get(SEARCH.service)
        forms = ["'self'", realm, *([search] if search else [])]
        self._policy = (
            "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; "
            f"connect-src 'self'; form-action {' '.join(forms)}; frame-ancestors 'none'; base-uri 'none'"
        )

    async def visit(self, request: Request) -> Visit:
        """Who is here; NotSignedIn where nobody is signed in."""
        session = await self.site.sessions.find(self.cookies.session(request))
        if session is None:
            raise NotSignedIn()
        return Visit(request, self.site, session, language_of(request), self.site.clock())

    async def typed(self, visit: Visit) -> dict[str, list[str]]:
        """What was typed in a form of this session; Forged for any other post."""
        request = visit.request
        origin = request.headers.get("origin")
        if origin is not None and origin not in (self.site.settings.address, "null"):
            raise Forged()
        typed = typed_of(await request.form())
        if not is_same(first(typed, "csrf"), self.site.sealing.mark(visit.session.cookie)):
            raise Forged()
        return typed

    def set_language(self, response: Response, language: str) -> None:
        """The pages come in this language from now on; one that there is not changes nothing."""
        if language in LANGUAGES:
            self.cookies.set_for_a_year(response, LANGUAGE_COOKIE, language)

    async def page(self, visit: Visit, page: object, status: int = 200) -> Response:
        """The page in its frame. What was noted for the next page is shown once."""
        if visit.session.notice:
            await self.site.sessions.note(visit.session, None)
        unread = await self._unread.count(visit)
        return self._html(draw(page, visit.shell(unread)), status)

    def pdf(self, content: bytes) -> Response:
        """A file to be stored or printed, whose name gives nothing away (NO-1)."""
        headers = {"Content-Disposition": 'attachment; filename="document.pdf"', "Cache-Control": "no-store"}
        return Response(content, media_type="application/pdf", headers=headers)

    def sheet(self, content: str | AsyncIterator[str]) -> Response:
        """A file for spreadsheets, sent as it is read, whose name gives nothing away (NO-1)."""
        parts = content if isinstance(content, AsyncIterator) else iter([content])
        headers = {"Content-Disposition": 'attachment; filename="list.csv"', "Cache-Control": "no-store"}
        return StreamingResponse(parts, media_type="text/csv", headers=headers)

    def drawn(self, page: object, shell: Shell) -> Response:
        """A page in a frame of its own."""
        return self._html(draw(page, shell), 200)

    def plain(self, request: Request, page: object, status: int = 200) -> Response:
        """A page for somebody of whom nothing is known."""
        language = language_of(request)
        shell = Shell(
            language=language,
            service=text(language, f"service.{self.site.service.name}"),
            here=request.url.path if request.method == "GET" else "/",
            languages=language_buttons(language),
            demo=self.site.settings.demo,
        )
        return self._html(draw(page, shell), status)

    async def refused(self, request: Request, error: DomainError) -> Response:
        """A page for an error: what is the matter, and what to do."""
        if isinstance(error, NotSignedIn):
            await self._rescue(request)
            return self._to_sign_in(request)
        if error.code == "no_role_chosen":
            return RedirectResponse("/me/role", 303)
        language = language_of(request)
        title, status_key = f"error.{error.code}", f"error.{error.status}"
        context = trace.get_current_span().get_span_context()
        page = MessagePage(
            title=text(language, next(key for key in (title, status_key, "error.500") if has(key))),
            sentences=[words_of.refusal(language, error.code)],
            code=error.code,
            trace=f"{context.trace_id:032x}" if error.status >= 500 and context.is_valid else None,
            links=[Link(text(language, "ui.to_start"), "/")],
        )
        try:
            return await self.page(await self.visit(request), page, error.status)
        except DomainError:
            return self.plain(request, page, error.status)

    async def _rescue(self, request: Request) -> None:
        """A form that comes after the session has ended is saved for whoever filled it in, and for nobody else."""
        actor = await self.site.sessions.ended_lately(self.cookies.session(request))
        if actor is None or request.method != "POST":
            return
        typed = typed_of(await request.form())
        if is_same(first(typed, "csrf"), self.site.sealing.mark(self.cookies.session(request) or "")):
            await self.site.drafts.save(actor, request.url.path, typed)

    def _to_sign_in(self, request: Request) -> Response:
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?back={quote('/' if request.url.path in _NO_PAGES else back)}", 303)

    def _html(self, content: str, status: int) -> Response:
        headers = {"Content-Security-Policy": self._policy, "Vary": "Cookie, Accept-Language"}
        return HTMLResponse(content, status, headers)
