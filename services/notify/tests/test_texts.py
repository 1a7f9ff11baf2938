"""NO-1: messages say nothing but that something waits. Walks every template, version and language."""

import re
from datetime import date
from typing import Any

import pytest
from casework.safe_contact import read_phone
from casework.shared_parameters import message_languages
from notify.adapters.wording import templates, text_of
from notify.domain.routes import PERSON, ROUTES
from notify.domain.texts import FORBIDDEN_STEMS, CallBack, Text, please_call, render, says_too_much
from notify.parameters import PARAMETERS
from nrm_events.taking_part import AGENCIES

TEXTS = [text for versions in templates().values() for version in versions for text in version.texts.values()]
VALUES: dict[str, int | str] = {"n": 12, "hours": "09:00–18:00", "number": "+994 12 345 67 89"}
TO_A_PERSON = ("please_call", "please_call_number")
TO_SIGN_IN = ("daxil ol", "sign in", "войдите", "log in", "http")
CALL_BACK = [row.value for name, rows in PARAMETERS if name == "call_back" for row in rows]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.template}-{text.version}-{text.language}")
def test_every_rendered_message_and_subject_keeps_no_1(text: Text) -> None:
    values = {name: VALUES[name] for name in text.placeholders}
    subject, body = render(text, **values)
    assert says_too_much(subject) == []
    assert says_too_much(text.without_values) == []
    assert not [agency for agency in AGENCIES if re.search(rf"\b{agency}\b", body.lower())]
    assert "{" not in subject + body


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: f"{text.template}-{text.version}-{text.language}")
def test_a_person_who_cannot_sign_in_reads_whom_to_ring_and_when(text: Text) -> None:
    """NO-1."""
    _, body = render(text, **{name: VALUES[name] for name in text.placeholders})
    if text.template in TO_A_PERSON:
        assert not [word for word in TO_SIGN_IN if word in body.lower()]
        assert re.search("zəng|call|звон", body.lower())
        assert str(VALUES["hours"]) in body
    assert {route.template for route in ROUTES if route.to == PERSON} <= set(TO_A_PERSON)


@pytest.mark.parametrize("row", CALL_BACK, ids=range(len(CALL_BACK)))
def test_the_number_to_ring_can_be_rung_and_betrays_nobody(row: dict[str, Any]) -> None:
    """NO-1: every number of the parameter, the hours, and none of them a hotline of three digits."""
    for number in [*row["numbers"].values(), *([row["number"]] if row["number"] else [])]:
        assert read_phone(number)
    for number in (*row["numbers"].values(), row["number"]):
        template, values = please_call(CallBack(row["hours"], number))
        assert render(text_of(template, "az", date(2026, 1, 1)), **values)


def test_a_hotline_of_three_digits_cannot_be_written_to_a_person() -> None:
    """NO-1: 152 and 919 name the platform."""
    for number in ("152", "919", "+152"):
        template, values = please_call(CallBack("09:00–18:00", number))
        with pytest.raises(ValueError, match="number"):
            render(text_of(template, "en", date(2026, 1, 1)), **values)


@pytest.mark.parametrize("code", sorted(templates()))
def test_every_template_has_three_languages_with_the_same_placeholders(code: str) -> None:
    """NO-4."""
    for version in templates()[code]:
        assert tuple(version.texts) == message_languages(version.first_day)
        assert len({text.placeholders for text in version.texts.values()}) == 1


def test_a_message_to_a_person_fits_one_text_message() -> None:
    """language.md: with ə ı ğ ş or Cyrillic a text message holds 70 characters."""
    for text in TEXTS:
        values = {name: VALUES[name] for name in text.placeholders}
        assert text.template not in TO_A_PERSON or len(render(text, **values)[1]) <= 70, text


@pytest.mark.parametrize("stem", FORBIDDEN_STEMS)
def test_a_forbidden_stem_is_found_in_any_case_and_form(stem: str) -> None:
    """NO-1, with Azerbaijani capitals: SIĞINACAQ and İSTİSMAR are found, too."""
    upper = stem.replace("i", "İ").replace("ı", "I").upper()
    for form in (stem, stem.upper(), upper, stem.title()):
        assert stem in says_too_much(f"Yeni {form}a bax")


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
    assert tuple(templates()["new_notification"][0].texts) == message_languages(date(2026, 1, 1))
    with pytest.raises(KeyError):
        text_of("new_notification", "ru", date(2023, 12, 31))
