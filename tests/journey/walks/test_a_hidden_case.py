"""J2: a case of an NGO without consent is absent for the police, until the person agrees and it is handed over."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

import pytest
from nrm_events.reference import case_reference
from playwright.async_api import Browser, expect
from staffui import words_of

from .people import ASSESSOR, NGO, invented
from .windows import Window, window

Lists = tuple[tuple[str, tuple[str, ...]], ...]
LISTS: Lists = (
    ("identification", ("/", "/cases", "/reports", "/same-person-offers", "/unnamed-notices")),
    ("notify", ("/", "/inbox", "/deadlines", "/clocks")),
    ("shelter", ("/stays",)),
)
GRANTED = {"recipient": "mia-special", "purpose": "referral", "classes": "identity"}
AGREED = {"given_by": "person", "how": "in_person", "language": "az", "interpreter": "no"}


async def reports_and_opens_a_case(ngo: Window, name: str) -> None:
    """Ends at the page of the case."""
    await ngo.opens("identification", "/reports/new")
    await ngo.chooses("channel", "visit")
    await ngo.box("prs_FirstName").fill(name)
    await ngo.presses("page.new_report")
    await ngo.begins("act.case.register")
    await ngo.presses("act.case.register")


async def records_consent(ngo: Window) -> None:
    """To the hand-over, and it is read out before it is saved what the police will see then (I7)."""
    await ngo.begins("act.case.record_consent")
    recipient, purpose, classes = (ngo.words(f"ui.consent_{part}", n=1) for part in GRANTED)
    await ngo.main.get_by_label(recipient).select_option(GRANTED["recipient"])
    await ngo.main.get_by_label(purpose).select_option(GRANTED["purpose"])
    of = ngo.main.get_by_role("group", name=classes)
    await of.get_by_label(words_of.code("en", "data_class", GRANTED["classes"]), exact=True).check()
    for field, code in AGREED.items():
        await ngo.chooses(field, code)
    await ngo.box("text_version").fill("consent-2024")
    await ngo.presses("ui.show_preview")
    await expect(ngo.main.get_by_role("heading", name=ngo.words("ui.preview"))).to_be_focused()
    await ngo.presses("act.case.record_consent")


async def answers_alike(police: Window, wanted: str, absent: str, looks: Callable[[str], Awaitable[object]]) -> None:
    """The same page but for what was typed, whether it is hidden or absent."""
    pages = []
    for one in (wanted, absent):
        await looks(one)
        pages.append((await police.page.title(), (await police.main.inner_html()).replace(one, "")))
    assert pages[0] == pages[1]


async def finds_nothing(police: Window, case: str, reference: str, name: str, lists: Lists = LISTS) -> None:
    """By address, by search, in any list: as for a case that there never was."""
    await answers_alike(police, case, f"/cases/{uuid4()}", partial(police.opens, "identification"))
    await answers_alike(police, reference, case_reference(uuid4()), police.searches)
    for service, paths in lists:
        for path in paths:
            assert await police.opens(service, path) == 200, path
            shown = await police.page.content()
            assert reference not in shown, (service, path)
            assert name not in shown, (service, path)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_a_case_without_consent_is_absent_for_the_police(opened: Browser, script: bool) -> None:
    """ID-7, ID-12: address, search and lists as if it did not exist; with consent it is handed over in time."""
    async with window(opened, script=script) as ngo, window(opened, script=script) as police:
        await ngo.signs_in(NGO, "identification")
        await police.signs_in(ASSESSOR, "identification")
        name = invented()
        await reports_and_opens_a_case(ngo, name)
        case = ngo.path
        reference = (await ngo.main.get_by_role("heading", level=1).inner_text()).split()[-1]
        await finds_nothing(police, case, reference, name)
        await records_consent(ngo)
        await finds_nothing(police, case, reference, name, lists=())
        await ngo.opens("identification", case)
        await ngo.begins("act.case.refer")
        await ngo.presses("act.case.refer")
        await police.opens("identification")
        await police.goes_by(police.main.get_by_role("link", name=reference))
        assert police.path == case
        await police.begins("act.case.acknowledge")
        await ngo.page.reload()
        clock = ngo.main.get_by_role("listitem").filter(has_text=ngo.words("clock.referral"))
        await expect(clock).to_contain_text(ngo.words("ui.clock_met"))
        assert name not in await police.page.content()
