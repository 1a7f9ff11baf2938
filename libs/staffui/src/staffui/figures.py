"""Tables that are drawn as charts too: the same cells in words, the same figures as bars (C14)."""

from collections.abc import Mapping, Sequence
from typing import Any

from staffui import charts, words_of
from staffui.pages import Chart, Shown
from staffui.view import Figure, Table
from staffui.visit import Visit


def figure_of(
    visit: Visit, chart: Chart, fields: Sequence[Shown], *, items: Sequence[Mapping[str, Any]], table: Table
) -> Figure | None:
    """The chart of a table, from the rows of the answer that it was made of. None where it has no figure at all."""
    names = [field.name for field in fields]
    places = [names.index(part) for part in chart.parts]
    bars = [
        charts.Bar(
            row.cells[names.index(chart.label)].text,
            [item[part] for part in chart.parts],
            " · ".join(row.cells[place].text for place in places),
        )
        for row, item in zip(table.rows, items, strict=True)
    ]
    if not any(value for bar in bars for value in bar.values):
        return None
    caption = visit.text(f"chart.{chart.key}")
    parts = [words_of.field(visit.language, part) for part in chart.parts]
    return Figure(charts.svg(f"chart-{chart.key}", caption, parts, bars), caption, table)
