"""A mistyped agency or language is refused: nobody would hear of the case, or be understood (ID-7, ID-12, ID-14)."""

from uuid import NAMESPACE_URL, uuid4, uuid5

from chassis.clock import utc_now
from chassis.testing import ServiceUnderTest
from nrm_events import exchange
from nrm_events.taking_part import AGENCIES, AgencyKind

from .givens import (
    AGREED,
    DECIDED,
    LATER,
    NGO,
    OFFICER,
    a_case_in_assessment,
    a_report,
    act,
    an_open_case,
    events_of,
    problem,
)

CONSENT = {"purpose": "assistance", "data_class": "needs"} | AGREED
DISCLOSURE = {"decided_by": "court", "decision_reference": "1/2024", "data_class": "identity"}


def joined(agency: str, kind: AgencyKind = "ngo") -> exchange.AgencyJoined:
    code = uuid5(NAMESPACE_URL, agency)
    return exchange.AgencyJoined(effective_at=utc_now(), agency_id=code, agency=agency, kind=kind)


async def test_a_consent_is_for_an_agency_that_there_is(identification: ServiceUnderTest) -> None:
    """ID-12: each of the start can be named; a code with two letters exchanged is nobody's, and nothing is kept."""
    case = await an_open_case(identification)
    for agency in AGENCIES:
        await act(identification, case, "consents", NGO, LATER, recipient=agency, **CONSENT)
    person, path = identification.person(NGO), f"/api/cases/{case['id']}/consents"
    before = await events_of(identification, case)
    for mistyped in ("ngo-acm", "msm", "mia-spcial"):
        refused = await person.post(path, {"recipient": mistyped} | CONSENT)
        assert problem(refused) == (422, "unknown_agency")
        assert refused.json()["faults"][0]["where"] == "body.recipient"
    assert await events_of(identification, case) == before


async def test_a_disclosure_is_to_an_agency_that_there_is(identification: ServiceUnderTest) -> None:
    """ID-13."""
    case = await a_case_in_assessment(identification)
    person, path = identification.person(OFFICER), f"/api/cases/{case['id']}/disclosures"
    refused = await person.post(path, {"recipient": "mjo", "happened_at": DECIDED} | DISCLOSURE)
    assert problem(refused) == (422, "unknown_agency")


async def test_who_joins_later_can_be_named_until_it_is_removed(alone: ServiceUnderTest) -> None:
    """ID-12: as the exchange tells of it, in any order of what is told again."""
    case = await an_open_case(alone)
    person, path = alone.person(NGO), f"/api/cases/{case['id']}/consents"
    body = {"recipient": "ngo-umid"} | CONSENT
    assert problem(await person.post(path, body)) == (422, "unknown_agency")
    received = await alone.receives(joined("ngo-umid"), joined("ngo-umid"))
    consent = (await person.post_ok(path, body))["consents"][0]
    await person.post_ok(f"{path}/{consent['id']}/withdrawal")
    await alone.receives(
        exchange.AgencyRemoved(effective_at=utc_now(), agency_id=received[0].data.stream, agency="ngo-umid"),
        exchange.AgencyRemoved(effective_at=utc_now(), agency_id=uuid4(), agency="ngo-amc"),
    )
    assert problem(await person.post(path, body)) == (422, "unknown_agency")
    await person.post_ok(path, {"recipient": "ngo-amc"} | CONSENT)  # it takes part from the start
    await alone.receives(joined("ngo-umid"))
    await person.post_ok(path, body)


async def test_a_report_names_a_language_that_there_is(identification: ServiceUnderTest) -> None:
    """ID-14: and keeps the code of two letters where the language has one."""
    refused = await identification.person(NGO).post("/api/reports", a_report(language="xq"))
    assert problem(refused) == (422, "unknown_language")
    assert refused.json()["faults"][0]["where"] == "body.language"
    stored = await identification.person(NGO).post_ok("/api/reports", a_report(language="aze"))
    assert stored["language"] == "az"


async def test_rights_are_told_in_a_language_that_there_is(identification: ServiceUnderTest) -> None:
    """ID-14."""
    case = await an_open_case(identification)
    person, body = identification.person(NGO), {"language": "qqq", "document_version": "rights-2024"}
    refused = await person.post(f"/api/cases/{case['id']}/rights-explanations", body)
    assert problem(refused) == (422, "unknown_language")
    contact = {"channel": "sms", "address": "+994501234567", "language": "zz"}
    unheard = await person.post(f"/api/cases/{case['id']}/safe-contact", {"version": 1, "contact": contact})
    assert problem(unheard) == (422, "unreachable_contact")
    assert [(fault["where"], fault["code"]) for fault in unheard.json()["faults"]] == [
        ("body.contact.language", "language_without_template")
    ]
