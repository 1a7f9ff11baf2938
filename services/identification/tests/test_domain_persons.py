"""Age group and citizenship, the two facts that others decide by (ID-5)."""

from datetime import date

import pytest
from chassis.errors import Invalid
from hypothesis import given
from hypothesis import strategies as st
from identification.domain.persons import AgeGroup, age_group, age_on, citizenship_group, document_end, document_keys

DAY = date(2024, 5, 10)


def group(
    born: date | None = None, estimated: int | None = None, on: date = DAY, may_be_child: bool = False
) -> AgeGroup:
    return age_group(born, estimated, on, adult_age=18, may_be_child=may_be_child, doubt_means_child=True)


def test_a_person_is_adult_from_the_eighteenth_birthday() -> None:
    assert group(date(2006, 5, 11)) == "child"
    assert group(date(2006, 5, 10)) == "adult"


def test_the_age_of_majority_is_an_argument() -> None:
    assert age_group(date(2004, 1, 1), None, DAY, adult_age=21, doubt_means_child=True) == "child"


def test_who_was_born_on_a_leap_day_is_older_on_the_first_of_march() -> None:
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_an_estimate_counts_where_the_birth_date_is_unknown() -> None:
    assert group(estimated=17) == "child"
    assert group(estimated=18) == "adult"
    assert group(born=date(1990, 1, 1), estimated=15) == "adult"


def test_without_any_sign_of_age_it_is_unknown() -> None:
    assert group() == "unknown"


@pytest.mark.parametrize(("born", "estimated"), [(None, None), (None, 25), (date(1990, 1, 1), None)])
def test_doubt_with_reason_to_think_of_a_child_means_child(born: date | None, estimated: int | None) -> None:
    assert group(born, estimated, may_be_child=True) == "child"


def test_before_the_rule_doubt_alone_makes_no_child() -> None:
    assert age_group(None, None, DAY, adult_age=18, may_be_child=True, doubt_means_child=False) == "unknown"


def test_a_birth_after_the_day_is_refused() -> None:
    with pytest.raises(Invalid, match="birth_date_in_future"):
        group(date(2024, 5, 11))


@given(st.dates(date(1930, 1, 1), DAY), st.dates(DAY, date(2100, 1, 1)))
def test_nobody_becomes_a_child_again(born: date, later: date) -> None:
    assert group(born) == "child" or group(born, on=later) == "adult"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], "unknown"),
        (["AZ"], "citizen"),
        (["PK", "AZ"], "citizen"),
        (["PK"], "foreign"),
        (["XXA"], "stateless"),
        (["XXA", "IN"], "foreign"),
    ],
)
def test_citizenship_group_comes_from_the_codes(codes: list[str], expected: str) -> None:
    assert citizenship_group(codes) == expected


def test_a_document_number_is_compared_without_spaces_case_and_signs() -> None:
    assert "TST46990253" in document_keys(" tst 469-90/253 ")
    assert document_end("TST46990253") == "0253"
    assert document_end("1234") is None
    assert document_end("") is None
