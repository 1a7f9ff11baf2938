"""The pages of one service with all that they need, made once when it starts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from chassis.clock import Clock
from chassis.service import Service
from fastapi import FastAPI

from staffui.commands_of import Act, act_at, action_at, acts_on, is_open_to, takes
from staffui.drafts import Drafts
from staffui.pages import Board, Figures, List, Object, Pages, Paper, Part, Report, Start
from staffui.realm import Realm
from staffui.sealing import Sealing
from staffui.sessions import Sessions
from staffui.settings import PagesSettings

Page = List | Object | Board | Report | Figures


@dataclass(frozen=True)
class Site:
    """`api` is the application of which the pages are clients."""

    service: Service
    pages: Pages
    settings: PagesSettings
    api: FastAPI
    sealing: Sealing
    sessions: Sessions
    drafts: Drafts
    realm: Realm
    clock: Clock

    @cached_property
    def acts(self) -> dict[str, dict[str, Act]]:
        """By object's path and action: the commands of the API on it."""
        return {
            page.path: dict(acts_on(self.service, page.api, page.sent_to, page.suffix)) for page in self.pages.objects
        }

    @cached_property
    def starts(self) -> dict[str, Act]:
        """By address at which an object begins: its command."""
        lists = self.pages.lists
        return {
            one.path: act_at(self.service, one.api or page.starts_api or page.api)
            for page in lists
            for one in page.beginnings
        }

    def check(self) -> None:
        """LookupError where a page names an address or an order that the API does not have."""
        for one in self.pages.lists:
            if one.ordered and "order" not in takes(self.service, one.api):
                raise LookupError(f"{one.api} takes no order")
        for api in (page.api for group in self._groups for page in group):
            action_at(self.service, api)
        if self.pages.search:
            action_at(self.service, self.pages.search.api)
        for page in self.pages.objects:
            for paper in page.papers:
                action_at(self.service, paper_api(page, paper))
        _ = self.acts, self.starts, self.many

    @cached_property
    def many(self) -> dict[str, str]:
        """By list's path: the right to the act on several of its rows."""
        return {page.path: action_at(self.service, page.many.api, "POST") for page in self.pages.lists if page.many}

    @property
    def _groups(self) -> Sequence[Sequence[Page]]:
        pages = self.pages
        return pages.lists, pages.objects, pages.boards, pages.reports, pages.figures

    def opens(self, page: Page, roles: frozenset[str]) -> bool:
        """Whether a role opens the page at all."""
        return is_open_to(self.service.every_right, action_at(self.service, page.api), roles)

    def prints(self, page: Object, paper: Paper, roles: frozenset[str]) -> bool:
        """Whether a role may have the paper of an object."""
        return is_open_to(self.service.every_right, action_at(self.service, paper_api(page, paper)), roles)

    def is_for(self, part: Part, roles: frozenset[str]) -> bool:
        """Whether a part of the start page is for these roles."""
        has_work = part.right is None or self.may_do(part.right, roles)
        return has_work and self.opens(part.list, roles)

    def may(self, start: Start, roles: frozenset[str]) -> bool:
        """Whether a role may begin an object there."""
        needed = (self.starts[start.path].action, *([start.right] if start.right else ()))
        return all(self.may_do(action, roles) for action in needed)

    def may_do(self, action: str, roles: frozenset[str]) -> bool:
        """Whether a role has this right at all."""
        return is_open_to(self.service.every_right, action, roles)

    def navigation(self, roles: frozenset[str]) -> Sequence[tuple[str, str]]:
        """Key of the title, and address, of each list, board and report that the role opens; the start page first."""
        shown = [page for page in self._listed(roles) if not (isinstance(page, List) and page.aside)]
        return [("start", "/"), *((key_of(page.path), page.path) for page in shown)]

    def aside(self, roles: frozenset[str]) -> Sequence[tuple[str, str]]:
        """The lists that the role opens and the navigation does not name."""
        return [(key_of(page.path), page.path) for page in self.pages.lists if page.aside and self.opens(page, roles)]

    def _listed(self, roles: frozenset[str]) -> Iterator[List | Board | Report]:
        in_menu = [page for page in self.pages.lists if page.in_menu]
        found: list[List | Board | Report] = [*in_menu, *self.pages.boards, *self.pages.reports]
        yield from (page for page in found if self.opens(page, roles))


def paper_api(page: Object, paper: Paper) -> str:
    """The address of the API that answers what is on the paper."""
    return page.api if paper.of_object else f"{page.api}/{paper.step}"


def key_of(path: str) -> str:
    """`/stays/{stay_id}` → `stays`: the page's part in the catalogue's keys."""
    return path.strip("/").split("/")[0].replace("-", "_")
