"""Lists and the start page: a page of the API's list, its filters in the address, its columns by declaration."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from casework.calendar import local_date
from chassis.errors import DomainError

from staffui import formats, narrowing, words_of
from staffui.catalogue import has
from staffui.cells import cell, is_final
from staffui.commands_of import takes
from staffui.figures import figure_of
from staffui.many import choosing
from staffui.pages import Figures, List, Part, Start
from staffui.site import key_of
from staffui.view import Card, Cell, Column, Link, ListPage, Row, Section, StartPage, Table
from staffui.visit import Visit

_ON_START = 10
"""Rows of a part of the start page."""
_WEEK_DAYS = 7


async def list_page(visit: Visit, page: List) -> ListPage:
    """A page of the list. What the address does not know is refused by the API as everywhere."""
    query = narrowing.query_of(visit, page)
    found = await visit.api.get(page.api, {**narrowing.sent(page, query), **in_language(visit, page)})
    chosen = {name: value for name, value in query.items() if name in page.filters or name in page.boxes}
    key, starts = key_of(page.path), starts_of(visit, page)
    none = "ui.none_so_far" if found.get("next") else "ui.no_match" if chosen else f"empty.{key}"
    drawn = _ordered(visit, page, table(visit, page, found["items"], empty=none))
    return ListPage(
        title=visit.text(f"page.{key}"),
        table=drawn,
        groups=_groups(visit, page, found["items"]),
        filters=narrowing.filters(visit, page, chosen),
        chips=narrowing.chips(visit, page, chosen),
        start=next(iter(starts), None),
        also=starts[1:],
        about=await _about(visit, page),
        choosing=choosing(visit, page) if any(row.choice for row in drawn.rows) else None,
        figure=figure_of(visit, page.chart, page.columns, items=found["items"], table=drawn) if page.chart else None,
        first=visit.here(after=None) if "after" in query else None,
        older=visit.here(after=found["next"]) if found.get("next") else None,
        order=query.get("order", ""),
        sheet=visit.as_sheet("ui.list_as_sheet") if found["items"] else None,
    )


def _ordered(visit: Visit, page: List, drawn: Table) -> Table:
    """The table with the column in whose order it stands, and the way to turn it where the API can."""
    oldest_first = visit.query.get("order") == "oldest"
    turned = visit.here(order=None if oldest_first else "oldest", after=None)
    turn = Link(words_of.code(visit.language, "order", "newest" if oldest_first else "oldest"), turned)
    rising, name = oldest_first or bool(page.by_due), page.by_due or page.ordered
    columns = [
        replace(column, sort="ascending" if rising else "descending", turn=turn if page.ordered else None)
        if of.name == name
        else column
        for of, column in zip(page.columns, drawn.columns, strict=True)
    ]
    return replace(drawn, columns=columns)


def starts_of(visit: Visit, page: List) -> Sequence[Link]:
    """The ways to a new object, for a role that may begin one."""
    return [Link(begins(visit, one), one.path) for one in page.beginnings if visit.site.may(one, visit.roles)]


def begins(visit: Visit, start: Start) -> str:
    """The words of its button: its own words, or those of its command."""
    if has(start.key):
        return visit.text(start.key)
    key = start.key.removeprefix("act.").removesuffix(".start")
    return words_of.begins(visit.language, key, visit.site.starts[start.path].action)


def in_language(visit: Visit, page: List) -> Mapping[str, str]:
    """The parameter of a list whose texts come from the API."""
    return {"language": visit.language} if page.in_language else {}


async def _about(visit: Visit, page: List) -> Sequence[tuple[str, Cell]]:
    about = page.about
    if about is None:
        return []
    found = await visit.api.get(about.api)
    return [(words_of.field(visit.language, f.name), cell(visit.reader, about.shape, f, found)) for f in about.fields]


def _groups(visit: Visit, page: List, items: Sequence[Mapping[str, Any]]) -> Sequence[Table]:
    """The rows by how near their end is, in the order in which the API answers them. What ends first stands first."""
    if not page.by_due:
        return []
    by_group = groupby(items, key=lambda item: _group(visit, datetime.fromisoformat(item[page.by_due])))
    drawn = [
        (group, _ordered(visit, page, table(visit, page, list(of), empty="ui.no_match"))) for group, of in by_group
    ]
    return [Table(visit.text(group), of.columns, of.rows, of.empty) for group, of in drawn]


def _group(visit: Visit, due: datetime) -> str:
    days = (local_date(due) - local_date(visit.now)).days
    if due <= visit.now:
        return "ui.due_over"
    return "ui.due_today" if days == 0 else "ui.due_this_week" if days < _WEEK_DAYS else "ui.due_later"


def table(visit: Visit, page: List, items: Sequence[Mapping[str, Any]], *, empty: str) -> Table:
    rows = [_row(visit, page, item) for item in items]
    kinds = [{row.cells[number].kind for row in rows} for number in range(len(page.columns))]
    columns = [
        Column(words_of.field(visit.language, field.name), numeric=of == {"number"})
        for field, of in zip(page.columns, kinds, strict=True)
    ]
    return Table(visit.text(f"caption.{key_of(page.path)}"), columns, rows, visit.text(empty))


def _row(visit: Visit, page: List, item: Mapping[str, Any]) -> Row:
    over = is_final(page.machine, item.get("state") or item.get("status"))
    cells = [cell(visit.reader, page.line, field, item, is_over=over) for field in page.columns]
    to = page.leads(visit, dict(item)) if page.leads else page.opens.format(**item) if page.opens else None
    return Row(cells, to, choice=_choice(page, item))


def _choice(page: List, item: Mapping[str, Any]) -> str | None:
    """What a box before the row stands for; None where nothing is left to do."""
    if page.many is None or (page.many.done and item[page.many.done]):
        return None
    return str(item[page.many.by])


def drafts_page(visit: Visit, drafts: Sequence[tuple[str, datetime]]) -> ListPage:
    """What the person typed and has not sent, each with the way back to its form."""
    columns = [Column(visit.text("field.form")), Column(visit.text("field.saved_at"))]
    rows = [Row([Cell(form), _by_time(visit, at)], form) for form, at in drafts]
    table = Table(visit.text("caption.drafts"), columns, rows, visit.text("empty.drafts"))
    return ListPage(visit.text("page.drafts"), table)


def _by_time(visit: Visit, at: datetime) -> Cell:
    return Cell(formats.moment(visit.language, at), "moment", machine=at.isoformat())


async def start_page(visit: Visit, parts: Sequence[Part]) -> StartPage:
    """What is due and what waits, each part the beginning of a list that the role opens."""
    site = visit.site
    opened = [part for part in parts if site.is_for(part, visit.roles)]
    mine = [part for part in opened if not part.roles or visit.roles & set(part.roles)]
    lists = {part.list.path: part.list for part in opened}
    starts = [link for page in lists.values() for link in starts_of(visit, page)]
    cards = [card for figures in site.pages.figures if (card := await _figures(visit, figures))]
    sections = [await section(visit, part) for part in mine]
    full = [one for one in sections if one.table.rows or one.unread]
    quiet = [one.table.empty for one in sections if one not in full]
    beside = [Link(visit.text(f"page.{key}"), to) for key, to in site.aside(visit.roles)]
    title = visit.text("page.start")
    return StartPage(title, full, next(iter(starts), None), quiet=quiet, links=beside, also=starts[1:], cards=cards)


async def _figures(visit: Visit, figures: Figures) -> Card | None:
    """The card; None for a role that may not read it, or where it could not be read."""
    if not visit.site.opens(figures, visit.roles):
        return None
    try:
        found = await visit.api.get(figures.api)
    except DomainError:
        return None
    rows = [
        (words_of.field(visit.language, one.name), cell(visit.reader, figures.shape, one, found))
        for one in figures.fields
    ]
    return Card(visit.text(f"card.{figures.key}"), rows)


async def section(visit: Visit, part: Part) -> Section:
    """The beginning of a list under a title of its own, with the way to the whole of it."""
    address = part.list.path + "?" + "&".join(f"{name}={value}" for name, value in part.query.items())
    link = Link(visit.text("ui.whole_list"), address if part.query else part.list.path)
    try:
        some = {"limit": _ON_START} if "limit" in takes(visit.site.service, part.list.api) else {}
        query = {**part.query, **in_language(visit, part.list), **some}
        found = await visit.api.get(part.list.api, query)
    except DomainError:
        return Section(_titled(visit, part, table(visit, part.list, [], empty="ui.not_read")), link, unread=True)
    drawn = table(visit, part.list, found["items"][:_ON_START], empty=f"empty.{part.key}")
    return Section(_titled(visit, part, drawn), link if found["items"] else None)


def _titled(visit: Visit, part: Part, drawn: Table) -> Table:
    return Table(visit.text(f"part.{part.key}"), drawn.columns, drawn.rows, drawn.empty)
