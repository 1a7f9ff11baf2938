"""A notice of a bar shows that the bar stands and opens nothing else (RP-4, ID-12)."""

from datetime import timedelta
from uuid import uuid4

from chassis.testing import ServiceUnderTest
from nrm_events import identification
from nrm_events.reference import case_reference

from .givens import (
    CASEWORKER,
    CONSIDERED,
    MOTION_OFFICER,
    NOTICE,
    PERMIT_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    facts_change,
    hand_over,
    refusal,
    requested_return,
    the_permit,
)


async def test_a_notice_shows_that_the_bar_stands_and_opens_nothing_else(repatriation: ServiceUnderTest) -> None:
    """RP-4: a child's bars are known to the migration service without consent; that is all it learns or may do."""
    case = await a_recognised_case(repatriation, age_group="child")
    permit, row = await the_permit(repatriation, case), await requested_return(repatriation, case)
    officer, desk = repatriation.person(PERMIT_OFFICER), repatriation.person("sms.return-officer")
    notices = await bars_of(repatriation, case, by=PERMIT_OFFICER)
    assert [set(notice) for notice in notices] == [NOTICE, NOTICE]
    assert {(n["case_ref"], n["age_group"], n["state"]) for n in notices} == {
        (case_reference(case), "child", "standing")
    }
    for notice in notices:
        address = f"/api/bars/{notice['id']}"
        assert set(await officer.get_ok(address)) == NOTICE | {"clocks"}
        assert (await officer.get_ok(f"{address}/history"))["items"] == [], "not who recorded it, nor why"
        assert (await officer.get_ok(f"{address}/certificate"))["case_ref"] == case_reference(case)
    other_basis = (403, "not_for_this_basis")
    assert await refusal(officer, f"/api/permits/{permit}") == other_basis
    assert await refusal(officer, "/api/permits", {"case_id": str(case), "ground": "victim"}) == other_basis
    assert await refusal(officer, f"/api/permits/{permit}/application", {}) == other_basis
    assert await refusal(desk, f"/api/returns/{row}") == other_basis
    assert await refusal(desk, f"/api/returns/{row}/withdrawal", {}) == other_basis
    assert await refusal(desk, "/api/returns", {"case_id": str(case), "country": "IN"}) == other_basis
    assert (await officer.get_ok("/api/permits"))["items"] == []
    assert (await desk.get_ok("/api/returns"))["items"] == []


async def test_a_notice_ends_with_its_bar(repatriation: ServiceUnderTest) -> None:
    """RP-4: a notice of one bar shows no other one, and of what was lifted nothing."""
    case = await a_recognised_case(repatriation, age_group="child")
    bars = {bar["basis"]: bar for bar in await bars_of(repatriation, case)}
    lifted = bars["considered_victim"]
    officer = repatriation.person(PERMIT_OFFICER)
    body = {"reason": "court_decision", "version": lifted["version"]}
    await repatriation.person(MOTION_OFFICER).post_ok(f"/api/bars/{lifted['id']}/lifting", body)
    assert [bar["id"] for bar in await bars_of(repatriation, case, by=PERMIT_OFFICER)] == [bars["child"]["id"]]
    assert await refusal(officer, f"/api/bars/{lifted['id']}") == (404, "not_found")
    assert "RemovalBarNoticeEnded" not in [name for name, _ in await repatriation.published(case)]


async def test_with_the_last_bar_the_migration_service_knows_nothing(repatriation: ServiceUnderTest) -> None:
    """RP-4: NoticeEnded once, so that other services end the access too."""
    case = await a_case(repatriation, age_group="child")
    await hand_over(repatriation, case)
    reflection = uuid4()
    await repatriation.receives(
        identification.ReflectionStarted(
            effective_at=CONSIDERED, case_id=case, reflection_id=reflection, ends_at=CONSIDERED + timedelta(days=30)
        )
    )
    (notice,) = await bars_of(repatriation, case, by=PERMIT_OFFICER)
    at = CONSIDERED + timedelta(days=3)
    await repatriation.receives(identification.ReflectionEnded(effective_at=at, case_id=case, reflection_id=reflection))
    officer = repatriation.person(PERMIT_OFFICER)
    assert await refusal(officer, f"/api/bars/{notice['id']}") == (404, "not_found")
    await facts_change(repatriation, case, age_group="adult")
    assert [name for name, _ in await repatriation.published(case)] == [
        "RemovalBarRaised",
        "RemovalBarNoticed",
        "RemovalBarLifted",
        "RemovalBarNoticed",
        "RemovalBarNoticeEnded",
    ]


async def test_the_notice_of_a_bar_is_shown_to_the_holder_alone(repatriation: ServiceUnderTest) -> None:
    """ID-12: whom the person agreed to notify before the hand-over is nothing for the formal body."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case, by=CASEWORKER)
    (same,) = await bars_of(repatriation, case, by=MOTION_OFFICER)
    assert set(bar) - set(same) == {"told"}
    assert set(same) - set(bar) == set()
