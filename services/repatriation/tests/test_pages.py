"""The staff pages of repatriation, signed in at the real realm, without a script: bars, permits, returns (R1–R7)."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from chassis.testing import Databases, ServiceUnderTest, Stack, bench
from nrm_events.reference import case_reference
from repatriation.app import SERVICE
from repatriation.pages import PAGES
from repatriation.resources import Resources
from staffui.acts import has_form
from staffui.commands_of import acts_on
from staffui.testing import Browser, browser, pages_settings

from .givens import (
    CASEWORKER,
    GUARDIANSHIP,
    MOTION_OFFICER,
    NOW,
    PERMIT_OFFICER,
    RETURN_OFFICER,
    SECOND_PERMIT_OFFICER,
    KnownPersons,
    a_case,
    a_recognised_case,
    bars_of,
    checked_return,
    consent,
    consulted_permit,
    departed_return,
    granted_permit,
    hand_over,
    lodged_permit,
    requested_return,
    the_permit,
)

ABSENT = "0190a0a0-0000-7000-8000-000000000000"
NAME = "Aysel Məmmədova"
LISTS = {"/bars": "bars", "/permits": "permits", "/returns": "returns"}
ROLES = {
    MOTION_OFFICER: ("/", "/bars", "/permits"),
    PERMIT_OFFICER: ("/", "/bars", "/permits"),
    CASEWORKER: ("/", "/bars", "/permits", "/returns"),
    RETURN_OFFICER: ("/", "/bars", "/returns"),
    "ngo-clean-world.shelter-manager": ("/", "/bars"),
    "coordinator.coordinator": ("/", "/statistics"),
}


@pytest.fixture
async def paged(databases: Databases) -> AsyncIterator[ServiceUnderTest]:
    async with bench(SERVICE, databases, **pages_settings(Stack.running(), "repatriation")) as made:
        made.app.state.resources = Resources(persons=KnownPersons())
        yield made


@pytest.fixture
async def desk(paged: ServiceUnderTest) -> AsyncIterator[Browser]:
    async with browser(paged) as opened:
        yield opened


async def does(service: ServiceUnderTest, path: str, who: str, **typed: object) -> dict[str, Any]:
    """The act by its page, as this person, and the object as the API has it then."""
    async with browser(service) as at:
        form = await at.sign_in(who, to=path)
        done = await at.post(path, form, typed)
    assert done.status_code == 200, done.text
    kind, id_ = path.strip("/").split("/")[:2]
    return await service.person(who).get_ok(f"/api/{kind}/{id_}")


def test_every_command_has_a_form_but_these() -> None:
    """A permit is ended by two forms, one for each way."""
    without = {
        act.action
        for page in PAGES.objects
        for action, act in acts_on(SERVICE, page.api, page.sent_to, page.suffix).items()
        if not has_form(page, action, act)
    }
    assert without == set()


async def test_a_bar_is_raised_extended_and_lifted_by_pages(paged: ServiceUnderTest, desk: Browser) -> None:
    """R5, RP-4: the end is asked as a day, and is the last moment of it."""
    case = await a_recognised_case(paged)
    form = await desk.sign_in(MOTION_OFFICER, to="/bars/new")
    until = {"until.day": "1", "until.month": "2", "until.year": "2027"}
    page = await desk.post("/bars/new", form, {"case_id": case_reference(case), **until})
    path = str(page.url).removeprefix(desk.address)
    assert re.fullmatch("/bars/[0-9a-f-]{36}", path), page.text
    bar = await paged.person(MOTION_OFFICER).get_ok(f"/api{path}")
    assert (bar["basis"], bar["until"]) == ("decision", "2027-02-01T19:59:59Z")
    bar = await does(paged, f"{path}/extend", MOTION_OFFICER, **until | {"until.month": "3"})
    assert bar["until"] == "2027-03-01T19:59:59Z"
    bar = await does(paged, f"{path}/lift", MOTION_OFFICER, reason="court_decision")
    assert bar["state"] == "lifted"


async def test_a_certificate_shows_the_name_after_its_button_alone(paged: ServiceUnderTest, desk: Browser) -> None:
    """RP-4, ID-13: nothing is opened by looking at the bar, and each print is recorded; then its codes verify."""
    case = await a_recognised_case(paged)
    (bar,) = await bars_of(paged, case)
    page = await desk.sign_in(CASEWORKER, to=f"/bars/{bar['id']}")
    assert f'href="/bars/{bar["id"]}/certificate"' in page.text
    before = await desk.get(f"/bars/{bar['id']}/certificate")
    opened: KnownPersons = paged.app.state.resources.persons
    assert NAME not in page.text + before.text
    assert not opened.names_opened
    paper = await desk.post(f"/bars/{bar['id']}/certificate", before)
    assert NAME in paper.text
    assert len(opened.names_opened) == 1
    made = await paged.person(CASEWORKER).get_ok(f"/api/bars/{bar['id']}/certificate")
    form = await desk.get("/certificates/verify")
    for check, word in ((made["check"], "Bəli"), ("00000-00000", "Xeyr")):
        result = await desk.post("/certificates/verify", form, {"number": made["number"], "check": check})
        assert word in result.text, result.text
        assert NAME not in result.text


async def test_the_holder_lifts_a_bar_on_the_person_s_own_written_wish(paged: ServiceUnderTest) -> None:
    case = await a_recognised_case(paged)
    (bar,) = await bars_of(paged, case)
    seen = await does(paged, f"/bars/{bar['id']}/lift_on_wish", CASEWORKER, written_wish="12/2026")
    assert seen["state"] == "lifted"


async def test_an_application_goes_to_its_opinion_by_pages(paged: ServiceUnderTest) -> None:
    """R2, R3, RP-1 … RP-3."""
    case = await a_recognised_case(paged)
    permit = f"/permits/{await the_permit(paged, case)}"
    day = {"lawful_stay_ends.day": "1", "lawful_stay_ends.month": "2", "lawful_stay_ends.year": "2027"}
    seen = await does(paged, f"{permit}/record_lawful_stay", CASEWORKER, **day)
    assert seen["lawful_stay_ends"] == "2027-02-01"
    await does(paged, f"{permit}/apply", CASEWORKER)
    await does(paged, f"{permit}/request_motion", PERMIT_OFFICER)
    await does(paged, f"{permit}/receive_motion", MOTION_OFFICER)
    await does(paged, f"{permit}/lodge", PERMIT_OFFICER)
    seen = await does(paged, f"{permit}/ask_opinion", PERMIT_OFFICER, body="ministry_of_health")
    assert seen["state"] == "opinion_pending"
    typed = {"objection": "true", "reason": "security", "body": "ministry_of_health"}
    seen = await does(paged, f"{permit}/give_opinion", PERMIT_OFFICER, **typed)
    assert (seen["opinions"][0]["objection"], seen["opinions"][0]["reason"]) == (True, "security")


async def test_a_permit_is_granted_extended_and_surrendered(paged: ServiceUnderTest) -> None:
    """R4."""
    permit = f"/permits/{await consulted_permit(paged, await a_recognised_case(paged))}"
    seen = await does(paged, f"{permit}/grant", PERMIT_OFFICER, months="12")
    assert seen["state"] == "granted"
    seen = await does(paged, f"{permit}/extend", PERMIT_OFFICER, months="12")
    assert seen["state"] == "extended"
    async with browser(paged) as at:
        form = await at.sign_in(PERMIT_OFFICER, to=f"{permit}/surrender")
        done = await at.post(f"{permit}/surrender", form)
    assert str(done.url) == f"{at.address}/permits", "who may know of it no more is led to the list"
    assert (await paged.person(MOTION_OFFICER).get_ok(f"/api{permit}"))["state"] == "surrendered"


async def test_a_refusal_offers_the_grounds_that_stand_and_is_appealed(paged: ServiceUnderTest, desk: Browser) -> None:
    """R4, RP-3: a ground that is waived is no choice."""
    id_ = await consulted_permit(paged, await a_recognised_case(paged))
    permit = f"/permits/{id_}"
    seen = await paged.person(PERMIT_OFFICER).get_ok(f"/api{permit}")
    form = await desk.sign_in(PERMIT_OFFICER, to=f"{permit}/refuse")
    assert all(f'value="{one}"' in form.text for one in seen["refusal_grounds_now"])
    assert not any(f'value="{one}"' in form.text for one in seen["waived_refusal_grounds"])
    typed = {"reasons": [seen["refusal_grounds_now"][0]], "text": "The document is not genuine."}
    seen = await does(paged, f"{permit}/refuse", PERMIT_OFFICER, **typed)
    assert (seen["state"], seen["decisions"][0]["text"]) == ("refused", "The document is not genuine.")
    seen = await does(paged, f"{permit}/appeal", CASEWORKER)
    assert seen["state"] == "appealed"
    seen = await does(paged, f"{permit}/grant", SECOND_PERMIT_OFFICER, months="12")
    assert seen["state"] == "granted"


async def test_a_permit_of_the_other_ground_ends_with_the_proceedings(paged: ServiceUnderTest, desk: Browser) -> None:
    """RP-1: it is among what can be done; ID-11: its ground stands on no page of a caseworker."""
    case = await a_case(paged)
    await hand_over(paged, case)
    form = await desk.sign_in(MOTION_OFFICER, to="/permits/new")
    typed = {"case_id": case_reference(case), "ground": "assisting_prosecution"}
    page = await desk.post("/permits/new", form, typed)
    path = str(page.url).removeprefix(desk.address)
    assert f'href="{path}/end_proceedings"' in page.text, page.text
    async with browser(paged) as other:
        seen = await other.sign_in(CASEWORKER, to=path)
    assert "end_proceedings" not in seen.text
    await does(paged, f"{path}/end_proceedings", MOTION_OFFICER)
    assert f'href="{path}/end_proceedings"' not in (await desk.get(path)).text


async def test_a_return_goes_from_the_wish_to_the_departure_by_pages(paged: ServiceUnderTest, desk: Browser) -> None:
    """R6, RP-5, RP-6."""
    case = await a_recognised_case(paged)
    form = await desk.sign_in(CASEWORKER, to="/returns/new")
    page = await desk.post("/returns/new", form, {"case_id": case_reference(case), "country": "IN"})
    path = str(page.url).removeprefix(desk.address)
    assert re.fullmatch("/returns/[0-9a-f-]{36}", path), page.text
    await does(paged, f"{path}/record_consent", CASEWORKER)
    await does(paged, f"{path}/assess_risk", CASEWORKER, level="low", retrafficking_risk="false")
    await does(paged, f"{path}/check_claims", CASEWORKER)
    await does(paged, f"{path}/clear", CASEWORKER)
    await does(paged, f"{path}/obtain_documents", CASEWORKER)
    seen = await does(paged, f"{path}/book_travel", CASEWORKER, payer="state")
    assert seen["payer"] == "state"
    seen = await does(paged, f"{path}/depart", CASEWORKER)
    assert seen["state"] == "departed"
    seen = await does(paged, f"{path}/did_not_depart", CASEWORKER, reason="travel_cancelled")
    assert seen["state"] == "travel_booked"


async def test_a_body_takes_over_and_visits_follow(paged: ServiceUnderTest) -> None:
    """R7, RP-6: a body outside acknowledges by its paper."""
    case = await a_recognised_case(paged)
    await consent(paged, case, "iom", "return")
    path = f"/returns/{await departed_return(paged, case)}"
    seen = await does(paged, f"{path}/offer_handover", CASEWORKER, to="consulate")
    assert seen["handover_to"] == "consulate"
    await does(paged, f"{path}/acknowledge_handover", RETURN_OFFICER, paper="7/2026")
    seen = await does(paged, f"{path}/follow_up", CASEWORKER, outcome="well")
    assert [visit["outcome"] for visit in seen["visits"]] == ["well"]
    seen = await does(paged, f"{path}/close", CASEWORKER)
    assert seen["state"] == "closed"


async def test_a_return_is_withdrawn_or_closed_without_a_body(paged: ServiceUnderTest) -> None:
    first = f"/returns/{await requested_return(paged, await a_recognised_case(paged))}"
    assert (await does(paged, f"{first}/withdraw", CASEWORKER))["state"] == "withdrawn"
    second = f"/returns/{await departed_return(paged, await a_recognised_case(paged))}"
    seen = await does(paged, f"{second}/close_without_body", CASEWORKER, reason="person_declines")
    assert seen["ended_without_body"] == "person_declines"


async def test_the_guardianship_decides_a_child_s_best_interests(paged: ServiceUnderTest) -> None:
    case = await a_recognised_case(paged, age_group="child")
    row = f"/returns/{await checked_return_of_a_child(paged, case)}"
    typed = {"decision": "return", "opinion_heard": "yes"}
    seen = await does(paged, f"{row}/decide_best_interests", GUARDIANSHIP, **typed)
    assert (seen["state"], seen["best_interests"]) == ("child_best_interests", "return")


async def checked_return_of_a_child(service: ServiceUnderTest, case_id: Any) -> str:
    from .givens import guardian, step

    await guardian(service, case_id)
    row = await requested_return(service, case_id)
    await step(service, row, "consent", 25)
    await step(service, row, "risk-assessment", 26, level="low", retrafficking_risk=False)
    return row


async def test_a_gate_that_is_missing_is_named_and_suspends(paged: ServiceUnderTest) -> None:
    """R6: nothing is cleared with a gate open."""
    case = await a_recognised_case(paged)
    row = await checked_return(paged, case)
    async with browser(paged) as at:
        page = await at.sign_in(CASEWORKER, to=f"/returns/{row}")
    assert "Razılıq" in page.text


async def test_the_receiving_agency_reads_no_gate(paged: ServiceUnderTest, desk: Browser) -> None:
    """RP-6, ID-12: what it takes over, and not why it was cleared."""
    case = await a_recognised_case(paged)
    row = await departed_return(paged, case)
    await paged.person(CASEWORKER).post_ok(f"/api/returns/{row}/handover", {"to": "iom"})
    page = await desk.sign_in(RETURN_OFFICER, to=f"/returns/{row}")
    assert page.status_code == 200
    assert f'"/returns/{row}/acknowledge_handover"' in page.text
    assert "Qiymətləndirmə</h2>" not in page.text


async def test_objects_of_a_hidden_case_look_like_none(paged: ServiceUnderTest, desk: Browser) -> None:
    case = await a_recognised_case(paged)
    (bar,) = await bars_of(paged, case)
    hidden = {
        "bars": bar["id"],
        "permits": await the_permit(paged, case),
        "returns": await requested_return(paged, case),
    }
    await desk.sign_in("ngo-clean-world.caseworker")
    for kind, id_ in hidden.items():
        pages = [await desk.get(f"/{kind}/{one}") for one in (id_, ABSENT)]
        assert [page.status_code for page in pages] == [404, 404]
        texts = [page.text.replace(id_, "").replace(ABSENT, "") for page in pages]
        assert without_what_differs(texts[0]) == without_what_differs(texts[1])
    form = await desk.get("/returns/new")
    answers = []
    for reference in (case_reference(case), "0000-0000"):
        page = await desk.post("/returns/new", form, {"case_id": reference, "country": "IN"})
        answers.append((page.status_code, without_what_differs(page.text.replace(reference, ""))))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def without_what_differs(page: str) -> str:
    return re.sub(r'value="[0-9a-f-]{36}"|data-ends-in="\d+"|\d\d:\d\d', "", page)


@pytest.mark.parametrize("username", ROLES)
async def test_every_list_and_object_of_a_role_in_three_languages(
    paged: ServiceUnderTest, desk: Browser, username: str
) -> None:
    """Each page answers 200 and shows no name."""
    case = await a_recognised_case(paged)
    for recipient, purpose in (("sms", "removal_bar"), ("sms", "residence_permit"), ("iom", "return")):
        await consent(paged, case, recipient, purpose)
    await granted_permit(paged, case)
    await departed_return(paged, case)
    await lodged_permit(paged, await a_recognised_case(paged))
    paths = [*ROLES[username]]
    for path, kind in LISTS.items():
        if path in ROLES[username]:
            found = (await paged.person(username).get_ok(f"/api/{kind}"))["items"]
            paths += [f"{path}/{one['id']}" for one in found]
    await desk.sign_in(username)
    for language in ("az", "en", "ru"):
        await desk.http.post("/language", data={"language": language, "back": "/"})
        for path in paths:
            page = await desk.get(path)
            assert page.status_code == 200, (language, path, page.text)
            assert f'lang="{language}"' in page.text
            assert NAME not in page.text


def test_the_year_of_the_tests_is_one_that_the_pages_know() -> None:
    assert NOW.year == 2026
