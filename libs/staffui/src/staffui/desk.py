"""What each address does for somebody who is signed in."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from chassis.errors import DomainError, NotFound
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from staffui import acting, boards, formats, listing, many, objects, papers, printing, reports, sheets
from staffui.acting import Deed
from staffui.answers import Answers, NotSignedIn
from staffui.ask import as_id
from staffui.catalogue import LANGUAGES
from staffui.doors import inside
from staffui.forms import first
from staffui.pages import Board, List, Object, Paper, Report, Search, Start
from staffui.site import paper_api
from staffui.view import ChoicePage, ObjectPage, Option, PaperPage
from staffui.visit import Visit
from staffui.words_of import code

_CODE = re.compile(r"[a-z]{2,12}(-[a-z]{2,12}){0,2}")
Handler = Callable[[Request], Awaitable[Response]]
_SHOWN_SECONDS = 600


class Desk:
    """The pages of a service for somebody who is signed in."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._site = answers.site

    async def start(self, request: Request) -> Response:
        visit = await self._acting(request)
        return await self._answers.page(visit, await listing.start_page(visit, self._site.pages.start))

    def list_of(self, page: List) -> Handler:
        async def show(request: Request) -> Response:
            visit = await self._acting(request)
            if request.method == "POST":
                return await self._do_many(visit, page)
            return await self._answers.page(visit, await listing.list_page(visit, page))

        return show

    def sheet_of(self, page: List) -> Handler:
        async def send(request: Request) -> Response:
            visit = await self._acting(request)
            return self._answers.sheet(await sheets.sheet_of(visit, page))

        return send

    async def _do_many(self, visit: Visit, page: List) -> Response:
        """The list again; or what was refused, row by row, where something was."""
        typed = await self._answers.typed(visit)
        refused = await many.do_many(visit, page.many, typed) if page.many else ()
        if refused:
            return await self._answers.page(visit, many.refused_page(visit, page, refused), refused[0].status)
        await self._site.sessions.note(visit.session, "ui.done" if many.chosen_of(typed) else "ui.none_chosen")
        return RedirectResponse(page.path, 303)

    def board_of(self, page: Board) -> Handler:
        async def show(request: Request) -> Response:
            visit = await self._acting(request)
            return await self._answers.page(visit, await boards.board_page(visit, page))

        return show

    def object_of(self, page: Object) -> Handler:
        async def show(request: Request) -> Response:
            visit = await self._acting(request)
            try:
                drawn = await objects.object_page(visit, page, _ids(request, page))
            except NotFound:
                if not visit.session.notice:
                    raise
                return RedirectResponse(page.back, 303)  # the act that was done just now ended the access
            return await self._answers.page(visit, drawn)

        return show

    def paper_of(self, page: Object, paper: Paper) -> Handler:
        async def show(request: Request) -> Response:
            visit = await self._acting(request)
            ids, posted = _ids(request, page), request.method == "POST"
            typed = await self._answers.typed(visit) if posted else {}
            found = await visit.api.get((paper_api(page, paper) if posted else page.api).format(**ids))
            if not posted and not (paper.of_object and paper.when(found)):
                return await self._answers.page(visit, papers.asked_for(visit, page, paper, ids, answer=found))
            language = first(typed, "pdf") or visit.query.get("pdf", "")

            async def made(reader: Visit) -> PaperPage:
                return papers.made_out(reader, page, paper, ids, found=found)

            return await self._paper(visit, language, made)

        return show

    async def _paper(self, visit: Visit, language: str, made: Callable[[Visit], Awaitable[PaperPage]]) -> Response:
        """The paper as a page, or as PDF in the language that was chosen."""
        chosen = next((one for one in LANGUAGES if one == language), None)
        if chosen is None:
            return await self._answers.page(visit, await made(visit))
        return self._answers.pdf(await printing.printed(await made(replace(visit, language=chosen)), chosen))

    def act_of(self, page: Object) -> Handler:
        async def ask_or_do(request: Request) -> Response:
            visit = await self._acting(request)
            ids, action = _ids(request, page), str(request.path_params["act"])
            deed = await acting.deed_on(visit, page, ids, action)
            after = deed.form.after or page.path.format(**ids)
            return await self._ask_or_do(visit, deed, after, acting.did_key(page, action))

        return ask_or_do

    def search_by(self, search: Search) -> Handler:
        async def find(request: Request) -> Response:
            visit = await self._acting(request)
            found = await visit.api.get(search.api, {"case_ref": visit.query.get("case_ref", ""), "limit": 1})
            if not found["items"]:
                raise NotFound()  # absent or not to be known of: the same query, the same answer (ID-7)
            return RedirectResponse(search.opens.format(**found["items"][0]), 303)

        return find

    def report_of(self, page: Report) -> Handler:
        async def show(request: Request) -> Response:
            visit = await self._acting(request)
            if "pdf" in visit.query:
                return await self._paper(visit, visit.query["pdf"], partial(reports.report_paper, page=page))
            return await self._answers.page(visit, await reports.report_page(visit, page))

        return show

    def sheet_of_report(self, page: Report) -> Handler:
        async def send(request: Request) -> Response:
            visit = await self._acting(request)
            found = await reports.report_page(visit, page)
            return self._answers.sheet(sheets.sheet_of_report(visit.language, found))

        return send

    def beginning_of(self, page: List, start: Start) -> Handler:
        async def ask_or_do(request: Request) -> Response:
            visit = await self._acting(request)
            deed = acting.deed_of_list(visit, page, start)
            return await self._ask_or_do(visit, deed, deed.form.after or page.opens or page.path, "ui.done")

        return ask_or_do

    async def _ask_or_do(self, visit: Visit, deed: Deed, after: str, done: str) -> Response:
        """The form; or the act, and then the page of what was done, so that a reload repeats nothing."""
        person, drafts = visit.session.actor, self._site.drafts
        if visit.request.method == "GET":
            draft = await drafts.find(person, deed.action)
            typed = {**(draft.typed if draft else deed.stored), **_chosen_before(visit)}
            saved_at = draft.saved_at if draft else None
            return await self._answers.page(visit, await acting.form_page(visit, deed, typed, saved_at=saved_at))
        posted = await self._answers.typed(visit)
        if "to_language" in posted or "draft" in posted:
            return await self._keep(visit, deed, posted)
        try:
            if preview := await acting.preview(visit, deed, posted):
                return await self._answers.page(visit, await acting.form_page(visit, deed, posted, preview=preview))
            answer = await acting.do(visit, deed, posted)
        except DomainError as refused:
            if refused.status in (401, 404) or refused.status >= 500:
                raise
            page = await acting.form_page(visit, deed, posted, refused)
            return await self._answers.page(visit, page, refused.status)
        await drafts.drop(person, deed.action)
        if deed.form.draws:
            drawn = await deed.form.draws(visit.api, deed.ids, visit.language, dict(answer))
            return await self._shown_once(visit, deed, drawn)
        if result := acting.result(visit, deed, answer):
            return await self._answers.page(visit, result)
        await self._site.sessions.note(visit.session, done)
        return RedirectResponse(after.format(**answer), 303)

    async def _shown_once(self, visit: Visit, deed: Deed, page: ObjectPage) -> Response:
        """What was read for a purpose (C10): it goes by itself after ten minutes, also without a script."""
        page = replace(page, back=deed.back)
        response = await self._answers.page(visit, page)
        response.headers["Refresh"] = f"{_SHOWN_SECONDS}; url={deed.back.href}"
        return response

    async def _keep(self, visit: Visit, deed: Deed, typed: dict[str, list[str]]) -> Response:
        """What was typed is saved: by a script every few seconds, and before the page comes in another language."""
        saved_at = await self._site.drafts.save(visit.session.actor, deed.action, typed)
        if "draft" in typed:
            return JSONResponse({"saved": formats.time(saved_at) if saved_at else None})
        response = RedirectResponse(deed.action, 303)
        self._answers.set_language(response, first(typed, "to_language"))
        return response

    async def drafts(self, request: Request) -> Response:
        """What the person typed and has not sent; posting throws one away."""
        visit = await self._answers.visit(request)
        if request.method == "POST":
            await self._site.drafts.drop(visit.session.actor, first(await self._answers.typed(visit), "form"))
            return RedirectResponse("/drafts", 303)
        return await self._answers.page(
            visit, listing.drafts_page(visit, await self._site.drafts.of(visit.session.actor))
        )

    async def stay_signed_in(self, request: Request) -> Response:
        """The session goes on from now; with a script the time until its end is answered."""
        visit = await self._answers.visit(request)
        typed = await self._answers.typed(visit)
        session = await self._site.sessions.extend(visit.session)
        if session is None:
            raise NotSignedIn()
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"ends_in": int((session.ends_at - visit.now).total_seconds())})
        return RedirectResponse(inside(first(typed, "back")), 303)

    async def choose_role(self, request: Request) -> Response:
        """In which of their roles a person acts; it stands on every page and with every act."""
        visit = await self._answers.visit(request)
        if request.method == "POST":
            typed = await self._answers.typed(visit)
            await self._site.sessions.choose(visit.session, first(typed, "role"))
            return RedirectResponse("/", 303)
        options = [
            Option(role, code(visit.language, "role", role), role == visit.session.role)
            for role in sorted(visit.session.roles)
        ]
        page = ChoicePage(visit.text("page.role"), "/me/role", "role", options, visit.text("ui.go_on"))
        return await self._answers.page(visit, page)

    async def _acting(self, request: Request) -> Visit:
        """Somebody in one role; who has several and has chosen none does so first."""
        visit = await self._answers.visit(request)
        if not visit.session.roles:
            raise _NoRoleHere()
        if visit.session.role is None and len(visit.session.roles) > 1:
            raise _NoRole()
        return visit


def _chosen_before(visit: Visit) -> dict[str, list[str]]:
    """What the link to the form has chosen already."""
    return {name: visit.query.getlist(name) for name in visit.query}


class _NoRole(DomainError):
    status = 409

    def __init__(self) -> None:
        super().__init__("no_role_chosen", "Choose the role in which you act.")


class _NoRoleHere(DomainError):
    status = 403

    def __init__(self) -> None:
        super().__init__("no_role_here", "You have no role in this service.")


def _ids(request: Request, page: Object) -> dict[str, str]:
    """The ids or codes in the address; NotFound for what is none."""
    ids = {name: str(value) for name, value in request.path_params.items() if name != "act"}
    if not all(_CODE.fullmatch(value) if page.by_code else as_id(value) for value in ids.values()):
        raise NotFound()
    return ids
