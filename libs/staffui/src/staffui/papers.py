"""Papers about an object or a period: a page, and the same as PDF (RP-4, ID-9, ID-13, FU-10).

What the API makes out for an object comes after a button, and each look is recorded. Other papers show an answer of the
API to whom it is answered.
"""

from collections.abc import Mapping
from datetime import datetime

from staffui import formats
from staffui.ask import Answer
from staffui.catalogue import LANGUAGES, NAMES
from staffui.objects import card_of, tables_of, title_of
from staffui.pages import Object, Paper
from staffui.view import AsPdf, Link, MessagePage, PaperPage
from staffui.visit import Visit


def asked_for(visit: Visit, page: Object, paper: Paper, ids: Mapping[str, str], *, answer: Answer) -> MessagePage:
    """What the paper shows, and that each look is recorded; nothing is opened yet. `answer`: the object."""
    path = page.path.format(**ids)
    title = visit.text(paper.key)
    post = (f"{path}/{paper.step}", title) if paper.when(answer) else None
    sentence = visit.text("ui.paper_is_recorded" if post else "ui.no_paper_now")
    return MessagePage(title, [sentence], links=[Link(title_of(visit, page, answer), path)], post=post)


def made_out(visit: Visit, page: Object, paper: Paper, ids: Mapping[str, str], *, found: Answer) -> PaperPage:
    """The paper of what the API answered at its address."""
    path = page.path.format(**ids)
    here = f"{path}/{paper.step}"
    wording = found.get(paper.text) or {}
    return PaperPage(
        title=visit.text(paper.key),
        sentences=[
            *([str(wording[visit.language])] if visit.language in wording else []),
            *(visit.text(key) for key in paper.sentences),
        ],
        points=[visit.text(key) for key in paper.points],
        cards=[card for facts in paper.cards if (card := card_of(visit, paper, facts, found)).rows],
        tables=list(tables_of(visit, paper, found)),
        signed=[visit.text(key) for key in paper.signed],
        dated=datetime.fromisoformat(paper.dated(found)),
        author="" if paper.for_strangers else visit.text("ui.name"),
        about="" if paper.for_strangers else title_of(visit, page, found),
        foot="" if paper.for_strangers else foot(visit),
        links=[Link(title_of(visit, page, found), path)],
        pdf=by_language(here),
        post=None if paper.of_object else here,
    )


def foot(visit: Visit) -> str:
    """Who printed it, in which role, and when."""
    return f"{visit.acts_as} · {formats.moment(visit.language, visit.now)}"


def by_language(here: str) -> list[AsPdf]:
    """The ways to the paper as PDF."""
    mark = "&" if "?" in here else "?"
    return [AsPdf(language, NAMES[language], f"{here}{mark}pdf={language}") for language in LANGUAGES]
