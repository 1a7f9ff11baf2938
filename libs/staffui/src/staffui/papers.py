"""Papers that the API makes out for an object: first a button, then the page. Each look is recorded (RP-4, ID-13)."""

from collections.abc import Mapping

from staffui import words_of
from staffui.cells import cell
from staffui.pages import Object, Paper
from staffui.site import key_of
from staffui.view import Link, MessagePage
from staffui.visit import Visit


async def asked_for(visit: Visit, page: Object, paper: Paper, ids: Mapping[str, str]) -> MessagePage:
    """What the paper shows, and that each look is recorded; nothing is opened yet."""
    answer = await visit.api.get(page.api.format(**ids))
    path = page.path.format(**ids)
    title = visit.text(paper.key)
    back = Link(str(answer.get("case_ref") or visit.text(f"object.{key_of(page.path)}")), path)
    post = (f"{path}/{paper.step}", title) if paper.when(answer) else None
    sentence = visit.text("ui.paper_is_recorded" if post else "ui.no_paper_now")
    return MessagePage(title, [sentence], links=[back], post=post)


async def made_out(visit: Visit, page: Object, paper: Paper, ids: Mapping[str, str]) -> MessagePage:
    """The paper."""
    found = await visit.api.get(f"{page.api.format(**ids)}/{paper.step}")
    known = [one for one in paper.fields if found.get(one.name) is not None]
    rows = [(words_of.field(visit.language, one.name), cell(visit.reader, paper.shape, one, found)) for one in known]
    wording = found.get(paper.text) or {}
    sentences = [str(wording[visit.language])] if visit.language in wording else []
    back = Link(str(found.get("case_ref") or visit.text(f"object.{key_of(page.path)}")), page.path.format(**ids))
    return MessagePage(visit.text(paper.key), sentences, facts=rows, links=[back])
