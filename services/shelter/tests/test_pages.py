"""The staff pages of shelter, signed in at the real realm, without a script: a house at night."""

import re

import pytest
from chassis.testing import ServiceUnderTest
from sqlalchemy import text
from staffui.testing import Browser, browser, code_of, hidden

from .givens import MANAGER, WORKER, a_requested_stay, a_resident, an_offered_stay

CHOSEN = '<option value="mia-shelter" selected'
HOSTILE = "<script>alert(1)</script>\u202e"


async def test_nobody_sees_a_page_without_signing_in(desk: Browser) -> None:
    for path in ("/", "/stays", "/board", "/me/role", "/stays/0190a0a0-0000-7000-8000-000000000000"):
        answer = await desk.http.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in"), path


async def test_signing_in_leads_to_the_page_that_was_wanted(desk: Browser) -> None:
    page = await desk.sign_in(MANAGER, to="/stays?view=resident")
    assert str(page.url) == f"{desk.address}/stays?view=resident"
    assert MANAGER in page.text


@pytest.mark.parametrize(("person", "ahead"), [(MANAGER, None), (WORKER, 1_000)])
async def test_without_the_code_or_with_a_wrong_one_nobody_is_signed_in(
    desk: Browser, person: str, ahead: int | None
) -> None:
    """Who reads identities signs in with a second factor (ADR 36)."""
    asked = await desk.password(person)
    assert 'name="otp"' in asked.text
    asked = await desk.fill(asked, otp="" if ahead is None else code_of(person, ahead))
    assert 'name="otp"' in asked.text
    assert not desk.is_back(asked)
    assert (await desk.http.get("/stays", follow_redirects=False)).headers["location"].startswith("/sign-in")
    assert desk.is_back(await desk.fill(asked, otp=code_of(person)))
    assert (await desk.http.get("/stays", follow_redirects=False)).status_code == 200


@pytest.mark.parametrize(
    "back", ["https://elsewhere.invalid/", "//elsewhere.invalid", "/\\elsewhere.invalid", "javascript:1"]
)
async def test_no_address_leads_out_of_the_service(desk: Browser, back: str) -> None:
    page = await desk.sign_in(MANAGER, to=back)
    assert str(page.url) == f"{desk.address}/"


async def test_a_manager_offers_a_bed_and_a_worker_admits(paged: ServiceUnderTest, desk: Browser) -> None:
    """S2–S4, SH-4, SH-5: from the request to the bed by pages alone."""
    stay = await a_requested_stay(paged)
    start = await desk.sign_in(MANAGER)
    assert stay["case_ref"] in start.text
    page = await desk.get(f"/stays/{stay['id']}")
    assert f'href="/stays/{stay["id"]}/offer"' in page.text
    form = await desk.get(f"/stays/{stay['id']}/offer")
    bed = re.search(r'<option value="([0-9a-f-]{36})"', form.text) or re.search(
        r'value="([0-9a-f-]{36})"[^>]*type="radio"', form.text
    )
    assert bed, form.text
    day = {"when": "day", "when.day": "4", "when.month": "3", "when.year": "2024", "when.time": "10:30"}
    done = await desk.post(f"/stays/{stay['id']}/offer", form, {"bed_id": bed[1], **day})
    assert str(done.url) == f"{desk.address}/stays/{stay['id']}", done.text
    seen = await paged.person(MANAGER).get_ok(f"/api/stays/{stay['id']}")
    assert (seen["state"], seen["offered_at"]) == ("offered", "2024-03-04T06:30:00Z")


async def test_one_click_does_what_asks_only_when(paged: ServiceUnderTest, desk: Browser) -> None:
    stay = await a_requested_stay(paged)
    page = await desk.sign_in(MANAGER, to=f"/stays/{stay['id']}")
    done = await desk.post(f"/stays/{stay['id']}/waitlist", page)
    assert str(done.url) == f"{desk.address}/stays/{stay['id']}", done.text
    assert (await paged.person(MANAGER).get_ok(f"/api/stays/{stay['id']}"))["state"] == "waitlisted"


async def test_a_term_leads_to_its_rule_with_its_source(paged: ServiceUnderTest, desk: Browser) -> None:
    """X7, C2, NO-3: what the term is counted by, where it stands in the law, and whether somebody read it there."""
    stay = await an_offered_stay(paged)
    page = await desk.sign_in(MANAGER, to=f"/stays/{stay['id']}")
    assert 'href="/rules?name=offer_answer_hours"' in page.text
    rule = await desk.get("/rules", name="offer_answer_hours")
    assert rule.text.count("<tr") == 2, "a head and one rule"
    for words in ("Yer təklifinə cavab müddəti", "72 saat", '<span lang="en">none (our practice)</span>', "09.11.2005"):
        assert words in rule.text
    every = await desk.get("/rules")
    assert "Böyük: 30 gün" in every.text
    before = await desk.get("/rules", name="offer_answer_hours", on="2005-11-08")
    assert "72 saat" not in before.text


async def test_the_same_form_sent_twice_does_it_once(paged: ServiceUnderTest, desk: Browser) -> None:
    stay = await a_resident(paged)
    form = await desk.sign_in(WORKER, to=f"/stays/{stay['id']}/record_service")
    typed = {"service": "legal", "payer": "mia-shelter", "when": "now"}
    for _ in range(2):
        done = await desk.post(f"/stays/{stay['id']}/record_service", form, typed)
        assert done.status_code == 200, done.text
    seen = await paged.person(MANAGER).get_ok(f"/api/stays/{stay['id']}")
    assert [one["service"] for one in seen["services"]] == ["legal"]


async def test_a_refusal_keeps_what_was_typed(paged: ServiceUnderTest, desk: Browser) -> None:
    """C8: the form comes back filled, with what is wrong beside its question; nothing was changed."""
    stay = await a_resident(paged)
    form = await desk.sign_in(WORKER, to=f"/stays/{stay['id']}/record_service")
    typed = {
        "service": "legal",
        "payer": HOSTILE,
        "when.time": HOSTILE,
        "when": "day",
        "when.day": "31",
        "when.month": "2",
        "when.year": "2024",
    }
    again = await desk.post(f"/stays/{stay['id']}/record_service", form, typed)
    assert again.status_code == 422
    assert "<script>alert" not in again.text
    assert "&lt;script&gt;alert(1)" in again.text
    assert re.search(r'value="legal"[^>]*checked|<option value="legal" selected', again.text)
    assert not (await paged.person(MANAGER).get_ok(f"/api/stays/{stay['id']}"))["services"]


@pytest.mark.parametrize("forged", ["", "x" * 43, None])
async def test_a_post_that_no_page_of_the_session_made_is_refused(
    paged: ServiceUnderTest, desk: Browser, forged: str | None
) -> None:
    stay = await a_requested_stay(paged)
    page = await desk.sign_in(MANAGER, to=f"/stays/{stay['id']}")
    answer = await desk.post(f"/stays/{stay['id']}/waitlist", page, {"csrf": forged})
    assert answer.status_code == 403
    assert (await paged.person(MANAGER).get_ok(f"/api/stays/{stay['id']}"))["state"] == "requested"


async def test_a_cookie_opens_no_api_and_a_token_no_page(paged: ServiceUnderTest, desk: Browser) -> None:
    await desk.sign_in(MANAGER)
    assert (await desk.get("/api/stays")).status_code == 401
    page = await desk.http.get("/nowhere", follow_redirects=False)
    assert page.status_code == 404
    fresh = await paged.person(MANAGER).get("/stays")
    assert fresh.status_code == 303


async def test_signing_out_ends_the_session_here_and_at_the_realm(desk: Browser) -> None:
    page = await desk.sign_in(MANAGER)
    before = dict(desk.http.cookies)
    out = await desk.post("/sign-out", page)
    assert str(out.url).startswith(f"{desk.address}/signed-out"), out.url
    desk.http.cookies.clear()
    desk.http.cookies.update(before)
    assert (await desk.http.get("/", follow_redirects=False)).headers["location"].startswith("/sign-in")


async def test_another_agency_s_stay_looks_like_none(paged: ServiceUnderTest, desk: Browser) -> None:
    """SH-7: by page as by API; the same page for what is absent and what is hidden."""
    stay = await an_offered_stay(paged)
    await desk.sign_in("ngo-clean-world.shelter-manager")
    hidden = await desk.get(f"/stays/{stay['id']}")
    absent = await desk.get("/stays/0190a0a0-0000-7000-8000-000000000000")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert hidden.text.replace(stay["id"], "") == absent.text.replace("0190a0a0-0000-7000-8000-000000000000", "")


@pytest.mark.parametrize(("language", "word"), [("az", "Qalmalar"), ("en", "Stays"), ("ru", "Пребывания")])
async def test_every_language(desk: Browser, language: str, word: str) -> None:
    await desk.sign_in(MANAGER)
    page = await desk.http.post("/language", data={"language": language, "back": "/stays"})
    assert str(page.url) == f"{desk.address}/stays"
    assert f'lang="{language}"' in page.text
    assert word in page.text


async def test_headers_keep_pages_out_of_caches_and_frames(desk: Browser) -> None:
    page = await desk.sign_in(MANAGER)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_what_was_typed_survives_the_end_of_the_session(paged: ServiceUnderTest, desk: Browser) -> None:
    """pages.md "Nothing typed is ever lost": it comes back to the same person, and to nobody else."""
    stay = await a_resident(paged)
    path = f"/stays/{stay['id']}/record_service"
    form = await desk.sign_in(WORKER, to=path)
    async with paged.session() as session:
        await session.execute(text("update staff_session set ended_at = now()"))
    late = await desk.http.post(path, data={**hidden(form.text, path), "payer": "mia-shelter"}, follow_redirects=False)
    assert (late.status_code, late.headers["location"]) == (303, f"/sign-in?back={path}")
    again = await desk.get("/sign-in", back=path)
    assert str(again.url) == desk.address + path, "the realm's own session lives"
    assert CHOSEN in again.text
    assert not (await paged.person(MANAGER).get_ok(f"/api/stays/{stay['id']}"))["services"]
    async with browser(paged) as other:
        assert CHOSEN not in (await other.sign_in(MANAGER, to=path)).text


async def test_another_language_keeps_what_was_typed(paged: ServiceUnderTest, desk: Browser) -> None:
    """C16: the draft is saved and the same form comes in the other language, filled."""
    stay = await a_resident(paged)
    path = f"/stays/{stay['id']}/record_service"
    form = await desk.sign_in(WORKER, to=path)
    other = await desk.post(path, form, {"payer": "mia-shelter", "to_language": "ru"})
    assert str(other.url) == desk.address + path
    assert 'lang="ru"' in other.text
    assert CHOSEN in other.text


async def test_the_realm_ends_a_session_by_its_notice(paged: ServiceUnderTest, desk: Browser) -> None:
    """A notice of another origin, or none, ends nothing."""
    await desk.sign_in(MANAGER)
    for forged in ("", "x.y.z"):
        answer = await desk.http.post("/back-channel-sign-out", data={"logout_token": forged})
        assert answer.status_code in (401, 403), answer.text
    assert (await desk.http.get("/", follow_redirects=False)).status_code == 200
