"""The search for the same person before a case opens (ID-18)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from identification.adapters.vault import Vault
from identification.use_cases import same_person_search
from identification.use_cases.identity import is_sealed
from sqlalchemy import event

from .givens import (
    DECIDED,
    HOTLINE,
    NGO,
    OFFICER,
    OTHER_NGO,
    a_received_report,
    a_referred_case,
    a_search,
    act,
    an_open_case,
    opened,
    problem,
    searches_leave_tasks,
    seen,
    somebody,
)
from .test_domain_names import GROUPS, OTHERS


def named(name: str) -> dict[str, Any]:
    """A person of whom only one name and the birth year are known."""
    return {"prs_SecondName": name, "prs_Birthdate": "1991-02-03"}


@pytest.mark.parametrize("group", GROUPS[:6], ids=lambda group: str(group.split()[0]))
async def test_differently_spelled_names_are_found(identification: ServiceUnderTest, group: str) -> None:
    """ID-18: spelling groups over the API; masked, with reasons, best first."""
    first, *others = group.split()
    case = await an_open_case(identification, htcds=named(first))
    for spelled in others:
        report = await a_received_report(identification, htcds=named(spelled))
        found = (await a_search(identification, report))["candidates"]
        hit = next(c for c in found if c["case_id"] == case["id"])
        assert hit["masked_name"].endswith("…")
        assert len(hit["masked_name"]) == 2
        assert "birth_year_same" in hit["reasons"]
        assert [c["score"] for c in found] == sorted((c["score"] for c in found), reverse=True)


@pytest.mark.parametrize("pair", OTHERS[:4])
async def test_names_that_only_look_alike_are_not_found(identification: ServiceUnderTest, pair: str) -> None:
    """ID-18: counter-examples."""
    one, other = pair.split("–")
    case = await an_open_case(identification, htcds=named(one))
    report = await a_received_report(identification, htcds=named(other))
    assert case["id"] not in [c["case_id"] for c in (await a_search(identification, report))["candidates"]]


async def test_a_document_or_a_phone_finds_the_person_under_another_name(identification: ServiceUnderTest) -> None:
    """ID-18: written with marks and small letters; the names have nothing in common."""
    known = somebody()
    case = await an_open_case(identification, htcds=known)
    number = known["prs_IdentityNumber"].lower().replace("tst", "tst-")
    for reported, why in (
        (somebody(prs_IdentityNumber=number, prs_Birthdate="1970-01-01", prs_Citizenship=["TR"]), "document_same"),
        ({"prs_MobilePhone": known["prs_MobilePhone"]}, "phone_same"),
    ):
        report = await a_received_report(identification, htcds=reported)
        found = (await a_search(identification, report))["candidates"]
        assert (case["id"], True) in [(c["case_id"], why in c["reasons"]) for c in found]


async def test_a_document_is_not_lost_among_people_of_the_same_name(
    alone: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ID-18: more cases share a common name than are opened for one search."""
    monkeypatch.setattr(same_person_search, "_MOST_CANDIDATES", 1)
    known = somebody()
    case = await an_open_case(alone, htcds=known)
    namesakes = {name: somebody()[name] for name in ("prs_FirstName", "prs_SecondName")}
    for _ in range(4):
        await a_received_report(alone, htcds=somebody(**namesakes, prs_Birthdate="1950-01-01"))
    report = await a_received_report(
        alone, htcds=namesakes | {"prs_IdentityNumber": known["prs_IdentityNumber"], "prs_Birthdate": "1989-07-07"}
    )
    assert [c["case_id"] for c in (await a_search(alone, report))["candidates"]] == [case["id"]]


async def test_a_case_opens_only_after_the_search_was_looked_at(identification: ServiceUnderTest) -> None:
    """ID-18: without a search, with an outdated one or without a verdict on each candidate it does not."""
    known = somebody()
    first = await an_open_case(identification, htcds=known)
    report = await a_received_report(identification, htcds=known)
    person, address = identification.person(NGO), f"/api/reports/{report['id']}/case"
    unknown = await person.post(address, {"search_id": report["id"]})
    assert problem(unknown) == (404, "not_found")
    assert problem(await person.post(address, {})) == (422, "invalid_request")
    old, new = await a_search(identification, report), await a_search(identification, report)
    verdicts = {first["id"]: "cannot_say"}
    outdated = await person.post(address, {"search_id": old["search_id"], "verdicts": verdicts})
    assert problem(outdated) == (409, "search_outdated")
    silent = await person.post(address, {"search_id": new["search_id"]})
    assert problem(silent) == (409, "verdict_missing")
    assert silent.json()["facts"] == {"cases": [first["id"]]}
    case = await person.post_ok(address, {"search_id": new["search_id"], "verdicts": verdicts})
    assert case["status"] == "consent_pending"
    again = await person.post(address, {"search_id": new["search_id"], "verdicts": verdicts})
    assert problem(again) == (409, "not_possible_in_state")


async def test_a_report_joins_a_known_case(identification: ServiceUnderTest) -> None:
    """ID-18: the report is attached, no case opens, and the person is found under both spellings."""
    known = somebody(prs_SecondName="Xıdırov")
    case = await an_open_case(identification, htcds=known)
    report = await a_received_report(identification, htcds=known | {"prs_SecondName": "Hıdırov"})
    search = await a_search(identification, report)
    person, address = identification.person(NGO), f"/api/reports/{report['id']}/attachment"
    foreign = await person.post(address, {"search_id": search["search_id"], "case_id": report["case_id"]})
    assert problem(foreign) == (409, "not_a_candidate")
    joined = await person.post_ok(address, {"search_id": search["search_id"], "case_id": case["id"]})
    assert (joined["id"], joined["version"]) == (case["id"], case["version"] + 1)
    reports = (await person.get_ok("/api/reports", case_id=case["id"]))["items"]
    assert {r["id"] for r in reports} >= {report["id"]}
    third = await a_received_report(identification, htcds=known)
    assert [c["case_id"] for c in (await a_search(identification, third))["candidates"]] == [case["id"]]


async def test_reports_that_cross_leave_somebody_a_case(identification: ServiceUnderTest) -> None:
    """ID-18: two desks, two reports of one person, each joining the other's at the same time: one of them is done."""
    known = somebody()
    one, two = [await a_received_report(identification, htcds=known) for _ in range(2)]
    person = identification.person(NGO)
    first, second = await a_search(identification, one), await a_search(identification, two)
    answers = await asyncio.gather(
        person.post(
            f"/api/reports/{one['id']}/attachment", {"search_id": first["search_id"], "case_id": two["case_id"]}
        ),
        person.post(
            f"/api/reports/{two['id']}/attachment", {"search_id": second["search_id"], "case_id": one["case_id"]}
        ),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"not_possible_in_state"}
    statuses = [(await seen(identification, {"id": r["case_id"]}))["status"] for r in (one, two)]
    assert sorted(statuses) == ["closed", "reported"]


async def test_what_joined_a_report_goes_along_when_it_joins_a_case(identification: ServiceUnderTest) -> None:
    """ID-18: one after the other; all reports of the person are found at the case that is left."""
    known = somebody()
    one, two, three = [await a_received_report(identification, htcds=known) for _ in range(3)]
    person = identification.person(NGO)
    for report, case_id in ((one, two["case_id"]), (two, three["case_id"])):
        search = await a_search(identification, report)
        await person.post_ok(
            f"/api/reports/{report['id']}/attachment", {"search_id": search["search_id"], "case_id": case_id}
        )
    listed = (await person.get_ok("/api/reports", case_id=three["case_id"]))["items"]
    assert {r["id"] for r in listed} == {one["id"], two["id"], three["id"]}
    fourth = await a_received_report(identification, htcds=known)
    assert [c["case_id"] for c in (await a_search(identification, fourth))["candidates"]] == [three["case_id"]]


async def test_who_comes_again_after_the_end_of_a_case_gets_a_new_one(identification: ServiceUnderTest) -> None:
    """ID-18: an ended case takes nothing new, so it is not joined; of one that goes on there is no second."""
    known = somebody()
    case = await an_open_case(identification, htcds=known)
    report = await a_received_report(identification, htcds=known)
    search = await a_search(identification, report)
    assert [c["status"] for c in search["candidates"]] == ["consent_pending"]
    person, address = identification.person(NGO), f"/api/reports/{report['id']}/case"
    same = {"search_id": search["search_id"], "verdicts": {case["id"]: "same"}}
    going = await person.post(address, same)
    assert (problem(going), going.json()["facts"]) == ((409, "joins_known_case"), {"cases": [case["id"]]})
    stranger = await person.post(address, same | {"verdicts": {case["id"]: "not_same", report["case_id"]: "not_same"}})
    assert problem(stranger) == (409, "not_a_candidate")
    await act(identification, case, "closing", NGO, DECIDED)
    joining = {"search_id": search["search_id"], "case_id": case["id"]}
    assert problem(await person.post(f"/api/reports/{report['id']}/attachment", joining)) == (
        409,
        "not_possible_in_state",
    )
    again = await person.post_ok(address, same)
    assert (again["status"], again["id"]) == ("consent_pending", report["case_id"])


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
    held = somebody()
    case = await an_open_case(identification, HOTLINE, htcds=held)
    await a_search(identification, await a_received_report(identification, NGO, htcds=held))
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


async def test_correcting_a_name_makes_the_person_found_under_the_new_one(identification: ServiceUnderTest) -> None:
    """ID-18: the digests follow the correction."""
    case = await an_open_case(identification)
    other = somebody()
    fields = {name: other[name] for name in ("prs_FirstName", "prs_SecondName", "prs_IdentityNumber")}
    await act(identification, case, "identity", NGO, DECIDED, version=1, htcds=fields)
    report = await a_received_report(identification, htcds=other)
    assert [c["case_id"] for c in (await a_search(identification, report))["candidates"]] == [case["id"]]


async def test_a_report_without_names_finds_nobody(identification: ServiceUnderTest) -> None:
    """ID-18."""
    report = await identification.person(NGO).post_ok("/api/reports", {"channel": "visit"})
    assert (await a_search(identification, report))["candidates"] == []


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
