"""From a paper to PDF/UA-1: tagged, in its language, the same bytes for the same paper.

What people typed is data of the template, never part of it. One paper is drawn at a time, beside the event loop.
"""

import asyncio
import json
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from typing import Any

from anyascii import anyascii

from staffui.catalogue import Language
from staffui.drawing import manifest
from staffui.view import Cell, PaperPage

_ENDLESS = 28
"""Letters of a word, after each of which it may break."""
_BREAK = "\u200b"
_UNKNOWN = "?"
_press = ThreadPoolExecutor(max_workers=1, thread_name_prefix="papers")


async def printed(page: PaperPage, language: Language) -> bytes:
    """The paper as PDF."""
    return await asyncio.get_running_loop().run_in_executor(_press, pdf, page, language)


def pdf(page: PaperPage, language: Language) -> bytes:
    """The same, at once."""
    return drawn(page, language, format="pdf", pdf_standards=["ua-1"], timestamp=int(page.dated.timestamp()))


def drawn(page: PaperPage, language: Language, **how: Any) -> bytes:
    """The paper by typst, in the format that is named."""
    import typst  # 30 MB, in processes that print

    found: bytes = typst.compile(
        str(files("staffui").joinpath("templates", "paper.typ")),
        sys_inputs={"paper": json.dumps(_data(page, language))},
        font_paths=_fonts(),
        **how,
    )
    return found


@cache
def _fonts() -> Any:
    """The fonts of the papers and no others, whatever the machine has."""
    import typst

    static = str(files("staffui").joinpath("static"))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[static])


def _data(page: PaperPage, language: Language) -> dict[str, Any]:
    return {
        "language": language,
        **{name: legible(getattr(page, name)) for name in ("title", "author", "about", "foot")},
        **{name: [legible(one) for one in getattr(page, name)] for name in ("sentences", "points", "signed")},
        "cards": [
            {"title": legible(card.title), "rows": [[legible(label), _cell(cell)] for label, cell in card.rows]}
            for card in page.cards
        ],
        "tables": [
            {
                "caption": legible(table.caption),
                "empty": legible(table.empty),
                "columns": [legible(column.label) for column in table.columns],
                "rows": [[_cell(cell) for cell in row.cells] for row in table.rows],
            }
            for table in page.tables
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "lines": [legible(one) for one in cell.items or [cell.text]],
        "language": cell.language,
        "numeric": cell.kind in ("number", "money"),
    }


def legible(text: str) -> str:
    """The text in letters that the font has. Others become Latin ones, what only directs or hides is left out."""
    letters = (_letter(one) for one in unicodedata.normalize("NFC", text))
    return " ".join(_breakable(word) for word in "".join(letters).split(" "))


def _letter(one: str) -> str:
    if one in _letters():
        return one
    if one.isspace():
        return " "
    return "" if unicodedata.category(one) in ("Cc", "Cf", "Mn") else anyascii(one) or _UNKNOWN


def _breakable(word: str) -> str:
    return _BREAK.join(word[at : at + _ENDLESS] for at in range(0, len(word), _ENDLESS))


@cache
def _letters() -> frozenset[str]:
    """The letters of the fonts, as they were built."""
    name = manifest()["paper-letters.txt"]
    return frozenset(files("staffui").joinpath("static", name).read_text(encoding="utf-8"))
