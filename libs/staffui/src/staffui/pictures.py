"""`python -m staffui.pictures FOLDER [NAME]...`: pictures of the made-up pages, wide and as on a phone.

It needs what only development has: playwright, and Debian's chromium.
"""

import mimetypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import BrowserContext, Route, sync_playwright

from staffui import patterns
from staffui.catalogue import LANGUAGES, Language
from staffui.drawing import STATIC, draw

CHROMIUM = "/usr/bin/chromium"
ORIGIN = "http://pages.test"
WIDTHS = (1280, 320)
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""What the made-up pages are served with: the policy of the real ones, without the realm."""


@contextmanager
def browser() -> Iterator[BrowserContext]:
    """A browser that gets the made-up pages from this process; nothing listens and nothing else answers."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = chromium.new_context(service_workers="block")
        context.route("**/*", answer)
        yield context
        chromium.close()


def address(name: str, language: Language) -> str:
    return f"{ORIGIN}/{language}/{name}"


def answer(route: Route) -> None:
    """Static files, and made-up pages by language and name."""
    path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
    if path.startswith(STATIC):
        name = path.removeprefix(STATIC)
        kind = mimetypes.guess_type(name)[0] or "font/woff2"
        route.fulfill(body=files("staffui").joinpath("static", name).read_bytes(), content_type=kind)
        return
    language, _, name = path.removeprefix("/").partition("/")
    if language not in LANGUAGES or name not in patterns.PATTERNS:
        route.fulfill(status=204)
        return
    html = draw(patterns.page(name, language), patterns.shell(name, language))
    headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
    route.fulfill(body=html, headers=headers)


def main(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder, *names = arguments
    Path(folder).mkdir(parents=True, exist_ok=True)
    with browser() as context:
        page = context.new_page()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            for name in names or patterns.PATTERNS:
                for language in LANGUAGES:
                    page.goto(address(name, language))
                    page.screenshot(path=Path(folder) / f"{name}-{language}-{width}.png", full_page=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
