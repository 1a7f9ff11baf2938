"""The staff pages of a service beside its API: their addresses, made from what is declared.

A cookie opens no address of the API, and a token opens no page.
"""

from dataclasses import dataclass
from importlib.resources import files

import structlog
from chassis.errors import DomainError, NotFound
from chassis.problems import unexpected
from chassis.settings import Settings
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from staffui.answers import Answers
from staffui.catalogue import NoText
from staffui.desk import Desk
from staffui.doors import Doors
from staffui.drafts import Drafts
from staffui.made_up import MadeUp
from staffui.me import Me
from staffui.oversight import overseen
from staffui.pages import Pages
from staffui.realm import Realm
from staffui.sealing import Sealing
from staffui.sessions import Sessions
from staffui.settings import PagesSettings
from staffui.site import Site
from staffui.unread import OWNER, Unread

log = structlog.get_logger()
_NOT_OURS = ("/api/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class pages:  # a service declares it like a function
    """What a service gives as `Service.pages`: it adds the pages, where the settings name an address for them."""

    declared: Pages

    def check(self, settings: Settings) -> None:
        """WrongSetting where `NRM_PAGES` cannot be read."""
        PagesSettings.of(settings)

    def __call__(self, app: FastAPI, settings: Settings) -> None:
        own = PagesSettings.of(settings)
        if own:
            app.router.routes.append(_Beside(made(app, settings, own, self.declared), settings))


def made(app: FastAPI, settings: Settings, own: PagesSettings, declared: Pages) -> Site:
    """The site; LookupError where a page does not fit the API."""
    sealing = Sealing(own.key.get_secret_value())
    verifier = app.state.verifier
    realm = Realm(settings, own, verifier)
    of_service = frozenset(role for cells in app.state.rights.values() for role in cells)
    sessions = Sessions(app.state.database, sealing, realm, verifier, app.state.clock, of_service)
    drafts = Drafts(app.state.database, sealing, app.state.clock)
    site = Site(
        app.state.service,
        overseen(declared, app.state.service.every_right),
        own,
        app,
        sealing,
        sessions,
        drafts,
        realm,
        app.state.clock,
    )
    site.check()
    return site


class _Beside(Mount):
    """The pages, at every address that is not the API's or the operators'."""

    def __init__(self, site: Site, settings: Settings) -> None:
        super().__init__("/", app=_application(site, settings))

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if str(scope.get("path", "")).startswith(_NOT_OURS):
            return Match.NONE, {}
        return super().matches(scope)


def _application(site: Site, settings: Settings) -> Starlette:
    answers = Answers(site, settings.issuer, Unread(settings.services.get(OWNER)))
    doors, desk, me = Doors(answers), Desk(answers), Me(answers)
    made_up = MadeUp(answers)
    routes = [
        Route("/", desk.start),
        Route("/sign-in", doors.sign_in),
        Route("/signed-in", doors.signed_in),
        Route("/sign-out", doors.sign_out, methods=["POST"]),
        Route("/signed-out", doors.signed_out),
        Route("/exit", doors.leave),
        Route("/back-channel-sign-out", doors.ended_by_realm, methods=["POST"]),
        Route("/language", doors.choose_language, methods=["POST"]),
        Route("/session", desk.stay_signed_in, methods=["POST"]),
        Route("/drafts", desk.drafts, methods=["GET", "POST"]),
        Route("/me", me.me),
        Route("/me/exit-keys", me.exit_keys, methods=["POST"]),
        Route("/me/sessions", me.sessions, methods=["GET", "POST"]),
        Route("/me/role", desk.choose_role, methods=["GET", "POST"]),
        *([Route(search.path, desk.search_by(search))] if (search := site.pages.search) else []),
        *([Route("/patterns", made_up.index), Route("/patterns/{name}", made_up.one)] if site.settings.demo else []),
        Mount("/static", StaticFiles(directory=str(files("staffui") / "static"), check_dir=False)),
        *(
            Route(start.path, desk.beginning_of(page, start), methods=["GET", "POST"])
            for page in site.pages.lists
            for start in page.beginnings
        ),
        *(
            Route(page.path, desk.list_of(page), methods=["GET", "POST"] if page.many else ["GET"])
            for page in site.pages.lists
        ),
        *(Route(f"{page.path}.csv", desk.sheet_of(page)) for page in site.pages.lists),
        *(Route(f"{page.path}.csv", desk.sheet_of_report(page)) for page in site.pages.reports),
        *(Route(page.path, desk.board_of(page)) for page in site.pages.boards),
        *(Route(page.path, desk.report_of(page)) for page in site.pages.reports),
        *(Route(page.path, desk.object_of(page)) for page in site.pages.objects),
        *(
            Route(f"{page.path}/{paper.step}", desk.paper_of(page, paper), methods=["GET", "POST"])
            for page in site.pages.objects
            for paper in page.papers
        ),
        *(Route(f"{page.path}/{{act}}", desk.act_of(page), methods=["GET", "POST"]) for page in site.pages.objects),
    ]

    async def refused(request: Request, error: Exception) -> Response:
        return await answers.refused(request, error if isinstance(error, DomainError) else NotFound())

    async def failed(request: Request, error: Exception) -> Response:
        unexpected(error)  # its log line, without the words of the error
        if isinstance(error, NoText):
            log.error("a key has no words", key=str(error))
        return await answers.refused(request, DomainError("internal_error", "Something went wrong.", status=500))

    handlers = {DomainError: refused, HTTPException: refused, Exception: failed}
    application = Starlette(routes=routes, exception_handlers=handlers)
    application.state.api = site.api
    return application
