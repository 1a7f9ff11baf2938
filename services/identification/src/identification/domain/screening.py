"""Screening by indicators (ID-4) and by act, means and purpose (ID-2). It explains and advises; people decide. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from chassis.errors import Fault, Invalid

from identification.domain.persons import AgeGroup

Answer = Literal["met", "not_met", "unknown"]
Element = Literal["act", "means", "purpose"]
CellState = Literal["met", "not_met", "unknown", "not_needed"]
Advice = Literal["all_elements_met", "ask_about_missing", "element_not_met"]
ELEMENTS: tuple[Element, ...] = get_args(Element)


@dataclass(frozen=True)
class Indicator:
    """One sign. `element` is what it speaks to; `htcds` the method of control with the same meaning, if any."""

    code: str
    text: str
    element: Element
    htcds: str | None = None


@dataclass(frozen=True)
class IndicatorSet:
    """A versioned list of indicators (ID-4). `verified`: it was read in the legal text itself."""

    code: str
    version: int
    legal: str | None
    verified: bool
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Cell:
    """One element, its state, by whom (the interviewer, the indicators, nobody), and the indicators under it."""

    element: Element
    state: CellState
    said_by: Literal["interviewer", "indicators", "law", "nobody"]
    met: tuple[str, ...]
    not_met: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Screening:
    """The explanation: cells, what is missing, advice with its reasons. `treated_as_child`: ID-5 applies."""

    set_code: str
    set_version: int
    cells: tuple[Cell, ...]
    missing: tuple[Element, ...]
    treated_as_child: bool
    advice: Advice
    reasons: tuple[str, ...]


def screen(
    chosen: IndicatorSet,
    answers: Mapping[str, Answer],
    elements: Mapping[Element, Answer],
    age_group: AgeGroup,
) -> Screening:
    """What follows from the answers for act, means and purpose (ID-2, ID-4).

    `answers` is by indicator, `elements` is the interviewer's view of an element; what is left out is unknown. An
    element nobody answered counts as met when one of its indicators is. For a child, also one by doubt (ID-5), the
    means are not needed, nor does consent matter. Invalid `unknown_indicator` or `unknown_answer` with the places.
    """
    _refuse_unknown(chosen, answers, elements)
    child = age_group == "child"
    cells = tuple(
        _cell(element, chosen, answers, own_view=elements.get(element, "unknown"), child=child) for element in ELEMENTS
    )
    missing = tuple(cell.element for cell in cells if cell.state == "unknown")
    denied = tuple(cell.element for cell in cells if cell.state == "not_met")
    return Screening(
        set_code=chosen.code,
        set_version=chosen.version,
        cells=cells,
        missing=missing,
        treated_as_child=child,
        advice="element_not_met" if denied else "ask_about_missing" if missing else "all_elements_met",
        reasons=_reasons(chosen, cells, age_group),
    )


def answers_from_control(chosen: IndicatorSet, methods_of_control: Collection[str]) -> dict[str, Answer]:
    """Indicators that the HTCDS methods of control of a report already meet; the others are open."""
    return {sign.code: "met" for sign in chosen.indicators if sign.htcds in methods_of_control}


def elements_from_report(
    recruitment: Collection[str], control: Collection[str], exploitation: Collection[str]
) -> dict[Element, Answer]:
    """What HTCDS codes of a report mean: recruitment is an act, control a means, exploitation the purpose (ID-2)."""
    reported: tuple[tuple[Element, Collection[str]], ...] = (
        ("act", recruitment),
        ("means", control),
        ("purpose", exploitation),
    )
    return {element: "met" for element, codes in reported if codes}


def _cell(
    element: Element, chosen: IndicatorSet, answers: Mapping[str, Answer], *, own_view: Answer, child: bool
) -> Cell:
    under = [sign.code for sign in chosen.indicators if sign.element == element]
    by_answer = {
        answer: tuple(code for code in under if answers.get(code, "unknown") == answer) for answer in get_args(Answer)
    }
    met, not_met, unknown = by_answer["met"], by_answer["not_met"], by_answer["unknown"]
    if element == "means" and child:
        return Cell(element, "not_needed", "law", met, not_met, unknown)
    if own_view != "unknown":
        return Cell(element, own_view, "interviewer", met, not_met, unknown)
    if met:
        return Cell(element, "met", "indicators", met, not_met, unknown)
    # No indicator met is not "element not met": a set is never complete.
    return Cell(element, "unknown", "nobody", met, not_met, unknown)


def _reasons(chosen: IndicatorSet, cells: tuple[Cell, ...], age_group: AgeGroup) -> tuple[str, ...]:
    reasons = [f"{cell.element}_{cell.state}" for cell in cells]
    # A "not met" that indicators speak against is for people to weigh.
    reasons += [f"{cell.element}_contradicted_by_indicators" for cell in cells if cell.state == "not_met" and cell.met]
    if age_group == "unknown":
        reasons.append("age_unknown")
    if not chosen.verified:
        reasons.append("indicator_set_is_draft")
    return tuple(reasons)


def _refuse_unknown(chosen: IndicatorSet, answers: Mapping[str, Answer], elements: Mapping[Element, Answer]) -> None:
    known = {sign.code for sign in chosen.indicators}
    faults = [
        Fault("answers", "unknown_indicator", f"The set {chosen.code} has no such indicator.")
        for code in answers
        if code not in known
    ]
    faults += [
        Fault("elements", "unknown_element", "Elements are act, means and purpose.")
        for element in elements
        if element not in ELEMENTS
    ]
    faults += [
        Fault(where, "unknown_answer", "Answers are met, not_met and unknown.")
        for where, reported in (("answers", answers.values()), ("elements", elements.values()))
        for answer in reported
        if answer not in get_args(Answer)
    ]
    if faults:
        raise Invalid(faults[0].code, "The screening has answers that its indicator set does not know.", faults=faults)
