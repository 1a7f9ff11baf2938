"""Charts as SVG made on the server: bars with colours and marks, the figures beside them (C14).

A figure that the table withholds has no bar, and the scale follows from the figures that are shown alone (FU-10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from markupsafe import Markup

_WIDTH = 320
_BAR = 180
"""The longest bar; behind it stand the figures."""
_LINE = 16
_THICK = 14
_GAP = 9
_LETTERS = 42
"""Of a line of a label."""
_RECTANGLE = Markup(
    '<rect class="app-chart__part" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" fill="url(#{}-{})"/>'
)
_TEXT = Markup('<text x="{:.1f}" y="{:.1f}">{}</text>')
_PATTERN = Markup(
    '<pattern id="{}-{}" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="app-chart__colour app-chart__colour--{}" width="6" height="6"/>{}</pattern>'
)
_MARKS = (
    Markup(""),
    Markup('<path d="M-1 5L5 -1M1 7L7 1"/>'),
    Markup('<circle cx="3" cy="3" r="1.2"/>'),
    Markup('<path d="M0 3H6"/>'),
)


@dataclass(frozen=True)
class Bar:
    """A row: a figure for each part, None where it is withheld, and all in words."""

    label: str
    values: Sequence[int | None]
    words: str


def svg(name: str, caption: str, parts: Sequence[str], bars: Sequence[Bar]) -> Markup:
    """The chart. `name` is its own on the page; `parts` are what the figures of a bar are of."""
    if len(parts) > len(_MARKS):
        raise ValueError(f"{name}: a chart has at most {len(_MARKS)} parts")
    scale = _BAR / max((_length(bar) for bar in bars), default=0) if any(map(_length, bars)) else 0
    drawn, y = [], 0
    for number, part in enumerate(parts if len(parts) > 1 else ()):
        drawn += [_rectangle(name, number, x=0, y=y, width=_THICK), _text(_THICK + 6, y + 12, part)]
        y += _LINE + 4
    for bar in bars:
        y += _GAP
        for line in wrap(bar.label, _LETTERS) or [""]:
            drawn.append(_text(0, y + 12, line))
            y += _LINE
        drawn += _bar(name, bar, y + 2, scale)
        y += _THICK + 2
    opening = Markup('<svg class="app-chart" viewBox="0 0 {} {}" role="img" aria-label="{}">')
    patterns = Markup("").join(_pattern(name, number) for number in range(len(parts)))
    whole = Markup("").join([opening.format(_WIDTH, y + 2, caption), patterns, *drawn])
    return whole + Markup("</svg>")


def _length(bar: Bar) -> int:
    return sum(value for value in bar.values if value is not None)


def _bar(name: str, bar: Bar, y: float, scale: float) -> list[Markup]:
    """Its parts one after the other, and the figures in words at its end."""
    drawn, x = [], 0.0
    for number, value in enumerate(bar.values):
        if value:
            drawn.append(_rectangle(name, number, x=x, y=y, width=value * scale))
            x += value * scale
    return [*drawn, _text(x + (5 if x else 0), y + 12, bar.words)]


def _rectangle(name: str, number: int, *, x: float, y: float, width: float) -> Markup:
    return _RECTANGLE.format(x, y, max(width, 0.5), _THICK, name, number)


def _text(x: float, y: float, words: str) -> Markup:
    return _TEXT.format(x, y, words)


def _pattern(name: str, number: int) -> Markup:
    """The colour of a part with its own mark, for who sees no colours and for paper."""
    return _PATTERN.format(name, number, number, _MARKS[number])
