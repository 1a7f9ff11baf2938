"""Several consents at one time, all or none (ID-12)."""

from typing import Any

from chassis.testing import ServiceUnderTest

from .givens import AGREED, NGO, OFFICER, a_referred_case, act, an_open_case, events_of, problem, seen, shared_with

POLICE = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"}
CENTRE = {"recipient": "vac", "purpose": "reintegration", "data_class": "needs"}
REFERENCE = CENTRE | {"data_class": "case_reference"}
TOGETHER = "consents/together"


def triples(case: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["recipient"], one["purpose"], one["data_class"]) for one in case["consents"]}


async def test_one_signature_grants_several_consents(identification: ServiceUnderTest) -> None:
    """ID-12, ID-7: one command, a consent and an event for each class of data, once however often it is sent."""
    case = await an_open_case(identification)
    body = {"grants": [POLICE, CENTRE, CENTRE, REFERENCE], **AGREED}
    path = f"/api/cases/{case['id']}/{TOGETHER}"
    ngo = identification.person(NGO)
    first = await ngo.post(path, body, key="once-1-together")
    again = await ngo.post(path, body, key="once-1-together")
    assert first.json() == again.json()
    assert triples(first.json()) == {
        ("mia-special", "referral", "identity"),
        ("vac", "reintegration", "case_reference"),
        ("vac", "reintegration", "needs"),
    }
    assert [one for one in await events_of(identification, case) if one == "ConsentGranted"] == ["ConsentGranted"] * 3
    assert (await seen(identification, case, "vac.reintegration-worker"))["id"] == case["id"]


async def test_all_are_recorded_or_none(identification: ServiceUnderTest) -> None:
    """ID-12: one line that cannot be granted is named, and nothing of the others stands."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "vac", "reintegration", "needs")
    path = f"/api/cases/{case['id']}/{TOGETHER}"
    stands = await identification.person(NGO).post(path, {"grants": [POLICE, CENTRE], **AGREED})
    assert problem(stands) == (409, "already_granted")
    assert [one["where"] for one in stands.json()["faults"]] == ["body.grants.1.data_class"]
    unknown = {**POLICE, "recipient": "ngo-nobody"}
    absent = await identification.person(NGO).post(path, {"grants": [POLICE, unknown], **AGREED})
    assert problem(absent) == (422, "unknown_agency")
    assert triples(await seen(identification, case)) == {("vac", "reintegration", "needs")}


async def test_the_formal_body_grants_help_alone(identification: ServiceUnderTest) -> None:
    """ID-12: who does not hold the case records consents to recipients of help, also when it records several."""
    case = await a_referred_case(identification)
    bar = {"recipient": "sms", "purpose": "removal_bar", "data_class": "identity"}
    path = f"/api/cases/{case['id']}/{TOGETHER}"
    refused = await identification.person(OFFICER).post(path, {"grants": [CENTRE, bar], **AGREED})
    assert problem(refused) == (409, "not_a_recipient_of_help")
    granted = await act(identification, case, TOGETHER, OFFICER, grants=[CENTRE], **AGREED)
    assert ("vac", "reintegration", "needs") in triples(granted)
