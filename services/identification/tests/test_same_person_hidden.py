"""A search for the same person shows nobody a case that is hidden from them (ID-7, ID-18)."""

from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from identification.adapters.vault import Vault
from identification.domain.known import is_sealed
from sqlalchemy import event

from .givens import (
    HOTLINE,
    NGO,
    OFFICER,
    OTHER_NGO,
    a_received_report,
    a_referred_case,
    a_search,
    an_open_case,
    opened,
    problem,
    searches_leave_tasks,
    seen,
    somebody,
)


async def test_however_often_it_is_searched_the_holder_gets_one_task(identification: ServiceUnderTest) -> None:
    """ID-18: a page that searches by itself does not flood another agency."""
    known = somebody()
    case = await an_open_case(identification, OTHER_NGO, htcds=known)
    for report in [await a_received_report(identification, NGO, htcds=known) for _ in range(2)]:
        for _ in range(3):
            await a_search(identification, report)
    await searches_leave_tasks(identification)
    tasks = (await identification.person(OTHER_NGO).get_ok("/api/same-person-tasks"))["items"]
    assert len([task for task in tasks if task["case_id"] == case["id"]]) == 2


async def test_a_case_of_another_agency_is_shown_to_nobody(identification: ServiceUnderTest) -> None:
    """ID-18: the asker sees what a stranger sees; the holder gets a task that says neither who asked nor about whom."""
    known = somebody()
    case = await an_open_case(identification, OTHER_NGO, htcds=known)
    report = await a_received_report(identification, NGO, htcds=known)
    stranger = await a_received_report(identification, NGO)
    found, nothing = await a_search(identification, report), await a_search(identification, stranger)
    assert found["candidates"] == nothing["candidates"] == []
    await searches_leave_tasks(identification)
    tasks = (await identification.person(OTHER_NGO).get_ok("/api/same-person-tasks"))["items"]
    mine = [task for task in tasks if task["case_id"] == case["id"]]
    assert [(task["case_id"], task["verdict"]) for task in mine] == [(case["id"], None)]
    assert report["case_id"] not in str(mine)
    assert "ngo-amc" not in str(mine)
    opened_case = await opened(identification, report, NGO)
    assert opened_case["id"] != case["id"]


async def test_police_get_no_task_for_a_case_that_is_hidden_from_them(identification: ServiceUnderTest) -> None:
    """ID-7, ID-18: neither as the holder, nor as one who may know of the case that was found."""
    known_by_police = somebody()
    case = await an_open_case(identification, HOTLINE, htcds=known_by_police)
    await a_search(identification, await a_received_report(identification, NGO, htcds=known_by_police))
    await searches_leave_tasks(identification)
    tasks = (await identification.person(HOTLINE).get_ok("/api/same-person-tasks"))["items"]
    assert case["id"] not in [task["case_id"] for task in tasks]

    known = somebody()
    referred = await a_referred_case(identification, OTHER_NGO, htcds=known)
    await a_search(identification, await a_received_report(identification, NGO, htcds=known))
    await searches_leave_tasks(identification)
    for police in (OFFICER, HOTLINE):
        tasks = (await identification.person(police).get_ok("/api/same-person-tasks"))["items"]
        assert referred["id"] not in [task["case_id"] for task in tasks]
    await searches_leave_tasks(identification)
    tasks = (await identification.person(OTHER_NGO).get_ok("/api/same-person-tasks"))["items"]
    assert referred["id"] in [task["case_id"] for task in tasks]


async def test_police_searching_learn_nothing_of_a_hidden_case(identification: ServiceUnderTest) -> None:
    """ID-7: the same person reported to the hotline: no candidate, no other code, and the case opens as any other."""
    known = somebody()
    await an_open_case(identification, NGO, htcds=known)
    report = await a_received_report(identification, HOTLINE, htcds=known)
    assert (await a_search(identification, report, HOTLINE))["candidates"] == []
    case = await opened(identification, report, HOTLINE)
    history = (await identification.person(HOTLINE).get_ok(f"/api/cases/{case['id']}/history"))["items"]
    assert {"verdicts": 0} in [item["facts"] for item in history]


async def test_the_history_of_a_handed_over_case_names_no_other_case(identification: ServiceUnderTest) -> None:
    """ID-7: police read the history of a case whose verdicts were about a case hidden from them."""
    known = somebody()
    hidden = await an_open_case(identification, NGO, htcds=known)
    case = await a_referred_case(identification, NGO, htcds=known)
    history = await identification.person(OFFICER).get(f"/api/cases/{case['id']}/history")
    assert hidden["id"] not in history.text
    assert hidden["id"] not in str(await seen(identification, case, OFFICER))


async def test_a_search_is_for_reports_that_one_may_see(identification: ServiceUnderTest) -> None:
    report = await a_received_report(identification)
    other = await identification.person(OTHER_NGO).post(f"/api/reports/{report['id']}/same-person-search", {})
    assert problem(other) == (404, "not_found")


async def test_a_search_takes_the_same_work_whether_or_not_a_hidden_case_matches(
    identification: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ID-7: the same statements, and the same fields opened; so the time of an answer tells nothing."""
    known = somebody()
    await an_open_case(identification, NGO, htcds=known)
    matched = await a_received_report(identification, HOTLINE, htcds=known)
    unmatched = await a_received_report(identification, HOTLINE, htcds=somebody())
    with_match = await _work_of(identification, monkeypatch, matched)
    without = await _work_of(identification, monkeypatch, unmatched)
    assert with_match == without
    assert with_match[1] == len([field for field in known if is_sealed(field)])  # of the person in the report alone


async def _work_of(
    service: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch, report: dict[str, Any]
) -> tuple[list[str], int]:
    """The statements that a search issues, and how many sealed fields it opens."""
    statements: list[str] = []
    opened: list[str] = []
    true_open = Vault.open

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        statements.append(statement)

    def counted(vault: Vault, case_id: UUID, key: bytes, field: str, sealed: bytes) -> str:
        opened.append(field)
        return true_open(vault, case_id, key, field, sealed)

    monkeypatch.setattr(Vault, "open", counted)
    event.listen(service.database.engine.sync_engine, "before_cursor_execute", note)
    try:
        await a_search(service, report, HOTLINE)
    finally:
        event.remove(service.database.engine.sync_engine, "before_cursor_execute", note)
        monkeypatch.setattr(Vault, "open", true_open)
    return statements, len(opened)
