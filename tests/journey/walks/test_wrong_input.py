"""J18: what is wrong is named above the form, each with a link to its question; nothing typed is lost or stored."""

import pytest
from playwright.async_api import Browser, Locator, expect

from .givens import Given
from .people import HOTLINE, NGO
from .windows import window

WRONG = {"decimal": "1.234", "numeric": "41"}
"""An amount of two readings, and a day that no month has."""
DESCRIBED = """at => {
  const by = at.getAttribute('aria-describedby') || at.closest('fieldset').getAttribute('aria-describedby');
  return by.split(' ').map(id => document.getElementById(id).textContent).join(' ');
}"""
"""What is read out with a question."""
FORMS = [
    ("identification", HOTLINE, "/reports/new", "page.new_report", "/api/reports"),
    ("shelter", NGO, "/stays/new", "act.stay.request_place", "/api/stays"),
    ("shelter", NGO, "/handovers/new", "act.hand_over.hand_over", "/api/handovers"),
    ("fund", "fund.fund-requester", "/claims/new", "page.new_needs_grant", "/api/claims"),
    ("fund", "fund.fund-accountant", "/incomes/new", "act.entry.receive_income", "/api/incomes"),
    ("repatriation", "sms.return-officer", "/returns/new", "act.return.request", "/api/returns"),
    ("notify", "coordinator.coordinator", "/calendar/decree", "act.calendar.enter_decree", "/api/calendar"),
]


async def boxes(form: Locator) -> list[Locator]:
    """Where something can be typed and is seen."""
    return [one for one in await form.get_by_role("textbox").all() if await one.is_visible()]


@pytest.mark.parametrize(("service", "person", "path", "key", "api"), FORMS, ids=[form[2] for form in FORMS])
async def test_wrong_input_is_explained_and_kept_and_not_stored(
    opened: Browser, given: Given, service: str, person: str, path: str, key: str, api: str
) -> None:
    people = given.person(person, service)
    before = await people.get_ok(api)
    async with window(opened) as desk:
        await desk.signs_in(person, service, path)
        form = desk.page.locator("#app-form")
        typed = []
        for box in await boxes(form):
            typed.append(WRONG.get(await box.get_attribute("inputmode") or "", "?!"))
            await box.fill(typed[-1])
        await desk.presses(key)
        summary = desk.page.locator(".govuk-error-summary")
        await expect(summary).to_be_focused()
        assert (await desk.page.title()).startswith(desk.words("ui.error_prefix"))
        links = await summary.get_by_role("link").all()
        assert links
        for link in links:
            _, _, fault = (await link.inner_text()).partition(": ")
            await link.click()
            question = desk.page.locator(str(await link.get_attribute("href")))
            await expect(question).to_be_focused()
            assert fault in await question.evaluate(DESCRIBED)
        assert [await box.input_value() for box in await boxes(form)] == typed
    assert await people.get_ok(api) == before
