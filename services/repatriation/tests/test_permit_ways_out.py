"""Nobody is stuck with a permit: a motion that does not come, a wish to stop, months counted from the first day."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    APPLYING,
    CASEWORKER,
    MOTION_OFFICER,
    NOW,
    PERMIT_OFFICER,
    SECOND_PERMIT_OFFICER,
    a_recognised_case,
    consulted_permit,
    hours,
    names,
    the_permit,
    version,
)

WISH = {"written_wish": "7/2026"}


async def moved(service: ServiceUnderTest, steps: int) -> tuple[str, UUID]:
    """A permit after so many steps of its application, and its case."""
    case = await a_recognised_case(service)
    permit = await the_permit(service, case)
    for who, name, hour in APPLYING[:steps]:
        await service.person(who).post_ok(f"/api/permits/{permit}/{name}", {"happened_at": hours(hour)})
    return permit, case


@pytest.mark.parametrize("steps", range(len(APPLYING) + 1))
async def test_the_person_withdraws_at_every_step(repatriation: ServiceUnderTest, steps: int) -> None:
    """RP-2: in writing, before the grant; the migration service knows of the case by it no more."""
    permit, case = await moved(repatriation, steps)
    worker = repatriation.person(CASEWORKER)
    assert (await worker.post(f"/api/permits/{permit}/withdrawal", {})).status_code == 422, "in writing"
    withdrawn = await worker.post_ok(f"/api/permits/{permit}/withdrawal", WISH)
    assert withdrawn["state"] == "withdrawn"
    assert not any(action["allowed"] for action in withdrawn["actions"])
    assert (await repatriation.person(PERMIT_OFFICER).get(f"/api/permits/{permit}")).status_code == 404
    assert (await names(repatriation, case))[-1] == "PermitWithdrawn"


async def test_withdrawn_while_a_body_is_consulted_nobody_waits_for_its_answer(repatriation: ServiceUnderTest) -> None:
    """RP-3, NO-3: the clock of the opinion ends with the application."""
    permit, case = await moved(repatriation, 4)
    body = {"body": "state_border_service", "happened_at": hours(5)}
    await repatriation.person(PERMIT_OFFICER).post_ok(f"/api/permits/{permit}/opinion-request", body)
    await repatriation.person(PERMIT_OFFICER).post_ok(f"/api/permits/{permit}/withdrawal", WISH)
    assert (await names(repatriation, case))[-2:] == ["PermitOpinionGiven", "PermitWithdrawn"]


async def test_a_motion_that_is_declined_leaves_a_refusal_that_can_be_appealed(repatriation: ServiceUnderTest) -> None:
    """RP-1, RP-3: refused in writing for want of it, set aside on appeal, and the application goes on."""
    permit, case = await moved(repatriation, 2)
    officer, worker = repatriation.person(PERMIT_OFFICER), repatriation.person(CASEWORKER)
    declined = await repatriation.person(MOTION_OFFICER).post_ok(f"/api/permits/{permit}/motion-refusal", {})
    assert declined["state"] == "applied"
    refusal: dict[str, Any] = {"reasons": ["no_motion"], "text": "There is no motion."}
    refusal["version"] = await version(repatriation, permit)
    refused = await officer.post_ok(f"/api/permits/{permit}/refusal", refusal)
    assert refused["decisions"][0]["reasons"] == ["no_motion"]
    appealed = await worker.post_ok(f"/api/permits/{permit}/appeal", {})
    grant = await officer.post(f"/api/permits/{permit}/grant", {"months": 1, "version": appealed["version"]})
    assert grant.json()["code"] == "never_lodged"
    own = await officer.post(f"/api/permits/{permit}/refusal-set-aside", {})
    assert own.json()["code"] == "you_decided_this"
    colleague = repatriation.person(SECOND_PERMIT_OFFICER)
    assert (await colleague.post_ok(f"/api/permits/{permit}/refusal-set-aside", {}))["state"] == "applied"
    assert (await worker.post_ok(f"/api/permits/{permit}/motion-request", {}))["state"] == "motion_requested"
    assert "PermitMotionDeclined" in await names(repatriation, case)


async def test_a_motion_that_does_not_come_in_its_term_is_a_ground_then_and_not_before(
    repatriation: ServiceUnderTest,
) -> None:
    """RP-1, NO-3: ten working days, a clock of the permit; until they are over nobody is refused for want of it."""
    repatriation.now = datetime.fromisoformat(hours(3))
    permit, case = await moved(repatriation, 2)
    officer = repatriation.person(PERMIT_OFFICER)
    seen = await officer.get_ok(f"/api/permits/{permit}")
    (clock,) = [clock for clock in seen["clocks"] if clock["kind"] == "motion"]
    emitted = [body for name, body in await repatriation.published(case) if name == "PermitMotionRequested"]
    assert datetime.fromisoformat(emitted[0]["due_at"]) == datetime.fromisoformat(clock["due_at"])
    refusal = {"reasons": ["no_motion"], "text": "There is no motion.", "version": seen["version"]}
    early = await officer.post(f"/api/permits/{permit}/refusal", refusal)
    assert (early.status_code, early.json()["code"]) == (422, "unknown_reason")
    repatriation.now = datetime.fromisoformat(clock["due_at"]) + timedelta(seconds=1)
    assert (await officer.get_ok(f"/api/permits/{permit}"))["refusal_grounds_now"] == ["ground_ended", "no_motion"]
    assert (await officer.post_ok(f"/api/permits/{permit}/refusal", refusal))["state"] == "refused"


async def test_months_are_counted_from_the_first_day(repatriation: ServiceUnderTest) -> None:
    """RP-1: granted on 31 March for a month and extended twice by one: 30 April, 31 May, 30 June."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    body = {"months": 1, "happened_at": "2026-03-31T12:00:00+04:00", "version": await version(repatriation, permit)}
    ends = [(await officer.post_ok(f"/api/permits/{permit}/grant", body))["valid_until"]]
    for day in ("2026-04-20", "2026-05-20"):
        body = {"months": 1, "happened_at": f"{day}T12:00:00+04:00", "version": await version(repatriation, permit)}
        ends.append((await officer.post_ok(f"/api/permits/{permit}/extension", body))["valid_until"])
    assert ends == ["2026-04-30", "2026-05-31", "2026-06-30"]
    assert repatriation.now == NOW
