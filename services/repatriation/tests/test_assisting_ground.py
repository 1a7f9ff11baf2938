"""The ground of assisting exists for officers only, and its permit runs until the judgment (RP-1, ID-11)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from repatriation.app import SERVICE
from sqlalchemy import text

from .givens import (
    CASEWORKER,
    CONSIDERED,
    MOTION_OFFICER,
    PERMIT_OFFICER,
    a_recognised_case,
    bars_of,
    hours,
)


async def assisting(service: ServiceUnderTest, case_id: UUID) -> str:
    body = {"case_id": str(case_id), "ground": "assisting_prosecution", "happened_at": hours(1)}
    return str((await service.person(MOTION_OFFICER).post_ok("/api/permits", body))["id"])


async def test_the_assisting_ground_exists_for_officers_only(repatriation: ServiceUnderTest) -> None:
    """ID-11: to the caseworker there is no such permit, the bar looks like any decision; no event tells the ground."""
    case = await a_recognised_case(repatriation)
    permit = await assisting(repatriation, case)
    worker, officer = repatriation.person(CASEWORKER), repatriation.person(MOTION_OFFICER)
    assert (await worker.get(f"/api/permits/{permit}")).status_code == 404
    (shown,) = (await worker.get_ok("/api/permits", case_id=str(case)))["items"]
    assert "ground" not in shown
    opened = await worker.post("/api/permits", {"case_id": str(case), "ground": "assisting_prosecution"})
    assert opened.status_code == 403
    assert {b["basis"] for b in await bars_of(repatriation, case)} == {"considered_victim", "permit"}
    seen = await bars_of(repatriation, case, by=CASEWORKER)
    assert {b["basis"] for b in seen} == {"considered_victim", "decision"}
    veiled = next(b for b in seen if b["basis"] == "decision")
    history = await worker.get_ok(f"/api/bars/{veiled['id']}/history")
    assert [(i["action"], i["role"], i["facts"]) for i in history["items"]] == [("raise", None, {})]
    assert "assist" not in str(await repatriation.published())
    assert permit not in str(await repatriation.published())
    async with repatriation.session() as session:
        audited = (await session.execute(text("select facts::text from audit_entry"))).scalars().all()
    assert "assist" not in str(audited)
    ended = await officer.post_ok(f"/api/permits/{permit}/proceedings-end", {"happened_at": hours(9)})
    assert ended["state"] == "eligible"
    assert {b["basis"]: b["state"] for b in await bars_of(repatriation, case)} == {
        "considered_victim": "standing",
        "permit": "lifted",
    }


async def test_on_the_assisting_ground_the_permit_runs_until_the_judgment(repatriation: ServiceUnderTest) -> None:
    """RP-1: extended by itself, in a way that looks like any extension; after the end it expires."""
    case = await a_recognised_case(repatriation)
    permit = await assisting(repatriation, case)
    officer, police = repatriation.person(PERMIT_OFFICER), repatriation.person(MOTION_OFFICER)
    await police.post_ok(f"/api/permits/{permit}/application", {"happened_at": hours(2)})
    await officer.post_ok(f"/api/permits/{permit}/motion-request", {"happened_at": hours(3)})
    await police.post_ok(f"/api/permits/{permit}/motion", {"happened_at": hours(4)})
    await officer.post_ok(f"/api/permits/{permit}/lodging", {"happened_at": hours(5)})
    body: dict[str, Any] = {"body": "state_border_service", "happened_at": hours(6)}
    await officer.post_ok(f"/api/permits/{permit}/opinion-request", body)
    read = await officer.post_ok(f"/api/permits/{permit}/opinion", {"objection": False, "happened_at": hours(7)})
    body = {"months": 1, "happened_at": hours(8), "version": read["version"]}
    await officer.post_ok(f"/api/permits/{permit}/grant", body)
    await tick_once(SERVICE, repatriation.database, CONSIDERED + timedelta(days=60))
    seen = await officer.get_ok(f"/api/permits/{permit}")
    assert (seen["state"], seen["valid_until"]) == ("extended", "2028-04-06")
    await officer.post_ok(f"/api/permits/{permit}/proceedings-end")
    await tick_once(SERVICE, repatriation.database, CONSIDERED + timedelta(days=900))
    assert (await officer.get_ok(f"/api/permits/{permit}"))["state"] == "expired"
    assert permit not in str(await repatriation.published())
