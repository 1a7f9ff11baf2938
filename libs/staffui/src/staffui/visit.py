"""One request to a page: by whom, in which language, and what the frame around the page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from staffui import formats, words_of
from staffui.ask import Asked
from staffui.catalogue import LANGUAGES, NAMES, Language, has, text
from staffui.cells import Reader
from staffui.elsewhere import INBOX, SEARCH, address
from staffui.sessions import Session
from staffui.site import Site
from staffui.view import Language as LanguageButton
from staffui.view import Link, Shell

MOST_ROWS = 5_000
"""Rows of a file. A longer list is narrowed by its filters: the last line of the file states it."""
LANGUAGE_COOKIE = "himaya_language"
EXIT_KEYS_COOKIE = "himaya_exit_keys"


def exit_keys_of(session: Session) -> str:
    """The cookie of the person who wants three times Shift to leave a page; another person's is another."""
    return sha256(f"exit keys {session.actor.sub}".encode()).hexdigest()


def language_of(request: Request) -> Language:
    """The language chosen before, or the first of the browser's that we have, or Azerbaijani."""
    wanted = [request.cookies.get(LANGUAGE_COOKIE, "")]
    wanted += [part.strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
    return next((language for word in wanted for language in LANGUAGES if word == language), "az")


@dataclass(frozen=True)
class Visit:
    """Somebody signed in looks at a page."""

    request: Request
    site: Site
    session: Session
    language: Language
    now: datetime

    @cached_property
    def api(self) -> Asked:
        return Asked(self.request, self.session.actor)

    @property
    def reader(self) -> Reader:
        return Reader(self.language, self.now)

    def text(self, key: str, **variables: object) -> str:
        return text(self.language, key, **variables)

    @property
    def query(self) -> QueryParams:
        return self.request.query_params

    @property
    def roles(self) -> frozenset[str]:
        return self.session.actor.roles

    def here(self, **changed: str | None) -> str:
        """This page's address with other parameters; None takes one away."""
        kept = {name: value for name, value in self.query.items() if name not in changed}
        query = kept | {name: value for name, value in changed.items() if value is not None}
        return self.request.url.path + (f"?{urlencode(query)}" if query else "")

    def as_sheet(self, key: str, **changed: str | None) -> Link:
        """The way to this page as a file for spreadsheets, by the same filters and from the first row."""
        path, _, query = self.here(after=None, **changed).partition("?")
        return Link(self.text(key, n=MOST_ROWS), f"{path}.csv?{query}" if query else f"{path}.csv")

    @cached_property
    def inbox(self) -> str | None:
        """The address of the inbox, for roles that have one."""
        return address(self.site.settings.services, self.roles, INBOX)

    def shell(self, unread: int | None = None) -> Shell:
        """The frame of the page; `unread` is None where the number could not be read."""
        session = self.session
        return Shell(
            language=self.language,
            service=text(self.language, f"service.{self.site.service.name}"),
            here=self.here(),
            languages=language_buttons(self.language),
            token=self.site.sealing.mark(session.cookie),
            person=session.person,
            agency_and_role=self.acts_as,
            several_roles=len(session.roles) > 1,
            services=self._services(),
            navigation=self._navigation(),
            inbox=self.inbox,
            unread=unread,
            search=address(self.site.settings.services, self.roles, SEARCH),
            ends_at=formats.time(session.ends_at),
            ends_in=max(int((session.ends_at - self.now).total_seconds()), 0),
            notice=self._notice(),
            exit_keys=self.request.cookies.get(EXIT_KEYS_COOKIE) == exit_keys_of(session),
            foot=[Link(self.text("ui.my_settings"), "/me")],
            demo=self.site.settings.demo,
        )

    @property
    def acts_as(self) -> str:
        """Agency and role, in words."""
        agency = words_of.agency(self.language, self.session.actor.agency)
        roles = [words_of.code(self.language, "role", role) for role in sorted(self.roles)]
        return f"{agency} · {', '.join(roles)}"

    def _services(self) -> Sequence[Link]:
        found = self.site.settings.services
        own = self.site.service.name
        return [
            Link(text(self.language, f"service.{name}"), address + "/", name == own) for name, address in found.items()
        ]

    def _navigation(self) -> Sequence[Link]:
        """The pages that the role opens at all."""
        path = self.request.url.path
        return [
            Link(text(self.language, f"page.{key}"), to, path == to or (to != "/" and path.startswith(f"{to}/")))
            for key, to in self.site.navigation(self.roles)
        ]

    def _notice(self) -> str | None:
        key = self.session.notice
        return text(self.language, key) if key and has(key) else None


def language_buttons(language: Language) -> Sequence[LanguageButton]:
    return [LanguageButton(code, NAMES[code], code == language) for code in LANGUAGES]
