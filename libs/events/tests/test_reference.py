"""Case references: from the id alone, valid, forgiving to read, and every usual slip is found."""

from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nrm_events.reference import ALPHABET, case_reference, is_valid_reference, read_reference

SIGNS = st.sampled_from(ALPHABET)


@pytest.mark.parametrize(
    ("case_id", "reference"),
    [
        ("00000000-0000-0000-0000-000000000000", "DGAV-7ZP2"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "FNCJ-Y542"),
        ("01900000-0000-7000-8000-000000000001", "GHSR-WX95"),
        ("01900000-0000-7000-8000-000000000002", "4DZQ-QGC2"),
        ("0192f0c1-2b7e-7d3a-9c55-6f1e2a3b4c5d", "D8A0-F11K"),
    ],
)
def test_a_case_has_the_same_reference_for_ever(case_id: str, reference: str) -> None:
    """It stands on paper and in agencies' systems: another one for the same case would be another case."""
    assert case_reference(UUID(case_id)) == reference


@given(st.uuids())
def test_the_reference_of_any_case_is_valid_and_always_the_same(case_id: UUID) -> None:
    reference = case_reference(case_id)
    assert reference == case_reference(UUID(str(case_id)))
    assert is_valid_reference(reference)
    assert read_reference(reference) == reference
    assert len(reference) == 9
    assert reference[4] == "-"
    assert set(reference) - {"-"} <= set(ALPHABET)


def test_it_has_no_letter_that_reads_like_another_sign_and_makes_no_word() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_two_cases_seldom_share_one() -> None:
    """35 bits: of some ten thousand cases, two share one about once in seven hundred registers."""
    made = {case_reference(uuid4()) for _ in range(10_000)}
    assert len(made) >= 9_998


@given(st.uuids(), st.sampled_from(["lower", "spaces", "bare", "letters"]))
def test_small_letters_spaces_and_letters_like_digits_are_forgiven(case_id: UUID, how: str) -> None:
    reference = case_reference(case_id)
    written = {
        "lower": reference.lower(),
        "spaces": f" {reference.replace('-', ' ')} ",
        "bare": reference.replace("-", ""),
        "letters": reference.replace("1", "l").replace("0", "O"),
    }[how]
    assert read_reference(written) == reference


@given(st.uuids(), st.integers(0, 7), SIGNS)
def test_one_wrong_sign_is_found(case_id: UUID, place: int, sign: str) -> None:
    signs = list(case_reference(case_id).replace("-", ""))
    assume(signs[place] != sign)
    signs[place] = sign
    assert not is_valid_reference("".join(signs))


@given(st.uuids())
def test_two_exchanged_neighbours_are_found(case_id: UUID) -> None:
    signs = case_reference(case_id).replace("-", "")
    for place, (one, other) in enumerate(pairwise(signs)):
        if one != other:
            exchanged = signs[:place] + other + one + signs[place + 2 :]
            assert not is_valid_reference(exchanged)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    read = read_reference(text)
    assert read is None or (is_valid_reference(read) and read_reference(read) == read)


@pytest.mark.parametrize("text", ["", "-", "K7F3", "K7F3-XA9", "K7F3-XA9MM", "U7F3-XA9M", "K7F3_XA9M", "9" * 1_000_000])
def test_what_is_none_is_refused(text: str) -> None:
    assert read_reference(text) is None
    assert not is_valid_reference(text)


def test_the_reference_says_nothing_about_the_order_of_cases() -> None:
    """Neighbours in time share no beginning."""
    made = [case_reference(UUID(int=(0x0190 << 112) + number)) for number in range(100)]
    assert len({reference[:2] for reference in made}) > 50
    assert made != sorted(made)
