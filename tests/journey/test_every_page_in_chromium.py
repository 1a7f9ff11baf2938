"""Every kind of page of the played year in Chromium, wide and as on a phone: axe finds nothing, nothing runs off."""

from pathlib import Path

import pytest
from staffui.pictures import CHROMIUM

from .chromium import chromium, every_page, people

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium: apt-get install chromium")


@pytest.mark.timeout(900)
async def test_every_kind_of_page_is_whole_in_chromium() -> None:
    """WCAG 2.2 AA as far as a machine finds it; no sideways scroll at 320 px; the content policy holds."""
    seen: dict[str, set[str]] = {}
    wrong, said, pages = list[str](), list[str](), 0
    async with chromium() as opened:
        for role, person in people():
            async for one in every_page(opened, person, said, seen):
                pages += 1
                wrong += [f"{one.service} {one.address} ({role}): {fault}" for fault in await one.faults()]
    assert pages > 100
    assert not wrong + said, "\n".join(sorted(set(wrong + said)))
