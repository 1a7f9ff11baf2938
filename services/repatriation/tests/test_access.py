"""Who was let in for one narrow purpose reads and does nothing else (ID-7, ID-11, ID-12)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import identification, shelter
from nrm_events.reference import case_reference

from .givens import (
    CASEWORKER,
    CONSIDERED,
    GUARDIANSHIP,
    LAWYER,
    MOTION_OFFICER,
    PERMIT_OFFICER,
    RETURN_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    consent,
    granted_permit,
    hand_over,
    hours,
    lodged_permit,
    refusal,
    requested_return,
    the_permit,
    version,
    withdraw_consent,
)

DECLINED: dict[str, Any] = {"reasons": ["false_documents"], "text": "The document is not genuine."}


@pytest.mark.parametrize(
    ("purpose", "opens"),
    [
        ("residence_permit", {"permits"}),
        ("return", {"returns"}),
        ("removal_bar", {"bars"}),
        ("joint_assessment", {"bars"}),
        ("legal_aid", {"bars", "permits"}),
        ("medical", set()),
        ("shelter", set()),
    ],
)
async def test_consent_to_one_purpose_opens_nothing_of_another(
    repatriation: ServiceUnderTest, purpose: str, opens: set[str]
) -> None:
    """ID-12: by id, in lists and in histories; what is not open is refused, not empty."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    ids = {
        "bars": bar["id"],
        "permits": await the_permit(repatriation, case),
        "returns": await requested_return(repatriation, case),
    }
    await consent(repatriation, case, "iom", purpose)
    helper = repatriation.person("iom.caseworker")
    for kind, id_ in ids.items():
        listed = [item["id"] for item in (await helper.get_ok(f"/api/{kind}", case_id=str(case)))["items"]]
        assert listed == ([id_] if kind in opens else [])
        for path in (f"/api/{kind}/{id_}", f"/api/{kind}/{id_}/history"):
            answer = await helper.get(path)
            assert answer.status_code == (200 if kind in opens else 403), path


async def test_a_lawyer_appeals_and_does_not_apply(repatriation: ServiceUnderTest) -> None:
    """ID-12: consent to legal aid reads the permit and appeals its refusal; it applies for nothing."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    officer, lawyer = repatriation.person(PERMIT_OFFICER), repatriation.person(LAWYER)
    body = {"body": "state_border_service", "happened_at": hours(5)}
    await officer.post_ok(f"/api/permits/{permit}/opinion-request", body)
    await officer.post_ok(f"/api/permits/{permit}/opinion", {"objection": False, "happened_at": hours(6)})
    body = DECLINED | {"happened_at": hours(7), "version": await version(repatriation, permit)}
    await officer.post_ok(f"/api/permits/{permit}/refusal", body)
    assert await refusal(lawyer, f"/api/permits/{permit}") == (404, "not_found")
    await consent(repatriation, case, "ngo-clrpl", "legal_aid")
    seen = await lawyer.get_ok(f"/api/permits/{permit}")
    reasons = {action["action"]: action["reason"] for action in seen["actions"]}
    assert (reasons["apply"], reasons["appeal"]) == ("not_for_this_basis", None)
    assert await refusal(lawyer, f"/api/permits/{permit}/lawful-stay", {"lawful_stay_ends": "2026-05-01"}) == (
        403,
        "not_for_this_basis",
    )
    assert (await lawyer.post_ok(f"/api/permits/{permit}/appeal", {"happened_at": hours(8)}))["state"] == "appealed"


async def test_police_learn_nothing_by_consent(repatriation: ServiceUnderTest) -> None:
    """ID-7: no purpose lets a police body in; the case is as one that does not exist."""
    case = await a_case(repatriation, age_group="child")
    for recipient in ("mia-special", "mia-shelter"):
        for purpose in ("removal_bar", "residence_permit", "joint_assessment", "legal_aid", "return"):
            await consent(repatriation, case, recipient, purpose)
    reflection = identification.ReflectionStarted(
        effective_at=CONSIDERED, case_id=case, reflection_id=uuid4(), ends_at=CONSIDERED + timedelta(days=30)
    )
    await repatriation.receives(reflection)
    (bar,) = await bars_of(repatriation, case, by=CASEWORKER)
    officer = repatriation.person(MOTION_OFFICER)
    for path in (f"/api/bars/{bar['id']}", f"/api/bars/{bar['id']}/history", f"/api/bars/{bar['id']}/certificate"):
        assert await refusal(officer, path) == (404, "not_found")
    for kind in ("bars", "permits"):
        assert (await officer.get_ok(f"/api/{kind}"))["items"] == []
    for known in (str(case), str(uuid4())):
        assert await refusal(officer, "/api/bars", {"case_id": known, "basis": "decision"}) == (404, "not_found")


async def test_a_bar_is_raised_by_the_body_that_the_case_was_handed_over_to(repatriation: ServiceUnderTest) -> None:
    """RP-4: whoever holds a case without the hand-over reads its bars and decides none."""
    case = await a_case(repatriation, holder="mia-special", age_group="child")
    reflection = identification.ReflectionStarted(
        effective_at=CONSIDERED, case_id=case, reflection_id=uuid4(), ends_at=CONSIDERED + timedelta(days=30)
    )
    await repatriation.receives(reflection)
    (bar,) = await bars_of(repatriation, case)
    officer = repatriation.person(MOTION_OFFICER)
    seen = await officer.get_ok(f"/api/bars/{bar['id']}")
    assert {action["reason"] for action in seen["actions"]} == {"not_for_this_basis"}
    raised = {"case_id": str(case), "basis": "decision"}
    assert await refusal(officer, "/api/bars", raised) == (403, "not_for_this_basis")
    await hand_over(repatriation, case)
    assert (await officer.post("/api/bars", raised)).status_code == 201


async def test_an_application_opens_its_own_permit_alone(repatriation: ServiceUnderTest) -> None:
    """ID-11, ID-12: of a permit that nobody applied for yet the migration service knows nothing."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    body = {"case_id": str(case), "ground": "assisting_prosecution", "happened_at": hours(1)}
    assisting = (await repatriation.person(MOTION_OFFICER).post_ok("/api/permits", body))["id"]
    officer = repatriation.person(PERMIT_OFFICER)
    listed = (await officer.get_ok("/api/permits", case_id=str(case)))["items"]
    assert [(item["id"], item["ground"]) for item in listed] == [(permit, "victim")]
    for path in (f"/api/permits/{assisting}", f"/api/permits/{assisting}/history"):
        assert await refusal(officer, path) == (404, "not_found")
    assert await refusal(officer, f"/api/permits/{assisting}/application", {}) == (404, "not_found")
    (bar,) = [b for b in await bars_of(repatriation, case) if b["basis"] == "permit"]
    assert await refusal(officer, f"/api/bars/{bar['id']}") == (403, "not_for_this_basis")
    applied = {"happened_at": hours(10)}
    await repatriation.person(MOTION_OFFICER).post_ok(f"/api/permits/{assisting}/application", applied)
    assert (await officer.get_ok(f"/api/permits/{assisting}"))["ground"] == "assisting_prosecution"


async def test_no_consent_shows_the_ground_of_assisting_to_a_caseworker(repatriation: ServiceUnderTest) -> None:
    """ID-11: such a permit is as one that does not exist, whatever the agency knows of the case for."""
    case = await a_recognised_case(repatriation)
    body = {"case_id": str(case), "ground": "assisting_prosecution", "happened_at": hours(1)}
    assisting = (await repatriation.person(MOTION_OFFICER).post_ok("/api/permits", body))["id"]
    await consent(repatriation, case, "ngo-clrpl", "residence_permit")
    await consent(repatriation, case, "iom", "medical")
    await consent(repatriation, case, "iom", "return")
    for username in (CASEWORKER, LAWYER, "iom.caseworker", GUARDIANSHIP):
        person = repatriation.person(username)
        for id_ in (assisting, str(uuid4())):
            assert await refusal(person, f"/api/permits/{id_}") == (404, "not_found"), username
            assert await refusal(person, f"/api/permits/{id_}/application", {}) == (404, "not_found"), username


async def test_the_migration_service_serves_in_a_permit_until_it_ends(repatriation: ServiceUnderTest) -> None:
    """RP-1: by the application, then by the permit; a surrendered one it knows no more, nor by its stored answer."""
    case = await a_recognised_case(repatriation)
    permit = await granted_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    seen = await officer.get_ok(f"/api/permits/{permit}")
    assert await bars_of(repatriation, case, by=PERMIT_OFFICER) == [], "whoever serves in a permit is told of no bar"
    body = {"months": 1, "version": seen["version"]}
    extended = await officer.post_ok(f"/api/permits/{permit}/extension", body, key="once")
    assert await officer.post_ok(f"/api/permits/{permit}/extension", body, key="once") == extended
    ended = {"how": "surrendered", "version": extended["version"]}
    await officer.post_ok(f"/api/permits/{permit}/ending", ended)
    assert await refusal(officer, f"/api/permits/{permit}") == (404, "not_found")
    assert (await officer.get_ok("/api/permits"))["items"] == []
    again = await officer.post(f"/api/permits/{permit}/extension", body, key="once")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_the_migration_service_sees_the_new_application_that_it_recorded(
    repatriation: ServiceUnderTest,
) -> None:
    """RP-3: applied anew at its own desk, it goes on with the new permit and knows the old one no more."""
    case = await a_recognised_case(repatriation)
    permit = await lodged_permit(repatriation, case)
    officer = repatriation.person(PERMIT_OFFICER)
    body = {"body": "state_border_service", "happened_at": hours(5)}
    await officer.post_ok(f"/api/permits/{permit}/opinion-request", body)
    await officer.post_ok(f"/api/permits/{permit}/opinion", {"objection": False, "happened_at": hours(6)})
    body = DECLINED | {"happened_at": hours(7), "version": await version(repatriation, permit)}
    await officer.post_ok(f"/api/permits/{permit}/refusal", body)
    assert (await officer.get_ok(f"/api/permits/{permit}"))["state"] == "refused", "it may be appealed"
    new = await officer.post_ok(f"/api/permits/{permit}/reapplication", {"happened_at": hours(8)})
    applied = await officer.post_ok(f"/api/permits/{new['id']}/application", {"happened_at": hours(9)})
    assert applied["state"] == "applied"
    assert await refusal(officer, f"/api/permits/{permit}") == (404, "not_found")


async def test_whoever_shelters_the_person_sees_the_bar_and_not_why(repatriation: ServiceUnderTest) -> None:
    """RP-4: the operator prints the certificate while the stay goes on; permits and returns are not its own."""
    case, stay = await a_recognised_case(repatriation), uuid4()
    of_stay: dict[str, Any] = {"effective_at": CONSIDERED, "case_id": case, "stay_id": stay}
    await repatriation.receives(shelter.ShelterAdmitted(**of_stay, operator="ngo-acu", ends_at=CONSIDERED))
    operator = repatriation.person("ngo-acu.caseworker")
    (bar,) = await bars_of(repatriation, case, by="ngo-acu.caseworker")
    assert not {"basis", "told"} & set(bar)
    assert (await operator.get_ok(f"/api/bars/{bar['id']}/certificate"))["case_ref"] == case_reference(case)
    permit = await the_permit(repatriation, case)
    assert await refusal(operator, f"/api/permits/{permit}") == (403, "not_for_this_basis")
    await repatriation.receives(shelter.ShelterLeft(**of_stay, how="left", to="independent"))
    assert await refusal(operator, f"/api/bars/{bar['id']}/certificate") == (404, "not_found")


async def test_an_answer_is_not_repeated_after_the_consent(repatriation: ServiceUnderTest) -> None:
    """ID-12: the same key brings nothing back once the person took the consent back."""
    case = await a_recognised_case(repatriation)
    agreed = await consent(repatriation, case, "iom", "return")
    officer = repatriation.person(RETURN_OFFICER)
    body = {"case_id": str(case), "country": "IN", "happened_at": hours(24)}
    first = await officer.post_ok("/api/returns", body, key="once")
    assert await officer.post_ok("/api/returns", body, key="once") == first
    await withdraw_consent(repatriation, case, agreed, recipient="iom", purpose="return")
    again = await officer.post("/api/returns", body, key="once")
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_another_consent_to_the_same_purpose_goes_on(repatriation: ServiceUnderTest) -> None:
    """ID-12: a consent that is taken back ends itself; what rests on another one as well goes on."""
    case = await a_recognised_case(repatriation)
    first, _ = [await consent(repatriation, case, "iom", "return") for _ in range(2)]
    row = await requested_return(repatriation, case, by=RETURN_OFFICER)
    await withdraw_consent(repatriation, case, first, recipient="iom", purpose="return")
    assert (await repatriation.person(RETURN_OFFICER).get_ok(f"/api/returns/{row}"))["state"] == "requested"


async def test_a_new_holder_sees_everything_and_the_former_one_nothing(repatriation: ServiceUnderTest) -> None:
    """ID-20: bars, permits and returns go with the case."""
    case = await a_recognised_case(repatriation)
    row = await requested_return(repatriation, case)
    await repatriation.receives(
        identification.HolderChanged(effective_at=CONSIDERED, case_id=case, holder="ngo-acu", previous="ngo-amc")
    )
    new, former = repatriation.person("ngo-acu.caseworker"), repatriation.person(CASEWORKER)
    assert (await new.get_ok(f"/api/returns/{row}"))["agency"] == "ngo-amc"
    assert await refusal(former, f"/api/returns/{row}") == (404, "not_found")
    assert await bars_of(repatriation, case, by=CASEWORKER) == []
