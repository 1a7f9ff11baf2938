"""A request for a place and a hand-over of support begin by page, with agencies chosen by name."""

import re
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import exchange
from nrm_events.reference import case_reference
from staffui.testing import Browser

from .givens import CASEWORKER, CENTRE, MANAGER, OPENED, WORKER, a_case, a_hidden_case, at, code

NEED = {"category": "adult", "sex": "female", "track": "Other", "children": "0", "region_rule": "prefer"}
NOW = {"when": "now"}


async def joins(shelter: ServiceUnderTest, agency: str, kind: str) -> None:
    joined = {"effective_at": at(OPENED), "agency_id": uuid4(), "agency": agency, "kind": kind}
    await shelter.receives(exchange.AgencyJoined.model_validate(joined))


def id_at(desk: Browser, url: object, things: str) -> str:
    """The id of the object whose page this is."""
    found = re.fullmatch(rf"{desk.address}/{things}/([0-9a-f-]{{36}})", str(url))
    assert found, url
    return found[1]


async def test_a_caseworker_requests_a_place_by_page(paged: ServiceUnderTest, desk: Browser) -> None:
    """S2, SH-4: by the reference of the case, of an operator chosen by name; the house then sees the request."""
    case = await a_hidden_case(paged)
    listed = await desk.sign_in(CASEWORKER, to="/stays")
    assert 'href="/stays/new"' in listed.text
    form = await desk.get("/stays/new")
    assert 'value="ngo-clean-world"' in form.text
    assert 'value="vac"' not in form.text, "it has no places (SH-9)"
    typed = NEED | NOW | {"case_id": case_reference(case).lower(), "addressed_to": "ngo-clean-world"}
    page = await desk.post("/stays/new", form, typed)
    stay = id_at(desk, page.url, "stays")
    seen = await paged.person("ngo-clean-world.shelter-manager").get_ok(f"/api/stays/{stay}")
    assert (seen["case_id"], seen["state"], seen["asked_by"]) == (str(case), "requested", "ngo-amc")


async def test_a_house_of_the_police_is_not_asked_for_a_case_that_was_not_handed_over(
    paged: ServiceUnderTest, desk: Browser
) -> None:
    """ID-7: the form comes back with what was typed, and no request is there."""
    case = await a_hidden_case(paged)
    form = await desk.sign_in(CASEWORKER, to="/stays/new")
    typed = NEED | NOW | {"case_id": case_reference(case), "addressed_to": "mia-shelter"}
    again = await desk.post("/stays/new", form, typed)
    assert again.status_code == 409, again.text
    assert case_reference(case) in again.text
    assert (await paged.person(CASEWORKER).get_ok("/api/stays", case_id=str(case)))["items"] == []


async def test_support_is_handed_over_by_page_to_an_agency_that_joined_later(
    paged: ServiceUnderTest, desk: Browser
) -> None:
    """S10, SH-8: whoever supports can be chosen, also one of today; police never, and not the own agency."""
    await joins(paged, "ngo-new", "ngo")
    await joins(paged, "police-ganja", "police")
    case = await a_case(paged)
    listed = await desk.sign_in(CASEWORKER, to="/handovers")
    assert 'href="/handovers/new"' in listed.text
    form = await desk.get("/handovers/new")
    offered = set(re.findall(r'(?:<option|type="radio")[^>]*?value="([a-z-]+)"', form.text))
    assert {"vac", "ngo-new"} <= offered
    assert not {"ngo-amc", "mia-special", "police-ganja"} & offered
    page = await desk.post("/handovers/new", form, NOW | {"case_id": case_reference(case), "to": "ngo-new"})
    handover = await paged.person(CASEWORKER).get_ok(f"/api/handovers/{id_at(desk, page.url, 'handovers')}")
    assert (handover["case_id"], handover["to"], handover["state"]) == (str(case), "ngo-new", "requested")


@pytest.mark.parametrize("path", ["/stays/new", "/handovers/new"])
async def test_a_case_of_others_is_refused_as_one_that_does_not_exist(
    paged: ServiceUnderTest, desk: Browser, path: str
) -> None:
    """ID-7: the same words beside the question, whether it is hidden or absent."""
    hidden, absent = await a_hidden_case(paged, holder="ngo-acu"), uuid4()
    form = await desk.sign_in(CASEWORKER, to=path)
    agency = {"to": "vac"} if path == "/handovers/new" else NEED | {"addressed_to": "ngo-clean-world"}
    faults = []
    for case in (hidden, absent):
        refused = await desk.post(path, form, NOW | agency | {"case_id": case_reference(case)})
        assert refused.status_code == 422, refused.text
        assert case_reference(case) in refused.text
        faults.append(re.findall(r'id="case-id-error"[^>]*>(.*?)</p>', refused.text, re.DOTALL))
    assert faults[0] == faults[1] != []
    assert (await paged.person("ngo-acu.caseworker").get_ok(f"/api{path.removesuffix('/new')}"))["items"] == []


@pytest.mark.parametrize(("person", "path"), [(WORKER, "/stays/new"), (CENTRE, "/handovers/new")])
async def test_a_role_that_may_not_begin_one_has_no_form(desk: Browser, person: str, path: str) -> None:
    listed = await desk.sign_in(person, to=path.removesuffix("/new"))
    assert f'href="{path}"' not in listed.text
    assert (await desk.get(path)).status_code == 403


async def test_a_case_is_found_by_whoever_may_request_for_it_and_by_nobody_else(paged: ServiceUnderTest) -> None:
    """ID-7: nothing for an agency that may not know of it; a wrong sign is refused for everybody alike."""
    case: UUID = await a_hidden_case(paged)
    path = f"/api/cases?case_ref={case_reference(case)}"
    assert [one["case_id"] for one in (await paged.person(CASEWORKER).get_ok(path))["items"]] == [str(case)]
    for other in ("ngo-acu.caseworker", MANAGER):
        assert (await paged.person(other).get_ok(path))["items"] == []
        assert await code(paged.person(other), "get", "/api/cases?case_ref=K7F3-XA9N") == (422, "not_a_reference")
    assert (await paged.person(WORKER).get(path)).status_code == 403
