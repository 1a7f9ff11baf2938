"""Recognitions given, declined, appealed, reopened and revoked (ID-8, ID-9)."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    AFTER,
    AGREED,
    BY_COURT,
    DECIDED,
    FOUND_CHILD,
    HOTLINE,
    INFORMED,
    LATER,
    NGO,
    OFFICER,
    REPORTED,
    WHY,
    WHY_NOT,
    a_case_in_assessment,
    a_child,
    a_declined_case,
    a_hidden_declined_case,
    a_recognised_case,
    a_referred_case,
    act,
    allowed,
    an_open_case,
    consent_to,
    problem,
    reason,
    refusal,
    seen,
    told,
)


async def test_recognitions_are_a_list(identification: ServiceUnderTest) -> None:
    """ID-8: presumed, NGO and formal beside each other, each with authority, reasons, dissent and day."""
    case = await an_open_case(identification)
    await act(identification, case, "recognitions", NGO, LATER, kind="presumed", reasons=["indicators_met"])
    await act(identification, case, "recognitions", NGO, LATER, kind="ngo", reasons=["own_account"])
    await consent_to(identification, case)
    await act(identification, case, "referral", NGO, LATER)
    await act(identification, case, "referral/acknowledgement", OFFICER, LATER)
    after = await act(
        identification, case, "formal-recognition", OFFICER, DECIDED, **WHY, dissent=["means_not_established"]
    )
    held = [(r["kind"], r["authority"], r["reasons"], r["dissent"]) for r in after["recognitions"]]
    assert held == [
        ("presumed", "ngo-amc", ["indicators_met"], []),
        ("ngo", "ngo-amc", ["own_account"], []),
        ("formal", "mia-special", ["act_means_purpose_met"], ["means_not_established"]),
    ]
    assert [e for e in await told(identification, case) if e.startswith("Victim")] == [
        "VictimPresumed",
        "VictimPresumed",
        "VictimReferred",
        "VictimIdentified",
    ]


@pytest.mark.parametrize(
    ("by", "kind", "code"),
    [
        ("sms.reporter", "presumed", None),
        ("sbs.reporter", "presumed", None),
        ("mlspp.reporter", "presumed", None),
        ("scfwca.caseworker", "presumed", None),
        ("sms.reporter", "ngo", "not_an_authority"),
        ("unions.reporter", "presumed", "not_an_authority"),
        ("ngo-clrpl.caseworker", "ngo", "not_an_authority"),
        ("ngo-acu.caseworker", "ngo", None),
    ],
)
async def test_who_may_recognise_is_a_parameter(
    identification: ServiceUnderTest, by: str, kind: str, code: str | None
) -> None:
    """ID-8: by agency and kind."""
    case = await an_open_case(identification, by)
    if code is None:
        after = await act(identification, case, "recognitions", by, LATER, kind=kind, **WHY)
        assert reason(after, "presume") == (None if by.startswith("ngo") else "already_recognised")
    else:
        assert await refusal(identification, case, "recognitions", by, LATER, kind=kind, **WHY) == (409, code)


async def test_no_recognition_before_the_law_that_names_the_authorities(identification: ServiceUnderTest) -> None:
    """ID-8: by the day of the decision."""
    case = await an_open_case(identification, happened_at="2009-03-04T10:00:00+04:00")
    early = await refusal(identification, case, "recognitions", NGO, "2009-09-02T10:00:00+05:00", kind="ngo", **WHY)
    assert early == (409, "not_in_force")
    await act(identification, case, "recognitions", NGO, "2009-09-03T10:00:00+05:00", kind="ngo", **WHY)


async def test_the_same_recognition_twice_at_the_same_time(identification: ServiceUnderTest) -> None:
    """ID-8: of two clients one wins, the other is told that it stands."""
    case = await an_open_case(identification)
    body = {"kind": "ngo", "happened_at": LATER} | WHY
    person = identification.person(NGO)
    answers = await asyncio.gather(*(person.post(f"/api/cases/{case['id']}/recognitions", body) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_recognised"}
    assert (await told(identification, case)).count("VictimPresumed") == 1


async def test_a_negative_decision_carries_reasons_and_can_be_appealed(identification: ServiceUnderTest) -> None:
    """ID-9: decline, appeal, rejection, appeal again, reopening, another decision."""
    case = await a_case_in_assessment(identification)
    assert await refusal(identification, case, "decline", OFFICER, reasons=[]) == (422, "invalid_request")
    after = await act(identification, case, "decline", OFFICER, DECIDED, **WHY_NOT)
    decision = after["decisions"][0]
    assert (after["status"], decision["kind"], decision["about"]) == ("not_recognised", "declined", "formal")
    assert decision["reasons"] == WHY_NOT["reasons"]
    assert {"appeal", "close"} <= allowed(await seen(identification, case))
    early = await refusal(identification, case, "appeal", NGO, LATER)
    assert early == (422, "before_what_it_follows")
    await act(identification, case, "appeal", NGO, AFTER)
    alone = await refusal(identification, case, "appeal/rejection", OFFICER, AFTER)
    assert alone == (422, "not_an_appeal_body")
    itself = await refusal(identification, case, "appeal/rejection", OFFICER, AFTER, decided_by="mia_special")
    assert itself == (422, "not_an_appeal_body")
    unnamed = await refusal(identification, case, "appeal/rejection", OFFICER, AFTER, decided_by="court")
    assert unnamed == (422, "reference_missing")
    rejected = await act(identification, case, "appeal/rejection", OFFICER, AFTER, **BY_COURT)
    assert rejected["decisions"][0]["appeal_rejected_at"]
    assert rejected["decisions"][0]["appeal_decided_by"] == "court"
    again = await act(identification, case, "appeal", NGO, AFTER)
    assert (again["status"], again["decisions"][0]["appeal_rejected_at"]) == ("appealed", None)
    await act(identification, case, "reopening", OFFICER, AFTER, **BY_COURT)
    final = await act(identification, case, "formal-recognition", OFFICER, AFTER, **WHY)
    assert final["status"] == "recognised"
    assert (await told(identification, case))[-5:] == [
        "IdentificationDeclined",
        "IdentificationAppealed",
        "IdentificationAppealed",
        "IdentificationReopened",
        "VictimIdentified",
    ]


async def test_new_facts_are_for_who_decided_and_an_appeal_for_another_body(identification: ServiceUnderTest) -> None:
    """ID-9: an NGO appeals the decision of the special police body; it reopens it by the court's decision alone."""
    case = await a_declined_case(identification)
    assert reason(await seen(identification, case), "reopen") == "not_the_authority"
    assert await refusal(identification, case, "reopening", NGO) == (409, "not_the_authority")
    await act(identification, case, "appeal", NGO, AFTER)
    assert await refusal(identification, case, "reopening", NGO) == (422, "not_an_appeal_body")
    reopened = await act(identification, case, "reopening", NGO, AFTER, **BY_COURT)
    assert reopened["status"] == "reopened"


async def test_a_recognition_is_revoked_by_who_gave_it(identification: ServiceUnderTest) -> None:
    """ID-9: with reasons; the others stay; a formal one ends in `not_recognised` and can be appealed."""
    case = await an_open_case(identification)
    given = await act(identification, case, "recognitions", NGO, LATER, kind="ngo", **WHY)
    await consent_to(identification, case)
    await act(identification, case, "referral", NGO, LATER)
    await act(identification, case, "referral/acknowledgement", OFFICER, LATER)
    recognised = await act(identification, case, "formal-recognition", OFFICER, DECIDED, **WHY)
    ngo, formal = (r["id"] for r in recognised["recognitions"])
    assert ngo == given["recognitions"][0]["id"]
    path = f"recognitions/{formal}/revocation"
    assert await refusal(identification, case, path, NGO, AFTER, **WHY_NOT) == (409, "not_the_authority")
    assert await refusal(identification, case, path, OFFICER, REPORTED, **WHY_NOT) == (422, "before_what_it_follows")
    assert await refusal(identification, case, f"recognitions/{uuid4()}/revocation", OFFICER, **WHY_NOT) == (
        404,
        "not_found",
    )
    after = await act(identification, case, path, OFFICER, AFTER, reasons=["obtained_by_error"])
    assert after["status"] == "not_recognised"
    assert [(r["kind"], r["revoked_at"] is None) for r in after["recognitions"]] == [("ngo", True), ("formal", False)]
    assert await refusal(identification, case, path, OFFICER, AFTER, **WHY_NOT) == (409, "already_revoked")
    own = await act(identification, case, f"recognitions/{ngo}/revocation", NGO, AFTER, reasons=["new_facts"])
    assert own["status"] == "not_recognised"
    appealed = await act(identification, case, "appeal", NGO, AFTER)
    assert [d["appealed_at"] is None for d in appealed["decisions"]] == [False, True]
    revoked = [facts["kind"] for name, facts in await identification.published(case["id"]) if "Revoked" in name]
    assert revoked == ["formal", "ngo"]


async def test_a_revoked_person_can_be_recognised_again(identification: ServiceUnderTest) -> None:
    """ID-8, ID-9: one formal recognition stands at a time, the list keeps both."""
    case = await a_recognised_case(identification)
    formal = case["recognitions"][0]["id"]
    await act(identification, case, f"recognitions/{formal}/revocation", OFFICER, AFTER, reasons=["new_facts"])
    await act(identification, case, "reopening", OFFICER, AFTER)
    again = await act(identification, case, "formal-recognition", OFFICER, AFTER, **WHY)
    assert [r["revoked_at"] is None for r in again["recognitions"]] == [False, True]


async def test_an_ngo_declines_what_police_may_not_know_of(identification: ServiceUnderTest) -> None:
    """ID-7, ID-9: without consent the NGO assesses and declines; police see nothing before or after."""
    case = await a_hidden_declined_case(identification)
    assert (case["status"], case["hidden_from_police"], case["clocks"]) == ("not_recognised", True, [])
    assert [(d["authority"], d["about"]) for d in case["decisions"]] == [("ngo-amc", "ngo")]
    declined = [facts for name, facts in await identification.published(case["id"]) if "Declined" in name]
    assert [facts["authority"] for facts in declined] == ["ngo-amc"]
    for police in (OFFICER, HOTLINE):
        assert problem(await identification.person(police).get(f"/api/cases/{case['id']}")) == (404, "not_found")


async def test_an_ngos_own_decision_is_appealed_and_reopened_like_others(identification: ServiceUnderTest) -> None:
    """ID-9; when the person then agrees, the case is handed over and decided by the formal authority (ID-7, ID-8)."""
    case = await a_hidden_declined_case(identification)
    await act(identification, case, "appeal", NGO, AFTER)
    await act(identification, case, "appeal/rejection", NGO, AFTER, **BY_COURT)
    await act(identification, case, "appeal", NGO, AFTER)
    reopened = await act(identification, case, "reopening", NGO, AFTER, **BY_COURT)
    assert reason(reopened, "refer") == "consent_missing"
    assert "decline" in allowed(reopened)
    assert await refusal(identification, case, "referral", NGO, AFTER) == (409, "consent_missing")
    agreed = await consent_to(identification, case)
    assert reason(agreed, "decline") == "hand_over_due"
    assert await refusal(identification, case, "decline", NGO, AFTER, **WHY_NOT) == (409, "hand_over_due")
    await act(identification, case, "referral", NGO, AFTER)
    await act(identification, case, "referral/acknowledgement", OFFICER, AFTER)
    final = await act(identification, case, "formal-recognition", OFFICER, AFTER, **WHY)
    assert [r["kind"] for r in final["recognitions"]] == ["formal"]


async def test_what_may_be_handed_over_is_not_declined_by_an_ngo(identification: ServiceUnderTest) -> None:
    """ID-7: with consent, or for a child, the special police body assesses."""
    case = await consent_to(identification, await an_open_case(identification))
    assert await refusal(identification, case, "decline", NGO, **WHY_NOT) == (409, "not_possible_in_state")
    child = await an_open_case(identification, htcds=a_child())
    assert await refusal(identification, child, "decline", NGO, **WHY_NOT) == (409, "not_possible_in_state")
    in_assessment = await a_case_in_assessment(identification)
    assert await refusal(identification, in_assessment, "decline", NGO, **WHY_NOT) == (409, "not_an_authority")


async def test_an_agency_without_authority_does_not_decline(identification: ServiceUnderTest) -> None:
    """ID-8: the legal aid NGO and the child committee hold no authority of the kind `ngo`."""
    case = await an_open_case(identification, "ngo-clrpl.caseworker")
    by = "ngo-clrpl.caseworker"
    assert reason(case, "decline") == "not_an_authority"
    assert await refusal(identification, case, "decline", by, DECIDED, **WHY_NOT) == (409, "not_an_authority")


async def test_a_case_is_not_recognised_from_where_it_stands(identification: ServiceUnderTest) -> None:
    """ID-8: formal recognition follows the assessment, and no recognition follows the end."""
    case = await a_referred_case(identification)
    early = await refusal(identification, case, "formal-recognition", OFFICER, DECIDED, **WHY)
    assert early == (409, "not_possible_in_state")
    await act(identification, case, "withdrawal", NGO, DECIDED)
    late = await refusal(identification, case, "recognitions", NGO, DECIDED, kind="ngo", **WHY)
    assert late == (409, "not_possible_in_state")


BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "refer": ("referral", {"best_interests_recorded": True}),
    "acknowledge": ("referral/acknowledgement", {}),
    "recognise_formally": ("formal-recognition", WHY),
    "decline": ("decline", WHY_NOT),
    "appeal": ("appeal", {}),
    "reject_appeal": ("appeal/rejection", BY_COURT),
    "reopen": ("reopening", BY_COURT),
    "offer_reflection": ("reflection", {}),
    "end_reflection": ("reflection/end", {"written_wish": "7/2024"}),
    "record_potential": ("potential", {"categories": ["migrant_worker"]}),
    "explain_rights": ("rights-explanations", {"language": "az", "document_version": "rights-2024"}),
    "establish_age": ("age", FOUND_CHILD),
    "doubt_age": ("age-doubts", {"ground": "appearance"}),
    "offer_holder": ("holder-offers", {"to": "ngo-acu", "ground": "consent", "consent": AGREED}),
    "meet_duty_without_name": ("duty-without-name", INFORMED),
    "give_opinion": ("opinions", {"stance": "victim", "reasons_for": ["own_account"]}),
    "close": ("closing", {}),
    "withdraw": ("withdrawal", {}),
}


@pytest.mark.parametrize(
    ("given_", "by"),
    [
        (an_open_case, NGO),
        (a_referred_case, NGO),
        (a_case_in_assessment, OFFICER),
        (a_recognised_case, OFFICER),
        (a_declined_case, NGO),
        (a_declined_case, OFFICER),
        (a_hidden_declined_case, NGO),
    ],
)
async def test_what_is_listed_as_possible_is_possible_and_nothing_else(
    identification: ServiceUnderTest, given_: Any, by: str
) -> None:
    """Every listed action is tried, each refused one first; the answer told the truth about it."""
    case = await seen(identification, await given_(identification), by)
    listed = {a["action"]: a["allowed"] for a in case["actions"] if a["action"] in BODIES}
    for action in sorted(listed, key=lambda name: listed[name]):
        path, body = BODIES[action]
        if not listed[action]:
            status, _ = await refusal(identification, case, path, by, **body)
            assert status == (403 if reason(case, action) == "not_for_this_basis" else 409), action
    possible = [action for action, yes in listed.items() if yes]
    for action in possible:
        fresh = await given_(identification)
        path, body = BODIES[action]
        await act(identification, fresh, path, by, **body)


@pytest.mark.parametrize(
    ("given_", "path", "by", "body"),
    [
        (a_case_in_assessment, "formal-recognition", OFFICER, WHY),
        (a_case_in_assessment, "decline", OFFICER, WHY_NOT),
        (a_declined_case, "reopening", OFFICER, {}),
        (a_declined_case, "appeal/rejection", OFFICER, {}),
        (a_recognised_case, "revocation", OFFICER, WHY_NOT),
    ],
)
async def test_a_decision_is_on_what_was_read(
    identification: ServiceUnderTest, given_: Any, path: str, by: str, body: dict[str, Any]
) -> None:
    """ID-8, ID-9: a consent, an age, another decision came meanwhile: nothing is done, and both values are told."""
    case = await given_(identification)
    if path == "revocation":
        path = f"recognitions/{case['recognitions'][0]['id']}/revocation"
    await act(identification, case, "rights-explanations", NGO, DECIDED, language="az", document_version="rights-2024")
    person, address = identification.person(by), f"/api/cases/{case['id']}/{path}"
    assert problem(await person.post(address, body)) == (422, "invalid_request")
    stale = await person.post(address, body | {"version": case["version"]})
    assert problem(stale) == (409, "stale")
    facts = stale.json()["facts"]
    assert (facts["given_version"], facts["stored_version"]) == (case["version"], case["version"] + 1)
    assert facts["stored"]["status"] == case["status"]
    assert (await seen(identification, case, by))["version"] == case["version"] + 1
