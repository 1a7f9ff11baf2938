"""J14: nobody is named before the veil; each look has a purpose and is in the auditor's list."""

from playwright.async_api import Browser, Response, expect

from .givens import Given
from .people import NGO, invented
from .windows import window

AUDITOR = "ombudsman.auditor"
MINUTES = 10


def _is_the_act(answer: Response) -> bool:
    """The form as the person sent it, and not its draft, which a script saves meanwhile."""
    return answer.request.method == "POST" and answer.request.is_navigation_request()


async def test_a_name_is_shown_for_a_purpose_alone_and_each_look_is_recorded(opened: Browser, given: Given) -> None:
    """C10, ID-13: no name in source, title or address before it; the page goes by itself after ten minutes."""
    name = invented()
    case = await given.case(prs_FirstName=name)
    here = f"/cases/{case['id']}"
    async with window(opened) as desk, window(opened) as auditor:
        await desk.signs_in(NGO, "identification")
        for path in ("/", "/cases", "/reports", here, f"{here}/who-knows", f"{here}/help"):
            await desk.opens("identification", path)
            assert name not in await desk.page.content(), path
        await desk.searches(case["case_ref"])
        await desk.begins("act.case.read_identity")
        await desk.presses("act.case.read_identity")
        await expect(desk.page.locator(".govuk-error-summary")).to_be_focused()
        assert name not in await desk.page.content()
        await desk.chooses("purpose", "assess")
        async with desk.page.expect_response(_is_the_act) as shown:
            await desk.presses("act.case.read_identity")
        assert name in await desk.main.inner_text()
        assert name not in f"{desk.page.url} {await desk.page.title()}"
        headers = (await shown.value).headers
        assert (headers["cache-control"], headers["refresh"]) == ("no-store", f"{60 * MINUTES}; url={here}")
        await desk.opens("identification", here)
        assert name not in await desk.page.content()
        await auditor.signs_in(AUDITOR, "identification", f"/audit?case_id={case['id']}&kind=read")
        look = auditor.main.get_by_role("row").filter(has_text=auditor.words("code.purpose.assess"))
        await expect(look).to_have_count(1)
        await expect(look).to_contain_text(auditor.words("agency.ngo-amc"))
        assert name not in await auditor.page.content()
