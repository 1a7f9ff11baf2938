"""NO-1: messages say nothing but that something waits. Walks every template, version and language."""

from datetime import date

import pytest
from notify.adapters.wording import languages_of, templates, text_of
from notify.domain.texts import FORBIDDEN_STEMS, Text, render, says_too_much

TEXTS = [text for versions in templates().values() for version in versions for text in version.texts.values()]
VALUES = {"n": 12}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.template}-{text.version}-{text.language}")
def test_every_rendered_message_and_subject_keeps_no_1(text: Text) -> None:
    values = {name: VALUES[name] for name in text.placeholders}
    subject, body = render(text, **values)
    assert says_too_much(subject) == []
    assert says_too_much(body, count=bool(values)) == []
    assert "{" not in subject + body


@pytest.mark.parametrize("code", sorted(templates()))
def test_every_template_has_three_languages_with_the_same_placeholders(code: str) -> None:
    """NO-4."""
    for version in templates()[code]:
        assert tuple(version.texts) == ("az", "en", "ru")
        assert len({text.placeholders for text in version.texts.values()}) == 1


def test_a_message_to_a_person_fits_one_text_message() -> None:
    """language.md: with ə ı ğ ş or Cyrillic a text message holds 70 characters."""
    assert all(len(text.body) <= 70 for text in TEXTS if text.template == "new_notification")


@pytest.mark.parametrize("stem", FORBIDDEN_STEMS)
def test_a_forbidden_stem_is_found_in_any_case_and_form(stem: str) -> None:
    """NO-1, with Azerbaijani capitals: SIĞINACAQ and İSTİSMAR are found, too."""
    upper = stem.replace("i", "İ").replace("ı", "I").upper()
    for form in (stem, stem.upper(), upper, stem.title()):
        assert stem in says_too_much(f"Yeni {form}a bax", count=True) or stem.isdigit()


@pytest.mark.parametrize(
    "message",
    ["152", "Case K7F-3XA", "https://nrm.example", "a@b.az", "700 ₼", "AZN sum", "Bildiriş\r\nBcc: x", "Himayə"],
)
def test_numbers_links_sums_and_the_platform_are_refused(message: str) -> None:
    """NO-1: no reference, link, sum, hotline or platform name; no line break that could become a header."""
    assert says_too_much(message)


def test_a_text_that_says_too_much_cannot_be_rendered() -> None:
    bad = Text("new_notification", 9, "az", "Bildiriş", "Sığınacaqda yer var.")
    with pytest.raises(ValueError, match="sığınac"):
        render(bad)
    with pytest.raises(ValueError, match="takes"):
        render(text_of("tasks_overdue", "az", date(2026, 1, 1)))


def test_the_text_in_force_on_a_day_and_none_before_the_first() -> None:
    """NO-4: versions by date."""
    assert text_of("new_notification", "ru", date(2026, 1, 1)).version == 1
    assert languages_of("new_notification", date(2026, 1, 1)) == ("az", "en", "ru")
    assert languages_of("new_notification", date(2023, 12, 31)) == ()
    with pytest.raises(KeyError):
        text_of("new_notification", "ru", date(2023, 12, 31))
