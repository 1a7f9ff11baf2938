"""The search for the same person before a case opens (ID-18)."""

from typing import Any

import pytest
from chassis.testing import Bench

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
    seen,
    somebody,
)
from .test_domain_names import GROUPS, OTHERS


def named(name: str) -> dict[str, Any]:
    """A person of whom only one name and the birth year are known."""
    return {"prs_SecondName": name, "prs_Birthdate": "1991-02-03"}


@pytest.mark.parametrize("group", GROUPS[:6], ids=lambda group: str(group.split()[0]))
async def test_differently_spelled_names_are_found(identification: Bench, group: str) -> None:
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
async def test_names_that_only_look_alike_are_not_found(identification: Bench, pair: str) -> None:
    """ID-18: counter-examples."""
    one, other = pair.split("–")
    case = await an_open_case(identification, htcds=named(one))
    report = await a_received_report(identification, htcds=named(other))
    assert case["id"] not in [c["case_id"] for c in (await a_search(identification, report))["candidates"]]


async def test_a_document_and_a_phone_find_the_person_too(identification: Bench) -> None:
    """ID-18: written with marks and small letters; the name alone would not be enough."""
    known = somebody()
    case = await an_open_case(identification, htcds=known)
    number = known["prs_IdentityNumber"].lower().replace("tst", "tst-")
    report = await a_received_report(identification, htcds=known | {"prs_IdentityNumber": number})
    found = (await a_search(identification, report))["candidates"]
    assert [(c["case_id"], "document_end_same" in c["reasons"]) for c in found] == [(case["id"], True)]


async def test_a_case_opens_only_after_the_search_was_looked_at(identification: Bench) -> None:
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
    case = await person.does(address, {"search_id": new["search_id"], "verdicts": verdicts})
    assert case["status"] == "consent_pending"
    again = await person.post(address, {"search_id": new["search_id"], "verdicts": verdicts})
    assert problem(again) == (409, "not_possible_in_state")


async def test_a_report_joins_a_known_case(identification: Bench) -> None:
    """ID-18: the report is attached, no case opens, and the person is found under both spellings."""
    known = somebody(prs_SecondName="Xıdırov")
    case = await an_open_case(identification, htcds=known)
    report = await a_received_report(identification, htcds=known | {"prs_SecondName": "Hıdırov"})
    search = await a_search(identification, report)
    person, address = identification.person(NGO), f"/api/reports/{report['id']}/attachment"
    foreign = await person.post(address, {"search_id": search["search_id"], "case_id": report["case_id"]})
    assert problem(foreign) == (409, "not_a_candidate")
    joined = await person.does(address, {"search_id": search["search_id"], "case_id": case["id"]})
    assert (joined["id"], joined["version"]) == (case["id"], case["version"] + 1)
    reports = (await person.sees("/api/reports", case_id=case["id"]))["items"]
    assert {r["id"] for r in reports} >= {report["id"]}
    third = await a_received_report(identification, htcds=known)
    assert [c["case_id"] for c in (await a_search(identification, third))["candidates"]] == [case["id"]]


async def test_a_case_of_another_agency_is_shown_to_nobody(identification: Bench) -> None:
    """ID-18: the asker sees what a stranger sees; the holder gets a task that says neither who asked nor about whom."""
    known = somebody()
    case = await an_open_case(identification, OTHER_NGO, htcds=known)
    report = await a_received_report(identification, NGO, htcds=known)
    stranger = await a_received_report(identification, NGO)
    found, nothing = await a_search(identification, report), await a_search(identification, stranger)
    assert found["candidates"] == nothing["candidates"] == []
    tasks = (await identification.person(OTHER_NGO).sees("/api/same-person-tasks"))["items"]
    mine = [task for task in tasks if task["case_id"] == case["id"]]
    assert [sorted(task) for task in mine] == [["case_id", "created_at", "id"]]
    opened_case = await opened(identification, report, NGO)
    assert opened_case["id"] != case["id"]


async def test_police_get_no_task_for_a_case_that_is_hidden_from_them(identification: Bench) -> None:
    """ID-7, ID-18: neither as the holder, nor as one who may know of the case that was found."""
    held = somebody()
    case = await an_open_case(identification, HOTLINE, htcds=held)
    await a_search(identification, await a_received_report(identification, NGO, htcds=held))
    tasks = (await identification.person(HOTLINE).sees("/api/same-person-tasks"))["items"]
    assert case["id"] not in [task["case_id"] for task in tasks]

    known = somebody()
    referred = await a_referred_case(identification, OTHER_NGO, htcds=known)
    await a_search(identification, await a_received_report(identification, NGO, htcds=known))
    for police in (OFFICER, HOTLINE):
        tasks = (await identification.person(police).sees("/api/same-person-tasks"))["items"]
        assert referred["id"] not in [task["case_id"] for task in tasks]
    tasks = (await identification.person(OTHER_NGO).sees("/api/same-person-tasks"))["items"]
    assert referred["id"] in [task["case_id"] for task in tasks]


async def test_police_searching_learn_nothing_of_a_hidden_case(identification: Bench) -> None:
    """ID-7: the same person reported to the hotline: no candidate, no other code, and the case opens as any other."""
    known = somebody()
    await an_open_case(identification, NGO, htcds=known)
    report = await a_received_report(identification, HOTLINE, htcds=known)
    assert (await a_search(identification, report, HOTLINE))["candidates"] == []
    case = await opened(identification, report, HOTLINE)
    history = (await identification.person(HOTLINE).sees(f"/api/cases/{case['id']}/history"))["items"]
    assert {"verdicts": 0} in [item["facts"] for item in history]


async def test_the_history_of_a_handed_over_case_names_no_other_case(identification: Bench) -> None:
    """ID-7: police read the history of a case whose verdicts were about a case hidden from them."""
    known = somebody()
    hidden = await an_open_case(identification, NGO, htcds=known)
    case = await a_referred_case(identification, NGO, htcds=known)
    history = await identification.person(OFFICER).get(f"/api/cases/{case['id']}/history")
    assert hidden["id"] not in history.text
    assert hidden["id"] not in str(await seen(identification, case, OFFICER))


async def test_correcting_a_name_makes_the_person_found_under_the_new_one(identification: Bench) -> None:
    """ID-18: the digests follow the correction."""
    case = await an_open_case(identification)
    other = somebody()
    fields = {name: other[name] for name in ("prs_FirstName", "prs_SecondName", "prs_IdentityNumber")}
    await act(identification, case, "identity", NGO, DECIDED, version=1, htcds=fields)
    report = await a_received_report(identification, htcds=other)
    assert [c["case_id"] for c in (await a_search(identification, report))["candidates"]] == [case["id"]]


async def test_a_report_without_names_finds_nobody(identification: Bench) -> None:
    """ID-18."""
    report = await identification.person(NGO).does("/api/reports", {"channel": "visit"})
    assert (await a_search(identification, report))["candidates"] == []


async def test_a_search_is_for_reports_that_one_may_see(identification: Bench) -> None:
    report = await a_received_report(identification)
    other = await identification.person(OTHER_NGO).post(f"/api/reports/{report['id']}/same-person-search", {})
    assert problem(other) == (404, "not_found")
