"""One act on several rows of a list. A command of the API for each that is chosen, answered row by row."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4, uuid5

from chassis.errors import DomainError

from staffui import words_of
from staffui.ask import as_id
from staffui.pages import List, Many
from staffui.site import key_of
from staffui.view import Choosing, Link, MessagePage
from staffui.visit import Visit

MOST = 200
"""Rows of one page, and so of one act."""


def choosing(visit: Visit, page: List) -> Choosing | None:
    """The act's button, for a role that may do it."""
    if page.many is None or not visit.site.may_do(visit.site.many[page.path], visit.roles):
        return None
    words = words_of.begins(visit.language, key_of(page.path), page.many.action)
    return Choosing(page.path, str(uuid4()), words, visit.text("ui.all_of_page", act=words))


async def do_many(visit: Visit, many: Many, typed: Mapping[str, Sequence[str]]) -> Sequence[DomainError]:
    """Send the command for each chosen row; what was refused. Posting the same form again does nothing twice."""
    key = as_id(next(iter(typed.get("key", ())), "")) or uuid4()
    refused = []
    for chosen in chosen_of(typed):
        try:
            await _do(visit, many, chosen, key)
        except DomainError as error:
            refused.append(error)
    return refused


def chosen_of(typed: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The chosen rows, or every row of the page where that button was pressed."""
    return list(dict.fromkeys(typed.get("every" if typed.get("all") else "chosen", ())))[:MOST]


async def _do(visit: Visit, many: Many, chosen: str, key: UUID) -> None:
    if as_id(chosen) is None:
        return
    body = {name: value.format(id=chosen) for name, value in many.body.items()}
    await visit.api.post(many.api.format(**dict.fromkeys(_names(many.api), chosen)), body, str(uuid5(key, chosen)))


def _names(api: str) -> Sequence[str]:
    """The names in braces of an address."""
    return [part.partition("}")[0] for part in api.split("{")[1:]]


def refused_page(visit: Visit, page: List, refused: Sequence[DomainError]) -> MessagePage:
    """What was not done and why; the other rows are done."""
    sentences = [words_of.refusal(visit.language, error.code) for error in refused]
    title = visit.text("ui.some_not_done", n=len(refused))
    back = Link(visit.text(f"page.{key_of(page.path)}"), page.path)
    return MessagePage(title, list(dict.fromkeys(sentences)), refused[0].code, links=[back])
