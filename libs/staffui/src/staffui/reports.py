"""What the API answers about one year, with the ways to the years before (FU-10, CO-1)."""

from dataclasses import replace
from datetime import date

from casework.calendar import end_of_day, local_date
from chassis.errors import DomainError, NotFound

from staffui import words_of
from staffui.ask import Answer
from staffui.figures import figure_of
from staffui.objects import card_of, tables_of
from staffui.pages import Facts, Report
from staffui.papers import by_language, foot
from staffui.site import key_of
from staffui.view import Figure, Link, PaperPage, ReportPage, Table
from staffui.visit import Visit

_YEARS = 5
"""Years that can be chosen, the last one that is over first."""


async def report_page(visit: Visit, page: Report) -> ReportPage:
    """The year of the address, or the last one that is over; a refusal stands in its place."""
    last = local_date(visit.now).year - (0 if page.of_this_year else 1)
    chosen = visit.query.get("year", "")
    year = chosen if chosen.isascii() and chosen.isdigit() and len(chosen) == 4 else str(last)
    years = [Link(str(one), visit.here(year=str(one)), str(one) == year) for one in range(last, last - _YEARS, -1)]
    query = {name: value.format(year=year) for name, value in page.query.items()}
    title = visit.text(f"page.{key_of(page.path)}")
    try:
        found = await visit.api.get(page.api.replace("{year}", year), query)
    except DomainError as error:
        if error.status in (401, 403, 404) or error.status >= 500:
            raise
        return ReportPage(title, years, refused=words_of.refusal(visit.language, error.code))
    cards = [card_of(visit, page, facts, found) for facts in page.cards]
    tables: list[Table] = []
    figures: list[Figure] = []
    for name, facts in page.tables.items():
        for table in tables_of(visit, replace(page, tables={name: facts}), found):
            figure = _figure(visit, facts, found, name=name, table=table)
            if figure:
                figures.append(figure)
            else:
                tables.append(table)
    pdf = by_language(visit.here(year=year))
    sheet = visit.as_sheet("ui.report_as_sheet", year=year)
    return ReportPage(title, years, cards, tables, figures=figures, year=year, pdf=pdf, sheet=sheet)


def _figure(visit: Visit, facts: Facts, found: Answer, *, name: str, table: Table) -> Figure | None:
    """The chart of a table of the answer itself, where one is declared."""
    if facts.chart is None:
        return None
    return figure_of(visit, facts.chart, facts.fields, items=found[name] or [], table=table)


async def report_paper(visit: Visit, page: Report) -> PaperPage:
    """The same on paper. NotFound where nothing can be shown of the year."""
    shown = await report_page(visit, page)
    if shown.refused:
        raise NotFound()
    return PaperPage(
        title=shown.title,
        sentences=[],
        cards=shown.cards,
        tables=[*(one.table for one in shown.figures), *shown.tables],
        dated=end_of_day(date(int(shown.year), 12, 31)),
        author=visit.text("ui.name"),
        about=shown.year,
        foot=foot(visit),
    )
