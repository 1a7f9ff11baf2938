"""One sign-in of a person for all stories: a code of the second factor is good once."""

from http.cookiejar import Cookie

import httpx
from staffui.testing import Browser

_SESSIONS: dict[str, list[Cookie]] = {}
"""By person: the cookies of the realm's session."""


async def sign_in(at: Browser, person: str) -> httpx.Response:
    """As somebody who has signed in before; anew where that session has ended."""
    for cookie in _SESSIONS.get(person, ()):
        at.http.cookies.jar.set_cookie(cookie)
    page = await at.sign_in(person)
    own = httpx.URL(at.address).host
    _SESSIONS[person] = [cookie for cookie in at.http.cookies.jar if cookie.domain != own]
    return page
