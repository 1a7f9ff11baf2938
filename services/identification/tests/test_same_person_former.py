"""What a person was called before, and namesakes without end, hide nobody from the search (ID-18)."""

from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from identification.tables import FormerValue, PersonField
from sqlalchemy import event, select, text

from .givens import (
    DECIDED,
    HOTLINE,
    NGO,
    a_received_report,
    a_search,
    act,
    an_open_case,
    opened,
    opens,
    somebody,
)

NAMES = ("prs_FirstName", "prs_SecondName")


async def corrected(service: ServiceUnderTest, case: dict[str, Any], **htcds: Any) -> None:
    """The holder corrects what is known of the person, as they read it just before."""
    path = f"/api/cases/{case['id']}/identity/reading"
    read = await service.person(NGO).post_ok(path, {"purpose": "assess"})
    await act(service, case, "identity", NGO, DECIDED, version=read["version"], htcds=htcds)


async def found_by(service: ServiceUnderTest, **htcds: Any) -> list[str]:
    report = await a_received_report(service, htcds=htcds)
    return [candidate["case_id"] for candidate in (await a_search(service, report))["candidates"]]


@pytest.mark.parametrize(
    "fields", [NAMES, ("prs_IdentityNumber",), ("prs_MobilePhone",)], ids=["name", "document", "phone"]
)
@pytest.mark.parametrize("how", ["corrected", "taken away"])
async def test_a_person_is_found_by_what_was_replaced(
    identification: ServiceUnderTest, fields: tuple[str, ...], how: str
) -> None:
    """ID-18: twice corrected or taken away; the present value and both former ones find the person."""
    known, second, third = somebody(), somebody(), somebody()
    case = await an_open_case(identification, htcds=known)
    for person in (second, third):
        new = person if how == "corrected" else dict.fromkeys(fields)
        await corrected(identification, case, **{field: new[field] for field in fields})
        if how == "taken away":
            await corrected(identification, case, **{field: person[field] for field in fields})
    for person in (known, second, third):
        assert case["id"] in await found_by(identification, **{field: person[field] for field in fields})


SAFE = {"channel": "sms", "hours": None, "language": "az"}


async def test_a_person_is_found_by_the_phone_of_a_safe_contact(identification: ServiceUnderTest) -> None:
    """ID-18: it is often the only true number; a former one finds too, and an e-mail address nobody."""
    first, second, sought = (somebody()["prs_MobilePhone"] for _ in range(3))
    case = await an_open_case(identification, safe_contact=SAFE | {"address": first})
    path = f"/api/cases/{case['id']}/identity/reading"
    for contact in (SAFE | {"address": second}, None, SAFE | {"channel": "email", "address": "safe@example.org"}):
        read = await identification.person(NGO).post_ok(path, {"purpose": "assess"})
        await act(identification, case, "safe-contact", NGO, DECIDED, version=read["version"], contact=contact)
        for phone in (first, second):
            assert case["id"] in await found_by(identification, prs_MobilePhone=phone)
    assert case["id"] not in await found_by(identification, prs_MobilePhone=sought)
    report = await a_received_report(identification, safe_contact=SAFE | {"address": second})
    (found,) = [c for c in (await a_search(identification, report))["candidates"] if c["case_id"] == case["id"]]
    assert "phone_same" in found["reasons"]


async def test_each_of_two_papers_in_one_field_finds_the_person(identification: ServiceUnderTest) -> None:
    """ID-18: with the words for series and number, in whatever alphabet."""
    one, other = (somebody()["prs_IdentityNumber"] for _ in range(2))
    case = await an_open_case(identification, htcds=somebody(prs_IdentityNumber=f"{one} / {other}"))
    for paper in (one, other):
        written = f"серия {paper[:3]} номер {paper[3:]}"
        assert case["id"] in await found_by(identification, prs_IdentityNumber=written)


async def test_the_name_behind_a_pseudonym_is_found_and_shown_to_nobody(identification: ServiceUnderTest) -> None:
    """ID-13, ID-18: readers and candidates get the pseudonym alone."""
    known = somebody()
    case = await an_open_case(identification, htcds=known)
    await corrected(identification, case, prs_FirstName="Şəbnəm", prs_SecondName=None, prs_IdentityNumber=None)
    report = await a_received_report(identification, htcds={name: known[name] for name in NAMES})
    (candidate,) = (await a_search(identification, report))["candidates"]
    assert (candidate["case_id"], candidate["masked_name"]) == (case["id"], "Ş…")
    read = await identification.person(NGO).post(f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"})
    assert known["prs_FirstName"] not in read.text


async def test_former_values_are_sealed_like_present_ones(identification: ServiceUnderTest) -> None:
    """ID-13: and no length of what is sealed shows that of a name."""
    known = somebody(prs_FirstName="Li", prs_SecondName="Məhəmmədhəsənova-Xanbabayeva")
    case = await an_open_case(identification, htcds=known)
    await corrected(identification, case, prs_FirstName="Ana")
    async with identification.session() as session:
        of_case = UUID(case["id"])
        former = list(await session.scalars(select(FormerValue.sealed).where(FormerValue.case_id == of_case)))
        present = list(await session.scalars(select(PersonField.sealed).where(PersonField.case_id == of_case)))
    assert len(former) == 1
    assert {len(sealed) for sealed in former + present} == {len(former[0])}


async def test_no_number_of_namesakes_hides_the_person(alone: ServiceUnderTest) -> None:
    """ID-18: all candidates are ranked before the list is cut, and what was cut is marked."""
    known = somebody(prs_Birthdate="1989-07-07")
    case = await an_open_case(alone, htcds=known)
    namesakes = {name: known[name] for name in NAMES} | {"prs_Birthdate": "1950-01-01"}
    for _ in range(70):
        await a_received_report(alone, htcds=namesakes)
    reported = {name: known[name] for name in NAMES} | {"prs_Birthdate": "1989-07-07"}
    found = await a_search(alone, await a_received_report(alone, htcds=reported))
    assert found["candidates"][0]["case_id"] == case["id"]
    assert (len(found["candidates"]), found["more"]) == (20, True)
    few = await a_search(alone, await a_received_report(alone, htcds={"prs_MobilePhone": known["prs_MobilePhone"]}))
    assert (len(few["candidates"]), few["more"]) == (1, False)


async def test_the_search_takes_as_many_statements_for_many_candidates_as_for_one(alone: ServiceUnderTest) -> None:
    known = somebody()
    await an_open_case(alone, htcds=known)
    report = await a_received_report(alone, htcds=known)
    one = await _statements(alone, report)
    for _ in range(12):
        await a_received_report(alone, htcds=known)
    assert await _statements(alone, report) == one


async def _statements(service: ServiceUnderTest, report: dict[str, Any]) -> list[str]:
    noted: list[str] = []

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        noted.append(statement)

    event.listen(service.database.engine.sync_engine, "before_cursor_execute", note)
    try:
        await a_search(service, report)
    finally:
        event.remove(service.database.engine.sync_engine, "before_cursor_execute", note)
    return noted


async def test_one_destroyed_or_damaged_key_keeps_nobody_from_searching(alone: ServiceUnderTest) -> None:
    """ID-18: neither the desk, nor the clock that leaves tasks; who cannot be opened is skipped and counted."""
    known = somebody()
    damages = (
        "update person set wrapped_key = '\\x00' where case_id = :id",
        "update person set wrapped_key = overlay(wrapped_key placing '\\xff' from 20) where case_id = :id",
        "update person_field set sealed = '\\x' where case_id = :id and field = 'prs_FirstName'",
        "delete from person_field where case_id = :id",
        "delete from person where case_id = :id",
    )
    whole = await an_open_case(alone, htcds=known)
    for by in (NGO, HOTLINE):
        for damage in damages:
            report = await a_received_report(alone, by, htcds=known)
            case = await opened(alone, report, by)
            async with alone.session() as session:
                await session.execute(text(damage), {"id": UUID(case["id"])})
    report = await a_received_report(alone, htcds=known)
    assert [c["case_id"] for c in (await a_search(alone, report))["candidates"]] == [whole["id"]]
    async with alone.session() as session:
        await session.execute(text(damages[0]), {"id": UUID(report["case_id"])})
    assert (await a_search(alone, report))["candidates"] == []
    assert await opens(alone, whole) >= 1
