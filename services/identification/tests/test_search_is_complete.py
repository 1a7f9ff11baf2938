"""The search by digests finds everybody that comparing with every person would (ID-18)."""

import random

from hypothesis import given
from hypothesis import strategies as st
from identification.domain.names import POSSIBLE, Described, rank
from identification.domain.persons import document_keys, phone_key
from identification.use_cases.search_index import keys_of

from .test_domain_names import GROUPS

SPELLINGS = [group.split() for group in GROUPS] + [["Ўктам", "O'ktam"], ["Nguyễn", "Nguyen"], ["Łukasz", "Lukasz"]]
Values = frozenset[tuple[str, str]]


def described(values: Values, year: int | None) -> Described:
    return Described(
        names=tuple(sorted(value for kind, value in values if kind == "name")),
        birth_year=year,
        citizenship=frozenset({"AZ"}),
        documents=frozenset(key for kind, value in values if kind == "document" for key in document_keys(value)),
        phones=frozenset(phone_key(value) for kind, value in values if kind == "phone") - {""},
    )


def mistyped(word: str, chance: random.Random) -> str:
    """Now and then a letter that is exchanged, doubled or missing."""
    place, letter = chance.randrange(len(word)), chance.choice("abdeiklmnorstuv")
    return chance.choice([word] * 3 + [word[:place] + letter + word[place + 1 :], word[:place] + word[place + 1 :]])


def a_name(chance: random.Random) -> str:
    parts = (chance.choice(chance.choice(SPELLINGS)) for _ in range(chance.randint(1, 3)))
    return " ".join(mistyped(part, chance) for part in parts)


def somebody(chance: random.Random) -> tuple[Values, int | None]:
    """A person of a small town: a few names in many spellings, so that namesakes are many; some former names."""
    values = {("name", a_name(chance)) for _ in range(chance.choice([1, 1, 2]))}
    if chance.random() < 0.5:
        values.add(("document", chance.choice(["AZE № ", "AZE", "aze-"]) + str(chance.randrange(100))))
    if chance.random() < 0.3:
        values.add(("phone", f"+9945000000{chance.randrange(30):02}"))
    return frozenset(values), chance.choice([None, *range(1985, 1992)])


def test_everybody_worth_showing_has_a_search_key_in_common() -> None:
    """Over 300 synthetic persons, each compared with all: what the digests do not join has no score to be shown."""
    chance = random.Random(18)  # noqa: S311
    people = [somebody(chance) for _ in range(300)]
    keys = [keys_of(values) for values, _ in people]
    whole = [described(*person) for person in people]
    shown = 0
    for one in range(len(people)):
        for other in range(one):
            if rank(whole[one], whole[other])[0] >= POSSIBLE:
                shown += 1
                assert keys[one] & keys[other], (people[one], people[other])
    assert shown > 100


LETTERS = "abdeklmnorəışАбдеклмноў"
NAME = st.lists(st.text(alphabet=LETTERS, min_size=1, max_size=8), min_size=1, max_size=3).map(" ".join)
PERSON = st.tuples(
    st.frozensets(
        st.tuples(st.just("name"), NAME)
        | st.tuples(st.just("document"), st.text(alphabet="AN№o. 123", min_size=1, max_size=6))
        | st.tuples(st.just("phone"), st.sampled_from(["+994501112233", "+994501112234"])),
        max_size=4,
    ),
    st.none() | st.integers(1985, 1990),
)


@given(PERSON, PERSON)
def test_no_pair_of_persons_is_worth_showing_without_a_key(one: tuple[Values, int], other: tuple[Values, int]) -> None:
    if rank(described(*one), described(*other))[0] >= POSSIBLE:
        assert keys_of(one[0]) & keys_of(other[0])
