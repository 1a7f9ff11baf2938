"""Lists and reports of the Fund as files for spreadsheets: what the page shows, to whom it shows it."""

import csv
import io

import httpx
import pytest
from staffui import sheets
from staffui.catalogue import text
from staffui.testing import browser

from .givens import Desk
from .test_pages import LISTS, funded


def rows_of(sheet: httpx.Response) -> list[list[str]]:
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/csv; charset=utf-8"), sheet.text
    assert sheet.headers["content-disposition"] == 'attachment; filename="list.csv"'
    assert sheet.headers["cache-control"] == "no-store"
    content = sheet.content.decode()
    assert content.startswith("\ufeff")
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline=""), delimiter=";"))


async def test_a_list_as_a_file_has_the_columns_and_filters_of_its_page(
    fund: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several pages of the API are one file; codes are words; a longer list says so in its last line."""
    case = await funded(fund)
    claims = [await fund.needs_grant(case, amount_qepik=100 + number) for number in range(3)]
    await fund.submitted(claims[0])
    monkeypatch.setattr(sheets, "_A_PAGE", 1)
    async with browser(fund.bench) as at:
        page = await at.sign_in("fund.fund-requester", to="/claims?state=draft&kind=needs_grant")
        assert 'href="/claims.csv?state=draft&amp;kind=needs_grant"' in page.text
        head, *rows = rows_of(await at.get("/claims.csv", state="draft", kind="needs_grant"))
        monkeypatch.setattr(sheets, "MOST_ROWS", 1)
        *_, last = rows_of(await at.get("/claims.csv"))
        wrong = await at.get("/claims.csv", state="no-such")
    assert head[:3] == [text("az", f"field.{name}") for name in ("case_ref", "state", "kind")]
    assert [row[4] for row in rows] == ["1,02 ₼", "1,01 ₼"]
    assert {row[0] for row in rows} == {claims[0]["case_ref"]}
    assert {row[1] for row in rows} == {text("az", "state.claim.draft")}
    assert last == [text("az", "ui.sheet_is_full", n=1)]
    assert wrong.status_code == 422


async def test_a_file_is_for_whom_the_page_is(fund: Desk) -> None:
    """The same refusal as of the page; without a session there is none."""
    async with browser(fund.bench) as at:
        answer = await at.http.get("/claims.csv", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?back=/claims.csv")
        await at.sign_in("coordinator.coordinator")
        refused = [(await at.get(path)).status_code for path in ("/claims", "/claims.csv")]
        report = rows_of(await at.get("/statistics.csv"))
    assert refused[0] == refused[1] >= 400
    assert report[0] == [text("az", "page.statistics")]
    async with browser(fund.bench) as at:
        await at.sign_in("fund.fund-accountant")
        for path in LISTS[1:]:
            assert (await at.get(f"{path}.csv")).status_code == 200, path
