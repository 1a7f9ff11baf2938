"""Every made-up page in every language, wide and as on a phone: axe finds nothing, nothing runs off, nothing leaks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from staffui import patterns, pictures
from staffui.catalogue import LANGUAGES
from staffui.testing_look import AXE, BROKEN, LAYOUT, LISTENS

pytestmark = pytest.mark.skipif(not Path(pictures.CHROMIUM).exists(), reason="no chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with pictures.browser() as made:
        made.add_init_script(LISTENS)
        yield made


@pytest.fixture(scope="module")
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="module")
def wrong(page: Page) -> list[str]:
    """Everything that goes wrong while pages load: messages of the console, errors, requests to elsewhere."""
    found: list[str] = []
    page.on("console", lambda message: found.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: found.append(f"script: {error}"))
    page.on("request", lambda request: None if _is_ours(request.url) else found.append(f"request: {request.url}"))
    return found


def _is_ours(url: str) -> bool:
    return url.startswith((pictures.ORIGIN + "/", "data:"))


@pytest.mark.parametrize("width", pictures.WIDTHS)
@pytest.mark.parametrize("name", list(patterns.PATTERNS))
def test_a_page_is_whole_in_every_language(page: Page, wrong: list[str], name: str, width: int) -> None:
    """WCAG 2.2 AA as far as a machine finds it; nothing scrolls sideways; the content policy holds."""
    page.set_viewport_size({"width": width, "height": 740})
    for language in LANGUAGES:
        page.goto(pictures.address(name, language), wait_until="load")
        page.evaluate("document.fonts.ready")
        assert wrong == []
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert page.evaluate(LAYOUT) + page.evaluate(BROKEN) == [], language
