"""Azerbaijani letters keep their case, their order and their code points."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from identification.domain.letters import ALPHABET, az_lower, az_upper, mend, sort_key

TEXT = st.text(
    alphabet=st.sampled_from("aəǝәӘƎƏiİıI\u0307\u0301\u0323 Bбй-1éÉ") | st.characters(codec="utf-8"), max_size=30
)


def test_i_with_and_without_dot_keep_their_dots() -> None:
    assert az_lower("İSMAYILOV QIZI") == "ismayılov qızı"
    assert az_upper("ismayılov qızı") == "İSMAYILOV QIZI"


@given(st.text(alphabet=ALPHABET + " "))
def test_upper_and_lower_undo_each_other(text: str) -> None:
    assert az_lower(az_upper(text)) == text


def test_the_turned_e_and_a_lone_cyrillic_schwa_become_the_letter() -> None:
    assert mend("\u01ddli \u018eliyev") == "əli Əliyev"
    assert mend("M\u04d9mm\u04d9dov \u04d8") == "Məmmədov Ə"


def test_a_cyrillic_word_keeps_its_own_schwa() -> None:
    assert mend("Әлијев M\u04d9dinə") == "Әлијев Mədinə"


def test_decomposed_letters_are_composed_and_the_second_dot_goes() -> None:
    assert mend(unicodedata.normalize("NFD", "Göyçəyeva Şəki Ğ İ")) == "Göyçəyeva Şəki Ğ İ"
    assert mend("İsmayılova".lower()) == "ismayılova"


@given(TEXT)
def test_mending_twice_changes_nothing_more(text: str) -> None:
    assert mend(mend(text)) == mend(text)


def test_names_are_sorted_by_the_alphabet_and_foreign_letters_come_last() -> None:
    right = ["Anar", "Cavid", "Çingiz", "Elçin", "Əli", "Fidan", "Gülnar", "Ğ", "Xəyalə", "Iraq", "İradə", "Jalə"]
    right += ["Qasım", "Lalə", "Omar", "Ömər", "Sona", "Şəhla", "Uğur", "Ülkər", "Zahid", "William"]
    mixed = right[::-1]
    assert sorted(mixed, key=sort_key) == right
    assert sorted(["Əli Rza", "Əlirza", "Əli"], key=sort_key) == ["Əli", "Əli Rza", "Əlirza"]
