"""A mistyped case reference is refused by arithmetic."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nrm_events.reference import ALPHABET, case_reference, is_valid_reference, read_reference

REFERENCES = st.uuids().map(case_reference)


@given(REFERENCES)
def test_what_is_made_is_valid_and_reads_as_itself(reference: str) -> None:
    assert len(reference) == 9
    assert read_reference(reference) == reference


@given(REFERENCES)
def test_every_wrong_sign_is_found(reference: str) -> None:
    for place, sign in enumerate(reference):
        if sign != "-":
            wrong = (reference[:place] + other + reference[place + 1 :] for other in ALPHABET if other != sign)
            assert not any(is_valid_reference(text) for text in wrong)


@given(REFERENCES)
def test_every_two_exchanged_signs_are_found(reference: str) -> None:
    signs = reference.replace("-", "")
    for first in range(8):
        for second in range(first + 1, 8):
            mixed = list(signs)
            mixed[first], mixed[second] = mixed[second], mixed[first]
            assert is_valid_reference("".join(mixed)) == (signs[first] == signs[second])


@given(REFERENCES)
def test_it_is_read_in_small_letters_without_hyphen_and_with_lookalikes(reference: str) -> None:
    typed = reference.lower().replace("-", " ").replace("1", "l").replace("0", "o")
    assert read_reference(f" {typed} ") == reference


@pytest.mark.parametrize(
    "text", ["", "K7F", "-" * 8, "UUUU-UUUU", "0000-0001", "0000-00000", "ƏƏƏƏƏƏƏƏ", "0" * 100, "ßßßß"]
)
def test_what_cannot_be_a_reference_is_refused(text: str) -> None:
    assert read_reference(text) is None
    assert not is_valid_reference(text)


@given(st.uuids())
def test_a_case_has_one_reference(case_id: UUID) -> None:
    assert case_reference(case_id) == case_reference(UUID(bytes=case_id.bytes))


def test_references_of_neighbouring_ids_have_nothing_in_common() -> None:
    made = {case_reference(UUID(int=number)) for number in range(5000)}
    assert len(made) == 5000
    assert len({reference[0] for reference in made}) == len(ALPHABET)
