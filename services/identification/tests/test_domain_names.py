"""The same person is found under every spelling, and others are not (ID-18)."""

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from identification.domain.names import POSSIBLE, Described, name_keys, rank

GROUPS = [
    "Əliyev Aliyev Aliev Eliyev Алиев Әлијев",
    "Məmmədov Mammadov Mamedov Memmedov Мамедов",
    "Hüseynov Huseynov Guseynov Гусейнов Һүсејнов",
    "Həsənov Hasanov Gasanov Гасанов Хасанов",
    "Quliyev Guliyev Kuliev Кулиев Гулиев",
    "Qasımov Gasimov Kasumov Касумов Гасымов",
    "Cəfərov Jafarov Dzhafarov Ceferov Джафаров",
    "Çingiz Chingiz Cingiz Чингиз",
    "Rəhimov Rahimov Ragimov Рагимов",
    "İbrahimov Ibrahimov Ибрагимов",
    "Əhmədov Ahmadov Akhmedov Ахмедов",
    "Xəlilov Khalilov Halilov Халилов",
    "Yusifov Yusufov Usifov Юсифов",
    "Süleymanov Suleimanov Сулейманов",
    "Şükürov Shukurov Sukurov Шукюров",
    "Mustafayev Mustafaev Мустафаев",
    "İsmayılov ISMAYILOV Ismailov Исмаилов",
    "Ağayev Agayev Aghayev Агаев",
    "Ceyhun Jeyhun Ceyxun Джейхун",
    "Gülnarə Gulnara Gyulnara Гюльнара",
    "Xədicə Khadija Hadija Хадиджа",
    "Vüqar Vugar Вугар",
    "Şəhla Shahla Sehla Шахла",
    "Elçin Elchin Elcin Эльчин",
    "Murad Murat Мурад",
    "Məhəmməd Muhammad Mahammad Magomed",
]
OTHERS = [
    "Həsənov–Hüseynov",
    "Əliyev–Vəliyev",
    "Rəhimov–Kərimov",
    "Cəfərov–Səfərov",
    "Məmmədov–Məhəmmədov",
    "Nəsirov–Nəzirov",
    "Xəlilov–Cəlilov",
    "Rəşad–Rəşid",
    "Gülnar–Gülnarə",
    "Elçin–Elşən",
]
PAIRS = [pair for group in GROUPS for pair in combinations(group.split(), 2)]
WORD = st.text(alphabet="abdeghiklmnorstuvyzəıöüçşğİƏабвгдежйәүҹ", min_size=1, max_size=10)
FULL_NAME = st.lists(WORD, min_size=1, max_size=4).map(" ".join)


def name_keys_of_any(name: str) -> bool:
    return bool(name_keys([name]))


def strong(name: str) -> set[str]:
    return {key for key in name_keys([name]) if not key.startswith("~")}


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_keys([one]) == name_keys([other])


@pytest.mark.parametrize("pair", OTHERS)
def test_different_names_have_no_key_in_common(pair: str) -> None:
    one, other = pair.split("–")
    assert not name_keys([one]) & name_keys([other])


@pytest.mark.parametrize("masculine", [word for group in GROUPS for word in group.split() if word[-1] in "vв"])
def test_a_womans_surname_is_found_by_her_brothers(masculine: str) -> None:
    feminine = masculine + ("а" if masculine[-1] == "в" else "A" if masculine.isupper() else "a")
    assert name_keys([feminine]) == name_keys([masculine])


def test_the_feminine_a_goes_from_surnames_only() -> None:
    assert strong("Eva") != strong("Ev")
    assert strong("Sona") != strong("Son")
    assert not name_keys(["Gülnarə"]) & name_keys(["Gülnar"])


def test_surnames_without_their_ending_match_weakly() -> None:
    spelled = ["Rəhimov", "Rəhimli", "Rəhimzadə", "Rahimova", "Rəhim", "Рагимзаде", "Rəhim-zadə"]
    for one, other in combinations(spelled, 2):
        common = name_keys([one]) & name_keys([other])
        assert common
    assert not strong("Rəhimov") & strong("Rəhimli")


SURNAMES = [
    "Rahmonov Rahmonzoda Раҳмонзода Рахмонов Rahmonova Rahmoni Раҳмонӣ Rahmonzade Rahmon Раҳмонова",
    "Саидов Saidzoda Saidov Саидзода Saidi Саидӣ Saidzadə Саидова Saidpur Saidpour",
    "Karimov Karimzada Karimzadeh Karimpur Karimi Karimiy Каримий Каримзаде Kərimov Kərimli",
    "Kamolov Kamolzoda Kamoli Камолӣ Kamol",
    "Ahmadov Ahmadpour Ahmadpoor Ahmadzada Ahmadi Əhmədov Əhmədli",
    "Mehdi Mehdiyev Mehdizadə Mehdipur",
    "Alipur Əliyev Əlizadə Əli",
]


@pytest.mark.parametrize("group", SURNAMES, ids=lambda group: str(group.split()[0]))
def test_forms_of_one_surname_among_neighbours_share_a_key(group: str) -> None:
    """ID-18: Tajik, Uzbek, Persian and Azerbaijani endings of one surname."""
    for one, other in combinations(group.split(), 2):
        assert name_keys([one]) & name_keys([other]), (one, other)


STEM = st.text(alphabet="abdefgklmnoprstuvzəıöüçş", min_size=4, max_size=8)
ENDINGS = ["", "ov", "ova", "zadə", "zade", "zadeh", "zada", "zoda", "pur", "pour", "i", "iy", "lı"]


@given(STEM.filter(lambda stem: len(next(iter(strong(stem)))) >= 3), st.sampled_from(ENDINGS), st.sampled_from(ENDINGS))
def test_endings_of_one_stem_share_a_key(stem: str, one: str, other: str) -> None:
    assert name_keys([stem + one]) & name_keys([stem + other])


@given(st.text(alphabet="abdehilnoprstuvzəışğ", min_size=1, max_size=6), st.sampled_from(ENDINGS))
def test_no_ending_leaves_less_than_two_letters_of_a_key(stem: str, ending: str) -> None:
    name = stem + ending
    keys = name_keys([name])
    assert all(len(key.removeprefix("~")) >= min(2, *map(len, strong(name))) for key in keys)


@pytest.mark.parametrize("pair", ["Şapur–Şa", "Shapur–Şa", "Vəli–Vəl", "Şəfi–Şəf", "Shafi–Shaf", "Pur–P", "Zoda–Z"])
def test_a_short_name_that_ends_like_a_surname_stays_whole(pair: str) -> None:
    one, other = pair.split("–")
    assert not name_keys([one]) & name_keys([other])


def test_a_given_name_that_looks_like_an_ending_stays_whole() -> None:
    assert not name_keys(["Əli"]) & name_keys(["Ə"])
    assert name_keys(["Vəli"]) == {"valo", "~valo"}


@pytest.mark.parametrize("particle", ["oğlu", "qızı", "оглы", "кызы", "OĞLU", "QIZI", "oglu", "ogly", "gyzy", "kyzy"])
def test_words_of_the_fathers_name_are_dropped(particle: str) -> None:
    assert name_keys([f"Əliyev Anar Vaqif {particle}"]) == name_keys(["Əliyev Anar Vaqif"])


def test_apostrophes_hyphens_and_a_second_dot_make_no_other_person() -> None:
    assert name_keys(["Cə’fər"]) == name_keys(["Cəfər"])
    assert name_keys(["Əliyeva-Rzayeva"]) == name_keys(["Əliyeva Rzayeva"])
    assert name_keys(["İsmayılov".lower()]) == name_keys(["İsmayılov"])
    assert name_keys(["M\u04d9mm\u01ddd"]) == name_keys(["Məmməd"])


def test_nothing_to_search_by_gives_no_keys() -> None:
    assert name_keys(["", " -’ 12 ", "ь"]) == frozenset()


@given(st.lists(FULL_NAME, max_size=3).flatmap(lambda names: st.tuples(st.just(names), st.permutations(names))))
def test_the_order_of_names_does_not_matter(both: tuple[list[str], list[str]]) -> None:
    names, mixed = both
    reversed_words = [" ".join(reversed(name.split())) for name in mixed]
    assert name_keys(names) == name_keys(reversed_words)


@given(st.text(max_size=60))
def test_any_text_has_keys_of_plain_size(text: str) -> None:
    assert all(key and " " not in key for key in name_keys([text]))


def test_the_same_spelling_year_citizenship_and_document_score_full() -> None:
    person = Described(("Leyla Əliyeva",), 1990, frozenset({"AZ"}), frozenset({"TST461234"}))
    twin = Described(("Leyla Əliyeva",), 1990, frozenset({"AZ"}), frozenset({"TST991234"}))
    assert rank(person, twin) == (
        100,
        ["name_spelled_same", "birth_year_same", "citizenship_same", "document_end_same"],
    )


def test_another_alphabet_and_order_still_ranks_high_and_says_why() -> None:
    reported = Described(("Алиева Гюльнара Вагиф кызы",), 1990, frozenset({"AZ"}))
    score, reasons = rank(reported, Described(("Gülnarə Əliyeva Vaqif qızı",), 1990, frozenset({"AZ"})))
    assert score >= 75
    assert reasons == ["name_sounds_same", "birth_year_same", "citizenship_same"]


def test_what_is_unknown_counts_neither_way() -> None:
    full = Described(("Leyla Əliyeva",), 1990, frozenset({"AZ"}), frozenset({"TST461234"}))
    assert rank(Described(("Leyla Əliyeva",)), full) == (60, ["name_spelled_same"])


def test_the_same_name_is_shown_even_with_another_birth_year() -> None:
    score, reasons = rank(Described(("Leyla Əliyeva",), 1990), Described(("Leyla Əliyeva",), 2001))
    assert score >= POSSIBLE
    assert "birth_year_differs" in reasons


@given(
    st.sampled_from([group.split() for group in GROUPS]).flatmap(
        lambda group: st.tuples(*[st.sampled_from(group)] * 2)
    ),
    st.sampled_from([group.split() for group in GROUPS]).flatmap(
        lambda group: st.tuples(*[st.sampled_from(group)] * 2)
    ),
    st.tuples(*[st.none() | st.integers(1950, 2020)] * 2),
    st.tuples(*[st.frozensets(st.sampled_from(["AZ", "PK", "XXA"]))] * 2),
)
def test_no_other_fact_hides_the_same_whole_name(
    given_name: tuple[str, str],
    surname: tuple[str, str],
    years: tuple[int | None, int | None],
    citizenships: tuple[frozenset[str], frozenset[str]],
) -> None:
    """ID-18: sounds alone decide, in either order; the score of a year or citizenship orders the list."""
    one = Described((f"{given_name[0]} {surname[0]}",), years[0], citizenships[0])
    other = Described((f"{surname[1]} {given_name[1]}",), years[1], citizenships[1])
    assert rank(one, other)[0] >= POSSIBLE


@given(FULL_NAME.filter(name_keys_of_any), st.randoms())
def test_a_name_of_any_length_is_never_hidden_in_another_order(name: str, chance: Random) -> None:
    mixed = chance.sample(name.split(), len(name.split()))
    one, other = Described((name,), 1990, frozenset({"AZ"})), Described((" ".join(mixed),), 1970, frozenset({"TR"}))
    assert rank(one, other)[0] >= POSSIBLE


def test_one_differing_fact_hides_no_name_of_the_same_sound() -> None:
    rashad = Described(("Rəşad Əliyev",), 1990, frozenset({"AZ"}))
    assert rank(rashad, Described(("Rashad Aliev",), 1994)) == (POSSIBLE, ["name_sounds_same", "birth_year_differs"])
    assert rank(rashad, Described(("Rashad Aliev",), citizenship=frozenset({"TR"})))[0] == POSSIBLE
    assert rank(rashad, Described(("Rashad Veliev",), 1994))[0] < POSSIBLE


def test_one_common_name_alone_is_not_worth_showing() -> None:
    score, _ = rank(Described(("Leyla Əliyeva",), None), Described(("Leyla Qasımova",), None))
    assert score < POSSIBLE
    score, _ = rank(Described(("Leyla Əliyeva",), 1970), Described(("Leyla Qasımova",), 1990))
    assert score < POSSIBLE


def test_a_surname_with_another_ending_ranks_between() -> None:
    same, _ = rank(Described(("Anar Rəhimov",)), Described(("Anar Rəhimov",)))
    ending, reasons = rank(Described(("Anar Rəhimov",)), Described(("Anar Rəhimli",)))
    other, _ = rank(Described(("Anar Rəhimov",)), Described(("Anar Quliyev",)))
    assert other < POSSIBLE <= ending < same
    assert reasons == ["name_partly_same"]


def test_the_best_of_several_names_counts() -> None:
    reported = Described(("Aysel", "Leyla Rzayeva"))
    assert rank(reported, Described(("Nigar", "Leyla Rzayeva")))[0] == 60


def test_a_document_or_a_phone_shows_somebody_under_another_name() -> None:
    """ID-18: whatever else differs, a document does; a phone may be shared, so other signs count against it."""
    number, phone = frozenset({"TST46990253"}), frozenset({"994007921385"})
    reported = Described(("Leyla Əliyeva",), 1990, frozenset({"AZ"}), number, phone)
    score, reasons = rank(reported, Described(("Nigar Quliyeva",), 1975, frozenset({"TR"}), number))
    assert score >= POSSIBLE
    assert reasons == ["birth_year_differs", "citizenship_differs", "document_same"]
    score, reasons = rank(reported, Described((), phones=phone))
    assert (score, reasons) == (POSSIBLE, ["phone_same"])
    assert rank(reported, Described(("Nigar",), 1975, phones=phone))[0] < POSSIBLE


def test_short_numbers_that_are_equal_count() -> None:
    """ID-18: a number of four signs has no end of its own to compare; the whole is."""
    short = Described((), documents=frozenset({"1234"}))
    assert rank(short, short) == (75, ["document_same"])
    assert rank(short, Described((), documents=frozenset({"AB1234"}))) == (0, [])


def test_any_present_or_former_value_counts() -> None:
    """ID-18: the best of the names, any of the documents and phones."""
    before = Described(("Leyla Əliyeva", "Nigar Quliyeva"), documents=frozenset({"TST461234", "TST990000"}))
    assert rank(Described(("Nigar Quliyeva",), documents=frozenset({"TST990000"})), before)[0] == 100


def test_without_any_name_nothing_is_likely() -> None:
    assert rank(Described(()), Described(("Leyla",))) == (0, [])


DESCRIBED = st.builds(
    Described,
    names=st.lists(FULL_NAME, max_size=2).map(tuple),
    birth_year=st.none() | st.integers(1950, 2020),
    citizenship=st.frozensets(st.sampled_from(["AZ", "PK", "XXA"])),
    documents=st.frozensets(st.sampled_from(["1234", "TST461234", "TST991234"]), max_size=2),
    phones=st.frozensets(st.just("994007921385")),
)


@given(DESCRIBED, DESCRIBED)
def test_likeness_is_mutual_and_within_bounds(one: Described, other: Described) -> None:
    assert rank(one, other) == rank(other, one)
    assert 0 <= rank(one, other)[0] <= 100
