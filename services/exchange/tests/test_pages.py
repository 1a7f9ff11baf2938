"""The staff pages of the exchange, signed in at the real realm, without a script (X5, X6; ADR 19)."""

import re
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from chassis import audit_api, parking
from chassis.clock import new_id
from chassis.schema import parked_event
from chassis.testing import Databases, Stack, bench
from exchange.app import SERVICE
from exchange.pages import PAGES
from sqlalchemy import insert, select
from staffui.acts import has_form
from staffui.catalogue import words
from staffui.commands_of import acts_on
from staffui.oversight import AUDIT, PARKED, PARKED_CASE
from staffui.testing import Browser, browser, pages_settings

from .givens import AMC, OPERATOR, POLICE, Door, assisted, granted, handed_over, opened

COORDINATOR, AUDITOR = "coordinator.coordinator", "ombudsman.auditor"
OPENED = {
    OPERATOR: ("/", "/agencies", "/agencies?state=suspended", f"/agencies/{AMC}", "/operations", "/drafts"),
    COORDINATOR: ("/", "/agencies", f"/agencies/{AMC}", "/audit"),
    AUDITOR: ("/", "/agencies", f"/agencies/{AMC}", "/audit"),
}


@pytest.fixture
async def paged(databases: Databases) -> AsyncIterator[Door]:
    async with bench(SERVICE, databases, **pages_settings(Stack.running(), "exchange")) as service:
        yield Door(service)


@pytest.fixture
async def desk(paged: Door) -> AsyncIterator[Browser]:
    async with browser(paged.service) as at_desk:
        yield at_desk


async def a_parked_case(door: Door, place: int = 1) -> UUID:
    """A case of which one event failed and another waits behind it."""
    stream = uuid4()
    row = {"consumer": "exchange", "stream": stream, "topic": "nrm.shelter", "partition": 0, "attempts": 3}
    row |= {"headers": {"ce_type": "nrm.shelter.ShelterExtended.v1"}}
    async with door.service.session() as session:
        for at, code, due in ((place, "unknown_type", parking.WHEN_ASKED), (place + 1, None, None)):
            of_this = {"position": at, "error_code": code, "next_attempt_at": due}
            await session.execute(insert(parked_event).values(row | of_this))
    return stream


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("who", OPENED)
async def test_every_page_of_every_role_is_drawn(paged: Door, desk: Browser, who: str, language: str) -> None:
    await desk.sign_in(who)
    await desk.http.post("/language", data={"language": language, "back": "/"})
    for path in OPENED[who]:
        page = await desk.get(path)
        assert page.status_code == 200, (path, page.text)
        assert f'lang="{language}"' in page.text, path
        shown = re.sub(r"<[^>]*>", " ", page.text)
        assert not re.findall(r"\b(?:field|state|act|ui|page|card|empty)\.[a-z_.]+", shown), path


async def test_an_operator_suspends_resumes_and_removes_an_agency(paged: Door, desk: Browser) -> None:
    """A grave act has a page of its own; the reason is asked, and stands in the audit."""
    page = await desk.sign_in(OPERATOR, to=f"/agencies/{AMC}")
    assert f'href="/agencies/{AMC}/suspend"' in page.text
    form = await desk.get(f"/agencies/{AMC}/suspend")
    again = await desk.post(f"/agencies/{AMC}/suspend", form, {})
    assert again.status_code == 422, "no reason, so nothing was done"
    assert (await paged.shows(AMC))["state"] == "active"
    done = await desk.post(f"/agencies/{AMC}/suspend", form, {"reason": "flooding", "key": str(uuid4())})
    assert str(done.url) == f"{desk.address}/agencies/{AMC}", done.text
    assert (await paged.shows(AMC))["state"] == "suspended"
    resumed = await desk.post(f"/agencies/{AMC}/resume", done)
    assert str(resumed.url) == f"{desk.address}/agencies/{AMC}", resumed.text
    assert (await paged.shows(AMC))["state"] == "active"
    form = await desk.get(f"/agencies/{AMC}/remove")
    gone = await desk.post(f"/agencies/{AMC}/remove", form, {"reason": "agreement_ended"})
    assert gone.status_code == 200, gone.text
    assert (await paged.shows(AMC))["state"] == "removed"


async def test_who_oversees_sees_agencies_and_changes_none(paged: Door, desk: Browser) -> None:
    page = await desk.sign_in(AUDITOR, to=f"/agencies/{AMC}")
    assert page.status_code == 200
    assert f"/agencies/{AMC}/suspend" not in page.text
    form = await desk.get("/agencies")
    refused = await desk.http.post(f"/agencies/{AMC}/suspend", data={"reason": "flooding"})
    assert (form.status_code, refused.status_code) == (200, 403)
    assert (await paged.shows(AMC))["state"] == "active"


@pytest.mark.parametrize("code", ["ngo-nobody", "x" * 60, "0190a0a0-0000-7000-8000-000000000000"])
async def test_a_code_of_no_agency_is_not_found(desk: Browser, code: str) -> None:
    await desk.sign_in(OPERATOR)
    assert (await desk.get(f"/agencies/{code}")).status_code == 404
    assert (await desk.get(f"/agencies/{code}/suspend")).status_code == 404


async def test_an_auditor_goes_on_where_a_look_ended(
    paged: Door, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """X5: a filter that found nothing in its stretch of the audit says so, and leads to the older entries."""
    monkeypatch.setattr(audit_api, "STRETCH", 1)
    await desk.sign_in(AUDITOR)
    await desk.get("/audit")
    page = await desk.get("/audit?kind=act")
    assert words()["ui.none_so_far"]["az"] in page.text
    assert 'rel="next"' in page.text


async def test_what_is_withheld_is_counted_without_a_case(paged: Door, desk: Browser) -> None:
    """ID-7, ID-12: no reference and no id of a case is on the page of an agency."""
    case = new_id()
    await paged.receives(opened(case), granted(case, AMC, purpose="shelter"), assisted(case), handed_over(case, POLICE))
    page = await desk.sign_in(OPERATOR, to=f"/agencies/{AMC}")
    assert page.status_code == 200
    assert str(case) not in page.text
    assert str(case)[:8] not in page.text


async def test_an_operator_orders_parked_cases_to_be_tried_again(paged: Door, desk: Browser) -> None:
    """X6: several at once, each in its order; neither reference nor content is shown."""
    streams = [str(await a_parked_case(paged, place)) for place in (1, 3)]
    page = await desk.sign_in(OPERATOR, to="/operations")
    assert all(f'value="{stream}"' in page.text for stream in streams)
    done = await desk.post("/operations", page, {"chosen": streams})
    assert str(done.url) == f"{desk.address}/operations", done.text
    failed = select(parked_event.c.next_attempt_at).where(parked_event.c.error_code.is_not(None))
    async with paged.service.session() as session:
        due = list(await session.scalars(failed))
    assert len(due) == len(streams)
    assert max(due) < paged.service.clock()


async def test_an_operator_gives_up_the_event_that_failed_with_a_reason(paged: Door, desk: Browser) -> None:
    stream = await a_parked_case(paged)
    page = await desk.sign_in(OPERATOR, to=f"/operations/{stream}")
    assert page.status_code == 200, page.text
    form = await desk.get(f"/operations/{stream}/discard_parked")
    (first,) = re.findall(r'<option value="([0-9]+)"', form.text)
    typed = {"first": first, "reason": "superseded"}
    done = await desk.post(f"/operations/{stream}/discard_parked", form, typed)
    assert done.status_code == 200, done.text
    left = await paged.service.person(OPERATOR).get_ok(f"/api/bus/parked/{stream}")
    assert [event["error_code"] for event in left["items"]] != ["unknown_type", None]


async def test_only_an_operator_opens_the_flow_of_events(desk: Browser) -> None:
    await desk.sign_in(AUDITOR)
    assert (await desk.get("/operations")).status_code == 403
    await desk.get("/")
    assert "/operations" not in (await desk.get("/")).text


def test_every_command_of_an_officer_has_a_form() -> None:
    """An agreement has nested lines, and `himaya agency` records it (ADR 19); two are of command lines."""
    without = {"agree", "rebuild_projection", "replay_parked", "witness_audit"}
    objects = (*PAGES.objects, PARKED_CASE)
    forms = {
        a for page in objects for a, act in acts_on(SERVICE, page.api, page.sent_to).items() if has_form(page, a, act)
    }
    commands = {
        str((getattr(route, "openapi_extra", None) or {}).get("x-action"))
        for router in SERVICE.every_router
        for route in router.routes
        if "POST" in (getattr(route, "methods", None) or ())
    }
    assert commands - forms == without, "of these replay_parked is done from the list"
    assert PARKED.many is not None
    assert AUDIT.many is None
