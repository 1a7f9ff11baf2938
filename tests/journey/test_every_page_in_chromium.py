"""Every kind of page of the played year in Chromium, wide and as on a phone: axe finds nothing, nothing runs off."""

from pathlib import Path

import pytest
from staffui.pictures import CHROMIUM

from .chromium import chromium, every_page, people

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def seen() -> dict[str, set[str]]:
    """The kinds of pages that somebody has looked at, by service."""
    return {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("role", "person"), people())
async def test_every_kind_of_page_is_whole_in_chromium(role: str, person: str, seen: dict[str, set[str]]) -> None:
    """WCAG 2.2 AA as far as a machine finds it; no sideways scroll at 320 px; the content policy holds."""
    wrong, said, pages = list[str](), list[str](), 0
    async with chromium() as opened:
        async for one in every_page(opened, person, said, seen):
            pages += 1
            wrong += [f"{one.service} {one.address} ({role}): {fault}" for fault in await one.faults()]
    assert pages >= len(seen)
    assert not wrong + said, "\n".join(sorted(set(wrong + said)))
