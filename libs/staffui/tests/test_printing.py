"""Papers as PDF: tagged, in their language, in the letters of the pages; what people typed stays text (NO-1)."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader
from staffui import printing
from staffui.catalogue import LANGUAGES, Language
from staffui.view import Card, Cell, Column, PaperPage, Row, Table

LETTERS = "əƏıIİiğĞşŞçÇöÖüÜ ₼ № Ёё Щщ Ґґ – “ ” « » ’"
WIDEST = 130
"""Letters of a line that fits between the margins."""
ROWS = [Row([Cell(f"Sətir {n}"), Cell("1 234,50 ₼", "money")]) for n in range(90)]
PAPER = PaperPage(
    title="Qərarın əsasları",
    sentences=["Şəxs bu qərardan şikayət edə bilər."],
    points=["Bir", "İki"],
    cards=[Card("İş", [("Səbəblər", Cell("", "list", items=("birinci", "ikinci"))), ("Ad", Cell(LETTERS))])],
    tables=[
        Table("Məbləğlər", [Column("Sətir"), Column("Məbləğ")], ROWS, "Yoxdur"),
        Table("Boş", [Column("Sətir")], [], "Yoxdur"),
    ],
    dated=datetime(2026, 11, 28, 8, 1, 2, 345, tzinfo=UTC),
    author="Himayə",
    about="K7F3-XA9M",
    foot="Bakı",
)


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """All the text, in one line and without the places where a long word may break."""
    drawn = " ".join(page.extract_text() for page in read(content).pages)
    return " ".join(drawn.replace("\u200b", "").split())


def said(page: PaperPage) -> str:
    return text_of(printing.pdf(page, "az"))


def tags(content: bytes) -> set[str]:
    found: set[str] = set()

    def walk(node: Any) -> None:
        if "/S" in node:
            found.add(node["/S"])
        children = node.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            if hasattr(child, "get_object") and hasattr(child.get_object(), "get"):
                walk(child.get_object())

    root: Any = read(content).trailer["/Root"]
    walk(root["/StructTreeRoot"])
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_is_tagged_in_its_language_with_its_title(language: Language) -> None:
    content = printing.pdf(PAPER, language)
    root: Any = read(content).trailer["/Root"]
    assert root["/Lang"].startswith(language)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert read(content).metadata.title == PAPER.title  # type: ignore[union-attr]  # it has some
    assert tags(content) >= {"/H1", "/H2", "/P", "/L", "/LI", "/Table", "/THead", "/TH", "/TD"}
    drawn = text_of(content)
    for words in (PAPER.title, PAPER.sentences[0], LETTERS, "birinci", "Sətir 89", "1 234,50 ₼", "Yoxdur", "Bakı"):
        assert " ".join(words.split()) in drawn


def test_fonts_are_inside_and_those_of_the_pages() -> None:
    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2]
        for page in read(printing.pdf(PAPER, "az")).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]  # a dictionary
    }
    assert fonts == {"NotoSans-Regular", "NotoSans-Bold"}


def test_the_same_paper_is_the_same_bytes() -> None:
    assert printing.pdf(PAPER, "ru") == printing.pdf(PAPER, "ru")
    assert read(printing.pdf(PAPER, "ru")).metadata.creation_date == PAPER.dated.replace(microsecond=0)  # type: ignore[union-attr]  # it has


@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd")',
        '#import "@preview/tablex:0.0.8": *',
        "$x^2$ *a* _b_ `c` = d",
        "<label> @label // /* \\ \\u{41} #{1+1}",
        "{{ 7 * 7 }} %s ${x}",
    ],
)
def test_markup_that_somebody_typed_stays_text(typed: str) -> None:
    everywhere = replace(
        PAPER,
        title=typed,
        sentences=[typed],
        cards=[Card(typed, [(typed, Cell(typed))])],
        tables=[Table(typed, [Column(typed)], [Row([Cell(typed)])], typed)],
        about=typed,
        foot=typed,
    )
    assert said(everywhere).replace(" ", "").count(typed.replace(" ", "")) >= 9


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("a\0b", "ab"),
        ("abc\u202edef\u2066", "abcdef"),
        ("a\nb\tc", "a b c"),
        ("e\u0301", "é"),
        ("გიორგი", "giorgi"),
        ("Ελένη", "Eleni"),
        ("\ud83d", "?"),
        ("\ue000", "?"),
    ],
)
def test_what_the_font_lacks_is_written_in_latin_letters(typed: str, drawn: str) -> None:
    """A mark of direction turns nothing round; a name in other letters can be read."""
    assert f"[{drawn}]" in said(replace(PAPER, sentences=[f"[{typed}]"], tables=[]))


def test_every_letter_of_the_fonts_is_drawn() -> None:
    printing.pdf(replace(PAPER, sentences=["".join(sorted(printing._letters()))]), "az")


@pytest.mark.parametrize("typed", ["Ж" * 10_000, "söz " * 2_500], ids=["one word", "many words"])
def test_ten_thousand_letters_stay_on_the_paper(typed: str) -> None:
    content = printing.pdf(replace(PAPER, cards=[Card("İş", [("Mətn", Cell(typed))])], tables=[]), "az")
    drawn = text_of(content)
    assert drawn.replace(" ", "").count(typed[:1]) >= 2_500
    longest = max(len(line) for page in read(content).pages for line in page.extract_text().splitlines())
    assert longest < WIDEST


async def test_papers_are_drawn_one_at_a_time_beside_the_event_loop() -> None:
    content = await printing.printed(PAPER, "en")
    assert content == printing.pdf(PAPER, "en")
    assert printing._press._max_workers == 1
