"""Charts: figures to SVG, without a script or a style of its own; what is withheld has no bar (C14, FU-10)."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
from staffui.charts import Bar, svg

HOSTILE = '"><script>alert(1)</script>'
MET = ("Met", "Met late", "Missed")


def widths(drawn: str) -> list[float]:
    """Of the bars, in their order; the squares of the legend are left out."""
    return [float(w) for w in re.findall(r'class="app-chart__part" x="[^"]*" y="[^"]*" width="([^"]*)"', drawn)]


def test_bars_are_as_long_as_their_figures() -> None:
    drawn = svg("nights", "Nights", ["Occupied"], [Bar("May", [40], "40"), Bar("June", [10], "10")])
    longest, shorter = widths(drawn)
    assert longest == pytest.approx(4 * shorter, abs=0.5)


def test_a_part_has_a_colour_and_a_mark_of_its_own() -> None:
    drawn = svg("met", "Terms", MET, [Bar("Referral", [3, 2, 1], "3 · 2 · 1")])
    assert re.findall(r'fill="url\(#met-(\d)\)"', drawn) == ["0", "1", "2"] * 2
    patterns = re.findall(r"<pattern .*?</pattern>", drawn)
    assert len({re.sub(r"--\d|-\d", "", pattern) for pattern in patterns}) == len(MET)


def test_a_withheld_figure_has_no_bar_and_moves_no_other() -> None:
    """The scale follows from what is shown, and no sum tells what is missing."""
    shown = [Bar("Food", [30], "30"), Bar("Medicine", [15], "15")]
    withheld = Bar("Court", [None], "Withheld")
    drawn = svg("uses", "Uses", ["Persons"], [*shown, withheld])
    assert widths(drawn) == widths(svg("uses", "Uses", ["Persons"], shown))
    assert "Withheld" in drawn
    assert svg("uses", "Uses", MET, [Bar("Court", [5, None, 2], "5 · – · 2")]).count("#uses-1)") == 1, "the legend"


def test_texts_stay_text_and_the_policy_holds() -> None:
    drawn = svg("nights", HOSTILE, [HOSTILE, "b"], [Bar(HOSTILE, [1, 0], HOSTILE)])
    assert "<script" not in drawn
    assert "style=" not in drawn
    assert ElementTree.fromstring(drawn).get("aria-label") == HOSTILE  # noqa: S314 - our own


@pytest.mark.parametrize("bars", [[], [Bar("May", [0], "0")], [Bar("May", [None], "–")]])
def test_without_a_figure_there_is_no_bar(bars: list[Bar]) -> None:
    assert widths(svg("nights", "Nights", ["Occupied"], bars)) == []


def test_long_labels_go_on_in_another_line() -> None:
    label = "Подтверждение передачи дела специальным органом и " * 3
    drawn = svg("terms", "Terms", ["Met"], [Bar(label, [1], "1")])
    assert max(len(line) for line in re.findall(r"<text[^>]*>([^<]*)", drawn)) <= 42
