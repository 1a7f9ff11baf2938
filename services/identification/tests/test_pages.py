"""The staff pages of identification, signed in at the real realm, without a script: a call, a case, a decision."""

import html
import re
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from identification.app import SERVICE
from identification.pages import PAGES
from nrm_events.reference import case_reference
from staffui.acts import has_form
from staffui.commands_of import acts_on
from staffui.testing import Browser, browser

from .givens import (
    AGREED,
    HOTLINE,
    NGO,
    OFFICER,
    OTHER_NGO,
    a_case_in_assessment,
    a_received_report,
    an_open_case,
    consent_to,
    seen,
    somebody,
)

ABSENT = "0190a0a0-0000-7000-8000-000000000000"


async def does(desk: Browser, path: str, **typed: Any) -> str:
    """Fill in the form at this address; the address that follows."""
    form = await desk.get(path)
    assert form.status_code == 200, wrong(form.text)
    done = await desk.post(path, form, {"when": "now", **typed})
    assert done.status_code == 200, wrong(done.text)
    after = str(done.url).removeprefix(desk.address)
    assert after != path, wrong(done.text)
    return after


def wrong(page: str) -> str:
    """The words of a page that refuses, in a few lines."""
    shown = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s*<[^>]+>\s*", " ", shown)[:1500]


async def test_a_call_becomes_a_case_by_pages_alone(paged: ServiceUnderTest, desk: Browser) -> None:
    """I2–I4, ID-1, ID-18: half a report is enough, the search runs by itself, then the case opens."""
    start = await desk.sign_in(HOTLINE)
    assert 'href="/reports/new"' in start.text
    person = somebody()
    typed = {
        "channel": "hotline",
        "prs_FirstName": person["prs_FirstName"],
        "vic_TypeOfExploitation": ["ForcedLabour"],
        "region": "Gəncə",
        "safe_contact.channel": "sms",
        "safe_contact.address": "+994501234567",
        "safe_contact.language": "ru",
    }
    report_page = await does(desk, "/reports/new", **typed)
    report_id = report_page.removeprefix("/reports/")
    report = await paged.person(HOTLINE).get_ok(f"/api/reports/{report_id}")
    assert (report["channel"], report["exploitation"], report["warnings"]) == ("hotline", ["ForcedLabour"], [])
    case_page = await does(desk, f"{report_page}/register")
    case = await paged.person(HOTLINE).get_ok(f"/api{case_page}")
    assert case["status"] == "registered"


async def test_the_same_person_joins_a_known_case(paged: ServiceUnderTest, desk: Browser) -> None:
    """I4: the candidate is shown masked with the reasons; the report joins that case."""
    person = somebody()
    known = await an_open_case(paged, htcds=person)
    report = await a_received_report(paged, htcds=person)
    path = f"/reports/{report['id']}/register"
    form = await desk.sign_in(NGO, to=path)
    assert known["case_ref"] in form.text
    assert person["prs_SecondName"] not in form.text
    after = await does(desk, path, **{f"verdicts.{known['id']}": "join"})
    assert after == f"/cases/{known['id']}"


async def test_no_case_opens_without_a_verdict(paged: ServiceUnderTest, desk: Browser) -> None:
    person = somebody()
    await an_open_case(paged, htcds=person)
    report = await a_received_report(paged, htcds=person)
    path = f"/reports/{report['id']}/register"
    form = await desk.sign_in(NGO, to=path)
    refused = await desk.post(path, form, {"when": "now"})
    assert refused.status_code == 409
    assert 'name="search_id"' in refused.text


async def test_consent_then_hand_over_then_recognition(paged: ServiceUnderTest, desk: Browser) -> None:
    """I7, I9, I10: what the NGO records lets the special police body decide, with the facts beside the form."""
    case = await an_open_case(paged)
    await desk.sign_in(NGO)
    here = f"/cases/{case['id']}"
    await consent_to(paged, case)
    assert await does(desk, f"{here}/refer") == here
    async with browser(paged) as office:
        start = await office.sign_in(OFFICER)
        assert case["case_ref"] in start.text
        page = await office.get(here)
        await office.post(f"{here}/acknowledge", page)
        await does(office, f"{here}/recognise_formally", reasons=["act_means_purpose_met"])
    assert (await seen(paged, case, OFFICER))["status"] == "recognised"


async def test_a_screening_explains_itself(paged: ServiceUnderTest, desk: Browser) -> None:
    """I6: indicators of the chosen set by their words; what is not answered stays unknown."""
    case = await an_open_case(paged)
    await desk.sign_in(NGO)
    path = f"/cases/{case['id']}/assessment/screen"
    form = await desk.http.get(path, params={"indicator_set": "begging"})
    assert "answers.child_with_non_parent" in form.text
    done = await desk.post(path, form, {"answers.out_of_school": "met", "act": "met", "purpose": "met", "when": "now"})
    assert str(done.url).endswith(f"/cases/{case['id']}/assessment"), wrong(done.text)
    screening = (await seen(paged, case))["screenings"][0]
    assert screening["explanation"]["advice"] == "ask_about_missing"


async def test_a_consent_is_withdrawn_and_its_acknowledgements_shown(paged: ServiceUnderTest, desk: Browser) -> None:
    """I7, C7: the consent is chosen by its words, and who has to acknowledge is listed."""
    case = await consent_to(paged, await an_open_case(paged))
    path = f"/cases/{case['id']}/consent"
    await desk.sign_in(NGO)
    await does(desk, f"{path}/withdraw_consent", consent_id=case["consents"][0]["id"])
    assert "<progress" in (await desk.get(path)).text
    assert (await seen(paged, case))["consents"][0]["withdrawn_at"]


async def test_identity_shows_behind_the_veil_alone(paged: ServiceUnderTest, desk: Browser) -> None:
    """C10, ID-13: no page names the person; after a purpose one does, and goes by itself."""
    person = somebody()
    case = await an_open_case(paged, htcds=person, account="She spoke of the farm.")
    await desk.sign_in(NGO)
    here = f"/cases/{case['id']}"
    for path in ("/", "/cases", "/reports", here, *(f"{here}/{part}" for part in PARTS), f"{here}/read_identity"):
        page = await desk.get(path)
        assert page.status_code == 200, path
        assert person["prs_SecondName"] not in page.text, path
        assert person["prs_IdentityNumber"] not in page.text, path
    form = await desk.get(f"{here}/read_identity")
    opened = await desk.post(f"{here}/read_identity", form, {"purpose": "assess"})
    assert person["prs_SecondName"] in html.unescape(opened.text)
    assert person["prs_SecondName"] not in str(opened.url)
    assert opened.headers["refresh"] == f"600; url={here}"
    link = re.search(rf'href="({here}/set_safe_contact\?version=\d+)"', opened.text)
    assert link, opened.text
    form = await desk.get(link[1])
    contact = {"contact.channel": "email", "contact.address": "a@example.org", "contact.language": "az"}
    done = await desk.post(f"{here}/set_safe_contact", form, {**contact, "when": "now"})
    assert str(done.url).endswith(here), done.text


PARTS = ("assessment", "consent", "who-knows", "child", "help")


WITHOUT_A_FORM = {
    ("/reports/{report_id}", "attach"): "the page of `register` sends it, where a candidate is the same person",
}


def test_every_command_has_its_form() -> None:
    """An officer's command on an object that no page can send is named above, with the reason."""
    lacking = {
        (page.path, action)
        for page in PAGES.objects
        if page.only is None
        for action, act in acts_on(SERVICE, page.api, page.sent_to).items()
        if not has_form(page, action, act)
    }
    assert lacking == WITHOUT_A_FORM.keys()


async def test_a_case_of_others_looks_like_none(paged: ServiceUnderTest, desk: Browser) -> None:
    """ID-7: to police a case without consent is as if it did not exist, on every page of it."""
    case = await an_open_case(paged)
    await desk.sign_in(OFFICER)
    for part in ("", *(f"/{part}" for part in PARTS), "/read_identity", "/decline"):
        hidden = await desk.get(f"/cases/{case['id']}{part}")
        absent = await desk.get(f"/cases/{ABSENT}{part}")
        assert (hidden.status_code, absent.status_code) == (404, 404), part
        assert hidden.text.replace(case["id"], "") == absent.text.replace(ABSENT, ""), part
    assert case["case_ref"] not in (await desk.get("/cases")).text


async def test_the_box_in_the_header_opens_a_case_by_its_reference(paged: ServiceUnderTest, desk: Browser) -> None:
    """X2: as people write it; what arithmetic refuses is not searched for."""
    case = await an_open_case(paged)
    start = await desk.sign_in(NGO)
    assert f'action="{desk.address}/search"' in start.text
    for typed in (case["case_ref"], case["case_ref"].lower().replace("-", " ")):
        found = await desk.get("/search", case_ref=typed)
        assert str(found.url) == f"{desk.address}/cases/{case['id']}", typed
    for mistyped in ("", case["case_ref"][:-1], case["case_ref"][::-1]):
        refused = await desk.get("/search", case_ref=mistyped)
        assert refused.status_code == 422, mistyped
        assert "Belə nömrə ola bilməz" in refused.text


async def test_a_search_shows_no_case_of_others(paged: ServiceUnderTest, desk: Browser) -> None:
    """X2, ID-7: what is hidden is answered as what is absent."""
    case = await an_open_case(paged)
    await desk.sign_in(OFFICER)
    hidden = await desk.get("/search", case_ref=case["case_ref"])
    absent = await desk.get("/search", case_ref=case_reference(UUID(ABSENT)))
    assert (hidden.status_code, hidden.text) == (
        404,
        absent.text.replace(case_reference(UUID(ABSENT)), case["case_ref"]),
    )


async def test_a_case_is_offered_to_another_agency_and_taken(paged: ServiceUnderTest, desk: Browser) -> None:
    """ID-20: the offer with its consent is one form; the other agency finds it on its start page."""
    case = await an_open_case(paged)
    await desk.sign_in(NGO)
    here = f"/cases/{case['id']}"
    consent = {f"consent.{name}": value for name, value in (AGREED | {"interpreter": "false"}).items()}
    await does(desk, f"{here}/offer_holder", to="ngo-clean-world", ground="consent", **consent)
    offer = (await seen(paged, case))["holder_offers"][0]
    async with browser(paged) as other:
        assert case["case_ref"] in (await other.sign_in(OTHER_NGO)).text
        await does(other, f"{here}/accept_holder", offer_id=offer["id"])
    assert (await seen(paged, case, OTHER_NGO))["holder"] == "ngo-clean-world"


@pytest.mark.parametrize("who", [NGO, HOTLINE, OFFICER, "sms.migration-officer", "vac.reintegration-worker"])
@pytest.mark.parametrize("language", ["az", "en", "ru"])
async def test_every_page_in_every_language(paged: ServiceUnderTest, desk: Browser, who: str, language: str) -> None:
    """Each list and object that the role opens answers; a missing word would be an error page."""
    case = await a_case_in_assessment(paged)
    report = await a_received_report(paged, by=HOTLINE if who == HOTLINE else NGO)
    await desk.sign_in(who)
    await desk.http.post("/language", data={"language": language, "back": "/"})
    start = await desk.get("/")
    menu = set(re.findall(r'<a href="(/[a-z-]+)"', start.text)) - {"/exit"}
    objects = {f"/cases/{case['id']}", *(f"/cases/{case['id']}/{part}" for part in PARTS), f"/reports/{report['id']}"}
    for path in sorted(menu | objects):
        page = await desk.get(path)
        assert page.status_code in ((200, 403, 404) if path in objects else (200,)), (path, wrong(page.text))
        acts = set(re.findall(rf'href="({path}/[a-z_]+(?:\?[a-z_=]+)?)"', page.text))
        for act in sorted(acts):
            form = await desk.get(act)
            assert form.status_code == 200, (act, wrong(form.text))


async def test_a_call_states_one_fact_and_what_the_person_answers(paged: ServiceUnderTest, desk: Browser) -> None:
    """I2, ID-7: the channel and any one fact; yes, no and not asked are three answers. I3: closed, with the reason."""
    form = await desk.sign_in(HOTLINE, to="/reports/new")
    assert form.text.count('name="agrees_to_police"') == 3
    refused = await desk.post("/reports/new", form, {"channel": "hotline", "when": "now"})
    assert refused.status_code == 422
    assert 'href="#account"' in refused.text or 'href="#what-happened"' in refused.text
    page = await does(desk, "/reports/new", channel="hotline", region="Gəncə", agrees_to_police="false")
    report = await paged.person(HOTLINE).get_ok(f"/api{page}")
    assert report["agrees_to_police"] is False
    shown = await desk.get(page)
    assert f'href="/cases/{report["case_id"]}/offer_holder"' in shown.text
    assert await does(desk, f"{page}/close_report", reason="no_contact") == page
    assert "Şəxslə əlaqə saxlamaq mümkün olmayıb" in (await desk.get(page)).text
    assert (await paged.person(HOTLINE).get_ok(f"/api{page}"))["closed_because"] == "no_contact"


async def test_the_coordinator_reads_the_year_by_page(paged: ServiceUnderTest, desk: Browser) -> None:
    """CO-1: figures and nobody's case."""
    case = await an_open_case(paged)
    page = await desk.sign_in("coordinator.coordinator", to="/statistics")
    assert page.status_code == 200, page.text
    assert "Müəyyən edilmiş şəxslər" in page.text
    assert case["case_ref"] not in page.text
    assert (await paged.person(NGO).get("/api/statistics/2024")).status_code == 403
