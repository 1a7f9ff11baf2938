"""J7–J9: a session that ends in the middle of a form, one sign-in and sign-out for all services, the safety exit."""

from collections.abc import Awaitable, Callable

import pytest
from nrm_events import SERVICES
from playwright.async_api import Browser, expect
from staffui.visit import LANGUAGE_COOKIE

from .people import NGO, invented
from .realm import ends_sessions_of
from .windows import Window, address_of, somebody_new, window

KEPT = {LANGUAGE_COOKIE}
AUDITOR = "ombudsman.auditor"
STORED = """async () => [localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length]"""


async def writes_half_a_report(desk: Window) -> str:
    """The account that was written down."""
    account = f"Ona dedilər ki, işıq sönəndə {invented()} gələcək."
    await desk.page.locator("#channel").select_option(label=desk.words("code.channel.visit"))
    await desk.box("what_happened").fill(account)
    return account


async def account_in(desk: Window) -> str:
    return await desk.box("what_happened").input_value()


@pytest.mark.parametrize(
    ("script", "person"), [(True, "mlspp.reporter"), (False, "unions.reporter")], ids=["script", "no script"]
)
async def test_a_session_that_ends_in_the_middle_of_a_form_loses_nothing(
    opened: Browser, script: bool, person: str
) -> None:
    """J7: the same person gets it back after signing in again; nobody else does, and nothing was sent."""
    async with window(opened, script=script) as desk, window(opened) as other:
        await desk.signs_in(person, "identification", "/reports/new", before=False)
        account = await writes_half_a_report(desk)
        await ends_sessions_of(person)
        async with desk.page.expect_navigation():
            await desk.main.get_by_role("button", name=desk.words("page.new_report")).click()
        assert desk.is_at_sign_in()
        await other.signs_in(NGO, "identification", "/reports/new")
        assert await account_in(other) != account
        await desk.types_password(person)
        assert desk.path == "/reports/new"
        assert await account_in(desk) == account
        assert await desk.page.locator("#channel").input_value() == "visit"
        await desk.presses("page.new_report")
        assert desk.words("ui.done") in await desk.reads()


async def test_one_sign_in_opens_all_services_and_one_sign_out_closes_them(opened: Browser) -> None:
    """J8: after it, Back shows the sign-in and not the page, in each window."""
    async with somebody_new(opened) as context:
        windows = {service: Window(await context.new_page(), "en") for service in SERVICES}
        first, *_ = windows.values()
        await first.signs_in(AUDITOR, "identification", "/audit", before=False)
        for service, desk in windows.items():
            assert await desk.opens(service, "/audit") == 200
            assert desk.page.url == f"{address_of(service)}/audit"
        async with first.page.expect_navigation():
            await first.page.get_by_role("contentinfo").get_by_role("button", name=first.words("ui.sign_out")).click()
        assert first.path == "/signed-out"
        await first.is_whole()
        await first.page.go_back()
        assert first.is_at_sign_in()
        for desk in windows.values():
            await desk.page.reload()
            assert desk.is_at_sign_in(), desk.page.url
            await desk.page.go_back()
            assert "/audit" not in desk.path.partition("?")[0]


async def by_button(desk: Window) -> None:
    await desk.page.locator(".app-exit").click()


async def by_link(desk: Window) -> None:
    """The first link after the one that skips to the content, for the keyboard."""
    link = desk.page.get_by_role("link", name=desk.words("ui.leave_page")).first
    await link.focus()
    await link.press("Enter")


@pytest.mark.parametrize(
    ("leaves", "script", "person"),
    [
        (by_button, True, "ngo-clean-world.caseworker"),
        (by_button, False, "ngo-acu.caseworker"),
        (by_link, True, "ngo-clrpl.caseworker"),
        (by_link, False, "scfwca.caseworker"),
    ],
)
async def test_the_safety_exit_leaves_nothing_behind(
    opened: Browser, leaves: Callable[[Window], Awaitable[None]], script: bool, person: str
) -> None:
    """J9: blank at once, out of every service, nothing on the way back or in the browser; a draft waits."""
    async with window(opened, script=script) as desk:
        await desk.signs_in(person, "identification", "/reports/new", before=False)
        account = await writes_half_a_report(desk)
        if script:
            await expect(desk.page.locator("#app-saved")).not_to_be_empty()
        async with desk.page.expect_navigation():
            await leaves(desk)
        assert desk.path == "/exit"
        assert (await desk.page.title()).strip() == (await desk.reads()).strip() == ""
        assert await desk.page.evaluate(STORED) == [0, 0, 0, 0]
        assert {cookie["name"] for cookie in await desk.page.context.cookies(address_of("identification"))} <= KEPT
        await desk.page.go_back()
        assert account not in await desk.page.content()
        for service in SERVICES:
            await desk.opens(service)
            assert desk.is_at_sign_in(), desk.page.url
        await desk.signs_in(person, "identification", "/reports/new", before=False)
        assert (await account_in(desk) == account) is script
