"""Keys that the declared pages of the services put together: of lists, objects, cards, parts, columns and filters."""

import importlib
from collections.abc import Iterator, Mapping, Sequence

from chassis.machine import Machine
from staffui.oversight import overseen
from staffui.pages import Facts, List, Object, Pages, Shown
from staffui.site import key_of

FREE = ("true", "false")
"""Codes of a filter that is a yes or no."""


def keys(service: str, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    """Each key of the service's pages, and of those that every service has; of several one is enough."""
    yield from of_pages(overseen(importlib.import_module(f"{service}.pages").PAGES), machines)


def of_pages(pages: Pages, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    """The same of pages at hand."""
    for one in pages.lists:
        yield from _of_list(one, machines)
    for thing in pages.objects:
        yield from _of_object(thing, machines)
    for board in pages.boards:
        yield (f"page.{key_of(board.path)}",)
    for part in pages.start:
        yield (f"part.{part.key}",)
        yield (f"empty.{part.key}",)


def _of_list(page: List, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    name = key_of(page.path)
    yield from ((f"{kind}.{name}",) for kind in ("page", "caption", "empty"))
    yield from _of_fields(page.columns, machines)
    if page.about:
        yield from _of_fields(page.about.fields, machines)
    for field, codes in page.filters.items():
        yield (f"field.{field}",)
        for code in codes:
            if field in page.words:
                yield (f"{page.words[field]}.{code}",)
            elif code not in FREE and not code.isdigit():
                states = (f"state.{machine}.{code}" for machine in machines)
                yield f"code.{field}.{code}", f"code.{code}", f"agency.{code}", f"role.{code}", *states


def _of_object(page: Object, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    if "case_ref" not in page.shape.model_fields and page.titled is None:
        yield (f"object.{key_of(page.path)}",)
    yield (f"page.{key_of(page.back)}",)
    yield from ((f"object.{key}",) for key in (*page.parts, *([page.part] if page.part else ())))
    yield from ((f"group.{key}",) for key in (*page.groups, *(["other"] if page.groups else ())))
    yield from _of_fields(page.person, machines)
    for card in page.cards:
        yield from _of_facts(card, machines)
    for table in page.tables.values():
        yield (f"empty.{table.key}",)
        yield from _of_facts(table, machines)


def _of_facts(facts: Facts, machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    yield (f"card.{facts.key}",)
    yield from _of_fields(facts.fields, machines)


def _of_fields(fields: Sequence[Shown], machines: Mapping[str, Machine]) -> Iterator[tuple[str, ...]]:
    for field in fields:
        yield (f"field.{field.name}",)
        if field.kind == "tag" and field.of:
            machine = field.of.replace("-", "_")
            states = machines[machine].states if machine in machines else ("?",)
            yield from ((f"state.{machine}.{state}",) for state in states)
