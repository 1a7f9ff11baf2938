"""Whoever is worth showing is found by the keys of names, and few others are opened (ID-18)."""

import random

from hypothesis import given
from hypothesis import strategies as st
from identification.domain.names import POSSIBLE, Described, rank
from identification.domain.search_keys import Sought, indexed_keys, sought_keys, spelled_words

from .test_domain_names import GROUPS
from .test_search_is_complete import SPELLINGS, mistyped

HARD = [
    "Vəli Vəliyev Vali Veliev Velizadə Valipur Valı",
    "Ana Anar Anara Anay Nar Narin Narina",
    "Li Lin Lina Lia Ali Əli Alı",
    "Ov Ova Xov Xovov Zadə Zoda Pur Purov",
    "Mehdi Mehdiyev Mehti Mehtiyev Mexdi",
]
WORDS = [word for group in [*HARD, *GROUPS] for word in group.split()]
"""Stems of each other, names spelled alike by different sounds, and names shorter than an ending."""


def finds(reported: Described, other: Described, more: frozenset[str] = frozenset()) -> bool:
    """By name alone: numbers have digests of their own."""
    vocabulary = spelled_words(other) | more
    return sought_keys(reported, vocabulary).finds(indexed_keys(other))


def is_shown_by_name(reported: Described, other: Described) -> bool:
    whole = reported.documents & other.documents or reported.phones & other.phones
    return not whole and rank(reported, other)[0] >= POSSIBLE


def a_name(chance: random.Random, words: list[str]) -> str:
    """One to five parts out of a few, so that parts repeat and persons share some."""
    return " ".join(mistyped(chance.choice(words), chance) for _ in range(chance.choice([1, 1, 2, 2, 3, 3, 4, 5])))


def somebody(chance: random.Random, words: list[str]) -> Described:
    return Described(
        names=tuple(a_name(chance, words) for _ in range(chance.choice([0, 1, 1, 1, 2, 3]))),
        birth_year=chance.choice([None, *range(1985, 1992)]),
        citizenship=frozenset(chance.sample(["AZ", "GE"], chance.randrange(2))),
        documents=frozenset(f"AZE{chance.randrange(100, 130)}4321"[: chance.choice([4, 8, 9, 10])] for _ in range(2)),
    )


def test_everybody_worth_showing_is_found_in_towns_of_few_names() -> None:
    """Forty towns of some names each, by everybody for everybody, with one vocabulary a town."""
    shown = 0
    for seed in range(40):
        chance = random.Random(seed)  # noqa: S311
        words = chance.sample(WORDS, 6) + chance.choice(SPELLINGS) + chance.choice(HARD).split()
        town = [somebody(chance, words) for _ in range(40)]
        vocabulary = frozenset(word for person in town for word in spelled_words(person))
        indexed = [indexed_keys(person) for person in town]
        for reported in town:
            sought = sought_keys(reported, vocabulary)
            for person, keys in zip(town, indexed, strict=True):
                if person is not reported and is_shown_by_name(reported, person):
                    shown += 1
                    assert sought.finds(keys), (reported, person)
    assert shown > 2_000


WORD = st.sampled_from(WORDS) | st.text(alphabet="abdeiklmnorstvyəış", min_size=1, max_size=9)
PERSON = st.builds(
    Described,
    names=st.lists(st.lists(WORD, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=2).map(tuple),
    birth_year=st.none() | st.integers(1985, 1990),
    citizenship=st.frozensets(st.sampled_from(["AZ", "GE"])),
    documents=st.frozensets(st.sampled_from(["AZE1234", "GEO1234", "1234"]), max_size=1),
)


@st.composite
def alike(draw: st.DrawFn) -> tuple[Described, Described]:
    """A person, and somebody whose names are made of the first one's by single letters."""
    one, other = draw(PERSON), draw(PERSON)
    letters = st.tuples(st.integers(0, 40), st.sampled_from(["", *"abdeikmorv"]))
    names = []
    for name in one.names:
        parts = draw(st.permutations(name.split()))
        for place, letter in draw(st.lists(letters, max_size=4)):
            part = place % len(parts)
            at = place % len(parts[part])
            parts[part] = (parts[part][:at] + letter + parts[part][at + place % 2 :]) or parts[part]
        names.append(" ".join(parts))
    return one, Described((*names, *other.names[1:]), other.birth_year, other.citizenship, other.documents)


@given(st.tuples(PERSON, PERSON) | alike())
def test_whoever_is_worth_showing_is_found_from_both_sides(both: tuple[Described, Described]) -> None:
    one, other = both
    if is_shown_by_name(one, other):
        assert finds(one, other)
        assert finds(other, one)


@given(st.tuples(PERSON, PERSON) | alike(), st.frozensets(st.sampled_from([word.lower() for word in WORDS])))
def test_a_larger_vocabulary_finds_nobody_less(both: tuple[Described, Described], more: frozenset[str]) -> None:
    one, other = both
    assert finds(one, other, more) >= finds(one, other)


def test_the_part_of_a_short_name_is_found_by_a_near_year_alone() -> None:
    """One name of one, of two with a year, but not a common given name among whole ones."""
    leyla = Described(("Leyla",), 1990)
    assert finds(leyla, Described(("Leyla",)))
    assert finds(leyla, Described(("Leyla Qasımova",), 1992))
    assert not finds(leyla, Described(("Leyla Qasımova",), 1993))
    assert finds(Described(("Leyla Əliyeva",), 1990), Described(("Leyla Qasımova",), 1990))
    assert not finds(Described(("Leyla Əliyeva",), 1990), Described(("Leyla Qasımova",), 1991))
    assert not finds(Described(("Leyla Vaqif Əliyeva",), 1990), Described(("Leyla Anar Qasımova",), 1990))


def test_a_name_beside_one_that_is_only_spelled_alike_is_found() -> None:
    """Neither Rəşad nor Rəşid has a key of the other; with the year unknown the pair of parts finds all the same."""
    one, other = Described(("Rəşad Əliyev",)), Described(("Rəşid Алиев",))
    assert rank(one, other)[0] >= POSSIBLE
    assert finds(one, other)
    assert not sought_keys(one, frozenset()).finds(indexed_keys(other))


def test_the_number_of_keys_is_bounded() -> None:
    """A usual name has about five pairs of keys; ten parts with three keys each have 405, whatever comes behind."""
    usual = Described(("Leyla Vaqif Əliyeva",))
    assert len(indexed_keys(usual)) == 5
    assert len(indexed_keys(Described(("Leyla Vaqif Əliyeva",), 1990))) == 14
    longest = Described((" ".join(f"Kab{sign}rdali" for sign in "abdfklmnprstvz"),))
    assert len(indexed_keys(longest)) <= 405


def test_nobody_is_indexed_by_what_a_name_lacks() -> None:
    assert indexed_keys(Described((), 1990, documents=frozenset({"AZE1234567"}))) == frozenset()
    assert sought_keys(Described(("", " -’ "), 1990), {"leyla"}) == Sought(frozenset(), frozenset())


def test_the_parts_with_a_key_in_common_need_not_be_those_that_are_matched() -> None:
    """Only Anarli and Anarov have a key in common, yet each of them is matched with the part that is spelled alike."""
    one, other = Described(("Anarli Anarof",)), Described(("Anarla Anarov",))
    assert rank(one, other)[0] >= POSSIBLE
    assert finds(one, other)
    assert finds(other, one)


def test_two_common_names_of_three_need_a_near_year_or_the_third() -> None:
    one = Described(("Leyla Vaqif Əliyeva",), 1990)
    assert finds(one, Described(("Leyla Vaqif Qasımova",), 1992))
    assert not finds(one, Described(("Leyla Vaqif Qasımova",), 1970))
    assert not finds(one, Described(("Leyla Vaqif Qasımova",)))
    assert finds(one, Described(("Leyla Vaqyf Aliyeva",)))


def test_a_name_that_repeats_itself_is_found() -> None:
    """Three parts of one key have one pair; two of one key beside another have two."""
    for name in ("Anar Anar Anar", "Anar Anar Rəşad", "Anar Rəşad Rəşad", "Anar Anar Anar Rəşad", "Əli Əli Əliyev"):
        assert finds(Described((name,)), Described((name,)))
        for other in ("Anar Anar Anar", "Anar Anar Rəşid", "Anal Anar Anar Anar"):
            if rank(Described((name,)), Described((other,)))[0] >= POSSIBLE:
                assert finds(Described((name,)), Described((other,))), (name, other)
