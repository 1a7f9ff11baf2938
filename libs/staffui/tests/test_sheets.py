"""Files for spreadsheets: nothing in them is a formula, and every text comes back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from staffui.sheets import harmless, sheet_of_report
from staffui.view import Card, Cell, Column, ReportPage, Row, Table


@pytest.mark.parametrize("text", ["=1+1", "+994", "-5", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1"])
def test_what_a_spreadsheet_would_calculate_is_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "07EJ-E1JA", "−1,50 ₼", "a=b", "'=1"])
def test_other_texts_stay(text: str) -> None:
    assert harmless(text) == text


@given(st.text().filter(lambda text: "\x00" not in text))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not harmless(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize(("language", "parted"), [("az", ";"), ("ru", ";"), ("en", ",")])
def test_a_report_has_its_cards_and_tables_one_below_the_other(language: str, parted: str) -> None:
    table = Table("Months", [Column("Month"), Column("Sum")], [Row([Cell("May"), Cell("1 234,50 ₼", "money")])], "")
    page = ReportPage("Year", [], [Card("All", [("Paid", Cell("=1"))])], [table])
    text = sheet_of_report(language, page)  # type: ignore[arg-type]
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=parted))
    assert rows == [["Year"], [], ["All"], ["Paid", "'=1"], [], ["Months"], ["Month", "Sum"], ["May", "1 234,50 ₼"]]
