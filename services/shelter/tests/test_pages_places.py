"""Where there is room for a request, and why elsewhere there is none (S3; SH-4)."""

import re

from chassis.testing import ServiceUnderTest
from staffui.testing import Browser

from .givens import MANAGER, a_requested_stay, a_resident


async def test_a_place_that_fits_leads_to_its_offer(paged: ServiceUnderTest, desk: Browser) -> None:
    """SH-4: best first with why it fits; those that do not fit are below, with each reason."""
    stay = await a_requested_stay(paged)
    here = f"/stays/{stay['id']}"
    page = await desk.sign_in(MANAGER, to=f"{here}/places")
    assert f'href="{here}/places"' in (await desk.get(here)).text
    found = (await paged.person(MANAGER).get_ok(f"/api{here}/places"))["places"]
    fitting = [place["bed_id"] for place in found if place["fits"]]
    assert re.findall(r"\?bed_id=([0-9a-f-]{36})", page.text) == fitting
    assert 0 < len(fitting) < len(found)
    assert page.text.count('<th scope="row"') > len(found)
    form = await desk.get(f"{here}/offer", bed_id=fitting[-1])
    assert re.search(rf'value="{fitting[-1]}"[^>]*(selected|checked)', form.text)


async def test_the_beds_for_a_resident_lead_to_the_transfer(paged: ServiceUnderTest, desk: Browser) -> None:
    """SH-1, SH-4: whoever lives here already moves; the place itself is shown as taken until the end of the stay."""
    stay = await a_resident(paged)
    page = await desk.sign_in(MANAGER, to=f"/stays/{stay['id']}/places")
    assert f'href="/stays/{stay["id"]}/places"' in (await desk.get(f"/stays/{stay['id']}")).text
    assert f"/stays/{stay['id']}/transfer?bed_id=" in page.text
    assert "/offer?" not in page.text
    assert "Tutulub: " in page.text
