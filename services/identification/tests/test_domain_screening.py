"""Screening explains what is met and what is missing, advises, and decides nothing (ID-2, ID-4)."""

from typing import Any

import pytest
from chassis.errors import Invalid
from identification.adapters.standards import htcds, indicator_sets
from identification.domain.persons import AgeGroup
from identification.domain.screening import (
    ELEMENTS,
    Answer,
    Cell,
    Element,
    Screening,
    answers_from_control,
    elements_from_report,
    screen,
)

LABOUR = indicator_sets()["labour"]
BEGGING = indicator_sets()["begging"]
ALL_MET: dict[Element, Answer] = {"act": "met", "means": "met", "purpose": "met"}


def screened(
    answers: dict[str, Answer] | None = None, elements: dict[Element, Answer] | None = None, age: AgeGroup = "adult"
) -> Screening:
    return screen(LABOUR, answers or {}, elements or {}, age)


def cell(screening: Screening, element: Element) -> Cell:
    return next(cell for cell in screening.cells if cell.element == element)


def test_for_an_adult_act_means_and_purpose_together_are_needed() -> None:
    done = screened(elements=ALL_MET)
    assert (done.advice, done.missing) == ("all_elements_met", ())
    without = screened(elements={"act": "met", "purpose": "met"})
    assert (without.advice, without.missing) == ("ask_about_missing", ("means",))


def test_for_a_child_the_means_do_not_matter() -> None:
    for answer in ("met", "not_met", "unknown"):
        done = screened(elements={"act": "met", "means": answer, "purpose": "met"}, age="child")
        assert (done.advice, done.treated_as_child) == ("all_elements_met", True)
        assert (cell(done, "means").state, cell(done, "means").said_by) == ("not_needed", "law")


def test_an_unknown_age_is_named_and_the_means_are_still_asked_for() -> None:
    done = screened(elements={"act": "met", "purpose": "met"}, age="unknown")
    assert "age_unknown" in done.reasons
    assert done.missing == ("means",)


def test_an_indicator_met_speaks_for_its_element_and_is_shown_under_it() -> None:
    done = screened({"documents_held": "met", "no_contract": "not_met"})
    means = cell(done, "means")
    assert (means.state, means.said_by, means.met) == ("met", "indicators", ("documents_held",))
    assert cell(done, "purpose").not_met == ("no_contract",)


def test_no_indicator_met_leaves_the_element_unknown_not_denied() -> None:
    done = screened({sign.code: "not_met" for sign in LABOUR.indicators})
    assert {cell.state for cell in done.cells} == {"unknown"}
    assert done.advice == "ask_about_missing"


def test_the_interviewers_word_stands_and_a_contradiction_is_named() -> None:
    done = screened({"documents_held": "met"}, {"act": "met", "means": "not_met", "purpose": "met"})
    assert (done.advice, cell(done, "means").state) == ("element_not_met", "not_met")
    assert "means_contradicted_by_indicators" in done.reasons


def test_every_indicator_stands_under_one_element() -> None:
    for chosen in indicator_sets().values():
        done = screen(chosen, {}, {}, "adult")
        listed = [code for cell in done.cells for code in cell.unknown]
        assert sorted(listed) == sorted(sign.code for sign in chosen.indicators)
        assert (done.set_code, done.set_version) == (chosen.code, chosen.version)


def test_a_draft_set_says_so() -> None:
    assert "indicator_set_is_draft" in screen(BEGGING, {}, {}, "child").reasons
    assert "indicator_set_is_draft" not in screened().reasons


def test_what_a_report_already_says_is_filled_in() -> None:
    assert answers_from_control(LABOUR, ["WithholdsDocuments", "FalsePromises"]) == {"documents_held": "met"}
    assert elements_from_report(["AtWork"], [], ["ForcedLabour"]) == {"act": "met", "purpose": "met"}


@pytest.mark.parametrize(
    ("answers", "elements", "code"),
    [
        ({"no_such": "met"}, {}, "unknown_indicator"),
        ({"no_contract": "yes"}, {}, "unknown_answer"),
        ({}, {"border": "met"}, "unknown_element"),
        ({}, {"act": True}, "unknown_answer"),
    ],
)
def test_what_the_set_does_not_know_is_refused(answers: Any, elements: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        screen(LABOUR, answers, elements, "adult")
    assert [fault.code for fault in refused.value.faults] == [code]


def test_the_sets_come_with_the_service_and_name_known_elements_and_methods_of_control() -> None:
    assert set(indicator_sets()) == {"labour", "sexual", "begging"}
    methods = htcds().fields["vic_MethodsOfControl"].values
    for sign in (sign for chosen in indicator_sets().values() for sign in chosen.indicators):
        assert sign.element in ELEMENTS
        assert sign.htcds is None or sign.htcds in methods
    assert (LABOUR.legal, LABOUR.verified, len(LABOUR.indicators)) == ("CoM 131/2009", True, 11)
