"""The search for the same person before a case opens (ID-18)."""

import asyncio
from typing import Any

import pytest
from chassis.testing import ServiceUnderTest
from identification.use_cases import same_person_search

from .givens import (
    DECIDED,
    NGO,
    a_received_report,
    a_search,
    act,
    an_open_case,
    problem,
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
