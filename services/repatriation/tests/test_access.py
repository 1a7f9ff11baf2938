"""Who was let in for one narrow purpose reads and does nothing else (ID-7, ID-11, ID-12, RP-4, RP-6)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import Person, ServiceUnderTest
from nrm_events import exchange, identification, shelter
from nrm_events.reference import case_reference

from .givens import (
    CASEWORKER,
    CONSIDERED,
    GUARDIANSHIP,
    MOTION_OFFICER,
    NOTICE,
    OPENED,
    PERMIT_OFFICER,
    RETURN_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    checked_return,
    consent,
    facts_change,
    granted_permit,
    hand_over,
    hours,
    lodged_permit,
    requested_return,
    step,
    the_permit,
    version,
    withdraw_consent,
)

LAWYER = "ngo-clrpl.caseworker"
DECLINED: dict[str, Any] = {"reasons": ["false_documents"], "text": "The document is not genuine."}


async def refusal(person: Person, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    answer = await (person.get(path) if body is None else person.post(path, body))
    return answer.status_code, str(answer.json().get("code"))


async def departed_return(service: ServiceUnderTest, case_id: UUID) -> str:
    row = await checked_return(service, case_id)
    for name, body in (("clearance", {}), ("documents", {}), ("travel", {"payer": "state"}), ("departure", {})):
        await step(service, row, name, 30, **body)
    return row


async def test_a_notice_shows_that_the_bar_stands_and_opens_nothing_else(repatriation: ServiceUnderTest) -> None:
    """RP-4: a child's bars are known to the migration service without consent; that is all it learns or may do."""
    case = await a_recognised_case(repatriation, age_group="child")
    permit, row = await the_permit(repatriation, case), await requested_return(repatriation, case)
    officer, desk = repatriation.person(PERMIT_OFFICER), repatriation.person("sms.return-officer")
    notices = await bars_of(repatriation, case, by=PERMIT_OFFICER)
    assert [set(notice) for notice in notices] == [NOTICE, NOTICE]
    assert {(n["case_ref"], n["age_group"], n["state"]) for n in notices} == {
        (case_reference(case), "child", "standing")
    }
    for notice in notices:
        address = f"/api/bars/{notice['id']}"
        assert set(await officer.get_ok(address)) == NOTICE | {"clocks"}
        assert (await officer.get_ok(f"{address}/history"))["items"] == [], "not who recorded it, nor why"
        assert (await officer.get_ok(f"{address}/certificate"))["case_ref"] == case_reference(case)
    other_basis = (403, "not_for_this_basis")
    assert await refusal(officer, f"/api/permits/{permit}") == other_basis
    assert await refusal(officer, "/api/permits", {"case_id": str(case), "ground": "victim"}) == other_basis
    assert await refusal(officer, f"/api/permits/{permit}/application", {}) == other_basis
    assert await refusal(desk, f"/api/returns/{row}") == other_basis
    assert await refusal(desk, f"/api/returns/{row}/withdrawal", {}) == other_basis
    assert await refusal(desk, "/api/returns", {"case_id": str(case), "country": "IN"}) == other_basis
    assert (await officer.get_ok("/api/permits"))["items"] == []
    assert (await desk.get_ok("/api/returns"))["items"] == []


async def test_a_notice_ends_with_its_bar(repatriation: ServiceUnderTest) -> None:
    """RP-4: a notice of one bar shows no other one, and of what was lifted nothing."""
    case = await a_recognised_case(repatriation, age_group="child")
    bars = {bar["basis"]: bar for bar in await bars_of(repatriation, case)}
    lifted = bars["considered_victim"]
    officer = repatriation.person(PERMIT_OFFICER)
    body = {"reason": "court_decision", "version": lifted["version"]}
    await repatriation.person(MOTION_OFFICER).post_ok(f"/api/bars/{lifted['id']}/lifting", body)
    assert [bar["id"] for bar in await bars_of(repatriation, case, by=PERMIT_OFFICER)] == [bars["child"]["id"]]
    assert await refusal(officer, f"/api/bars/{lifted['id']}") == (404, "not_found")
    assert "RemovalBarNoticeEnded" not in [name for name, _ in await repatriation.published(case)]


async def test_with_the_last_bar_the_migration_service_knows_nothing(repatriation: ServiceUnderTest) -> None:
    """RP-4: NoticeEnded once, so that other services end the access too."""
    case = await a_case(repatriation, age_group="child")
    await hand_over(repatriation, case)
    reflection = uuid4()
    await repatriation.receives(
        identification.ReflectionStarted(
            effective_at=CONSIDERED, case_id=case, reflection_id=reflection, ends_at=CONSIDERED + timedelta(days=30)
        )
    )
    (notice,) = await bars_of(repatriation, case, by=PERMIT_OFFICER)
    at = CONSIDERED + timedelta(days=3)
    await repatriation.receives(identification.ReflectionEnded(effective_at=at, case_id=case, reflection_id=reflection))
    officer = repatriation.person(PERMIT_OFFICER)
    assert await refusal(officer, f"/api/bars/{notice['id']}") == (404, "not_found")
    await facts_change(repatriation, case, age_group="adult")
    assert [name for name, _ in await repatriation.published(case)] == [
        "RemovalBarRaised",
        "RemovalBarNoticed",
        "RemovalBarLifted",
        "RemovalBarNoticed",
        "RemovalBarNoticeEnded",
    ]


async def test_the_notice_of_a_bar_is_shown_to_the_holder_alone(repatriation: ServiceUnderTest) -> None:
    """ID-12: whom the person agreed to notify before the hand-over is nothing for the formal body."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case, by=CASEWORKER)
    (same,) = await bars_of(repatriation, case, by=MOTION_OFFICER)
    assert set(bar) - set(same) == {"told"}
    assert set(same) - set(bar) == set()


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
    asked = {"body": "state_border_service", "happened_at": hours(5)}
    await officer.post_ok(f"/api/permits/{permit}/opinion-request", asked)
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
    asked = {"body": "state_border_service", "happened_at": hours(5)}
    await officer.post_ok(f"/api/permits/{permit}/opinion-request", asked)
    await officer.post_ok(f"/api/permits/{permit}/opinion", {"objection": False, "happened_at": hours(6)})
    body = DECLINED | {"happened_at": hours(7), "version": await version(repatriation, permit)}
    await officer.post_ok(f"/api/permits/{permit}/refusal", body)
    assert (await officer.get_ok(f"/api/permits/{permit}"))["state"] == "refused", "it may be appealed"
    new = await officer.post_ok(f"/api/permits/{permit}/reapplication", {"happened_at": hours(8)})
    applied = await officer.post_ok(f"/api/permits/{new['id']}/application", {"happened_at": hours(9)})
    assert applied["state"] == "applied"
    assert await refusal(officer, f"/api/permits/{permit}") == (404, "not_found")


async def test_a_receiving_body_reads_what_it_takes_over(repatriation: ServiceUnderTest) -> None:
    """RP-6, ID-12: requested, it answers; it reads no gate, no claim and no bar, and nothing after the end."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    body = repatriation.person(RETURN_OFFICER)
    assert await refusal(body, f"/api/returns/{row}") == (404, "not_found")
    await step(repatriation, row, "handover", 32, to="iom")
    seen = await body.get_ok(f"/api/returns/{row}")
    assert not {"gates", "open_claims", "risk_level", "consent_at", "payer"} & set(seen)
    allowed = {action["action"] for action in seen["actions"] if action["allowed"]}
    assert allowed == {"acknowledge_handover"}
    assert {item["action"] for item in (await body.get_ok(f"/api/returns/{row}/history"))["items"]} == {
        "request",
        "depart",
        "offer_handover",
    }
    for name, sent in (("follow-ups", {"outcome": "well"}), ("withdrawal", {}), ("handover", {"to": "vac"})):
        assert await refusal(body, f"/api/returns/{row}/{name}", sent) == (403, "not_for_this_basis")
    (bar,) = await bars_of(repatriation, case)
    assert await refusal(body, f"/api/bars/{bar['id']}") == (403, "not_for_this_basis")
    assert (await body.get_ok("/api/bars"))["items"] == []
    taken = await body.post_ok(f"/api/returns/{row}/handover-acknowledgement", {"happened_at": hours(33)})
    assert (taken["state"], taken["handover_to"]) == ("handed_over", "iom")
    await body.post_ok(f"/api/returns/{row}/follow-ups", {"outcome": "well", "happened_at": hours(34)})
    await body.post_ok(f"/api/returns/{row}/closure", {"happened_at": hours(35)})
    assert await refusal(body, f"/api/returns/{row}") == (404, "not_found")


async def test_whoever_is_no_longer_requested_knows_nothing(repatriation: ServiceUnderTest) -> None:
    """RP-6: another body is requested instead; the first can neither read nor acknowledge."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    await step(repatriation, row, "handover", 32, to="iom")
    await step(repatriation, row, "handover", 33, to="ngo-clrpl")
    first, second = repatriation.person(RETURN_OFFICER), repatriation.person(LAWYER)
    assert await refusal(first, f"/api/returns/{row}") == (404, "not_found")
    assert await refusal(first, f"/api/returns/{row}/handover-acknowledgement", {}) == (404, "not_found")
    assert (await second.post_ok(f"/api/returns/{row}/handover-acknowledgement"))["state"] == "handed_over"


async def test_of_a_body_outside_the_holder_records_the_acknowledgement(repatriation: ServiceUnderTest) -> None:
    """RP-6: a body of the receiving country has nobody here who could answer."""
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    await step(repatriation, row, "handover", 32, to="receiving_ngo")
    assert (await step(repatriation, row, "handover-acknowledgement", 33))["state"] == "handed_over"


async def test_no_return_is_handed_to_police_or_to_nobody(repatriation: ServiceUnderTest) -> None:
    """ID-7, RP-6: known from the start or joined later, by its kind; all are refused alike."""
    for code, kind in (("asan-police", "police"), ("ngo-new", "ngo"), ("unknown-kind", None)):
        await repatriation.receives(
            exchange.AgencyJoined(effective_at=OPENED, agency_id=uuid4(), agency=code, kind=kind)
        )
    case = await a_recognised_case(repatriation)
    row = await departed_return(repatriation, case)
    worker, answers = repatriation.person(CASEWORKER), set()
    for to in ("mia-special", "mia-shelter", "asan-police", "unknown-kind", "sbs", "nobody"):
        answers.add(await refusal(worker, f"/api/returns/{row}/handover", {"to": to}))
    assert answers == {(422, "unknown_body")}
    assert (await step(repatriation, row, "handover", 32, to="ngo-new"))["handover_to"] == "ngo-new"


async def test_the_guardianship_authority_decides_for_a_child_until_of_age(repatriation: ServiceUnderTest) -> None:
    """RP-5, ID-5: it reads the bars and the return of a child, decides best interests and nothing else."""
    case = await a_recognised_case(repatriation, age_group="child")
    row = await requested_return(repatriation, case)
    await step(repatriation, row, "consent", 25)
    await step(repatriation, row, "risk-assessment", 26, level="low", retrafficking_risk=False)
    authority = repatriation.person(GUARDIANSHIP)
    assert {bar["basis"] for bar in await bars_of(repatriation, case, by=GUARDIANSHIP)} == {
        "child",
        "considered_victim",
    }
    seen = await authority.get_ok(f"/api/returns/{row}")
    assert {action["action"] for action in seen["actions"] if action["allowed"]} == {"decide_best_interests"}
    permit = await the_permit(repatriation, case)
    assert await refusal(authority, f"/api/permits/{permit}") == (403, "not_for_this_basis")
    assert await refusal(authority, f"/api/returns/{row}/withdrawal", {}) == (403, "not_for_this_basis")
    await step(
        repatriation, row, "best-interests", 27, by=GUARDIANSHIP, guardian=True, decision="stay", opinion_heard="yes"
    )
    await facts_change(repatriation, case, age_group="adult")
    assert await refusal(authority, f"/api/returns/{row}") == (404, "not_found")
    assert await bars_of(repatriation, case, by=GUARDIANSHIP) == []


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
    given = await consent(repatriation, case, "iom", "return")
    officer = repatriation.person(RETURN_OFFICER)
    body = {"case_id": str(case), "country": "IN", "happened_at": hours(24)}
    first = await officer.post_ok("/api/returns", body, key="once")
    assert await officer.post_ok("/api/returns", body, key="once") == first
    await withdraw_consent(repatriation, case, given, recipient="iom", purpose="return")
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


async def test_the_formal_body_reads_a_return_by_consent_alone(repatriation: ServiceUnderTest) -> None:
    """ID-12: a body that the case was handed over to reads no return without the person's consent."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case, to="iom")
    row = await requested_return(repatriation, case)
    desk = repatriation.person(RETURN_OFFICER)
    assert await refusal(desk, f"/api/returns/{row}") == (403, "not_for_this_basis")
    await consent(repatriation, case, "iom", "return")
    assert (await desk.get_ok(f"/api/returns/{row}"))["state"] == "requested"
