"""Care after the stay, courses, conflicts, houses and beds out of use, by page (S6, S10, S11)."""

import re

from chassis.testing import ServiceUnderTest
from nrm_events.reference import case_reference
from staffui.testing import Browser

from .givens import (
    CASEWORKER,
    CENTRE,
    MANAGER,
    OFFICER,
    WORKER,
    a_case,
    a_hidden_case,
    a_resident,
    an_acknowledged_handover,
    an_offered_stay,
)

NOW = {"when": "now"}


async def test_assistance_and_a_course_are_recorded_by_page(paged: ServiceUnderTest, desk: Browser) -> None:
    """SH-8: by whoever took the support over; the page of the hand-over shows both."""
    case = await a_case(paged)
    handover = await an_acknowledged_handover(paged, case)
    form = await desk.sign_in(CENTRE, to="/assistance/new")
    typed = NOW | {"case_id": case_reference(case), "kind": "legal", "payer": "vac"}
    done = await desk.post("/assistance/new", form, typed)
    assert str(done.url) == f"{desk.address}/assistance", done.text
    assert case_reference(case) in done.text
    form = await desk.get("/course-enrolments/new")
    typed = NOW | {"case_id": case_reference(case), "course": "sewing-2026-02", "enrolled": "6", "needed": "8"}
    done = await desk.post("/course-enrolments/new", form, typed)
    assert str(done.url) == f"{desk.address}/course-enrolments", done.text
    page = await desk.get(f"/handovers/{handover['id']}")
    assert "sewing-2026-02" in page.text
    assert "Hüquqi yardım" in page.text
    found = (await paged.person(CENTRE).get_ok("/api/course-enrolments", case_id=str(case)))["items"]
    assert [(one["course"], one["lacking"]) for one in found] == [("sewing-2026-02", 2)]


async def test_who_did_not_take_the_support_over_records_nothing(paged: ServiceUnderTest, desk: Browser) -> None:
    """SH-8, ID-7: the reference of a case that one may not know of is answered as one that no case has."""
    case = await a_hidden_case(paged)
    form = await desk.sign_in(CENTRE, to="/assistance/new")
    refused = [
        await desk.post("/assistance/new", form, NOW | {"case_id": reference, "kind": "legal", "payer": "vac"})
        for reference in (case_reference(case), "K7F3-XA9M")
    ]
    assert {answer.status_code for answer in refused} == {422}
    assert all('id="case-id-error"' in answer.text for answer in refused)


async def test_a_conflict_is_named_by_reference_and_ended_by_page(paged: ServiceUnderTest, desk: Browser) -> None:
    """SH-4: with a case in another agency's hands; the house then keeps the two apart."""
    stay, other = await a_resident(paged), await a_hidden_case(paged)
    form = await desk.sign_in(MANAGER, to="/conflicts-by-reference/new")
    typed = NOW | {"case_id": stay["case_ref"], "other_case_ref": case_reference(other), "kind": "threat"}
    listed = await desk.post("/conflicts-by-reference/new", form, typed)
    assert str(listed.url) == f"{desk.address}/conflicts-by-reference", listed.text
    assert case_reference(other) in listed.text
    assert case_reference(other) in (await desk.get(f"/stays/{stay['id']}")).text
    chosen = re.findall(r'name="chosen"[^>]*value="([0-9a-f-]{36})"', listed.text)
    done = await desk.post("/conflicts-by-reference", listed, {"chosen": chosen})
    (ended,) = (await paged.person(MANAGER).get_ok("/api/conflicts-by-reference", case_id=stay["case_id"]))["items"]
    assert ended["state"] == "ended", done.text


async def test_a_formal_body_finds_the_case_whose_conflict_it_names(paged: ServiceUnderTest, desk: Browser) -> None:
    """SH-4: whoever may name a conflict begins with the reference that the person at the desk knows."""
    own, other = await a_case(paged, "mia-special"), await a_hidden_case(paged)
    form = await desk.sign_in(OFFICER, to="/conflicts-by-reference/new")
    typed = NOW | {"case_id": case_reference(own), "other_case_ref": case_reference(other), "kind": "threat"}
    listed = await desk.post("/conflicts-by-reference/new", form, typed)
    assert str(listed.url) == f"{desk.address}/conflicts-by-reference", listed.text


async def test_a_bed_is_taken_out_of_use_by_page(paged: ServiceUnderTest, desk: Browser) -> None:
    """S6, SH-5, SH-9: a free one; one that was promised to somebody is refused, and what was typed stays."""
    stay = await an_offered_stay(paged)
    board = (await paged.person(MANAGER).get_ok("/api/board"))["beds"]
    free = next(bed["bed_id"] for bed in board if not bed["holds"])
    form = await desk.sign_in(MANAGER, to="/closures/new")
    assert all(f'value="{bed["bed_id"]}"' in form.text for bed in board)
    first, last = stay["offered_from"], "2024-12-01"
    days = {
        f"{name}.{part}": value
        for name, day in (("begins", first), ("returns_on", last))
        for part, value in zip(("year", "month", "day"), day.split("-"), strict=True)
    }
    taken = await desk.post("/closures/new", form, NOW | days | {"reason": "repair", "bed_id": stay["place"]["bed_id"]})
    assert taken.status_code == 409, taken.text
    done = await desk.post("/closures/new", taken, NOW | days | {"reason": "repair", "bed_id": free})
    assert re.fullmatch(rf"{desk.address}/closures/[0-9a-f-]{{36}}", str(done.url)), done.text
    nothing = await desk.post("/closures/new", form, NOW | days | {"reason": "repair", "bed_id": ""})
    assert nothing.status_code == 422
    assert 'id="bed-id-error"' in nothing.text


async def test_only_its_own_staff_sees_which_house_it_is(paged: ServiceUnderTest, desk: Browser) -> None:
    """S11, SH-7, SH-9: all houses with what they take; code and region to the agency that runs it."""
    await desk.sign_in(WORKER, to="/facilities")
    page = (await desk.get("/facilities")).text
    assert "mia-adult" in page
    assert "ngo-clean-world-" not in page
    found = (await paged.person(CASEWORKER).get_ok("/api/facilities"))["items"]
    assert page.count("<tr role=") == len(found) + 1
