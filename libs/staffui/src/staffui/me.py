"""What a person sees and sets about themself: role, sessions, the keys that leave a page (X3)."""

from collections.abc import Sequence
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from staffui import formats
from staffui.answers import Answers
from staffui.many import chosen_of
from staffui.sessions import Begun
from staffui.view import Cell, Choosing, Column, Link, ListPage, MessagePage, Row, Table
from staffui.visit import EXIT_KEYS_COOKIE, Visit, exit_keys_of
from staffui.words_of import code

_SESSIONS = "/me/sessions"


class Me:
    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._site = answers.site

    async def me(self, request: Request) -> Response:
        visit = await self._answers.visit(request)
        return await self._answers.page(visit, _me_page(visit))

    async def exit_keys(self, request: Request) -> Response:
        """Three times Shift leaves every page from now on, or no more: for this person in this browser (C15)."""
        visit = await self._answers.visit(request)
        await self._answers.typed(visit)
        switched_on = visit.query.get("on") == "1"
        await self._site.sessions.note(visit.session, "ui.exit_keys_are_on" if switched_on else "ui.exit_keys_are_off")
        response = RedirectResponse("/me", 303)
        value = exit_keys_of(visit.session) if switched_on else ""
        self._answers.cookies.set_for_a_year(response, EXIT_KEYS_COOKIE, value)
        return response

    async def sessions(self, request: Request) -> Response:
        """Where the person is signed in; posting ends the chosen ones, or every other."""
        visit = await self._answers.visit(request)
        if request.method == "POST":
            chosen = chosen_of(await self._answers.typed(visit))
            ended = await self._site.sessions.end_others(visit.session, chosen)
            await self._site.sessions.note(visit.session, "ui.sessions_ended" if ended else "ui.none_chosen")
            return RedirectResponse(_SESSIONS, 303)
        return await self._answers.page(visit, _sessions_page(visit, await self._site.sessions.of(visit.session)))


def _me_page(visit: Visit) -> MessagePage:
    shell = visit.shell()
    links = [Link(visit.text("ui.my_sessions"), _SESSIONS), Link(visit.text("ui.drafts"), "/drafts")]
    if shell.several_roles:
        links.append(Link(visit.text("ui.change_role"), "/me/role"))
    return MessagePage(
        title=visit.text("ui.my_settings"),
        sentences=[visit.text("ui.leave_shift_hint" if shell.exit_keys else "ui.exit_keys_offer")],
        facts=[
            (visit.text("ui.signed_in_person"), Cell(visit.session.person)),
            (visit.text("ui.my_role"), Cell(shell.agency_and_role)),
        ],
        post=_switch(visit, is_on=shell.exit_keys),
        links=links,
    )


def _switch(visit: Visit, *, is_on: bool) -> tuple[str, str]:
    if is_on:
        return "/me/exit-keys?on=0", visit.text("ui.exit_keys_turn_off")
    return "/me/exit-keys?on=1", visit.text("ui.exit_keys_turn_on")


def _sessions_page(visit: Visit, begun: Sequence[Begun]) -> ListPage:
    """This one first, then the others with a box each."""
    columns = [visit.text(f"field.{name}") for name in ("in_service", "role", "signed_in_at", "used_at")]
    rows = [_row(visit, one) for one in sorted(begun, key=lambda one: not one.is_this)]
    table = Table(visit.text("ui.my_sessions"), [Column(label) for label in columns], rows, visit.text("ui.none"))
    return ListPage(
        visit.text("ui.my_sessions"),
        table,
        about=[(visit.text("ui.my_sessions_what"), Cell(visit.text("ui.my_sessions_hint")))],
        choosing=_choosing(visit) if any(row.choice for row in rows) else None,
    )


def _choosing(visit: Visit) -> Choosing:
    return Choosing(_SESSIONS, str(uuid4()), visit.text("ui.end_chosen_sessions"), visit.text("ui.end_other_sessions"))


def _row(visit: Visit, one: Begun) -> Row:
    service = visit.text(f"service.{visit.site.service.name}")
    roles = ", ".join(code(visit.language, "role", role) for role in one.roles)
    times = [
        Cell(formats.moment(visit.language, at), "moment", machine=at.isoformat()) for at in (one.began_at, one.used_at)
    ]
    name = f"{service} ({visit.text('ui.this_session')})" if one.is_this else service
    return Row([Cell(name), Cell(roles), *times], choice=None if one.is_this else one.id)
