"""Attacks by a hostile colleague: each test states what access.md says and fails today."""

from datetime import datetime

from chassis.testing import ServiceUnderTest
from nrm_events import identification as heard

from .givens import (
    ASKED,
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


def closed(case_id, outcome="closed"):
    return heard.CaseClosed(effective_at=at(LATER), case_id=case_id, outcome=outcome)


async def test_the_formal_body_requests_nothing_after_the_case_is_closed(shelter: ServiceUnderTest) -> None:
    case_id = await a_case(shelter)
    await shelter.hears(closed(case_id))
    officer = shelter.person(OFFICER)
    place = await officer.post("/api/stays", a_request(case_id, addressed_to=["ngo-clean-world"], happened_at=None))
    handed = await officer.post("/api/handovers", {"case_id": str(case_id), "to": "vac"})
    assert (place.status_code, handed.status_code) == (403, 403), (place.text, handed.text)


async def test_every_service_learns_that_support_ended_with_its_consent(shelter: ServiceUnderTest) -> None:
    case_id = await a_hidden_case(shelter)
    consent = await the_person_agrees(shelter, case_id, "vac", "reintegration")
    handover = await an_acknowledged_handover(shelter, case_id)
    before = len(await shelter.published(case_id))
    await shelter.hears(withdrawn(consent))
    gone = await shelter.person(CENTRE).get(f"/api/handovers/{handover['id']}")
    new = [name for name, _ in (await shelter.published(case_id))[before:]]
    rows = await shelter.person(CENTRE).get("/api/handovers")
    assert [n for n in new if n.startswith("Handover")] != [], (gone.status_code, new)
