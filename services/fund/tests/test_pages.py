"""The staff pages of the Fund, signed in at the real realm, without a script: a claim by three persons (F1–F7)."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from chassis.testing import ServiceUnderTest
from fund.app import SERVICE
from fund.pages import PAGES
from nrm_events.reference import case_reference
from staffui.acts import has_form
from staffui.commands_of import acts_on
from staffui.testing import Browser, browser

from .givens import PAYEE, Desk, a_need, paper

ABSENT = "0190a0a0-0000-7000-8000-000000000000"
LISTS = ("/", "/claims", "/incomes", "/entries", "/accounts", "/statements")
ROLES = {
    "fund.fund-requester": LISTS,
    "fund.fund-approver": LISTS,
    "fund.fund-releaser": LISTS,
    "fund.fund-accountant": LISTS,
    "ngo-amc.caseworker": ("/", "/claims"),
    "coordinator.coordinator": ("/", "/statements", "/statistics"),
}


@pytest.fixture
async def desk(paged: ServiceUnderTest) -> AsyncIterator[Browser]:
    async with browser(paged) as opened:
        yield opened


async def does(
    fund: Desk, claim: dict[str, Any], action: str, who: str, **typed: object
) -> tuple[httpx.Response, dict[str, Any]]:
    """The act by its page, as this person; the page after it and the claim as the API has it then."""
    path = f"/claims/{claim['id']}/{action}"
    async with browser(fund.bench) as at:
        form = await at.sign_in(f"fund.{who}", to=path)
        done = await at.post(path, form, typed)
    return done, await fund.requester.get_ok(f"/api/claims/{claim['id']}")


def test_every_command_of_a_claim_has_a_form_but_these() -> None:
    """An appeal is decided by two forms, one for each outcome."""
    without = {
        act.action
        for page in PAGES.objects
        for action, act in acts_on(SERVICE, page.api, page.sent_to).items()
        if not has_form(page, action, act)
    }
    assert without == {"decide_appeal"}


async def test_a_claim_goes_from_its_draft_to_the_bank_by_pages_alone(fund: Desk, desk: Browser) -> None:
    """FU-6, FU-7: drafted and submitted, approved, released, confirmed, each by another person."""
    case_id = await fund.recognised_case()
    await fund.income(10_000)
    form = await desk.sign_in("fund.fund-requester", to="/claims/new")
    typed = {"case_id": case_reference(case_id).lower(), "purpose": "medicine", "amount_qepik": "12,50"}
    page = await desk.post("/claims/new", form, typed | {"document": paper()})
    found = re.fullmatch(rf"{desk.address}/claims/([0-9a-f-]{{36}})", str(page.url))
    assert found, page.text
    claim = await fund.requester.get_ok(f"/api/claims/{found[1]}")
    assert (claim["kind"], claim["purpose"], claim["amount_qepik"]) == ("needs_grant", "medicine", 1250)
    assert "12,50" in page.text
    done = await desk.post(f"/claims/{claim['id']}/submit", page)
    assert str(done.url) == f"{desk.address}/claims/{claim['id']}", done.text
    done, claim = await does(fund, claim, "approve", "fund-approver")
    assert claim["state"] == "reserved", done.text
    done, claim = await does(fund, claim, "release", "fund-releaser")
    assert claim["state"] == "ordered", done.text
    assert PAYEE["name"] in done.text, "shown this once"
    done, claim = await does(fund, claim, "confirm", "fund-accountant", bank_reference=paper())
    assert claim["state"] == "paid", done.text
    async with browser(fund.bench) as again:
        after = await again.sign_in("fund.fund-releaser", to=f"/claims/{claim['id']}")
    assert PAYEE["name"] not in after.text
    assert claim["orders"][0]["bank_reference"] in after.text


async def test_who_requested_reads_why_another_approves(fund: Desk) -> None:
    """FU-6: not a button but a sentence, where one person has both roles in the claim."""
    claim = await fund.ordered(await fund.needs_grant(await funded(fund)))
    async with browser(fund.bench) as at:
        page = await at.sign_in("fund.fund-releaser", to=f"/claims/{claim['id']}")
    assert f'href="/claims/{claim["id"]}/confirm"' not in page.text
    assert "Bu tapşırığa" in page.text or "başqa" in page.text


async def funded(fund: Desk) -> Any:
    await fund.income(10_000)
    return await fund.recognised_case()


async def test_facts_stand_beside_the_approval_and_money_that_is_free(fund: Desk) -> None:
    """F4: what is approved, and what is free now; an approval is never one click."""
    claim = await fund.submitted(await fund.needs_grant(await funded(fund), amount_qepik=2345))
    async with browser(fund.bench) as at:
        page = await at.sign_in("fund.fund-approver", to=f"/claims/{claim['id']}")
        assert f'action="/claims/{claim["id"]}/approve"' not in page.text
        form = await at.get(f"/claims/{claim['id']}/approve")
    assert "23,45" in form.text
    assert claim["document"] in form.text


async def test_what_was_edited_meanwhile_is_not_approved(fund: Desk) -> None:
    """F4: the approval binds what was read; the version of the form is old by then."""
    claim = await fund.submitted(await fund.needs_grant(await funded(fund)))
    path = f"/claims/{claim['id']}/approve"
    async with browser(fund.bench) as at:
        form = await at.sign_in("fund.fund-approver", to=path)
        await fund.amended(claim)
        refused = await at.post(path, form)
    assert refused.status_code == 409, refused.text
    assert (await fund.requester.get_ok(f"/api/claims/{claim['id']}"))["state"] == "draft"


async def test_an_amendment_begins_with_what_is_stored(fund: Desk, desk: Browser) -> None:
    claim = await fund.needs_grant(await funded(fund), amount_qepik=1050)
    path = f"/claims/{claim['id']}/amend"
    form = await desk.sign_in("fund.fund-requester", to=path)
    assert 'value="10,50"' in form.text
    assert 'name="awarded_qepik"' not in form.text
    typed = {"purpose": "warm_clothing", "amount_qepik": "11", "payee": "person", "document": claim["document"]}
    await desk.post(path, form, typed)
    seen = await fund.requester.get_ok(f"/api/claims/{claim['id']}")
    assert (seen["purpose"], seen["amount_qepik"]) == ("warm_clothing", 1100)


async def test_a_rejection_is_appealed_and_the_appeal_granted_by_another(fund: Desk) -> None:
    claim = await fund.submitted(await fund.needs_grant(await funded(fund)))
    done, claim = await does(fund, claim, "reject", "fund-approver", reasons=["another_payer", "document_not_valid"])
    assert (claim["state"], claim["reasons"]) == ("rejected", ["another_payer", "document_not_valid"]), done.text
    done, claim = await does(fund, claim, "appeal", "fund-requester")
    assert claim["state"] == "appealed", done.text
    done, claim = await does(fund, claim, "approve_on_appeal", "fund-approver-2")
    assert claim["state"] in ("approved", "reserved"), done.text


async def test_an_appeal_is_rejected_with_reasons_and_never_without(fund: Desk) -> None:
    claim = await fund.submitted(await fund.needs_grant(await funded(fund)))
    await does(fund, claim, "reject", "fund-approver", reasons=["another_payer"])
    await does(fund, claim, "appeal", "fund-requester")
    done, seen = await does(fund, claim, "reject_on_appeal", "fund-approver-2")
    assert (done.status_code, seen["state"]) == (422, "appealed")
    done, seen = await does(fund, claim, "reject_on_appeal", "fund-approver-2", reasons=["amount_not_founded"])
    assert seen["state"] == "rejected_final", done.text


async def test_the_bank_fails_a_payment_and_the_money_is_queued_anew(fund: Desk) -> None:
    """F5, FU-7."""
    claim = await fund.ordered(await fund.needs_grant(await funded(fund)))
    done, claim = await does(fund, claim, "fail", "fund-accountant", reason="account_closed")
    assert (claim["state"], claim["orders"][0]["failure_reason"]) == ("failed", "account_closed"), done.text
    done, claim = await does(fund, claim, "reserve", "fund-approver")
    assert claim["state"] == "reserved", done.text
    typed = {"reason": "need_ended"}
    done, claim = await does(fund, claim, "cancel", "fund-requester", **typed)
    assert claim["state"] == "cancelled", done.text


async def test_a_payment_comes_back_and_money_is_recovered(fund: Desk) -> None:
    paid = await fund.paid(await fund.needs_grant(await funded(fund), amount_qepik=900))
    done, claim = await does(fund, paid, "recover", "fund-accountant", amount_qepik="4", document=paper())
    assert claim["recovered_qepik"] == 400, done.text
    typed = {"reason": "returned_by_bank", "bank_reference": paper()}
    done, claim = await does(fund, claim, "return_payment", "fund-accountant", **typed)
    assert claim["state"] == "returned", done.text


async def test_an_information_request_sends_a_claim_back(fund: Desk) -> None:
    claim = await fund.submitted(await fund.needs_grant(await funded(fund)))
    done, claim = await does(fund, claim, "ask_information", "fund-approver", reasons=["document_unreadable"])
    assert (claim["state"], claim["reasons"]) == ("info_needed", ["document_unreadable"]), done.text


async def test_a_compensation_asks_for_the_decision_and_computes_the_shortfall(fund: Desk, desk: Browser) -> None:
    """F3, FU-3."""
    case_id = await fund.recognised_case()
    form = await desk.sign_in("fund.fund-requester", to="/claims/new-compensation")
    typed = {
        "case_id": case_reference(case_id),
        "document": paper(),
        "awarded_qepik": "100",
        "from_property_qepik": "40",
    }
    page = await desk.post("/claims/new-compensation", form, typed)
    claim = await fund.requester.get_ok(f"/api/claims/{str(page.url).rpartition('/')[2]}")
    assert (claim["kind"], claim["amount_qepik"]) == ("compensation", 6000)


async def test_a_claim_that_waits_for_another_look_is_settled(fund: Desk) -> None:
    case_id = await fund.case()
    recognised = fund.identified(case_id)
    await fund.bench.receives(recognised)
    claim = await fund.submitted(await fund.allowance_of(case_id))
    await fund.bench.receives(fund.revoked(recognised.recognition_id, case_id))
    done, claim = await does(fund, claim, "settle_re_examination", "fund-approver", reason="decision_under_appeal")
    assert claim["re_examine_since"] is None, done.text


async def test_income_is_booked_with_its_source_and_corrected_by_a_new_entry(fund: Desk, desk: Browser) -> None:
    """F6, F7, FU-4, FU-5."""
    form = await desk.sign_in("fund.fund-accountant", to="/incomes/new")
    document = paper()
    page = await desk.post("/incomes/new", form, {"source": "grant", "amount_qepik": "1 234,50", "document": document})
    found = re.fullmatch(rf"{desk.address}/incomes/([0-9a-f-]{{36}})", str(page.url))
    assert found, page.text
    assert document in page.text
    assert await fund.balance() == (123450, 0, 123450)
    path = f"/entries/{(await fund.accountant.get_ok(f'/api/incomes/{found[1]}'))['entry_id']}"
    assert f'href="{path}"' in page.text
    form = await desk.get(f"{path}/reverse_entry")
    await desk.post(f"{path}/reverse_entry", form)
    assert await fund.balance() == (0, 0, 0)
    listed = await desk.get("/entries", account="income.grant")
    assert listed.text.count("1 234,50".replace(" ", "\xa0")) >= 2, listed.text


@pytest.mark.parametrize("username", ROLES)
async def test_the_page_of_an_income_is_for_whom_the_api_answers_it(fund: Desk, desk: Browser, username: str) -> None:
    """F6, FU-4: its line in the list leads to it, it leads to its entry, and there is no past to read."""
    income = await fund.income(1050)
    path = f"/incomes/{income['id']}"
    page, listed = await desk.sign_in(username, to=path), await desk.get("/incomes")
    if "/incomes" not in ROLES[username]:
        assert (page.status_code, listed.status_code) == (403, 403)
        return
    assert f'href="{path}"' in listed.text
    assert page.status_code == 200, page.text
    assert all(shown in page.text for shown in ("10,50", income["document"], f'href="/entries/{income["entry_id"]}"'))
    assert (await desk.get(f"/incomes/{ABSENT}")).status_code == 404


@pytest.mark.parametrize("reference", ["K7F3-XA9N", "", "Zübeydə"])
async def test_a_reference_that_is_none_is_refused_beside_its_question(desk: Browser, reference: str) -> None:
    form = await desk.sign_in("fund.fund-requester", to="/claims/new")
    page = await desk.post("/claims/new", form, {"case_id": reference, "purpose": "medicine", "amount_qepik": "1"})
    assert page.status_code == 422
    assert 'href="#case-id"' in page.text


async def test_a_hidden_case_is_refused_as_an_absent_one_id_7(fund: Desk, desk: Browser) -> None:
    """The same sentence by page, and the same empty list by the API."""
    case_id = await fund.case(holder="ngo-clean-world")
    form = await desk.sign_in("ngo-amc.caseworker", to="/claims/new")
    pages = []
    for case in (case_id, ABSENT):
        reference = case_reference(case_id) if case == case_id else "0000-0000"
        assert (await fund.caseworker.get_ok("/api/cases", case_ref=reference))["items"] == []
        page = await desk.post("/claims/new", form, {"case_id": reference, "purpose": "medicine", "amount_qepik": "1"})
        pages.append((page.status_code, without_what_differs(page.text, reference)))
    assert pages[0] == pages[1]
    own = await fund.case()
    assert (await fund.caseworker.get_ok("/api/cases", case_ref=case_reference(own)))["items"] == [
        {"case_id": str(own), "case_ref": case_reference(own)}
    ]


def without_what_differs(page: str, reference: str) -> str:
    return re.sub(r'value="[0-9a-f-]{36}"|data-ends-in="\d+"|\d\d:\d\d', "", page.replace(reference, ""))


async def test_a_claim_of_a_hidden_case_looks_like_none(fund: Desk, desk: Browser) -> None:
    claim = await fund.caseworker.post_ok("/api/claims", a_need(await fund.recognised_case()))
    await desk.sign_in("ngo-clean-world.caseworker")
    pages = [await desk.get(f"/claims/{one}") for one in (claim["id"], ABSENT)]
    assert [page.status_code for page in pages] == [404, 404]
    texts = [without_what_differs(page.text.replace(claim["id"], "").replace(ABSENT, ""), "-") for page in pages]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("username", ROLES)
async def test_every_list_and_object_of_a_role_in_three_languages(fund: Desk, desk: Browser, username: str) -> None:
    """Each page answers 200 and shows no name; a caseworker reads the balance of the Fund nowhere."""
    claim = await fund.paid(await fund.needs_grant(await funded(fund)))
    entry = (await fund.accountant.get_ok("/api/entries"))["items"][0]
    income = (await fund.accountant.get_ok("/api/incomes"))["items"][0]
    objects = [f"/claims/{claim['id']}"] if "/claims" in ROLES[username] else []
    objects += [f"/entries/{entry['id']}"] if "/entries" in ROLES[username] else []
    objects += [f"/incomes/{income['id']}"] if "/incomes" in ROLES[username] else []
    await desk.sign_in(username)
    for language in ("az", "en", "ru"):
        await desk.http.post("/language", data={"language": language, "back": "/"})
        for path in (*ROLES[username], *objects):
            page = await desk.get(path)
            assert page.status_code == 200, (language, path, page.text)
            assert f'lang="{language}"' in page.text
            assert PAYEE["name"] not in page.text
            assert PAYEE["identity_number"] not in page.text
    start = (await desk.get("/")).text
    assert ("Средства Фонда" in start) == ("/accounts" in ROLES[username])
