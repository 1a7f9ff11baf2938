"""A decree moves the working days of a consulted body, and nothing that is answered (RP-3, NO-3)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from casework.calendar import local_date
from casework.testing_calendar import decreed
from chassis.testing import ServiceUnderTest

from .givens import (
    APPLYING,
    CONSIDERED,
    PERMIT_OFFICER,
    a_recognised_case,
    consulted_permit,
    hours,
    lodged_permit,
    published,
    the_permit,
    version,
)


async def test_a_consulted_body_keeps_its_ten_working_days(repatriation: ServiceUnderTest) -> None:
    """RP-3, NO-3: silence counts from the moved end; the calendar returns when the decree is taken back."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    body = {"body": "state_border_service", "happened_at": hours(5)}
    await officer.post_ok(f"/api/permits/{permit}/opinion-request", body)
    (asked,) = await published(repatriation, case, "PermitOpinionAsked")
    due = datetime.fromisoformat(str(asked["due_at"]))
    last = local_date(due)

    await repatriation.receives(decreed(CONSIDERED, holidays=(last,)))
    (opinion,) = (await officer.get_ok(f"/api/permits/{permit}"))["opinions"]
    moved = datetime.fromisoformat(opinion["due_at"])
    assert local_date(moved) > last
    (event,) = await published(repatriation, case, "PermitOpinionDueMoved")
    assert datetime.fromisoformat(str(event["due_at"])) == moved
    assert event["opinion_id"] == asked["opinion_id"]

    await repatriation.receives(decreed(CONSIDERED, as_published=(last,)))
    (opinion,) = (await officer.get_ok(f"/api/permits/{permit}"))["opinions"]
    assert datetime.fromisoformat(opinion["due_at"]) == due


@pytest.mark.parametrize("refused", [False, True])
async def test_a_motion_is_moved_only_while_it_is_awaited(repatriation: ServiceUnderTest, refused: bool) -> None:
    """RP-1, NO-3: after the refusal its clock is over, and a moved term would start it anew."""
    case = await a_recognised_case(repatriation)
    permit = await the_permit(repatriation, case)
    for who, name, hour in APPLYING[:2]:
        await repatriation.person(who).post_ok(f"/api/permits/{permit}/{name}", {"happened_at": hours(hour)})
    officer = repatriation.person(PERMIT_OFFICER)
    if refused:
        body: dict[str, Any] = {"reasons": ["ground_ended"], "text": "The ground ended.", "happened_at": hours(3)}
        body["version"] = await version(repatriation, permit)
        await officer.post_ok(f"/api/permits/{permit}/refusal", body)
    (requested,) = await published(repatriation, case, "PermitMotionRequested")
    last = local_date(datetime.fromisoformat(str(requested["due_at"])))
    await repatriation.receives(decreed(CONSIDERED, holidays=(last,)))
    assert len(await published(repatriation, case, "PermitMotionDueMoved")) == (0 if refused else 1)
    await repatriation.receives(decreed(CONSIDERED, as_published=(last,)))


async def test_an_answered_opinion_does_not_move(repatriation: ServiceUnderTest) -> None:
    """RP-3, NO-3: and a decree about days that are over moves nobody's term."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    (asked,) = await published(repatriation, case, "PermitOpinionAsked")
    last = local_date(datetime.fromisoformat(str(asked["due_at"])))
    worked = last - timedelta(days=400)
    await repatriation.receives(decreed(CONSIDERED, holidays=(last,)), decreed(CONSIDERED, working_days=(worked,)))
    assert await published(repatriation, case, "PermitOpinionDueMoved") == []
    assert (await repatriation.person(PERMIT_OFFICER).get_ok(f"/api/permits/{permit}"))["opinions"][0]["answered_at"]
    await repatriation.receives(decreed(CONSIDERED, as_published=(last, worked)))
