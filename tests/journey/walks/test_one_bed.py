"""J4: two windows, one bed."""

from datetime import timedelta

import pytest
from casework.calendar import BAKU
from chassis.clock import utc_now
from playwright.async_api import Browser, Locator, expect

from .givens import Given
from .windows import Window, window

MANAGER, WORKER = "ngo-amc.shelter-manager", "ngo-amc.shelter-worker"


async def enters_papers_of_yesterday(desk: Window) -> list[str]:
    """What was typed."""
    day = utc_now().astimezone(BAKU) - timedelta(days=1)
    await desk.main.get_by_label(desk.words("ui.when_another_day")).check()
    typed = [str(day.day), str(day.month), str(day.year), "23:50"]
    for box, value in zip(boxes_of_when(desk), typed, strict=True):
        await box.fill(value)
    return typed


def boxes_of_when(desk: Window) -> list[Locator]:
    of = desk.main.get_by_role("group", name=desk.words("ui.when_happened"))
    return [of.get_by_label(desk.words(key), exact=True) for key in ("ui.day", "ui.month", "ui.year", "ui.time")]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
async def test_one_of_two_gets_the_bed_and_the_other_takes_the_next(
    opened: Browser, given: Given, script: bool
) -> None:
    """S4, SH-5: the second reads why, and saves again with another bed alone."""
    stays = [await given.place_requested(await given.case()) for _ in range(2)]
    async with window(opened, script=script) as manager, window(opened, script=script) as worker:
        for desk, person, stay in ((manager, MANAGER, stays[0]), (worker, WORKER, stays[1])):
            await desk.signs_in(person, "shelter", f"/stays/{stay['id']}")
            await desk.begins("act.stay.offer")
        beds = [one for one in await manager.box("bed_id").locator("option").all_inner_texts() if "–" in one]
        assert manager.words("code.reasons.track_of_facility") in beds[0]
        typed = []
        for desk in (manager, worker):
            await desk.box("bed_id").select_option(label=beds[0])
            typed = await enters_papers_of_yesterday(desk)
        await manager.presses("act.stay.offer")
        assert manager.path == f"/stays/{stays[0]['id']}"
        await worker.presses("act.stay.offer")
        refused = worker.main.get_by_role("alert")
        await expect(refused).to_be_focused()
        for words in ("ui.not_done", "refusal.bed_taken", "code.full_nights"):
            await expect(refused).to_contain_text(worker.words(words))
        assert beds[0] not in await worker.box("bed_id").locator("option").all_inner_texts()
        assert [await box.input_value() for box in boxes_of_when(worker)] == typed
        await worker.box("bed_id").select_option(label=beds[1])
        await worker.presses("act.stay.offer")
        assert worker.path == f"/stays/{stays[1]['id']}"
        assert worker.words("state.stay.offered") in await worker.main.inner_text()
