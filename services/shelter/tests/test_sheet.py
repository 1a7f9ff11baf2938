"""The evening's sheet: what several residents got, entered at once (SH-6)."""

from uuid import uuid4

from chassis.testing import ServiceUnderTest
from staffui.testing import Browser

from .givens import MANAGER, WORKER, a_resident, an_offered_stay


async def _given(shelter: ServiceUnderTest, stay_id: str) -> list[tuple[str, str]]:
    found = (await shelter.person(WORKER).get_ok(f"/api/stays/{stay_id}/services"))["items"]
    return sorted((one["service"], one["payer"]) for one in found)


async def test_a_sheet_is_logged_whole(shelter: ServiceUnderTest) -> None:
    """Once, also when it is sent again; a service that is ticked twice is one."""
    one, other = await a_resident(shelter), await a_resident(shelter)
    sheet = {"services": {one["id"]: ["food", "food", "medicine"], other["id"]: ["food"]}, "payer": "mia-shelter"}
    key = str(uuid4())
    answers = [await shelter.person(WORKER).post_ok("/api/services", sheet, key=key) for _ in range(2)]
    assert answers == [{"recorded": 3}, {"recorded": 3}]
    assert await _given(shelter, one["id"]) == [("food", "mia-shelter"), ("medicine", "mia-shelter")]
    assert await _given(shelter, other["id"]) == [("food", "mia-shelter")]


async def test_of_a_sheet_with_a_fault_nothing_is_logged(shelter: ServiceUnderTest) -> None:
    """The fault names its stay; another agency's looks like one that does not exist."""
    good, waiting = await a_resident(shelter), await an_offered_stay(shelter)
    for wrong, service, status, code in (
        (good["id"], "education", 409, "education_is_for_children"),
        (waiting["id"], "food", 403, "not_for_this_basis"),
        (str(uuid4()), "food", 404, "not_found"),
    ):
        sheet = {"services": {good["id"]: ["food"]} | {wrong: ["food", service]}, "payer": "mia-shelter"}
        answer = await shelter.person(WORKER).post("/api/services", sheet)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert [fault["where"] for fault in answer.json()["faults"]] == [f"body.services.{wrong}"]
    nothing = await shelter.person(WORKER).post("/api/services", {"services": {good["id"]: []}, "payer": "mia-shelter"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_ticked")
    assert await _given(shelter, good["id"]) == []


async def test_another_operator_s_resident_is_on_no_sheet(shelter: ServiceUnderTest) -> None:
    """SH-7: the sheet takes only stays of the own houses."""
    stay = await a_resident(shelter)
    sheet = {"services": {stay["id"]: ["food"]}, "payer": "ngo-clean-world"}
    answer = await shelter.person("ngo-clean-world.shelter-manager").post("/api/services", sheet)
    assert answer.status_code == 404, answer.text


async def test_a_sheet_is_filled_in_by_page(paged: ServiceUnderTest, desk: Browser) -> None:
    """A refusal stands at the resident whom it is about, and everything stays ticked."""
    one, other = await a_resident(paged), await a_resident(paged)
    page = await desk.sign_in(MANAGER, to="/tonight")
    assert one["case_ref"] in page.text
    assert other["case_ref"] in page.text
    first, second = f"services.{one['id']}", f"services.{other['id']}"
    typed = {first: ["food", "security"], second: "education", "payer": "mia-shelter", "when": "now"}
    refused = await desk.post("/tonight", page, typed)
    assert refused.status_code == 409
    assert f'href="#{second.replace(".", "-")}"' in refused.text
    assert refused.text.count(" checked") >= 3
    done = await desk.post("/tonight", refused, {**typed, second: "food"})
    assert str(done.url) == f"{desk.address}/tonight", done.text
    assert await _given(paged, one["id"]) == [("food", "mia-shelter"), ("security", "mia-shelter")]
    assert await _given(paged, other["id"]) == [("food", "mia-shelter")]


async def test_an_empty_house_has_no_sheet_to_send(paged: ServiceUnderTest, desk: Browser) -> None:
    page = await desk.sign_in(MANAGER, to="/tonight")
    assert "Hazırda heç kim qalmır." in page.text
    assert "<button" not in page.text.partition('id="app-form"')[2].partition("</form>")[0]
