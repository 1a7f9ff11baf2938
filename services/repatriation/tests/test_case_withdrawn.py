"""The person withdrew from the mechanism: nothing new begins, what goes on is looked at again, bars stand (ID-9)."""

from typing import Any
from uuid import UUID

import pytest
from casework.bases import FORMAL_BODY
from casework.testing import give
from chassis.rebuild.swap import RowChanges
from chassis.testing import ServiceUnderTest
from nrm_events.identification import CaseClosed
from sqlalchemy import text

from .givens import (
    CASEWORKER,
    MOTION_OFFICER,
    PERMIT_OFFICER,
    a_recognised_case,
    bars_of,
    case_closes,
    case_reopens,
    consulted_permit,
    departed_return,
    facts_change,
    hours,
    published,
    refusal,
    requested_return,
    step,
    the_permit,
    version,
)
from .test_rebuild import rebuilt, recorded, rows

NOTHING_BEGINS = (409, "case_withdrawn")
OUTCOMES = CaseClosed.model_fields["outcome"].annotation.__args__  # type: ignore[union-attr]  # a Literal


async def looks(service: ServiceUnderTest, case_id: UUID) -> dict[Any, Any]:
    """Grant → who must look, and why."""
    found = await published(service, case_id, "ReExaminationRequired")
    return {facts["grant"]: (facts["agency"], facts["reason"]) for facts in found}


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_live_permits_and_open_returns_are_looked_at_again(repatriation: ServiceUnderTest, outcome: str) -> None:
    """ID-9, RP-4: only where the person withdrew; the bar protects, and stands until the person asks."""
    case = await a_recognised_case(repatriation)
    await requested_return(repatriation, case)
    await case_closes(repatriation, case, outcome)
    marked = {"permit": ("sms", "case_withdrawn"), "return": ("ngo-amc", "case_withdrawn")}
    assert await looks(repatriation, case) == (marked if outcome == "withdrawn" else {})
    (bar,) = await bars_of(repatriation, case, by=CASEWORKER)
    assert (bar["state"], bar["re_examine"]) == ("standing", False)
    async with repatriation.session() as session:
        stored = await session.execute(text("select outcome, closed_at is not null from case_file"))
    assert [tuple(row) for row in stored] == [(outcome, True)]
    body = {"written_wish": "7/2026", "version": bar["version"]}
    lifted = await repatriation.person(CASEWORKER).post_ok(f"/api/bars/{bar['id']}/lifting-on-wish", body)
    assert lifted["state"] == "lifted"


async def test_nothing_is_marked_of_a_permit_for_the_prosecuting_body(repatriation: ServiceUnderTest) -> None:
    """ID-9, ID-11: it rests on another agency's own duty, and no event of it leaves the service."""
    case = await a_recognised_case(repatriation)
    permit = await the_permit(repatriation, case)
    officer = repatriation.person(MOTION_OFFICER)
    opened = {"case_id": str(case), "ground": "assisting_prosecution", "happened_at": hours(1)}
    other = await officer.post_ok("/api/permits", opened)
    await case_closes(repatriation, case)
    found = await published(repatriation, case, "ReExaminationRequired")
    assert [facts["grant_id"] for facts in found] == [permit]
    assert other["id"] != permit


async def test_no_permit_return_or_bar_begins_until_the_case_is_reopened(repatriation: ServiceUnderTest) -> None:
    """ID-9: refused by its code to whoever still has a basis; reopened, the case goes on."""
    case = await a_recognised_case(repatriation)
    worker, officer = repatriation.person(CASEWORKER), repatriation.person(MOTION_OFFICER)
    new_return = {"case_id": str(case), "country": "IN"}
    new_permit = {"case_id": str(case), "ground": "victim"}
    new_bar = {"case_id": str(case), "basis": "decision"}
    await case_closes(repatriation, case)
    await give(repatriation, case, "mia-special", (FORMAL_BODY,))
    assert await refusal(worker, "/api/returns", new_return) == NOTHING_BEGINS
    assert await refusal(worker, "/api/permits", new_permit) == NOTHING_BEGINS
    assert await refusal(officer, "/api/bars", new_bar) == NOTHING_BEGINS
    await case_reopens(repatriation, case)
    assert (await worker.post("/api/returns", new_return)).status_code == 201
    assert await refusal(worker, "/api/permits", new_permit) == (409, "permit_already_open")
    assert (await officer.post("/api/bars", new_bar)).status_code == 201


async def test_no_refused_permit_is_followed_by_a_new_one(repatriation: ServiceUnderTest) -> None:
    """ID-9, RP-3: a new application is a new permit."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    body: dict[str, Any] = {"reasons": ["false_documents"], "text": "The document is not genuine."}
    body["version"] = await version(repatriation, permit)
    await repatriation.person(PERMIT_OFFICER).post_ok(f"/api/permits/{permit}/refusal", body)
    await case_closes(repatriation, case)
    worker = repatriation.person(CASEWORKER)
    assert await refusal(worker, f"/api/permits/{permit}/reapplication", {}) == NOTHING_BEGINS


async def test_no_permit_opens_by_itself(repatriation: ServiceUnderTest) -> None:
    """ID-9, RP-1: found to be foreign after the withdrawal; after the reopening the next event opens it."""
    case = await a_recognised_case(repatriation, citizenship="citizen")
    await case_closes(repatriation, case)
    await facts_change(repatriation, case, citizenship="foreign")
    worker = repatriation.person(CASEWORKER)
    assert (await worker.get_ok("/api/permits", case_id=str(case)))["items"] == []
    await case_reopens(repatriation, case)
    await facts_change(repatriation, case, citizenship="stateless")
    (permit,) = (await worker.get_ok("/api/permits", case_id=str(case)))["items"]
    assert permit["state"] == "eligible"


async def test_a_return_that_comes_back_is_looked_at_too(repatriation: ServiceUnderTest) -> None:
    """ID-9, RP-5: the person had withdrawn while the record showed them abroad."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    await case_closes(repatriation, case)
    assert "return" not in await looks(repatriation, case)
    back = await step(repatriation, row, "departure-correction", 24 * 8, reason="missed_travel")
    assert (back["state"], back["re_examine"]) == ("travel_booked", True)
    assert (await looks(repatriation, case))["return"] == ("ngo-amc", "case_withdrawn")


async def test_a_rebuild_knows_how_a_case_ended(repatriation: ServiceUnderTest) -> None:
    """ID-9: withdrawn, reopened and withdrawn again; rows that were changed are mended."""
    envelopes = recorded(repatriation)
    going_on, withdrawn = await a_recognised_case(repatriation), await a_recognised_case(repatriation)
    for case in (going_on, withdrawn):
        await case_closes(repatriation, case)
        await case_reopens(repatriation, case)
    await case_closes(repatriation, withdrawn, day=9)
    before = await rows(repatriation)
    ends = {row["case_id"]: row["outcome"] for row in before["case_file"]}
    assert ends == {str(going_on): None, str(withdrawn): "withdrawn"}
    assert await rebuilt(repatriation, envelopes) == RowChanges(0, 0)
    async with repatriation.session() as session:
        await session.execute(text("update case_file set outcome = 'closed', closed_at = now()"))
    await rebuilt(repatriation, envelopes)
    assert await rows(repatriation) == before
