"""What the look is made of: templates that escape everything, words that exist, files that are small and our own."""

import gzip
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from staffui import catalogue, drawing, patterns

PACKAGE = Path(drawing.__file__).parent
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))
STATIC = PACKAGE / "static"
SOURCES = PACKAGE.parents[1] / "assets"
KILOBYTE = 1024


def each_page() -> Iterator[str]:
    for name in patterns.PATTERNS:
        for language in catalogue.LANGUAGES:
            yield drawing.draw(patterns.page(name, language), patterns.shell(name, language))


def static(suffix: str) -> list[Path]:
    return sorted(STATIC.glob(f"*{suffix}"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_lets_nothing_through_unescaped(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|Markup|autoescape", text)
    assert not re.search(r"""["']?\w*[hH]tml["']?\s*[:=]""", text), "the macros do not escape what is passed as html"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_needs_no_style_or_script_that_the_policy_forbids(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


def test_every_key_of_the_templates_has_words() -> None:
    found = set(chain.from_iterable(re.findall(r"""\bt\(["']([\w.]+)["']""", t.read_text("utf-8")) for t in TEMPLATES))
    assert len(found) > 50
    assert [key for key in sorted(found) if not catalogue.has(key)] == []


@pytest.mark.parametrize("name", [name for name in patterns.PATTERNS if name.endswith("hostile")])
@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_somebody_typed_stays_text(name: str, language: catalogue.Language) -> None:
    html = drawing.draw(patterns.page(name, language), patterns.shell(name, language))
    assert "&lt;script&gt;alert(1)" in html
    assert html.count("<script") == 1, "our own module"
    assert "<img" not in html
    assert "49" not in re.sub(r"[\w-]*\d{3,}[\w-]*", "", html), "no template inside a text is worked out"


def test_a_page_has_one_heading_of_the_first_level_and_ids_only_once() -> None:
    for html in each_page():
        assert len(re.findall(r"<h1[ >]", html)) == 1
        ids = re.findall(r'\sid="([^"]*)"', html)
        assert sorted(ids) == sorted(set(ids))


def test_the_title_of_the_tab_gives_nothing_away() -> None:
    """NO-1: whoever looks over a shoulder or into the history reads no reference, no service, no act."""
    titles = {re.search(r"<title>(.*?)</title>", html)[1] for html in each_page()}  # type: ignore[index]  # each has one
    assert len(titles) <= 3 * (7 + 1), "one for each kind of page and language, and one for a form with errors"
    assert not [title for title in titles if re.search(r"\d|Himay|Sığınacaq|Shelter|Приют", title)]


def test_text_boxes_go_to_no_spelling_service() -> None:
    for html in each_page():
        for box in re.findall(r'<(?:textarea|input [^>]*type="text")[^>]*>', html):
            assert 'spellcheck="false"' in box
            assert 'autocomplete="off"' in box


def test_one_click_and_a_form_post_the_same_hidden_fields() -> None:
    act, form = (drawing.draw(patterns.page(name, "en"), patterns.shell(name, "en")) for name in ("object", "form"))
    for name, value in (("csrf", "made-up"), ("version", "3")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in act
        assert f'<input type="hidden" name="{name}" value="{value}">' in form
    assert '<input type="hidden" name="key" value="k1">' in act
    assert '<input type="hidden" name="when" value="now">' in act


def test_everything_that_a_page_loads_is_at_most_120_kb_compressed() -> None:
    texts = sum(len(gzip.compress(path.read_bytes())) for path in [*static(".css"), *static(".js")])
    fonts = sum(path.stat().st_size for path in static(".woff2"))
    assert len(static(".woff2")) == 6
    assert texts + fonts <= 120 * KILOBYTE
    assert all(path.stat().st_size <= 3 * KILOBYTE for path in static(".js"))


def test_the_styles_are_our_own_and_change_no_letters() -> None:
    css = static(".css")[0].read_text(encoding="utf-8")
    assert "text-transform" not in css, "i becomes İ in Azerbaijani and I elsewhere"
    assert not re.search(r"GDS Transport|crown|#1d70b8|#0f7a52", css, re.IGNORECASE)
    assert "Noto Sans" in css
    assert not re.search(r"url\(\W*(?:https?:)?//", css)


def test_a_name_of_a_static_file_changes_with_its_content() -> None:
    suffixes = (".css", ".js", ".woff2", ".ttf", ".txt")
    assert sorted(drawing.manifest().values()) == sorted(p.name for suffix in suffixes for p in static(suffix))
    assert drawing.asset("staff.css") == f"/static/{static('.css')[0].name}"
    assert all(re.search(r"\.[0-9a-f]{12}\.", name) for name in drawing.manifest().values())


def test_the_lock_of_the_build_is_exact_and_names_no_host() -> None:
    lock = (SOURCES / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert not re.search(r'"(?:dependencies|devDependencies)": \{[^}]*"[\^~]', (SOURCES / "package.json").read_text())
