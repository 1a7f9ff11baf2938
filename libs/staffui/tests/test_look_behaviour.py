"""What somebody does at a page: types, presses Enter or twice, changes the language, leaves; also without script."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect
from staffui import pictures
from staffui.catalogue import LANGUAGES

pytestmark = pytest.mark.skipif(not Path(pictures.CHROMIUM).exists(), reason="no chromium: apt-get install chromium")
FORM = pictures.address("form", "en")
SESSION = pictures.address("message-session", "en")


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with pictures.browser() as made:
        yield made


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    made = context.new_page()
    yield made
    made.close()


@pytest.fixture
def plain(context: BrowserContext) -> Iterator[Page]:
    """A page in a browser without script, which answers posts with nothing."""
    assert context.browser
    without = context.browser.new_context(java_script_enabled=False)
    without.route("**/*", pictures.answer)
    yield without.new_page()
    without.close()


def posted(page: Page) -> list[Request]:
    """The posts from now on, drafts left out; each is answered by nothing, so that the page stays."""
    found: list[Request] = []

    def answered(route: Route) -> None:
        if route.request.method == "POST":
            if "draft" not in typed(route.request):
                found.append(route.request)
            route.fulfill(status=204)
        else:
            route.fallback()

    page.route("**/*", answered)
    return found


def typed(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.post_data or "", keep_blank_values=True))


def test_a_form_posts_its_hidden_fields_and_what_was_typed(page: Page) -> None:
    page.goto(FORM)
    sent = posted(page)
    page.get_by_label("Yes").first.check()
    page.get_by_label("How many nights").fill("3")
    page.get_by_label("Earlier today").check()
    page.get_by_label("Time").fill("09:30")
    page.get_by_role("button", name="Send the request").click()
    values = typed(sent[0])
    assert {name: values[name] for name in ("csrf", "key", "version")} == {
        "csrf": "made-up",
        "key": "made-up",
        "version": "3",
    }
    assert (values["granted"], values["nights"], values["of"]) == ("true", "3", "x")
    assert (values["when"], values["when.time"], values["when.day"]) == ("today", "09:30", "")
    assert "ends_on.day" in values
    assert "to_language" not in values


@pytest.mark.parametrize("width", pictures.WIDTHS)
def test_enter_sends_the_form_and_changes_no_language(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(FORM)
    sent = posted(page)
    page.get_by_label("How many nights").press("Enter")
    assert len(sent) == 1
    assert "to_language" not in typed(sent[0])


@pytest.mark.parametrize("width", pictures.WIDTHS)
def test_another_language_takes_along_what_was_typed(plain: Page, width: int) -> None:
    """C16: the buttons of the languages are the form's own, with no script at all."""
    plain.set_viewport_size({"width": width, "height": 740})
    plain.goto(FORM)
    sent = posted(plain)
    plain.get_by_label("Note").fill("əğıöüşç")
    if width < 640:
        plain.get_by_text("Menu", exact=True).click()
    plain.locator("button[value=ru]:visible").click()
    values = typed(sent[0])
    assert sent[0].url == f"{pictures.ORIGIN}/patterns/form"
    assert (values["to_language"], values["note"]) == ("ru", "əğıöüşç")


def test_on_a_page_without_a_form_a_language_is_a_plain_post_with_the_way_back(plain: Page) -> None:
    plain.goto(pictures.address("list", "az"))
    sent = posted(plain)
    plain.locator("button[value=en]:visible").click()
    assert sent[0].url == f"{pictures.ORIGIN}/language"
    assert typed(sent[0]) == {"csrf": "made-up", "back": "/patterns/list", "language": "en"}


def test_when_shows_what_its_answer_needs_without_script(plain: Page) -> None:
    plain.goto(FORM)
    time, day = plain.locator("#when-time"), plain.locator("#when-day")
    assert not time.is_visible()
    plain.get_by_label("Earlier today").check()
    assert time.is_visible()
    assert not day.is_visible()
    plain.get_by_label("Another day").check()
    assert time.is_visible()
    assert day.is_visible()


def test_the_error_summary_gets_the_focus_and_leads_to_each_question(plain: Page) -> None:
    plain.goto(pictures.address("form-errors", "en"))
    assert "govuk-error-summary" in str(plain.locator(":focus").get_attribute("class"))
    links = plain.locator(".govuk-error-summary a")
    assert links.count() == 11
    for number in range(links.count()):
        target = plain.locator(str(links.nth(number).get_attribute("href")))
        assert target.count() == 1
        assert target.is_visible()


def test_a_refusal_gets_the_focus_and_what_was_typed_stays(plain: Page) -> None:
    """C8"""
    plain.goto(pictures.address("form-refused", "en"))
    assert "Nothing was changed" in plain.locator(":focus").inner_text()
    assert plain.get_by_label("How many nights").input_value() == "3"
    assert plain.get_by_label("Time").input_value() == "09:30"


def test_a_second_press_sends_nothing(page: Page) -> None:
    page.goto(FORM)
    sent = posted(page)
    button = page.get_by_role("button", name="Send the request")
    button.click()
    button.click()
    assert len(sent) == 1


def test_a_change_saves_a_draft_and_shows_when(page: Page) -> None:
    page.goto(FORM)
    sent: list[Request] = []

    def saved(route: Route) -> None:
        sent.append(route.request)
        route.fulfill(json={"saved": "14:32:10"})

    page.route("**/patterns/form", saved)
    page.get_by_label("How many nights").fill("3")
    page.get_by_label("How many nights").blur()
    expect(page.locator("#app-saved")).to_contain_text("14:32:10")
    values = typed(sent[0])
    assert (values["draft"], values["nights"], values["csrf"]) == ("", "3", "made-up")


def test_one_click_posts_now_and_another_time_is_a_link(plain: Page) -> None:
    """C9"""
    plain.goto(pictures.address("object", "en"))
    sent = posted(plain)
    plain.get_by_role("button", name="Record the arrival").click()
    assert typed(sent[0]) == {"csrf": "made-up", "key": "k1", "version": "3", "when": "now"}
    link = plain.get_by_role("link", name=re.compile("Another time.*Record the arrival"))
    assert link.get_attribute("href") == "/stays/1/arrive"


def test_three_times_shift_leaves_and_blanks_the_page_at_once(page: Page) -> None:
    """C15"""
    page.goto(FORM)
    left: list[str] = []

    def leaves(route: Route) -> None:
        left.append(route.request.url)
        route.fulfill(body="", content_type="text/html")

    page.route("**/exit", leaves)
    for _ in range(2):
        page.keyboard.press("Shift")
    page.keyboard.press("a")
    page.keyboard.press("Shift")
    assert left == []
    for _ in range(2):
        page.keyboard.press("Shift")
    page.wait_for_url("**/exit")
    assert left == [f"{pictures.ORIGIN}/exit"]


def test_the_exit_is_a_link_that_needs_no_script(plain: Page) -> None:
    plain.goto(FORM)
    exit = plain.locator(".app-exit")
    assert exit.get_attribute("href") == "/exit"
    assert exit.is_visible()


def test_a_dialog_warns_before_the_session_ends_and_staying_leaves_the_page(page: Page) -> None:
    page.goto(SESSION)
    assert page.locator("#app-session[open]").count() == 1
    assert page.locator(":focus").inner_text() == "Stay signed in"
    assert page.locator("#app-say").inner_text() == "Your session ends in 3 minutes. What you typed stays."
    sent: list[Request] = []

    def extended(route: Route) -> None:
        sent.append(route.request)
        route.fulfill(json={"ends_in": 1200})

    page.route("**/session", extended)
    page.keyboard.press("Enter")
    expect(page.locator("#app-say")).to_have_text("Your session goes on")
    assert page.locator("#app-session[open]").count() == 0
    assert typed(sent[0]) == {"csrf": "made-up", "back": "/patterns/message-session"}
    assert sent[0].headers["accept"] == "application/json"
    assert page.url == SESSION


def test_a_session_that_cannot_be_extended_says_what_to_do(page: Page) -> None:
    page.goto(SESSION)
    page.route("**/session", lambda route: route.fulfill(status=401))
    page.keyboard.press("Enter")
    expect(page.locator("#app-say")).to_contain_text("could not be extended")
    assert page.get_by_role("button", name="Stay signed in").is_visible()


def test_search_is_the_second_stop_and_the_exit_comes_soon_after(plain: Page) -> None:
    """X2: skip to the content, type a reference; on a phone the box is in the menu, and the exit the second stop."""
    plain.goto(pictures.address("object", "az"))
    stops = []
    for _ in range(4):
        plain.keyboard.press("Tab")
        stops.append(plain.evaluate("document.activeElement.name || document.activeElement.className"))
    assert [stops[0], stops[1], stops[3]] == ["govuk-skip-link", "case_ref", "govuk-skip-link"]
    plain.set_viewport_size({"width": 320, "height": 740})
    plain.goto(pictures.address("object", "az"))
    for _ in range(2):
        plain.keyboard.press("Tab")
    assert plain.evaluate("document.activeElement.getAttribute('href')") == "/exit"


def test_the_title_and_the_exit_are_near_the_top_of_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 740})
    for name, language in product(("list", "form", "board", "start", "object-late"), LANGUAGES):
        page.goto(pictures.address(name, language))
        title, leave = page.locator("h1").bounding_box(), page.locator(".app-exit").bounding_box()
        menu = page.locator(".app-menu > summary").bounding_box()
        assert title
        assert leave
        assert menu
        assert title["y"] < 160
        assert leave["height"] < 48
        assert abs((leave["y"] + leave["height"] / 2) - (menu["y"] + menu["height"] / 2)) < 8, "one row"


def test_the_menu_of_a_phone_opens_below_its_row_as_wide_as_the_page(plain: Page) -> None:
    plain.set_viewport_size({"width": 320, "height": 740})
    plain.goto(pictures.address("object", "ru"))
    before = plain.locator(".app-exit").bounding_box()
    plain.locator(".app-menu > summary").click()
    body = plain.locator(".app-menu__body").bounding_box()
    assert body
    assert body["width"] > 280
    assert plain.locator(".app-exit").bounding_box() == before
    assert plain.get_by_role("button", name="English").is_visible()


def test_every_letter_is_in_our_own_typeface(page: Page) -> None:
    """ə ğ ı ₼ № and Cyrillic: no browser puts another face in for them."""
    page.goto(FORM)
    letters = "əƏğĞıİşŞçöü₼№жщыёЁ“”«»‹›–−"
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    for element in ("p", "h1"):
        page.evaluate(
            "([kind, text]) => document.body.replaceChildren("
            "...[...text].map(letter => Object.assign(document.createElement(kind), {textContent: letter})))",
            [element, letters],
        )
        page.evaluate("document.fonts.ready")
        root = session.send("DOM.getDocument")["root"]["nodeId"]
        nodes = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": element})["nodeIds"]
        assert len(nodes) == len(letters)
        for letter, node in zip(letters, nodes, strict=True):
            faces = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
            assert [face["isCustomFont"] for face in faces] == [True], letter
