"""Consent per recipient, purpose and class of data; its withdrawal and who has acknowledged it (ID-12)."""

import asyncio
from uuid import UUID, uuid4

from chassis.testing import ServiceUnderTest
from nrm_events import fund, notify, repatriation, shelter

from .givens import (
    AGREED,
    DECIDED,
    FOR_A_CHILD,
    LATER,
    NGO,
    OFFICER,
    REPORTED,
    a_child,
    a_recognised_case,
    a_referred_case,
    act,
    allowed,
    an_open_case,
    consent_to,
    events_of,
    moment,
    opens,
    problem,
    reason,
    refusal,
    seen,
    shared_with,
)

VAC = "vac.reintegration-worker"


async def test_consent_lets_its_recipient_know_of_the_case_and_withdrawal_ends_it(
    identification: ServiceUnderTest,
) -> None:
    """ID-12: per recipient and purpose; the other reasons to know stand."""
    case = await an_open_case(identification)
    hidden = await identification.person(VAC).get(f"/api/cases/{case['id']}")
    assert problem(hidden) == (404, "not_found")
    granted = await consent_to(identification, case, "vac", "reintegration")
    assert {"agency": "vac", "basis": "consent"}.items() <= granted["who_knows"][1].items()
    assert (await seen(identification, case, VAC))["id"] == case["id"]
    consent = granted["consents"][0]
    await act(identification, case, f"consents/{consent['id']}/withdrawal", NGO, LATER)
    assert problem(await identification.person(VAC).get(f"/api/cases/{case['id']}")) == (404, "not_found")
    assert [e for e in await events_of(identification, case) if "Consent" in e] == [
        "ConsentGranted",
        "ConsentWithdrawn",
    ]


async def test_each_service_acknowledges_a_withdrawal_and_staff_see_who_has_not(
    identification: ServiceUnderTest,
) -> None:
    """ID-12: one line per service; redelivered acknowledgements count once, one for an unknown consent is dropped."""
    case = await an_open_case(identification)
    granted = await consent_to(identification, case, "vac", "reintegration")
    consent = granted["consents"][0]["id"]
    assert granted["consents"][0]["acknowledgements"] == []
    withdrawn = await act(identification, case, f"consents/{consent}/withdrawal", NGO, LATER)
    lines = {a["service"]: a["acknowledged_at"] for a in withdrawn["consents"][0]["acknowledgements"]}
    assert lines == {"shelter": None, "fund": None, "repatriation": None, "notify": None, "exchange": None}
    facts = {"effective_at": moment(DECIDED), "case_id": UUID(case["id"]), "consent_id": UUID(consent)}
    for module in (shelter, fund, repatriation):
        received = await identification.receives(module.ConsentWithdrawalAcknowledged.model_validate(facts))
        await identification.redelivers(*received)
    await identification.receives(notify.ConsentWithdrawalAcknowledged.model_validate(facts | {"consent_id": uuid4()}))
    after = (await seen(identification, case))["consents"][0]["acknowledgements"]
    assert [a["service"] for a in after if a["acknowledged_at"] is None] == ["notify", "exchange"]


async def test_a_consent_is_given_and_withdrawn_once(identification: ServiceUnderTest) -> None:
    """ID-12: of two clients one wins; after a withdrawal it may be given again."""
    case = await an_open_case(identification)
    body = {"recipient": "iom", "purpose": "return", "data_class": "case_reference", "happened_at": REPORTED} | AGREED
    person, path = identification.person(NGO), f"/api/cases/{case['id']}/consents"
    answers = await asyncio.gather(*(person.post(path, body) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_granted"}
    consent = (await seen(identification, case))["consents"][0]["id"]
    end = f"consents/{consent}/withdrawal"
    assert await refusal(identification, case, end, NGO, "2024-03-01T10:00:00+04:00") == (422, "before_what_it_follows")
    await act(identification, case, end, NGO, LATER)
    assert await refusal(identification, case, end, NGO, LATER) == (409, "already_withdrawn")
    assert await refusal(identification, case, f"consents/{uuid4()}/withdrawal", NGO) == (404, "not_found")
    again = await person.post_ok(path, body | {"happened_at": LATER})
    assert [c["withdrawn_at"] is None for c in again["consents"]] == [False, True]


async def test_consent_to_police_taken_back_before_the_hand_over_hides_the_case_again(
    identification: ServiceUnderTest,
) -> None:
    """ID-7, ID-12: the case waits for consent again; after a hand-over, it stays handed over."""
    case = await consent_to(identification, await an_open_case(identification))
    assert (case["status"], reason(case, "refer")) == ("registered", None)
    consent = case["consents"][0]["id"]
    after = await act(identification, case, f"consents/{consent}/withdrawal", NGO, LATER)
    assert (after["status"], after["clocks"]) == ("consent_pending", [])
    read = await opens(identification, case)
    assert await refusal(identification, case, "referral", NGO, LATER, version=read) == (409, "consent_missing")

    referred = await a_referred_case(identification)
    consent = referred["consents"][0]["id"]
    await act(identification, referred, f"consents/{consent}/withdrawal", NGO, DECIDED)
    assert (await seen(identification, referred, OFFICER))["status"] == "referred"


async def test_consent_for_another_recipient_is_no_consent_to_the_hand_over(identification: ServiceUnderTest) -> None:
    """ID-7, ID-12: a referral to the assistance centre opens nothing to police."""
    case = await consent_to(identification, await an_open_case(identification), "vac", "referral")
    assert case["status"] == "consent_pending"
    read = await opens(identification, case)
    assert await refusal(identification, case, "referral", NGO, version=read) == (409, "consent_missing")


async def test_consent_given_before_the_case_opened_counts(identification: ServiceUnderTest) -> None:
    """ID-7."""
    person = identification.person(NGO)
    report = await person.post_ok("/api/reports", {"channel": "visit", "happened_at": REPORTED})
    case = {"id": report["case_id"]}
    await consent_to(identification, case)
    search = await person.post_ok(f"/api/reports/{report['id']}/same-person-search")
    opened = await person.post_ok(f"/api/reports/{report['id']}/case", {"search_id": search["search_id"]})
    assert opened["status"] == "registered"


async def test_a_case_that_ended_takes_no_consent_but_gives_back_what_it_holds(
    identification: ServiceUnderTest,
) -> None:
    """ID-12: withdrawal is possible at any time."""
    case = await consent_to(identification, await an_open_case(identification), "vac", "legal_aid")
    closed = await act(identification, case, "closing", NGO, DECIDED)
    assert reason(closed, "record_consent") == "state_is_closed"
    assert {"withdraw_consent", "correct_identity", "read_identity"} <= allowed(closed)
    body = {"recipient": "iom", "purpose": "return", "data_class": "needs"} | AGREED
    assert await refusal(identification, case, "consents", NGO, **body) == (409, "not_possible_in_state")
    consent = closed["consents"][0]["id"]
    await act(identification, case, f"consents/{consent}/withdrawal", NGO, DECIDED)


async def test_help_after_recognition_makes_the_case_supported(identification: ServiceUnderTest) -> None:
    """The first help of any service; what comes again or for another state changes nothing."""
    case = await a_recognised_case(identification)
    facts = {"effective_at": moment(DECIDED), "case_id": UUID(case["id"]), "handover_id": uuid4()}
    event = shelter.HandoverAcknowledged.model_validate(facts | {"by": "vac", "to": "vac"})
    await identification.receives(event)
    assert (await seen(identification, case))["status"] == "supported"
    version = (await seen(identification, case))["version"]
    await identification.receives(event)
    assert (await seen(identification, case))["version"] == version


async def test_without_who_agreed_and_how_there_is_no_consent(identification: ServiceUnderTest) -> None:
    """ID-12: who, how, language, interpreter, edition of the text; all are shown again to the holder."""
    case = await an_open_case(identification)
    body = {"recipient": "vac", "purpose": "assistance", "data_class": "needs"}
    for missing in AGREED:
        bare = body | {name: value for name, value in AGREED.items() if name != missing}
        assert await refusal(identification, case, "consents", NGO, **bare) == (422, "invalid_request")
    unknown = await refusal(identification, case, "consents", NGO, **body, **AGREED | {"language": "xq"})
    assert unknown == (422, "unknown_language")
    granted = await act(identification, case, "consents", NGO, LATER, **body, **AGREED)
    assert AGREED.items() <= granted["consents"][0].items()
    assert granted["consents"][0]["child_view"] is None


async def test_a_child_agrees_by_the_guardian_and_with_an_own_view(identification: ServiceUnderTest) -> None:
    """ID-12: never alone; an adult has no guardianship authority and no view of a child."""
    child, adult = await an_open_case(identification, htcds=a_child()), await an_open_case(identification)
    body = {"recipient": "vac", "purpose": "assistance", "data_class": "needs"}
    for case, more, code in (
        (child, {}, "given_by_child"),
        (child, {"child_view": "agrees"}, "given_by_child"),
        (child, {"given_by": "guardian"}, "child_view_missing"),
        (adult, {"child_view": "agrees"}, "not_a_child"),
        (adult, {"given_by": "guardianship_authority"}, "not_a_child"),
    ):
        refused = await refusal(identification, case, "consents", NGO, **body, **AGREED | more)
        assert refused == (422, code)
    granted = await act(identification, child, "consents", NGO, LATER, **body, **FOR_A_CHILD)
    assert (granted["consents"][0]["given_by"], granted["consents"][0]["child_view"]) == ("guardian", "agrees")


async def test_the_person_told_us_ends_the_own_access_at_once(identification: ServiceUnderTest) -> None:
    """ID-12: the recipient withdraws its own consent and no other; the answer already shows the reference alone."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "iom", "return")
    granted = await shared_with(identification, case, "vac", "assistance", "needs")
    other, own = (consent["id"] for consent in granted["consents"])
    assert await refusal(identification, case, f"consents/{other}/withdrawal", VAC) == (404, "not_found")
    after = await act(identification, case, f"consents/{own}/withdrawal", VAC, LATER)
    assert after == {"id": case["id"], "case_ref": case["case_ref"]}
    assert problem(await identification.person(VAC).get(f"/api/cases/{case['id']}")) == (404, "not_found")
    withdrawn = (await seen(identification, case))["consents"]
    assert [consent["withdrawn_at"] is None for consent in withdrawn] == [True, False]


async def test_an_answer_is_not_repeated_once_the_access_has_ended(identification: ServiceUnderTest) -> None:
    """ID-12: not from an idempotency key either."""
    case = await an_open_case(identification)
    own = (await shared_with(identification, case, "vac", "assistance", "needs"))["consents"][0]["id"]
    person, path = identification.person(VAC), f"/api/cases/{case['id']}/age-doubts"
    first = await person.post(path, {"ground": "appearance"}, key="k-before")
    assert first.json()["id"] == case["id"]
    await act(identification, case, f"consents/{own}/withdrawal", NGO, DECIDED)
    again = await person.post(path, {"ground": "appearance"}, key="k-before")
    assert problem(again) == (404, "not_found")
