"""The staff pages of notify, signed in at the real realm, without a script (N1–N5, X5, X6)."""

import html
import re
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from httpx import Response
from notify.app import SERVICE
from notify.pages import PAGES
from nrm_events import shelter as shl
from nrm_events.reference import case_reference
from staffui import words_of
from staffui.acts import has_form
from staffui.commands_of import acts_on
from staffui.testing import Browser

from .givens import ADDRESS, PHONE, Scene

At = Callable[[float], datetime]
CASEWORKER, POLICE, OPERATOR = "ngo-amc.caseworker", "mia-special.assessor", "himaya.operator"
COORDINATOR, AUDITOR, APPROVER = "coordinator.coordinator", "ombudsman.auditor", "fund.fund-approver"
OPENED = {
    CASEWORKER: ("/", "/inbox", "/deadlines", "/clocks", "/messages", "/templates", "/calendar", "/drafts"),
    APPROVER: ("/", "/inbox", "/templates", "/calendar"),
    OPERATOR: ("/", "/agency-tasks", "/operations", "/templates", "/calendar"),
    COORDINATOR: ("/", "/agency-tasks", "/calendar", "/calendar/decree", "/clock-counts", "/message-counts", "/audit"),
    AUDITOR: ("/", "/audit", "/templates", "/calendar"),
}
ABSENT = "0190a0a0-0000-7000-8000-000000000000"


async def a_term_of_hand_over(scene: Scene, at: At, holder: str = "ngo-amc") -> UUID:
    """A case whose hand-over of support has a term in working days, and a message that is withheld."""
    await scene.case_opens(holder)
    await scene.bench.receives(
        shl.HandoverRequested(
            case_id=scene.case_id, effective_at=at(0), handover_id=uuid4(), from_agency=holder, to="vac", due_at=at(99)
        ),
        scene.awaited(holder=holder),
    )
    (clock,) = await scene.rows("select id from clock where kind = 'handover'")
    return UUID(str(clock.id))


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("who", OPENED)
async def test_every_page_of_every_role_is_drawn(scene: Scene, desk: Browser, at: At, who: str, language: str) -> None:
    """Each list that a role opens, in three languages, with rows where there are some; no raw key stands on it."""
    await a_term_of_hand_over(scene, at)
    await desk.sign_in(who)
    await desk.http.post("/language", data={"language": language, "back": "/"})
    for path in OPENED[who]:
        page = await desk.get(path)
        assert page.status_code == 200, (path, page.text)
        assert f'lang="{language}"' in page.text, path
        assert not _raw(page), (path, _raw(page))


def _raw(page: Response) -> list[str]:
    """Keys of the catalogue, or codes, where words should stand."""
    shown = re.sub(r"<[^>]*>", " ", page.text)
    return re.findall(r"\b(?:field|code|state|clock|act|ui|page|task)\.[a-z_.]+|\b[a-z]+_[a-z_]+\b", shown)


async def test_terms_met_and_missed_are_drawn_beside_their_table(scene: Scene, desk: Browser, at: At) -> None:
    """C14, NO-3: the chart has the figures of the table, and the table is a fold away."""
    await scene.case_opens()
    await scene.bench.receives(scene.referred())
    await scene.ticks(at(25))
    page = await desk.sign_in(COORDINATOR, to=f"/clock-counts?year={at(25).year}")
    chart, _, data = page.text.partition('<svg class="app-chart"')[2].partition("</svg>")
    assert "0 · 0 · 1" in chart
    assert words_of.clock("az", "referral") in chart
    assert "<details" in data
    assert "style=" not in page.text
    none = await desk.get("/clock-counts", year="2024")
    assert "app-chart" not in none.text


async def test_a_role_opens_no_page_of_another(scene: Scene, desk: Browser) -> None:
    await desk.sign_in(APPROVER)
    for path in ("/messages", "/deadlines", "/agency-tasks", "/clock-counts", "/audit", "/operations"):
        assert (await desk.get(path)).status_code == 403, path


async def test_a_task_is_read_by_page_and_leads_to_where_it_is_done(scene: Scene, desk: Browser, at: At) -> None:
    """N1, NO-4: several tasks are marked as read at once; opening the form again marks nothing twice."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    page = await desk.sign_in(CASEWORKER, to="/inbox?unread=true")
    assert case_reference(scene.case_id) in page.text
    assert re.search(rf'href="[^"]*/cases/{scene.case_id}"', page.text), "the page of the case, at its own service"
    chosen = re.findall(r'name="chosen"[^>]*value="([0-9a-f-]{36})"', page.text)
    assert chosen
    before = await scene.bench.person(CASEWORKER).get_ok("/api/inbox")
    assert before["unread"] > 0
    assert f"Gələn bildirişlər ({before['unread']})" in page.text, "the number in the header"
    done = await desk.post("/inbox", page, {"chosen": chosen})
    assert str(done.url) == f"{desk.address}/inbox", done.text
    assert "Gələn bildirişlər (0)" in done.text
    inbox = await scene.bench.person(CASEWORKER).get_ok("/api/inbox")
    assert inbox["unread"] == 0
    assert all(item["read_at"] for item in inbox["items"])
    assert 'name="chosen"' not in done.text, "what was read has no box"


async def test_every_task_of_a_page_is_read_by_one_button(scene: Scene, desk: Browser) -> None:
    """N1: nothing need be chosen one by one; a form without a choice changes nothing."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified(), scene.referred())
    page = await desk.sign_in(CASEWORKER, to="/inbox")
    person = scene.bench.person(CASEWORKER)
    unread = (await person.get_ok("/api/inbox"))["unread"]
    assert unread > 0
    await desk.post("/inbox", page, {})
    assert (await person.get_ok("/api/inbox"))["unread"] == unread
    every = re.findall(r'name="every" value="([0-9a-f-]{36})"', page.text)
    await desk.post("/inbox", page, {"every": every, "all": "1"})
    assert (await person.get_ok("/api/inbox"))["unread"] == 0


async def test_of_several_tasks_the_one_of_another_is_refused_alone(scene: Scene, desk: Browser) -> None:
    """A row of somebody else looks like none; the other rows are done."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    page = await desk.sign_in(CASEWORKER, to="/inbox")
    (own,) = re.findall(r'name="chosen"[^>]*value="([0-9a-f-]{36})"', page.text)[:1]
    again = await desk.post("/inbox", page, {"chosen": [ABSENT, own]})
    assert again.status_code == 404
    inbox = await scene.bench.person(CASEWORKER).get_ok("/api/inbox")
    assert [item["read_at"] is not None for item in inbox["items"] if item["id"] == own] == [True]


async def test_what_runs_out_stands_first_and_under_its_own_heading(scene: Scene, desk: Browser, at: At) -> None:
    """N2, NO-3: over, today, this week, later."""
    await a_term_of_hand_over(scene, at)
    await scene.ticks(at(30))
    page = await desk.sign_in(CASEWORKER, to="/deadlines")
    await desk.http.post("/language", data={"language": "en", "back": "/"})
    page = await desk.get("/deadlines")
    assert 0 < page.text.index("<h2>Overdue</h2>") < page.text.index("<h2>Within a week</h2>")


async def test_a_term_shows_how_its_working_days_are_counted(scene: Scene, desk: Browser, at: At) -> None:
    """N3: each day from the first that counts to the last, with those on which offices do not work."""
    clock = await a_term_of_hand_over(scene, at)
    await desk.sign_in(CASEWORKER)
    await desk.http.post("/language", data={"language": "en", "back": "/"})
    page = await desk.get(f"/deadlines/{clock}")
    assert page.status_code == 200, page.text
    assert "How the days are counted" in page.text
    seen = await scene.bench.person(CASEWORKER).get_ok(f"/api/clocks/{clock}")
    assert [day["day"] for day in seen["counted"]] == ["2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]
    assert seen["in_working_days"]


async def test_a_withheld_message_is_sent_again_by_page(scene: Scene, desk: Browser) -> None:
    """N4, NO-2: it is queued again; neither address nor number is on any page."""
    await scene.case_opens()
    scene.outside.contact = None
    await scene.bench.receives(scene.identified())
    assert await scene.sender().send_due() == 1
    message = await scene.message()
    assert message.state == "withheld"
    start = await desk.sign_in(CASEWORKER)
    assert f"/messages/{message.id}" in start.text
    page = await desk.get(f"/messages/{message.id}")
    done = await desk.post(f"/messages/{message.id}/resend", page)
    assert str(done.url) == f"{desk.address}/messages/{message.id}", done.text
    assert (await scene.message()).state == "queued"
    for text in (start.text, page.text, done.text):
        assert ADDRESS not in text
        assert PHONE not in text


async def test_police_see_no_page_of_a_hidden_case(scene: Scene, desk: Browser, at: At) -> None:
    """ID-7: the same page as of an id that never was, and the case on no list."""
    clock = await a_term_of_hand_over(scene, at, "ngo-acu")
    await desk.sign_in(POLICE)
    for path in (f"/deadlines/{clock}", f"/deadlines/{clock}/x", f"/messages/{clock}"):
        hidden, absent = await desk.get(path), await desk.get(path.replace(str(clock), ABSENT))
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.text.replace(str(clock), "") == absent.text.replace(ABSENT, "")
    for path in ("/", "/inbox", "/deadlines", "/clocks", "/messages"):
        assert case_reference(scene.case_id) not in (await desk.get(path)).text, path


async def test_the_coordinator_enters_a_decree_by_page(scene: Scene, desk: Browser) -> None:
    """N5, NO-3: several days, one a line, as people write them; what is no day comes back with what was typed."""
    form = await desk.sign_in(COORDINATOR, to="/calendar/decree")
    typed = {"decree": "NK-77-2026", "holidays": "9.3.2026\n2026-03-10", "working_days": "14.3.2026"}
    again = await desk.post("/calendar/decree", form, typed | {"working_days": "never"})
    assert again.status_code == 422
    assert 'value="NK-77-2026"' in again.text
    done = await desk.post("/calendar/decree", form, typed | {"key": str(uuid4())})
    assert str(done.url) == f"{desk.address}/calendar", done.text
    days = (await scene.bench.person(COORDINATOR).get_ok("/api/calendar", year="2026"))["items"]
    decreed = {day["day"]: day["works"] for day in days if day["decree"] == "NK-77-2026"}
    assert decreed == {"2026-03-09": False, "2026-03-10": False, "2026-03-14": True}


async def test_an_auditor_sees_who_did_what_and_each_look_is_an_entry(scene: Scene, desk: Browser) -> None:
    """X5, ID-13."""
    await scene.case_opens()
    await desk.sign_in(AUDITOR)
    await desk.get("/audit")
    page = await desk.get("/audit")
    assert page.status_code == 200
    (count,) = await scene.rows("select count(*) as n from audit_entry where action = 'see_audit'")
    assert count.n >= 2
    assert "Əməliyyatlar jurnalına baxılıb" in page.text, "words for the look before"


async def test_an_audit_is_narrowed_by_who_what_and_when(scene: Scene, desk: Browser) -> None:
    """X5: the period of a week is a chip that can be taken away; a refused read is found by its outcome."""
    await scene.case_opens()
    refused = await scene.bench.person(APPROVER).get("/api/messages")
    assert refused.status_code == 403
    page = await desk.sign_in(AUDITOR, to="/audit?outcome=refused&action=list_messages")
    assert "Mesajların siyahısına baxılıb" in _rows(page)
    chip = re.search(r'href="(/audit\?[^"]*since=&?[^"]*)"', page.text)
    assert chip, "the week before now is shown as set"
    assert "Mesajların siyahısına baxılıb" in _rows(await desk.get(html.unescape(chip[1])))
    others = ("outcome=done", "kind=read", "object=clock", "role=auditor", "until=2020-01-01&since=", "actor=nobody")
    for narrower in others:
        other = await desk.get(f"/audit?action=list_messages&{narrower}")
        assert (other.status_code, "Mesajların siyahısına baxılıb" in _rows(other)) == (200, False), narrower
    assert (await desk.get("/audit?since=yesterday")).status_code == 422


def _rows(page: Response) -> str:
    return page.text.partition("<tbody")[2].partition("</tbody>")[0]


def test_every_command_of_an_officer_has_a_form() -> None:
    """The receipt is a provider's, in the name of a service; the rest has a form or is an act on several rows."""
    forms = {a for page in PAGES.objects for a, act in acts_on(SERVICE, page.api, {}).items() if has_form(page, a, act)}
    lists = {"read_item", "read_agency_tasks", "enter_decree"}
    commands = {
        str((getattr(route, "openapi_extra", None) or {}).get("x-action"))
        for router in SERVICE.routers
        for route in router.routes
        if "POST" in (getattr(route, "methods", None) or ())
    }
    assert commands - forms - lists == {"take_receipt"}
    assert {page.path for page in PAGES.lists if page.many or page.beginnings} == {
        "/inbox",
        "/agency-tasks",
        "/calendar",
    }
