"""The macros that we use draw what GOV.UK Frontend's own fixtures say, so that its styles fit them."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from staffui import drawing

COMPONENTS = Path(__file__).parents[1] / "assets" / "node_modules" / "govuk-frontend" / "dist" / "govuk" / "components"

UNLIKE = {"button: start link with html"}
"""Known to differ, and not used by us: no start buttons, and no HTML in a button."""


class Tokens(HTMLParser):
    """Tags with sorted attributes, and texts with single spaces: what a browser sees of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: " ".join((value or "").split()) for name, value in attrs}
        self.found.append((tag, sorted(values.items())))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("/", tag))

    def handle_data(self, data: str) -> None:
        if words := " ".join(re.sub(r"\s+", " ", data).split()):
            self.found.append(words)


def fixtures() -> Iterator[Any]:
    for component in drawing.MACROS:
        path = COMPONENTS / component / "fixtures.json"
        for fixture in json.loads(path.read_text(encoding="utf-8"))["fixtures"]:
            name = f"{component}: {fixture['name']}"
            if name not in UNLIKE:
                yield pytest.param(component, fixture, id=name)


@pytest.mark.parametrize(("component", "fixture"), list(fixtures()))
def test_a_macro_draws_what_the_fixture_of_the_package_shows(component: str, fixture: dict[str, Any]) -> None:
    macro: Any = drawing.macros()[drawing.MACROS[component]]
    drawn = macro(fixture["options"])
    assert Tokens(drawn).found == Tokens(fixture["html"]).found
