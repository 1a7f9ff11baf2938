"""HTCDS records are taken with the standard's names and codes, or refused field by field (ID-3)."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identification.adapters.standards import htcds
from identification.domain.htcds import FORMS, form_of, validate

STANDARD = htcds()
TODAY = date(2024, 6, 1)
CASELOAD = Path(__file__).parents[3] / "demo" / "caseload-2024.jsonl"


def faults(**record: Any) -> list[tuple[str, str]]:
    return [(fault.where, fault.code) for fault in validate(record, STANDARD, TODAY)[1]]


def stored(**record: Any) -> dict[str, Any]:
    values, found = validate(record, STANDARD, TODAY)
    assert found == []
    return values


def test_every_report_of_the_demo_year_is_taken() -> None:
    lines = [json.loads(line) for line in CASELOAD.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 106
    for line in lines:
        values, found = validate(line["htcds"], STANDARD, date.fromisoformat(line["reported_at"][:10]))
        assert found == [], line["line"]
        assert values["prs_MobilePhone"] == line["htcds"]["prs_MobilePhone"]
        assert values["prs_Birthdate"] == date.fromisoformat(line["htcds"]["prs_Birthdate"])
        assert values["vic_TypeOfExploitation"] == tuple(line["htcds"]["vic_TypeOfExploitation"])


def test_nothing_is_required_and_what_is_empty_is_left_out() -> None:
    assert stored() == {}
    assert stored(prs_FirstName=" ", vic_ForcedLabourIndustry=None, vic_TypeOfSexExploitation=[]) == {}


def test_every_form_of_the_law_has_a_code_and_every_code_one_form() -> None:
    codes = [code for codes in FORMS.values() for code in codes]
    assert sorted(codes) == sorted(STANDARD.fields["vic_TypeOfExploitation"].values)
    assert form_of("ForcedBegging") == "forced_begging"
    assert form_of("ForcedCriminality") == "forced_criminality"
    law = {"sexual_exploitation", "forced_labour", "forced_begging", "slavery_or_like_it", "servitude", "organ_removal"}
    assert law < set(FORMS)


def test_forced_criminality_is_taken_as_our_declared_extension() -> None:
    both = ["ForcedBegging", "ForcedCriminality", "ForcedBegging"]
    assert stored(vic_TypeOfExploitation=both) == {"vic_TypeOfExploitation": ("ForcedBegging", "ForcedCriminality")}


@pytest.mark.parametrize(
    ("given_code", "code"), [("AZ", "AZ"), ("aze", "AZ"), ("PAK", "PK"), ("xxa", "XXA"), ("in ", "IN")]
)
def test_citizenship_is_kept_in_two_letters(given_code: str, code: str) -> None:
    assert stored(prs_Citizenship=[given_code]) == {"prs_Citizenship": (code,)}


@pytest.mark.parametrize(
    ("given_code", "code"), [("az", "az"), ("AZE", "az"), ("rus", "ru"), ("lez", "lez"), ("ger", "de")]
)
def test_a_language_is_kept_in_two_letters_where_it_has_them(given_code: str, code: str) -> None:
    assert stored(prs_PrimaryLanguage=given_code) == {"prs_PrimaryLanguage": code}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("prs_Birthdate", (TODAY + timedelta(days=1)).isoformat(), "in_future"),
        ("prs_Birthdate", "1850-01-01", "out_of_range"),
        ("prs_Birthdate", "2001-02-30", "not_a_date"),
        ("prs_Birthdate", "01.02.2001", "not_a_date"),
        ("prs_Birthdate", "20010201", "not_a_date"),
        ("prs_Birthdate", 20010201, "not_text"),
        ("prs_Gender", "Female", "unknown_code"),
        ("prs_Gender", ["Feminine"], "not_text"),
        ("prs_Citizenship", "AZ", "not_a_list"),
        ("prs_Citizenship", ["XX"], "unknown_country"),
        ("prs_Citizenship", ["AZ"] * 31, "too_many"),
        ("prs_MailingCountry", "Azərbaycan", "unknown_country"),
        ("prs_MailingCountry", "XXA", "unknown_country"),
        ("prs_PrimaryLanguage", "qq", "unknown_language"),
        ("prs_MobilePhone", "152", "not_a_phone_number"),
        ("prs_MobilePhone", "+99450123456", "not_a_phone_number"),
        ("prs_MobilePhone", "+1234567890123456", "not_a_phone_number"),
        ("prs_MobilePhone", "050 123 45 67 (evening)", "not_a_phone_number"),
        ("prs_HomePhone", 994501234567, "not_text"),
        ("prs_Email", "nobody", "not_an_email"),
        ("prs_Email", "a@b.az,c@d.az", "not_an_email"),
        ("prs_FirstName", "x" * 201, "too_long"),
        ("prs_FirstName", "A\x00", "not_text"),
        ("prs_FirstName", {"a": 1}, "not_text"),
        ("prs_Deceased", "no", "not_true_or_false"),
        ("prs_NumberOfChildren", 1.5, "out_of_range"),
        ("prs_NumberOfChildren", True, "not_a_number"),
        ("vic_AgeWhenTrafficked", -1, "out_of_range"),
        ("vic_AgeWhenTrafficked", "17", "not_a_number"),
        ("prs_MailingLatitude", float("nan"), "out_of_range"),
        ("vic_TypeOfExploitation", ["ForcedLabour", "Slavery"], "unknown_code"),
        ("vic_TypeOfExploitation", [["ForcedLabour"]], "not_text"),
        ("vic_ForcedLabourIndustry", "Construction", "unknown_code"),
        ("cas_Status", "Open", "unknown_field"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field_and_a_code(field: str, value: object, code: str) -> None:
    assert faults(**{field: value}) == [(f"htcds.{field}", code)]


def test_all_faults_are_told_at_once_and_never_repeat_what_was_given() -> None:
    record = {"prs_Birthdate": "Zümrüdə", "prs_MobilePhone": "Zümrüdə", "prs_Gender": "Zümrüdə", "Zümrüdə": "Zümrüdə"}
    values, found = validate(record, STANDARD, TODAY)
    assert values == {}
    assert len(found) == 4
    assert "Zümrüdə" not in repr(found)


def test_values_are_normalised_on_the_way_in() -> None:
    assert stored(prs_FirstName=" L\u01ddman ", prs_MobilePhone="+994 (00) 792-13-85", prs_Birthdate="2000-02-29") == {
        "prs_FirstName": "Ləman",
        "prs_MobilePhone": "+994007921385",
        "prs_Birthdate": date(2000, 2, 29),
    }
    assert stored(prs_MailingLatitude=-40.5, prs_NumberOfChildren=2.0, prs_Deceased=False) == {
        "prs_MailingLatitude": -40.5,
        "prs_NumberOfChildren": 2,
        "prs_Deceased": False,
    }


def test_the_codes_of_the_standard_are_all_taken() -> None:
    for name, field in STANDARD.fields.items():
        for code in field.values:
            many = field.kind == "Multiselect Picklist"
            assert faults(**{name: [code] if many else code}) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(STANDARD.fields)) | st.text(max_size=10), JSON, max_size=6))
def test_any_json_is_taken_or_refused_but_never_breaks(record: dict[str, object]) -> None:
    values, found = validate(record, STANDARD, TODAY)
    assert len(values) + len(found) <= len(record)
