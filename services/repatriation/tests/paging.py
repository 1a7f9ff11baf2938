"""An act of repatriation by its page."""

from typing import Any

from chassis.testing import ServiceUnderTest
from staffui.testing import browser


async def does(service: ServiceUnderTest, path: str, who: str, **typed: object) -> dict[str, Any]:
    """The act by its page, as this person, and the object as the API has it then."""
    async with browser(service) as at:
        form = await at.sign_in(who, to=path)
        done = await at.post(path, form, typed)
    assert done.status_code == 200, done.text
    kind, id_ = path.strip("/").split("/")[:2]
    return await service.person(who).get_ok(f"/api/{kind}/{id_}")
