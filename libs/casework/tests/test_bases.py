"""Bases and what a rights table asks for. Pure."""

from uuid import uuid4

import pytest
from casework.bases import (
    ANY_BASIS,
    BY_FORMAL_BODY,
    BY_GUARDIAN_AUTHORITY,
    BY_HOLDER,
    BY_TOLD_OF_BAR,
    ENDED,
    FORMAL_BODY,
    GUARDIAN_AUTHORITY,
    HOLDER,
    NAMES,
    Asked,
    Basis,
    by_asked,
    by_consent,
    by_court,
    by_serving,
    consent,
    court,
    covered,
    for_action,
    may,
    requested,
    serves,
    told_of_bar,
)
from casework.purposes import DATA_CLASSES, PURPOSES
from chassis.rights import Rights
from hypothesis import given
from hypothesis import strategies as st

from .givens import ACTIONS, a_consent, any_asked, any_basis, any_rights

REF = uuid4()
EVERY = [
    HOLDER,
    FORMAL_BODY,
    GUARDIAN_AUTHORITY,
    requested("place", REF),
    serves("handover", REF),
    told_of_bar(REF),
    consent("legal_aid", "needs", REF),
    court("identity", REF),
]


def test_there_is_a_constructor_for_each_name_and_any_basis_covers_each() -> None:
    assert tuple(basis.name for basis in EVERY) == NAMES
    for basis in EVERY:
        assert [needed.name for needed in ANY_BASIS if needed.covers(basis)] == [basis.name]


@pytest.mark.parametrize(
    ("needed", "given_by"),
    [
        (BY_HOLDER, {HOLDER}),
        (BY_FORMAL_BODY, {FORMAL_BODY}),
        (BY_GUARDIAN_AUTHORITY, {GUARDIAN_AUTHORITY}),
        (BY_TOLD_OF_BAR, {told_of_bar(REF)}),
        (by_asked("place"), {requested("place", REF)}),
        (by_asked("handover"), set()),
        (by_asked(), {requested("place", REF)}),
        (by_serving("handover", "place"), {serves("handover", REF)}),
        (by_serving("place"), set()),
        (by_consent("legal_aid"), {consent("legal_aid", "needs", REF)}),
        (by_consent("medical"), set()),
        (by_consent("legal_aid", data_class=["needs"]), {consent("legal_aid", "needs", REF)}),
        (by_consent("legal_aid", data_class=["identity"]), set()),
        (by_consent(data_class=["needs"]), {consent("legal_aid", "needs", REF)}),
        (by_court("identity"), {court("identity", REF)}),
        (by_court("contact"), set()),
    ],
)
def test_a_cell_is_covered_by_its_own_basis_kind_purpose_and_class_alone(needed: Asked, given_by: set[Basis]) -> None:
    assert {basis for basis in EVERY if covered((needed,), [basis])} == given_by


def test_consent_to_one_purpose_opens_nothing_of_another() -> None:
    """ID-12, over the closed lists."""
    for purpose in PURPOSES:
        opened = {other for other in PURPOSES if by_consent(purpose).covers(consent(other, "needs", REF))}
        assert opened == {purpose}
    for data_class in DATA_CLASSES:
        needed = by_consent(data_class=[data_class])
        assert {other for other in DATA_CLASSES if needed.covers(consent("medical", other, REF))} == {data_class}


def test_nothing_is_covered_by_nothing() -> None:
    assert not covered(ANY_BASIS, [])
    assert not covered((), EVERY)


def test_a_row_gives_its_roles_one_cell_and_rows_are_joined() -> None:
    row = may({"caseworker", "assessor"}, BY_HOLDER) | may({"assessor"}, BY_FORMAL_BODY) | {"auditor": "all"}
    assert row == {"caseworker": (BY_HOLDER,), "assessor": (BY_FORMAL_BODY,), "auditor": "all"}


def test_a_formal_body_of_a_closed_case_reads_and_acts_no_more() -> None:
    """What it recorded itself stays readable to it (ID-7)."""
    ended = Basis("formal_body", ENDED)
    for action, reads in (("see_case", True), ("read_history", True), ("recognise_formally", False), ("appeal", False)):
        assert for_action(BY_FORMAL_BODY, action).covers(ended) == reads
        assert for_action(BY_FORMAL_BODY, action).covers(FORMAL_BODY)
        assert for_action(BY_HOLDER, action) == BY_HOLDER
    narrow = Asked("formal_body", frozenset({"x"}), frozenset({"needs"}))
    assert for_action(narrow, "appeal") == narrow, "what a cell narrows is never widened"


def _given(rights: Rights, bases: frozenset[Basis]) -> set[tuple[str, str]]:
    """Every (action, role) that these bases give."""
    return {
        (action, role)
        for action in ACTIONS
        for role, cell in rights[action].items()
        if isinstance(cell, tuple) and covered(cell, bases)
    }


@given(any_rights(), st.frozensets(any_basis(), max_size=4), a_consent())
def test_rights_are_monotone_in_consent(rights: Rights, bases: frozenset[Basis], more: Basis) -> None:
    """ID-12: one consent more never takes a right away, one fewer never gives one; over any table."""
    assert _given(rights, bases) <= _given(rights, bases | {more})
    assert _given(rights, bases - {more}) <= _given(rights, bases)


@given(st.lists(any_asked(), max_size=3), st.frozensets(any_basis(), max_size=4))
def test_what_bases_give_together_each_gives_alone(cell: list[Asked], bases: frozenset[Basis]) -> None:
    assert covered(cell, bases) == any(covered(cell, [basis]) for basis in bases)
