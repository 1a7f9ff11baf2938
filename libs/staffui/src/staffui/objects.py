"""An object's page: reference and state, clocks, what can be done now and why not, facts, past."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import Any

from casework.calendar import local_date
from chassis.errors import DomainError
from pydantic import BaseModel

from staffui import formats, rules, words_of
from staffui.acts import impossible, possible, state_of
from staffui.ask import Answer
from staffui.asking import plain_types
from staffui.cells import cell, is_final, key_in
from staffui.cells import state as state_cell
from staffui.listing import section
from staffui.pages import Facts, Object, Paper, Part, Report
from staffui.site import key_of
from staffui.view import (
    Card,
    Cell,
    Clock,
    Column,
    Link,
    ObjectPage,
    PastDay,
    PastItem,
    Row,
    Section,
    Step,
    Table,
    Tone,
)
from staffui.visit import Visit

_OPEN = ("running", "approaching", "breached")
_APART_MINUTES = 5
"""From here on a page shows that an act was entered later than it happened."""


async def object_page(visit: Visit, page: Object, ids: Mapping[str, str]) -> ObjectPage:
    """The object as the person may see it now; DomainError as the API raises it."""
    answer = await visit.api.get(page.api.format(**ids))
    past, unread = await _past(visit, page, ids)
    state = state_of(answer)
    return ObjectPage(
        title=title_of(visit, page, answer) + (f" · {visit.text(f'object.{page.part}')}" if page.part else ""),
        state=state_cell(visit.reader, page.machine.name, answer) if page.machine else None,
        back=_back(visit, page, ids, answer),
        steps=[] if page.part else _steps(visit, page, state),
        person=list(_person(visit, page, answer)),
        clocks=[_clock(visit, clock) for clock in answer.get("clocks") or []],
        warnings=[words_of.code(visit.language, "warnings", _code(one)) for one in answer.get("warnings") or []],
        acts=list(possible(visit, page, ids, answer)),
        ways=page.ways(visit, answer) if page.ways else (),
        impossible=impossible(visit, page, answer),
        acknowledgements=page.acknowledged(visit.language, answer) if page.acknowledged else [],
        hands=page.hands(visit.language, answer) if page.hands else (),
        cards=[card for facts in page.cards if (card := card_of(visit, page, facts, answer)).rows],
        tables=list(tables_of(visit, page, answer, ids)),
        past=past if page.has_past else None,
        past_unread=unread,
        papers=list(_papers(visit, page, ids, answer)),
        related=[one async for one in _related(visit, page, ids, answer)],
        parts=list(_parts(visit, page, ids, answer)),
    )


def _opened(visit: Visit, page: Object) -> list[Part]:
    """The related lists that the role opens."""
    return [part for part in page.related if visit.site.opens(part.list, visit.roles)]


async def _related(
    visit: Visit, page: Object, ids: Mapping[str, str], answer: Mapping[str, Any]
) -> AsyncIterator[Section]:
    """Lists about the same, without the object itself; one that then has nothing is left out."""
    own = page.path.format(**ids)
    for part in _opened(visit, page):
        found = await section(visit, _about_it(part, answer))
        others = [row for row in found.table.rows if row.href != own]
        if others or found.unread:
            yield replace(found, table=replace(found.table, rows=others))


def _parts(visit: Visit, page: Object, ids: Mapping[str, str], answer: Mapping[str, Any]) -> Iterator[Link]:
    possible_now = {one["action"] for one in answer.get("actions") or () if one["allowed"]}
    for key, to in page.parts.items():
        if key not in page.parts_by_act or possible_now.intersection(page.parts_by_act[key]):
            yield Link(visit.text(f"object.{key}"), to.format(**{**answer, **ids}))


def _papers(visit: Visit, page: Object, ids: Mapping[str, str], answer: Answer) -> Iterator[Link]:
    for paper in page.papers:
        if paper.when(answer) and visit.site.prints(page, paper, visit.roles):
            yield Link(visit.text(paper.key), f"{page.path.format(**ids)}/{paper.step}")


def _about_it(part: Part, answer: Mapping[str, Any]) -> Part:
    """The part with the query about this object."""
    return replace(part, query={name: value.format(**answer) for name, value in part.query.items()})


def _person(visit: Visit, page: Object, answer: Mapping[str, Any]) -> Iterator[Cell]:
    """Who it is about, in a line. A number or an unknown has its label, and none of something is left out."""
    for field in page.person:
        value = answer.get(field.name)
        drawn = cell(visit.reader, page.shape, field, answer)
        if value in (None, 0, []):
            continue
        bare = drawn.kind == "number" or value == "unknown"
        yield replace(drawn, text=f"{words_of.field(visit.language, field.name)}: {drawn.text}") if bare else drawn


def title_of(visit: Visit, page: Object, answer: Mapping[str, Any]) -> str:
    """What names the object on its page and in links back to it; never a person's name."""
    if page.titled:
        return cell(visit.reader, page.shape, page.titled, answer).text
    return str(answer.get("case_ref") or visit.text(f"object.{key_of(page.path)}"))


def _back(visit: Visit, page: Object, ids: Mapping[str, str], answer: Mapping[str, Any]) -> Link:
    if page.part:
        return Link(title_of(visit, page, answer), page.back.format(**ids))
    return Link(visit.text(f"page.{key_of(page.back)}"), page.back)


def _code(warning: object) -> str:
    return str(warning["code"]) if isinstance(warning, Mapping) else str(warning)


def _steps(visit: Visit, page: Object, state: str) -> Sequence[Step]:
    if state not in page.way:
        return []
    now = page.way.index(state)
    place = {True: "before", False: "after"}
    return [
        Step(
            words_of.state(visit.language, page.words, one),
            "now" if number == now else place[number < now],  # type: ignore[arg-type]  # one of the three
        )
        for number, one in enumerate(page.way)
    ]


def _clock(visit: Visit, clock: Mapping[str, Any]) -> Clock:
    """Words first; it never takes an act away (NO-3)."""
    due = datetime.fromisoformat(clock["due_at"])
    language, state = visit.language, clock["state"]
    tone: Tone = (
        "late" if state == "breached" else "good" if state == "met" else "warns" if state == "met_late" else "plain"
    )
    words = formats.left(language, due, visit.now) if state in _OPEN else visit.text(f"ui.clock_{state}")
    name, rule = words_of.clock(language, clock["kind"]), rules.of_clock(visit.site.service.name, clock["kind"])
    return Clock(words, name, tone, formats.moment(language, due), due.isoformat(), rule)


def card_of(visit: Visit, page: Object | Report | Paper, facts: Facts, answer: Mapping[str, Any]) -> Card:
    """Fields that the viewer's basis does not show are left out of a card; it shows what there is."""
    over = isinstance(page, Object) and is_final(page.machine, state_of(answer))
    shape, of = _within(page.shape, answer, facts.within)
    shown = [field for field in facts.fields if key_in(shape, field.name) in of]
    rows = [(field, cell(visit.reader, shape, field, of, is_over=over)) for field in shown]
    if facts.quiet:
        rows = [(field, drawn) for field, drawn in rows if of[key_in(shape, field.name)]]
    if facts.known_only:
        rows = [(field, drawn) for field, drawn in rows if drawn.kind != "unknown"]
    return Card(visit.text(f"card.{facts.key}"), [(words_of.field(visit.language, f.name), drawn) for f, drawn in rows])


def tables_of(
    visit: Visit,
    page: Object | Report | Paper,
    answer: Mapping[str, Any],
    ids: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Table]:
    """The fields that are lists; each row leads where its table declares."""
    for name, facts in page.tables.items():
        shape, of = _within(page.shape, answer, facts.within)
        if name in of:
            found = _table(visit, facts, model_of(shape, name), of[name] or [])
            leads = [facts.leads(ids, answer, item) if facts.leads else None for item in of[name] or []]
            yield replace(found, rows=[replace(row, href=to) for row, to in zip(found.rows, leads, strict=True)])


def _within(shape: type[BaseModel], answer: Mapping[str, Any], name: str) -> tuple[type[BaseModel], Mapping[str, Any]]:
    """The answer, or the part of it in this field, with its model; of a list the last."""
    if not name:
        return shape, answer
    part = answer.get(name) or {}
    return model_of(shape, name), part[-1] if isinstance(part, list) else part


def _table(visit: Visit, facts: Facts, model: type[BaseModel], items: Sequence[Mapping[str, Any]]) -> Table:
    columns = [Column(words_of.field(visit.language, field.name)) for field in facts.fields]
    rows = [Row([cell(visit.reader, model, field, item) for field in facts.fields]) for item in items]
    return Table(visit.text(f"card.{facts.key}"), columns, rows, visit.text(f"empty.{facts.key}"))


def model_of(shape: type[BaseModel], name: str) -> type[BaseModel]:
    """The model of the items of a field that is a list of models."""
    return next(
        t for t in plain_types(shape.model_fields[name].annotation) if isinstance(t, type) and issubclass(t, BaseModel)
    )


async def _past(visit: Visit, page: Object, ids: Mapping[str, str]) -> tuple[list[PastDay], bool]:
    """The acts by day, newest first. A past that cannot be read is marked so, and the rest of the page stays."""
    if not page.has_past:
        return [], False
    try:
        found = await visit.api.get(f"{page.api.format(**ids)}/history")
    except DomainError:
        return [], True
    items = [(datetime.fromisoformat(item["effective_at"]), item) for item in found["items"]]
    days = groupby(items, key=lambda one: local_date(one[0]))
    return [
        PastDay(formats.day(visit.language, day), [_item(visit, page, *one) for one in of]) for day, of in days
    ], False


def _item(visit: Visit, page: Object, at: datetime, item: Mapping[str, Any]) -> PastItem:
    entered = datetime.fromisoformat(item["recorded_at"])
    late = (entered - at).total_seconds() > _APART_MINUTES * 60
    language = visit.language
    return PastItem(
        formats.time(at),
        at.isoformat(),
        words_of.did(language, page.words, item["action"]),
        words_of.by(language, item["role"], item["agency"]),
        entered=formats.moment(language, entered) if late else None,
    )
