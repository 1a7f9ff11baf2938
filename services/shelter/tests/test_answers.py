"""A hand-over is declined with a reason; courses say what they lack; agencies' systems are answered (SH-8, ID-7)."""

from typing import Any
from uuid import UUID

import pytest
from chassis.clock import new_id
from chassis.testing import ServiceUnderTest
from nrm_events import exchange

from .givens import CASEWORKER, CENTRE, LATER, a_handover, a_hidden_case, an_acknowledged_handover, at


async def answered(service: ServiceUnderTest, submission: exchange.SubmissionEvent) -> tuple[bool, str]:
    """What the agency's system is answered."""
    await service.receives(submission)
    found = [data for name, data in await service.published() if name == "SubmissionAnswered"]
    mine = next(data for data in found if data["submission_id"] == str(submission.submission_id))
    return mine["accepted"], mine["code"]


def says(case_id: UUID, handover: str, agency: str = "vac", **more: Any) -> exchange.HandoverAnswered:
    published: dict[str, Any] = {"effective_at": at(LATER), "taken": True} | more
    return exchange.HandoverAnswered(
        case_id=case_id, handover_id=UUID(handover), submission_id=new_id(), agency=agency, **published
    )


async def test_who_cannot_take_the_support_over_says_why_and_knows_of_the_case_no_longer(
    shelter: ServiceUnderTest,
) -> None:
    """SH-8, ID-12."""
    case_id = await a_hidden_case(shelter)
    handover = await a_handover(shelter, case_id)
    centre = shelter.person(CENTRE)
    path = f"/api/handovers/{handover['id']}"
    declined = await centre.post_ok(f"{path}/refusal", {"reason": "no_capacity", "happened_at": LATER})
    assert (declined["state"], declined["decline_reason"], declined["clocks"]) == ("declined", "no_capacity", [])
    assert (await centre.get(path)).status_code == 404
    seen = await shelter.person(CASEWORKER).get_ok(path)
    assert at(seen["declined_at"]) == at(LATER)
    name, published = (await shelter.published(case_id))[-1]
    assert (name, published["to"], published["reason"]) == ("HandoverDeclined", "vac", "no_capacity")
    again = await a_handover(shelter, case_id)
    assert again["state"] == "requested"


async def test_nobody_declines_for_another_and_nothing_that_was_taken(shelter: ServiceUnderTest) -> None:
    case_id = await a_hidden_case(shelter)
    handover = await a_handover(shelter, case_id)
    other = await shelter.person(CASEWORKER).post(f"/api/handovers/{handover['id']}/refusal", {"reason": "safety"})
    assert (other.status_code, other.json()["code"]) == (403, "not_for_this_basis")
    taken = await an_acknowledged_handover(shelter, await a_hidden_case(shelter))
    late = await shelter.person(CENTRE).post(f"/api/handovers/{taken['id']}/refusal", {"reason": "safety"})
    assert (late.status_code, late.json()["code"]) == (409, "not_possible_in_state")


async def test_a_course_that_lacks_enrolment_says_so(shelter: ServiceUnderTest) -> None:
    """SH-8."""
    case_id = await a_hidden_case(shelter)
    for enrolled, lacking in ((6, 2), (9, 0)):
        body = {"case_id": str(case_id), "course": "sewing-2024-03", "enrolled": enrolled, "needed": 8}
        published = await shelter.person(CASEWORKER).post_ok("/api/course-enrolments", body | {"happened_at": LATER})
        assert published["lacking"] == lacking
        name, event = (await shelter.published(case_id))[-1]
        assert (name, event["course"], event["lacking"]) == ("CourseEnrolled", "sewing-2024-03", lacking)
    listed = (await shelter.person(CASEWORKER).get_ok("/api/course-enrolments", case_id=str(case_id)))["items"]
    assert [row["enrolled"] for row in listed] == [9, 6]


async def test_an_agencys_system_takes_the_support_over(shelter: ServiceUnderTest) -> None:
    """SH-8: as over HTTP, with the same state and the same event."""
    case_id = await a_hidden_case(shelter)
    handover = await a_handover(shelter, case_id)
    submission = says(case_id, handover["id"])
    assert await answered(shelter, submission) == (True, "accepted")
    assert "HandoverAcknowledged" in [name for name, _ in await shelter.published(case_id)]
    assert await answered(shelter, says(case_id, handover["id"])) == (False, "not_possible_in_state")


async def test_an_agencys_system_declines_with_a_reason_of_the_list(shelter: ServiceUnderTest) -> None:
    case_id = await a_hidden_case(shelter)
    handover = await a_handover(shelter, case_id)
    for reason in (None, "because"):
        submission = says(case_id, handover["id"], taken=False, reason=reason)
        assert await answered(shelter, submission) == (False, "payload_malformed")
    assert await answered(shelter, says(case_id, handover["id"], taken=False, reason="no_capacity")) == (
        True,
        "accepted",
    )


@pytest.mark.parametrize("agency", ["ngo-acu", "sms", "mia-special"])
async def test_a_case_that_the_agency_may_not_know_of_is_unknown(shelter: ServiceUnderTest, agency: str) -> None:
    """ID-7: as one that never was."""
    case_id = await a_hidden_case(shelter)
    handover = await a_handover(shelter, case_id)
    assert await answered(shelter, says(case_id, handover["id"], agency)) == (False, "unknown")
    assert await answered(shelter, says(new_id(), str(new_id()), agency)) == (False, "unknown")
    course: dict[str, Any] = {"effective_at": at(LATER), "agency": agency, "course": "x", "enrolled": 1, "needed": 1}
    published = exchange.CourseEnrolmentTold(case_id=case_id, submission_id=new_id(), **course)
    assert await answered(shelter, published) == (False, "unknown")


async def test_an_act_before_what_it_follows_is_refused_and_changes_nothing(shelter: ServiceUnderTest) -> None:
    case_id = await a_hidden_case(shelter)
    handover = await a_handover(shelter, case_id)
    early = says(case_id, handover["id"], effective_at=at("2024-03-01T10:00:00+04:00"))
    assert await answered(shelter, early) == (False, "before_what_it_follows")
    seen = await shelter.person(CENTRE).get_ok(f"/api/handovers/{handover['id']}")
    assert (seen["state"], seen["version"]) == ("requested", 1)
