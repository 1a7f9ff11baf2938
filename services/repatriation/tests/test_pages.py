"""The staff pages of repatriation, signed in at the real realm, without a script: bars, permits, returns (R1–R7)."""

import re

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events.reference import case_reference
from repatriation.app import SERVICE
from repatriation.pages import PAGES
from staffui.acts import has_form
from staffui.commands_of import acts_on
from staffui.testing import Browser, text_of

from .givens import (
    CASEWORKER,
    MOTION_OFFICER,
    NOW,
    PERMIT_OFFICER,
    RETURN_OFFICER,
    KnownPersons,
    a_recognised_case,
    bars_of,
    consent,
    departed_return,
    granted_permit,
    lodged_permit,
    requested_return,
    the_permit,
)
from .paging import does

ABSENT = "0190a0a0-0000-7000-8000-000000000000"
NAME = "Aysel Məmmədova"
WORDS = {
    "az": "hüdudlarından kənara çıxarıla bilməz",
    "en": "may not be removed from the Republic of Azerbaijan",
    "ru": "выдворение из Азербайджанской Республики не допускается",
}
LISTS = {"/bars": "bars", "/permits": "permits", "/returns": "returns"}
ROLES = {
    MOTION_OFFICER: ("/", "/bars", "/permits"),
    PERMIT_OFFICER: ("/", "/bars", "/permits"),
    CASEWORKER: ("/", "/bars", "/permits", "/returns"),
    RETURN_OFFICER: ("/", "/bars", "/returns"),
    "ngo-clean-world.shelter-manager": ("/", "/bars"),
    "coordinator.coordinator": ("/", "/statistics"),
}


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
    for language, words in WORDS.items():
        printed = await desk.post(f"/bars/{bar['id']}/certificate", paper, {"pdf": language})
        drawn = text_of(printed)
        assert words in drawn
        for shown in (NAME, made["number"], made["check"]):
            assert shown in drawn
        for hidden in (case_reference(case), "Himay", "Caseworker", "İAMBİ", "traffick", "alver", "торгов"):
            assert hidden not in drawn
    assert len(opened.names_opened) == 5  # each of the five is a look that is recorded
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
