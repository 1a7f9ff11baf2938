"""A person is erased by one act: key, fields, former values and digests, everywhere (ID-13, ID-18)."""

from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from identification.tables import Base
from sqlalchemy import select, text

from .givens import (
    AFTER,
    DECIDED,
    NGO,
    OFFICER,
    OTHER_NGO,
    a_received_report,
    a_recognised_case,
    a_search,
    act,
    an_open_case,
    opened,
    opens,
    problem,
    refusal,
    searches_leave_tasks,
    seen,
    somebody,
)

WISH = {"ground": "person_asks", "reference": "12/2024"}
HANGING = [
    table
    for table in Base.metadata.sorted_tables
    if table.name == "person" or any(key.column.table.name == "person" for key in table.foreign_keys)
]


async def an_ended_case(service: ServiceUnderTest, **known: Any) -> dict[str, Any]:
    case = await an_open_case(service, htcds=known or somebody())
    return await act(service, case, "closing", NGO, DECIDED)


async def erased(service: ServiceUnderTest, case: dict[str, Any]) -> dict[str, Any]:
    return await act(service, case, "erasure", NGO, AFTER, version=await opens(service, case), **WISH)


async def rows_about(service: ServiceUnderTest, case_ids: list[str]) -> dict[str, int]:
    """How many rows each table of the vault has of these cases."""
    async with service.session() as session:
        return {
            table.name: len(
                (await session.execute(select(table).where(table.c.case_id.in_(map(UUID, case_ids))))).all()
            )
            for table in HANGING
        }


async def test_nothing_of_the_person_is_left_and_the_case_stays_true(identification: ServiceUnderTest) -> None:
    """With a former value, a report that joined under another spelling, and searches for the person."""
    known = somebody()
    case = await an_open_case(identification, htcds=known)
    await act(identification, case, "identity", NGO, DECIDED, version=1, htcds={"prs_FirstName": "Nigar"})
    joined = await a_received_report(identification, htcds=known)
    search = await a_search(identification, joined)
    attached = {"search_id": search["search_id"], "case_id": case["id"]}
    await identification.person(NGO).post_ok(f"/api/reports/{joined['id']}/attachment", attached)
    of_both = [case["id"], joined["case_id"]]
    assert {table: count > 0 for table, count in (await rows_about(identification, of_both)).items()} == {
        table.name: True for table in HANGING
    }
    await act(identification, case, "closing", NGO, DECIDED)
    done = await erased(identification, case)
    assert set((await rows_about(identification, of_both)).values()) == {0}
    assert (done["status"], done["case_ref"]) == ("closed", case["case_ref"])
    read = {"purpose": "assess"}
    shown = await identification.person(NGO).post_ok(f"/api/cases/{case['id']}/identity/reading", read)
    assert (shown["htcds"], shown["account"], shown["safe_contact"]) == ({}, None, None)
    report = await a_received_report(identification, htcds=known)
    assert (await a_search(identification, report))["candidates"] == []


async def test_an_erasure_is_audited_with_its_ground(identification: ServiceUnderTest) -> None:
    case = await an_ended_case(identification)
    await erased(identification, case)
    async with identification.session() as session:
        audit = text("select agency, outcome, facts from audit_entry where case_id = :id and action = 'erase_person'")
        entries = (await session.execute(audit, {"id": UUID(case["id"])})).all()
    assert [(e.agency, e.outcome, e.facts) for e in entries] == [("ngo-amc", "done", WISH)]
    history = (await identification.person(NGO).get_ok(f"/api/cases/{case['id']}/history"))["items"]
    assert "erase_person" in [item["action"] for item in history]


async def test_no_task_or_offer_joins_an_erased_person_to_another_case(identification: ServiceUnderTest) -> None:
    """ID-18: neither a task that the case got, nor one that its own search left elsewhere."""
    known = somebody()
    case = await an_open_case(identification, htcds=known)
    other = await a_received_report(identification, OTHER_NGO, htcds=known)
    await a_search(identification, other, OTHER_NGO)
    theirs = await opened(identification, other, OTHER_NGO)
    late = await a_received_report(identification, htcds=known)
    await opened_beside(identification, late, case)
    await searches_leave_tasks(identification)
    assert {case["id"], theirs["id"]} <= await tasks_of(identification)
    await act(identification, case, "closing", NGO, DECIDED)
    await erased(identification, case)
    assert case["id"] not in await tasks_of(identification)


async def opened_beside(service: ServiceUnderTest, report: dict[str, Any], case: dict[str, Any]) -> None:
    search = await a_search(service, report)
    body = {"search_id": search["search_id"], "case_id": case["id"]}
    await service.person(NGO).post_ok(f"/api/reports/{report['id']}/attachment", body)


async def tasks_of(service: ServiceUnderTest) -> set[str]:
    async with service.session() as session:
        return {str(case_id) for case_id in await session.scalars(text("select case_id from same_person_task"))}


async def test_only_a_case_that_has_ended_is_erased_and_once(identification: ServiceUnderTest) -> None:
    case = await an_open_case(identification)
    early = await refusal(identification, case, "erasure", NGO, AFTER, version=case["version"], **WISH)
    assert early == (409, "case_goes_on")
    ended = await act(identification, case, "withdrawal", NGO, DECIDED)
    stale = await refusal(identification, case, "erasure", NGO, AFTER, version=case["version"], **WISH)
    assert stale == (409, "stale")
    assert await refusal(identification, case, "erasure", NGO, AFTER, version=ended["version"]) == (
        422,
        "invalid_request",
    )
    after = await erased(identification, case)
    again = await refusal(identification, case, "erasure", NGO, AFTER, version=after["version"], **WISH)
    assert again == (409, "person_erased")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("identity", {"version": 1, "htcds": {"prs_FirstName": "Nigar"}}),
        ("safe-contact", {"version": 1, "contact": {"channel": "sms", "address": "+994501112233", "language": "az"}}),
    ],
)
async def test_nothing_is_stored_of_an_erased_person_again(
    identification: ServiceUnderTest, path: str, body: dict[str, Any]
) -> None:
    case = await an_ended_case(identification)
    await erased(identification, case)
    assert await refusal(identification, case, path, NGO, AFTER, **body) == (409, "person_erased")
    assert set((await rows_about(identification, [case["id"]])).values()) == {0}
    reasons = {a["action"]: a["reason"] for a in (await seen(identification, case))["actions"]}
    assert (reasons["correct_identity"], reasons["erase_person"]) == ("person_erased", "person_erased")


async def test_nobody_but_the_holder_erases(identification: ServiceUnderTest) -> None:
    """Not the formal body, which reads a closed case for its own record; for others there is no such case."""
    case = await a_recognised_case(identification)
    await act(identification, case, "closing", NGO, AFTER)
    body = WISH | {"version": await opens(identification, case)}
    for by, status in ((OFFICER, 403), (OTHER_NGO, 404)):
        refused = await identification.person(by).post(f"/api/cases/{case['id']}/erasure", body)
        assert problem(refused)[0] == status
    assert (await rows_about(identification, [case["id"]]))["person"] == 1
