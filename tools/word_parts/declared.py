"""Keys that the declared pages of the services put together: of lists, objects, forms, cards, columns and filters."""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from types import NoneType
from typing import get_args

from chassis.machine import Machine
from chassis.service import Service
from staffui.acts import questions_of
from staffui.asking import CASE, questions
from staffui.commands_of import act_at, acts_on
from staffui.oversight import overseen
from staffui.pages import Facts, List, Object, Pages, Part, Shown
from staffui.questions import Question
from staffui.site import key_of

FREE = ("true", "false")
"""Codes of a filter that is a yes or no."""


def keys(service: str, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    """Each key of the service's pages, and of those that every service has; of several one is enough."""
    app = importlib.import_module(f"{service}.app")
    pages = overseen(app.PAGES)
    yield from of_pages(pages, machines)
    for one in pages.lists:
        yield from _of_beginnings(app.SERVICE, one, machines)
    for thing in pages.objects:
        yield from _of_forms(app.SERVICE, thing, machines)


def of_pages(pages: Pages, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    """The same of pages at hand."""
    for one in pages.lists:
        yield from _of_list(one, machines)
    for thing in pages.objects:
        yield from _of_object(thing, machines)
    for board in pages.boards:
        yield (f"page.{key_of(board.path)}",)
    yield from _of_parts(pages.start)
    for figures in pages.figures:
        yield from _of_facts(Facts(figures.key, figures.fields), machines)
    for report in pages.reports:
        yield (f"page.{key_of(report.path)}",)
        yield from _of_cards(report.cards, report.tables, machines)


def _of_parts(parts: Sequence[Part]) -> Iterator[tuple[str, ...]]:
    for part in parts:
        yield (f"part.{part.key}",)
        yield (f"empty.{part.key}",)


def _of_beginnings(service: Service, page: List, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    """The buttons that begin an object, and the questions of their forms."""
    for start in page.beginnings:
        yield (start.key,)
        form, act = start.form, act_at(service, start.api or page.starts_api or page.api)
        asked = None if form.makes else questions(form.model or act.command, form.choices.keys(), form.given.keys())
        yield from _of_questions(asked or ())
        if form.result:
            yield from _of_facts(form.result, machines)


def _of_forms(service: Service, page: Object, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    """The papers of an object, and what stands in the forms of its acts."""
    for paper in page.papers:
        yield (paper.key,)
        yield from ((key,) for key in (*paper.sentences, *paper.points, *paper.signed))
        yield from _of_cards(paper.cards, paper.tables, machines)
    for action, act in acts_on(service, page.api, page.sent_to, page.suffix).items():
        if page.only is None or action in page.only:
            form = page.form(action)
            yield from _of_fields(form.beside, machines)
            if form.shows:
                yield (f"card.{form.shows}",)
            yield from _of_questions(questions_of(page, action, act) or ())


def _of_questions(asked: Sequence[Question]) -> Iterator[tuple[str, ...]]:
    for one in asked:
        if not one.label and one.kind not in ("hidden", "note"):
            last = "case_ref" if one.name == CASE else one.name.rpartition(".")[2]
            yield f"htcds.{last}", f"field.{last}", f"field.{one.name}"


def _of_list(page: List, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    name = key_of(page.path)
    yield from ((f"{kind}.{name}",) for kind in ("page", "caption", "empty"))
    yield from _of_fields(page.columns, machines)
    if page.chart:
        yield (f"chart.{page.chart.key}",)
    if page.about:
        yield from _of_fields(page.about.fields, machines)
    if page.many:
        yield f"act.{name}.{page.many.action}", f"act.{page.many.action}"
    for field, codes in page.filters.items():
        yield (f"field.{field}",)
        for code in codes:
            if field in page.words:
                yield (f"{page.words[field]}.{code}",)
            elif code not in FREE and not code.isdigit():
                states = (f"state.{machine}.{code}" for machine in machines)
                yield f"code.{field}.{code}", f"code.{code}", f"agency.{code}", f"role.{code}", *states


def _of_object(page: Object, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    reference = page.shape.model_fields.get("case_ref")
    if page.titled is None and (reference is None or NoneType in get_args(reference.annotation)):
        yield (f"object.{key_of(page.path)}",)
    yield (f"page.{key_of(page.back)}",)
    yield from ((f"object.{key}",) for key in (*page.parts, *([page.part] if page.part else ())))
    yield from ((f"group.{key}",) for key in (*page.groups, *(["other"] if page.groups else ())))
    yield from _of_fields(page.person, machines)
    yield from _of_cards(page.cards, page.tables, machines)
    yield from _of_parts(page.related)


def _of_cards(
    cards: Sequence[Facts], tables: Mapping[str, Facts], machines: Mapping[str, Machine]
) -> Iterator[tuple[str, ...]]:
    for card in (*cards, *tables.values()):
        yield from _of_facts(card, machines)
    yield from ((f"empty.{table.key}",) for table in tables.values())


def _of_facts(facts: Facts, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    yield (f"card.{facts.key}",)
    if facts.chart:
        yield (f"chart.{facts.chart.key}",)
    yield from _of_fields(facts.fields, machines)


def _of_fields(fields: Sequence[Shown], machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    for field in fields:
        yield (f"field.{field.name}",)
        if field.kind == "link":
            yield (f"object.{key_of(field.of)}",)
        if field.kind == "tag" and field.of:
            machine = field.of.replace("-", "_")
            states = machines[machine].states if machine in machines else ("?",)
            yield from ((f"state.{machine}.{state}",) for state in states)
