"""A mistyped case reference is refused by arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identification.domain.reference import ALPHABET, BYTES, is_valid, make, read

REFERENCES = st.binary(min_size=BYTES, max_size=BYTES).map(make)


@given(REFERENCES)
def test_what_is_made_is_valid_and_reads_as_itself(reference: str) -> None:
    assert len(reference) == 9
    assert read(reference) == reference


@given(REFERENCES)
def test_every_wrong_sign_is_found(reference: str) -> None:
    for place, sign in enumerate(reference):
        if sign != "-":
            wrong = (reference[:place] + other + reference[place + 1 :] for other in ALPHABET if other != sign)
            assert not any(is_valid(text) for text in wrong)


@given(REFERENCES)
def test_every_two_exchanged_signs_are_found(reference: str) -> None:
    signs = reference.replace("-", "")
    for first in range(8):
        for second in range(first + 1, 8):
            mixed = list(signs)
            mixed[first], mixed[second] = mixed[second], mixed[first]
            assert is_valid("".join(mixed)) == (signs[first] == signs[second])


@given(REFERENCES)
def test_it_is_read_in_small_letters_without_hyphen_and_with_lookalikes(reference: str) -> None:
    typed = reference.lower().replace("-", " ").replace("1", "l").replace("0", "o")
    assert read(f" {typed} ") == reference


@pytest.mark.parametrize(
    "text", ["", "K7F", "-" * 8, "UUUU-UUUU", "0000-0001", "0000-00000", "ƏƏƏƏƏƏƏƏ", "0" * 100, "ßßßß"]
)
def test_what_cannot_be_a_reference_is_refused(text: str) -> None:
    assert read(text) is None
    assert not is_valid(text)


def test_a_reference_needs_its_number_of_random_bytes() -> None:
    with pytest.raises(ValueError, match="5 random bytes"):
        make(b"1234")


def test_different_randomness_gives_different_references() -> None:
    made = {make(number.to_bytes(BYTES, "big")) for number in range(5000)}
    assert len(made) == 5000
