"""Pages that people follow: links lead somewhere, decisions are indexed, the glossary has each word once."""

import re
from collections import Counter
from pathlib import Path

import pytest
from house_lints import words

TOP = Path(__file__).parents[2]
PAGES = [
    *TOP.glob("*.md"),
    *(page for page in (TOP / "docs").rglob("*.md") if page.parent.name != "events" and page.name != "rules.md"),
]
"""Not those that `make record` writes: `make check` refuses an outdated one."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(TOP).as_posix())
def test_a_link_leads_to_a_file(page: Path) -> None:
    linked = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [link for link in linked if not (page.parent / link).exists()] == []


def test_every_decision_is_in_the_index_and_a_gap_is_named() -> None:
    index = (TOP / "docs/adr/README.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^\| \[?(\d+)[\]| ]", index, re.MULTILINE)]
    assert numbers == list(range(1, max(numbers) + 1))
    assert f"The next number is {max(numbers) + 1}." in index
    linked = set(re.findall(r"\]\((\d{4}-[^)]+)\)", index))
    assert linked == {page.name for page in (TOP / "docs/adr").glob("0*.md")}


def test_a_word_of_the_glossary_stands_there_once() -> None:
    things = (TOP / "docs/glossary.md").read_text(encoding="utf-8").partition("## Things")[2].partition("##")[0]
    words = Counter(word for row in re.findall(r"^\| ([a-z, ]+) \|", things, re.MULTILINE) for word in row.split(", "))
    del words["word"]
    assert [word for word, count in words.items() if count > 1] == []
    assert len(words) > 30


def test_what_agencies_install_has_the_version_of_the_changelog() -> None:
    log = (TOP / "CHANGELOG.md").read_text(encoding="utf-8")
    for name, folder in (
        ("himaya-events", "libs/events"),
        ("agency-connector", "examples/agency-connector"),
        ("himaya", "infra/himaya"),
    ):
        version = re.search(r'^version = "(.+)"', (TOP / folder / "pyproject.toml").read_text(), re.MULTILINE)
        assert version
        assert re.search(rf"^\| `{name}`[^|]*\| {re.escape(version[1])} \|", log, re.MULTILINE), name


def test_nothing_stray_lies_at_the_root() -> None:
    """A trial's counts were left there once (bench.ours.json), which nothing read."""
    assert [path.name for path in TOP.glob("*.json")] == []


def test_pages_on_how_to_do_a_thing_have_no_banned_word() -> None:
    found = {
        f"{page.name}:{line + 1}: {word}"
        for page in (
            *TOP.glob("docs/how-to/*.md"),
            TOP / "docs/operations.md",
            TOP / "SECURITY.md",
            TOP / "CHANGELOG.md",
        )
        for line, word, _ in words.found(page.read_text(encoding="utf-8"))
    }
    assert sorted(found) == []
