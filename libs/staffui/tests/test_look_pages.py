"""Every made-up page in every language, wide and as on a phone: axe finds nothing, nothing runs off, nothing leaks."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from staffui import patterns, pictures
from staffui.catalogue import LANGUAGES

pytestmark = pytest.mark.skipif(not Path(pictures.CHROMIUM).exists(), reason="no chromium: apt-get install chromium")
AXE = Path(__file__).parents[1] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
LISTENS = "document.addEventListener('securitypolicyviolation', e => console.error('policy', e.violatedDirective))"
WIDER = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    && !e.closest('.govuk-visually-hidden, .govuk-skip-link, .app-board') && e.checkVisibility())
  .map(e => e.tagName + '.' + e.className)"""
LOW_TARGETS = """() => [...document.querySelectorAll('button, summary, select, .govuk-button, nav a, .app-chips a')]
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, r]) => r.width && (r.height < 24 || r.width < 24) && !e.matches('.app-default'))
  .map(([e, r]) => e.outerHTML.slice(0, 80) + ' ' + r.height)"""


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


def axe(page: Page) -> list[str]:
    """The rules that axe finds broken, each with its first place."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {json.dumps(one['nodes'][0]['html'])[:200]}" for one in found["violations"]]


@pytest.mark.parametrize("width", pictures.WIDTHS)
@pytest.mark.parametrize("name", list(patterns.PATTERNS))
def test_a_page_is_whole_in_every_language(page: Page, wrong: list[str], name: str, width: int) -> None:
    """WCAG 2.2 AA as far as a machine finds it; nothing scrolls sideways; the content policy holds."""
    page.set_viewport_size({"width": width, "height": 740})
    for language in LANGUAGES:
        page.goto(pictures.address(name, language), wait_until="load")
        page.evaluate("document.fonts.ready")
        assert wrong == []
        assert page.evaluate(WIDER) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(LOW_TARGETS) == []
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert axe(page) == [], language
