"""A list or a report as a file for spreadsheets: what its page shows, by the same requests."""

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.errors import DomainError

from staffui import formats, listing, narrowing
from staffui.ask import Answer
from staffui.catalogue import Language
from staffui.commands_of import takes
from staffui.pages import List
from staffui.view import Cell, ReportPage, Table
from staffui.visit import MOST_ROWS, Visit

_A_PAGE = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARK = "\ufeff"
"""By this a spreadsheet knows UTF-8."""
Line = Sequence[str]


async def sheet_of(visit: Visit, page: List) -> AsyncIterator[str]:
    """The file of a list. Its first rows are read before it begins, so a refusal is a page as everywhere."""
    query = {**narrowing.sent(page, narrowing.query_of(visit, page)), **listing.in_language(visit, page)}
    if "limit" in takes(visit.site.service, page.api):
        query["limit"] = str(_A_PAGE)
    first = await visit.api.get(page.api, query)
    return _parts(visit, page, query, first)


async def _parts(visit: Visit, page: List, query: Mapping[str, str], found: Answer) -> AsyncIterator[str]:
    """The text of the file, a page of the list at a time."""
    drawn = _table(visit, page, found["items"])
    yield _MARK + _text(visit.language, [[column.label for column in drawn.columns], *_lines(visit.language, drawn)])
    rows = len(drawn.rows)
    while found.get("next") and rows < MOST_ROWS:
        try:
            found = await visit.api.get(page.api, {**query, "after": found["next"]})
        except DomainError:
            yield _text(visit.language, [[visit.text("ui.sheet_breaks_off")]])
            return
        drawn = _table(visit, page, found["items"][: MOST_ROWS - rows])
        rows += len(drawn.rows)
        yield _text(visit.language, _lines(visit.language, drawn))
    if found.get("next"):
        yield _text(visit.language, [[visit.text("ui.sheet_is_full", n=MOST_ROWS)]])


def _table(visit: Visit, page: List, items: Sequence[Mapping[str, Any]]) -> Table:
    return listing.table(visit, page, items, empty="ui.no_match")


def sheet_of_report(language: Language, page: ReportPage) -> str:
    """The file of a report: its cards and tables one below the other, each under its title."""
    lines: list[Line] = [[page.title], *([[page.refused]] if page.refused else [])]
    for card in page.cards:
        lines += [[], [card.title], *([label, _words(language, value)] for label, value in card.rows)]
    for table in page.tables:
        lines += [[], [table.caption], [column.label for column in table.columns], *_lines(language, table)]
    return _MARK + _text(language, lines)


def _lines(language: Language, table: Table) -> list[Line]:
    return [[_words(language, cell) for cell in row.cells] for row in table.rows]


def _words(language: Language, cell: Cell) -> str:
    """The words of the page; of a term, which a file cannot count on, its moment as well."""
    if cell.kind != "clock" or not cell.machine:
        return cell.text
    return f"{cell.text} ({formats.moment(language, datetime.fromisoformat(cell.machine))})"


def _text(language: Language, lines: Sequence[Line]) -> str:
    """Lines as spreadsheets open them: where a comma stands in numbers, a semicolon parts the fields."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter="," if language == "en" else ";", lineterminator="\r\n")
    writer.writerows([[harmless(text) for text in line] for line in lines])
    return written.getvalue()


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
