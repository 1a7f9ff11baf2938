"""Who reads and records services, assistance and courses, and whom support goes to (SH-8, ID-12)."""

from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import exchange

from .givens import (
    ASKED,
    CASEWORKER,
    CENTRE,
    LATER,
    OFFICER,
    OPENED,
    WORKER,
    a_case,
    a_handover,
    a_hidden_case,
    a_request,
    a_resident,
    an_acknowledged_handover,
    at,
    code,
    the_person_agrees,
)

CLEAN_WORLD = "ngo-clean-world.shelter-manager"
WHERE = ("operator", "place", "addressed_to", "mia-shelter", "mia-adult")


async def test_services_by_consent_are_those_of_its_purpose_and_name_no_payer(shelter: ServiceUnderTest) -> None:
    """ID-12: the class `needs`, the purpose of the service; who paid would show where the person lives (SH-7)."""
    stay = await a_resident(shelter)
    path = f"/api/stays/{stay['id']}/services"
    for service in ("medicine", "legal", "food"):
        care = {"service": service, "payer": "mia-shelter", "happened_at": LATER}
        await shelter.person(WORKER).post_ok(path, care)
    ngo = shelter.person("ngo-clean-world.caseworker")
    await the_person_agrees(shelter, stay["case_id"], "ngo-clean-world", "medical", data_class="contact")
    assert await code(ngo, "get", path) == (403, "not_for_this_basis")
    await the_person_agrees(shelter, stay["case_id"], "ngo-clean-world", "medical")
    (only,) = (await ngo.get_ok(path))["items"]
    assert (only["service"], "payer" in only) == ("medicine", False)
    await the_person_agrees(shelter, stay["case_id"], "ngo-clean-world", "assistance")
    assert len((await ngo.get_ok(path))["items"]) == 3
    await the_person_agrees(shelter, stay["case_id"], "ngo-amc", "assistance")
    holder = (await shelter.person(CASEWORKER).get_ok(f"/api/stays/{stay['id']}"))["services"]
    assert [entry["payer"] for entry in holder] == ["mia-shelter"] * 3, "a holder knows the operator"


async def test_assistance_is_shown_to_who_gave_it_and_by_consent(shelter: ServiceUnderTest) -> None:
    """SH-8, ID-12: not to the holder by holding, nor to the body that the case was handed over to."""
    case = await a_case(shelter)
    await an_acknowledged_handover(shelter, case)
    for kind in ("legal", "psychological"):
        body = {"case_id": str(case), "kind": kind, "payer": "vac", "happened_at": LATER}
        await shelter.person(CENTRE).post_ok("/api/assistance", body)
    course = {"case_id": str(case), "course": "sewing", "enrolled": 1, "needed": 2, "happened_at": LATER}
    await shelter.person(CENTRE).post_ok("/api/course-enrolments", course)

    async def shown(username: str) -> tuple[list[str], int]:
        person = shelter.person(username)
        kinds = [row["kind"] for row in (await person.get_ok("/api/assistance", case_id=str(case)))["items"]]
        return kinds, len((await person.get_ok("/api/course-enrolments", case_id=str(case)))["items"])

    assert await shown(CENTRE) == (["psychological", "legal"], 1)
    assert await shown(CASEWORKER) == await shown(OFFICER) == ([], 0)
    await the_person_agrees(shelter, case, "ngo-amc", "legal_aid")
    assert await shown(CASEWORKER) == (["legal"], 0)
    await the_person_agrees(shelter, case, "ngo-amc", "reintegration")
    assert await shown(CASEWORKER) == (["legal"], 1)


async def test_an_ngo_that_took_the_support_over_writes_its_own_part(shelter: ServiceUnderTest) -> None:
    """SH-8: as the centre does, and not before it said yes."""
    case = await a_hidden_case(shelter)
    ngo = shelter.person("ngo-acu.caseworker")
    handover = await a_handover(shelter, case, "ngo-acu")
    body = {"case_id": str(case), "kind": "social", "payer": "ngo-acu", "happened_at": LATER}
    assert await code(ngo, "post", "/api/assistance", body) == (403, "not_for_this_basis")
    await ngo.post_ok(f"/api/handovers/{handover['id']}/acknowledgement", {"happened_at": LATER})
    assert (await ngo.post_ok("/api/assistance", body))["agency"] == "ngo-acu"
    other = await a_handover(shelter, case)
    assert await code(ngo, "get", f"/api/handovers/{other['id']}") == (404, "not_found")
    assert len((await ngo.get_ok("/api/handovers"))["items"]) == 1


@pytest.mark.parametrize(("to", "why"), [("mia-special", "takes_no_support"), ("sms", "takes_no_support")])
async def test_support_is_handed_to_those_who_support(shelter: ServiceUnderTest, to: str, why: str) -> None:
    """SH-8, ID-7: by the kind of the agency, so never to police, also one that joined."""
    case = await a_hidden_case(shelter)
    caseworker, body = shelter.person(CASEWORKER), {"case_id": str(case), "happened_at": ASKED}
    assert await code(caseworker, "post", "/api/handovers", body | {"to": to}) == (422, why)
    assert await code(caseworker, "post", "/api/handovers", body | {"to": "ngo-new"}) == (422, "unknown_agency")
    for agency, kind in (("ngo-new", "ngo"), ("police-ganja", "police")):
        joined = {"effective_at": at(OPENED), "agency_id": uuid4(), "agency": agency, "kind": kind}
        await shelter.receives(exchange.AgencyJoined.model_validate(joined))
    assert await code(caseworker, "post", "/api/handovers", body | {"to": "police-ganja"}) == (422, "takes_no_support")
    assert (await caseworker.post_ok("/api/handovers", body | {"to": "ngo-new"}))["to"] == "ngo-new"


async def test_places_are_requested_of_agencies_that_have_some(shelter: ServiceUnderTest) -> None:
    """SH-9: who runs a house with places; the assistance centre has none."""
    case = await a_hidden_case(shelter)
    caseworker = shelter.person(CASEWORKER)
    for agency, why in (("vac", "not_an_operator"), ("iom", "not_an_operator"), ("ngo-new", "unknown_agency")):
        body = a_request(case, addressed_to=["ngo-amc", agency])
        assert await code(caseworker, "post", "/api/stays", body) == (422, why)
