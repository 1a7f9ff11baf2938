"""Which words the declared pages of a service need and the catalogue lacks, for its tests."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from chassis.service import Service

from staffui.acts import questions_of
from staffui.asking import CASE, questions
from staffui.catalogue import has
from staffui.commands_of import act_at, acts_on
from staffui.pages import Facts, Pages, Part, Shown
from staffui.site import key_of


def missing_words(service: Service, pages: Pages) -> list[str]:
    """The keys, sorted; codes of fields are the catalogue's own check."""
    needed = chain(_of_lists(service, pages), _of_objects(service, pages), _of_others(pages))
    return sorted({key for key in needed if not has(key)})


def _of_lists(service: Service, pages: Pages) -> Iterator[str]:
    for page in pages.lists:
        key = key_of(page.path)
        yield from (f"page.{key}", f"caption.{key}", f"empty.{key}", *(f"field.{name}" for name in page.filters))
        yield from _fields(page.columns)
        for start in page.beginnings:
            yield start.key
            asked = questions(
                act_at(service, start.api or page.api).command, start.form.choices.keys(), start.form.given.keys()
            )
            yield from (_label(question.name) for question in asked or ())
            yield from _facts([start.form.result] if start.form.result else [])


def _of_objects(service: Service, pages: Pages) -> Iterator[str]:
    for page in pages.objects:
        yield from (f"object.{key_of(page.path)}", *_fields(page.person), *_facts(page.cards))
        yield from _tables(page.tables)
        yield from _parts(page.related)
        for paper in page.papers:
            yield from (paper.key, *_fields(paper.fields))
        for action, act in acts_on(service, page.api, page.sent_to, page.suffix).items():
            yield from _fields(page.form(action).beside)
            yield from (_label(question.name) for question in questions_of(page, action, act) or ())


def _of_others(pages: Pages) -> Iterator[str]:
    yield from _parts(pages.start)
    yield from _facts([Facts(figures.key, figures.fields) for figures in pages.figures])
    for page in pages.reports:
        yield from (f"page.{key_of(page.path)}", *_facts(page.cards), *_tables(page.tables))
    yield from (f"page.{key_of(page.path)}" for page in pages.boards)


def _label(name: str) -> str:
    return "field.case_ref" if name == CASE else f"field.{name}"


def _fields(shown: Iterable[Shown]) -> Iterator[str]:
    yield from (f"field.{one.name}" for one in shown)


def _facts(cards: Iterable[Facts]) -> Iterator[str]:
    for facts in cards:
        yield from (f"card.{facts.key}", *_fields(facts.fields))


def _tables(tables: Mapping[str, Facts]) -> Iterator[str]:
    yield from _facts(tables.values())
    yield from (f"empty.{facts.key}" for facts in tables.values())


def _parts(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield from (f"part.{part.key}", f"empty.{part.key}")
