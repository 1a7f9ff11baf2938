"""Papers about a case, as page and PDF in three languages: no name, no place, to nobody who may not see the case."""

from typing import Any

import pytest
from chassis.testing import ServiceUnderTest
from staffui.catalogue import LANGUAGES, text
from staffui.testing import Browser, browser, paper_in

from .givens import NGO, OFFICER, OTHER_NGO, a_case_in_assessment, a_declined_case, a_recognised_case, an_open_case
from .givens import somebody as a_person

STEMS = ("alver", "qurban", "sığınac", "istismar", "polis", "миграц", "торгов", "жертв", "приют", "полиц", "traffick")
KINDS: dict[str, Any] = {
    "leaflet": an_open_case,
    "letter": a_case_in_assessment,
    "decision": a_declined_case,
    "recognition": a_recognised_case,
}


def names_of(person: dict[str, Any]) -> tuple[str, str]:
    return person["prs_FirstName"], person["prs_SecondName"]


@pytest.mark.parametrize("paper", ["letter", "recognition"])
async def test_no_name_and_no_case_of_others_is_on_a_paper(paged: ServiceUnderTest, desk: Browser, paper: str) -> None:
    """ID-7, ID-13: what the page of the case shows is on its papers, and no more."""
    person = a_person()
    case = await KINDS[paper](paged, htcds=person)
    await desk.sign_in(OFFICER)
    for language in LANGUAGES:
        drawn = await paper_in(desk, f"/cases/{case['id']}/{paper}", language)
        assert case["case_ref"] in drawn
        assert text(language, "paper.no_name") in drawn
        for name in names_of(person):
            assert name not in drawn


async def test_a_decision_has_its_reasons_and_the_way_to_appeal(paged: ServiceUnderTest, desk: Browser) -> None:
    """ID-9: also for the person's own holder, in each language."""
    case = await a_declined_case(paged)
    await desk.sign_in(NGO)
    page = await desk.get(f"/cases/{case['id']}")
    assert f'href="/cases/{case["id"]}/decision"' in page.text
    for language in LANGUAGES:
        drawn = await paper_in(desk, f"/cases/{case['id']}/decision", language)
        for key in ("field.reasons", "field.appeal_by", "decision.appeal", "agency.mia-special"):
            assert text(language, key) in drawn


async def test_the_leaflet_may_be_found_in_a_pocket(paged: ServiceUnderTest, desk: Browser) -> None:
    """ID-14, NO-1: it names no case, no agency, no platform and nothing of what happened; its edition is recorded."""
    case = await an_open_case(paged)
    await desk.sign_in(NGO)
    for language in LANGUAGES:
        drawn = await paper_in(desk, f"/cases/{case['id']}/leaflet", language)
        assert "rights-2026" in drawn
        for hidden in (case["case_ref"], text(language, "ui.name"), *STEMS):
            assert hidden not in drawn.lower(), hidden


async def test_papers_are_closed_to_who_may_not_open_the_case(paged: ServiceUnderTest) -> None:
    """ID-7: a hidden case and one that does not exist look alike, on paper too; the police learn nothing."""
    hidden = await an_open_case(paged)
    absent = "0190a0a0-0000-7000-8000-000000000000"
    for stranger in (OTHER_NGO, OFFICER):
        async with browser(paged) as desk:
            await desk.sign_in(stranger)
            for paper in KINDS:
                of_both = [await desk.get(f"/cases/{id_}/{paper}", pdf="az") for id_ in (hidden["id"], absent)]
                assert [answer.status_code for answer in of_both] == [404, 404]
                shown = [one.text.replace(id_, "") for one, id_ in zip(of_both, (hidden["id"], absent), strict=True)]
                assert hidden["case_ref"] not in shown[0]
                assert len(shown[0]) == len(shown[1])


async def test_a_case_without_a_decision_has_no_paper_of_one(paged: ServiceUnderTest, desk: Browser) -> None:
    case = await an_open_case(paged)
    await desk.sign_in(NGO)
    page = await desk.get(f"/cases/{case['id']}/decision", pdf="en")
    assert page.headers["content-type"].startswith("text/html")
    assert text("az", "ui.no_paper_now") in page.text
    assert "/decision" not in (await desk.get(f"/cases/{case['id']}")).text
