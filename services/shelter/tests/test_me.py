"""What a person sees and sets about themself: where they are signed in, and the keys that leave a page."""

import re

from chassis.testing import ServiceUnderTest
from staffui.testing import Browser, browser

from .givens import MANAGER, WORKER

SESSIONS = "/me/sessions"


def boxes(page: str) -> list[str]:
    return re.findall(r'name="chosen"[^>]*value="([0-9a-f]+)"', page)


async def is_signed_in(at: Browser) -> bool:
    return (await at.http.get("/stays", follow_redirects=False)).status_code == 200


async def has_session_of_realm(at: Browser) -> bool:
    """Whether the realm lets this browser in again without a password."""
    return at.is_back(await at.http.get(f"{at.address}/sign-in"))


async def test_a_person_sees_their_own_sessions_and_ends_one(paged: ServiceUnderTest, desk: Browser) -> None:
    async with browser(paged) as phone, browser(paged) as tablet, browser(paged) as stranger:
        for at, person in ((phone, MANAGER), (tablet, MANAGER), (stranger, WORKER), (desk, MANAGER)):
            await at.sign_in(person)
        page = await desk.get(SESSIONS)
        assert len(boxes(page.text)) == 2, "this session has no box, and the others are the person's own"
        assert page.text.count("<time") >= 6
        newest = boxes(page.text)[0]
        done = await desk.post(SESSIONS, page, {"chosen": newest})
        assert str(done.url) == desk.address + SESSIONS
        assert boxes(done.text) == boxes(page.text)[1:]
        assert [await is_signed_in(at) for at in (phone, tablet, stranger, desk)] == [True, False, True, True]
        assert not await has_session_of_realm(tablet), "the realm's session goes on"


async def test_all_others_are_ended_at_once_and_this_one_stays(paged: ServiceUnderTest, desk: Browser) -> None:
    async with browser(paged) as phone, browser(paged) as tablet:
        for at in (phone, tablet, desk):
            await at.sign_in(MANAGER)
        page = await desk.get(SESSIONS)
        await desk.post(SESSIONS, page, {"all": "1", "every": boxes(page.text)})
        assert [await is_signed_in(at) for at in (phone, tablet, desk)] == [False, False, True]
        assert boxes((await desk.get(SESSIONS)).text) == []


async def test_nobody_ends_the_session_of_somebody_else(paged: ServiceUnderTest, desk: Browser) -> None:
    async with browser(paged) as mine, browser(paged) as other:
        for at, person in ((mine, MANAGER), (other, MANAGER), (desk, WORKER)):
            await at.sign_in(person)
        (of_manager,) = boxes((await mine.get(SESSIONS)).text)
        own = await desk.get(SESSIONS)
        assert boxes(own.text) == []
        token = re.search(r'name="csrf" value="([^"]+)"', own.text)
        assert token
        await desk.http.post(SESSIONS, data={"csrf": token[1], "chosen": of_manager})
        assert [await is_signed_in(at) for at in (mine, other)] == [True, True]
        forged = await desk.http.post(SESSIONS, data={"chosen": of_manager})
        assert forged.status_code == 403


async def test_three_times_shift_leaves_only_for_whom_it_was_switched_on(desk: Browser) -> None:
    """C15: off at first, a choice of the person in this browser, and switched off again there."""
    start = await desk.sign_in(MANAGER)
    assert "data-exit-keys" not in start.text
    assert 'href="/me"' in start.text
    me = await desk.get("/me")
    done = await desk.post("/me/exit-keys?on=1", me)
    assert str(done.url) == f"{desk.address}/me"
    assert "data-exit-keys" in (await desk.get("/stays")).text
    await desk.get("/exit")
    assert "data-exit-keys" not in (await desk.sign_in(WORKER)).text, "another person at the same desk"
    await desk.get("/exit")
    assert "data-exit-keys" in (await desk.sign_in(MANAGER, to="/stays")).text
    await desk.post("/me/exit-keys?on=0", await desk.get("/me"))
    assert "data-exit-keys" not in (await desk.get("/stays")).text
    assert (await desk.http.post("/me/exit-keys?on=1", data={"csrf": "x"})).status_code == 403
