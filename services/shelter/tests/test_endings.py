"""What ends with a closed case and with a withdrawn consent, here and in every other service (ID-7, ID-12, SH-8)."""

from uuid import UUID

from chassis.testing import ServiceUnderTest
from nrm_events import identification

from .givens import (
    CASEWORKER,
    CENTRE,
    LATER,
    OFFICER,
    a_case,
    a_hidden_case,
    a_request,
    an_acknowledged_handover,
    at,
    the_person_agrees,
    withdrawn,
)


def closed(case_id: UUID) -> identification.CaseClosed:
    return identification.CaseClosed(effective_at=at(LATER), case_id=case_id, outcome="closed")


async def test_the_formal_body_requests_nothing_after_the_case_is_closed(shelter: ServiceUnderTest) -> None:
    case_id = await a_case(shelter)
    await shelter.receives(closed(case_id))
    officer = shelter.person(OFFICER)
    place = await officer.post("/api/stays", a_request(case_id, addressed_to=["ngo-clean-world"], happened_at=None))
    handed = await officer.post("/api/handovers", {"case_id": str(case_id), "to": "vac"})
    assert (place.status_code, handed.status_code) == (403, 403), (place.text, handed.text)


async def test_every_service_learns_that_support_ended_with_its_consent(shelter: ServiceUnderTest) -> None:
    case_id = await a_hidden_case(shelter)
    consent = await the_person_agrees(shelter, case_id, "vac", "reintegration")
    handover = await an_acknowledged_handover(shelter, case_id)
    before = len(await shelter.published(case_id))
    await shelter.receives(withdrawn(consent))
    new = await shelter.published(case_id)
    ended = [published for name, published in new[before:] if name == "HandoverEnded"]
    assert [one["handover_id"] for one in ended] == [handover["id"]]
    gone = await shelter.person(CENTRE).get(f"/api/handovers/{handover['id']}")
    assert gone.status_code == 404


async def test_no_place_is_looked_for_once_the_case_is_closed(shelter: ServiceUnderTest) -> None:
    """SH-2: the operators that were asked lose sight of the case."""
    case_id = await a_hidden_case(shelter)
    stay = await shelter.person(CASEWORKER).post_ok("/api/stays", a_request(case_id, addressed_to=["ngo-clean-world"]))
    await shelter.receives(closed(case_id))
    after = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{stay['id']}")
    assert after["state"] == "refused"
