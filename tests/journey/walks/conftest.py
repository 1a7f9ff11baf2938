"""One Chromium for all journeys."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser
from staffui.pictures import CHROMIUM

from tests.journey.chromium import chromium

from .givens import Given

THERE = Path(CHROMIUM).exists()


@pytest.fixture(scope="session")
async def opened() -> AsyncIterator[Browser]:
    if not THERE:
        pytest.skip("no chromium: apt-get install chromium")
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def given() -> AsyncIterator[Given]:
    people = Given()
    yield people
    await people.close()
