"""The hand-over sheet as page and PDF: it leaves the house, so it shows no place (SH-7, SH-8)."""

from chassis.testing import ServiceUnderTest
from sqlalchemy import text as sql
from staffui.catalogue import LANGUAGES, text
from staffui.testing import Browser, browser, paper_in

from .givens import CASEWORKER, CENTRE, a_case, a_handover, a_resident

NOBODY = "ngo-clean-world.caseworker"


async def test_a_sheet_shows_who_hands_over_to_whom_and_no_place(paged: ServiceUnderTest, desk: Browser) -> None:
    case = await a_case(paged)
    stay = await a_resident(paged, case)
    handover = await a_handover(paged, case)
    async with paged.app.state.database.engine.connect() as database:
        places = (await database.execute(sql("select code, region from facility"))).all()
    await desk.sign_in(CENTRE, to=f"/handovers/{handover['id']}")
    for language in LANGUAGES:
        drawn = await paper_in(desk, f"/handovers/{handover['id']}/sheet", language)
        for key in ("agency.vac", "agency.ngo-amc", "paper.received_by", "paper.no_name"):
            assert text(language, key) in drawn
        assert handover["case_ref"] in drawn
        for hidden in (stay["id"][:8], *(str(part) for place in places for part in place if part)):
            assert hidden not in drawn
    async with browser(paged) as elsewhere:
        await elsewhere.sign_in(NOBODY)
        assert (await elsewhere.get(f"/handovers/{handover['id']}/sheet", pdf="az")).status_code == 404


async def test_the_holder_prints_it_too(paged: ServiceUnderTest, desk: Browser) -> None:
    case = await a_case(paged)
    handover = await a_handover(paged, case)
    page = await desk.sign_in(CASEWORKER, to=f"/handovers/{handover['id']}")
    assert f'href="/handovers/{handover["id"]}/sheet"' in page.text
