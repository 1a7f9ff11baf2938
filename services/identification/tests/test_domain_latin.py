"""Names and numbers of every script of the region have keys of plain letters, whatever is typed into them (ID-18)."""

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from identification.domain.names import name_keys
from identification.domain.persons import document_keys, phone_key

ALPHABETS = {
    "azerbaijani": "abcçdeəfgğhxıijkqlmnoöprsştuüvyz",
    "azerbaijani cyrillic": "абвгғдеәжзиыјкҝлмноөпрстуүфхһчҹш",
    "uzbek": "абвгғдеёжзийкқлмнопрстуўфхҳцчшъэюя",
    "tajik": "абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя",
    "kazakh": "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя",
    "kyrgyz": "абгдеёжзийклмнңоөпрстуүхчшъыэюя",
    "ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "russian": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "serbian": "абвгдђежзијклљмнњопрстћуфхцчџш",
    "vietnamese": "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ",
    "turkish": "abcçdefgğhıijklmnoöprsştuüvyz",
    "polish": "aąbcćdeęfghijklłmnńoóprsśtuwyzźż",
    "icelandic and german": "aábdðeéfghiíjklmnoóprstuúvxyýþæöäüß",
}
BEYOND = {
    "georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "armenian": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
    "greek": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώ",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
}
EVERY = ALPHABETS | BEYOND
WORDS = {name: st.text(alphabet=letters, min_size=2, max_size=12) for name, letters in EVERY.items()}
KEY = re.compile("~?[a-z]+")  # ~ marks the key of a surname without its ending
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u200e\u202a\u2066\ufe0f\u3164\u0301\u0308"
SAME = [
    "Ўктам O'ktam O‘ktam Oʻktam O’KTAM Oktam",
    "Ўринов O'rinov Oʻrinov",
    "Ғуломов G'ulomov Gʻulomov G‘ulomov",
    "Шаҳноза Shahnoza Шахноза",
    "Раҳмонӣ Rahmoni Рахмони",
    "Ҷамшед Jamshed Djamshed",
    "Жұмабаев Jumabaev Жумабаев",
    "Үмүт Umut Ümüt",
    "Ґонґадзе Gongadze Гонгадзе",
    "Їжакевич Yizhakevych",
    "Євген Yevhen",
    "Щербак Shcherbak",
    "Łukasz Lukasz ŁUKASZ",
    "Nguyễn Nguyen NGUYỄN",
    "Đào Dao",
    "Erdoğan Erdogan ERDOĞAN",
    "გიორგი Giorgi",
    "Արմեն Armen",
    "Ｌｅｙｌａ Leyla",
    "Aлиeв Алиев Aliev",
]


@pytest.mark.parametrize("group", SAME, ids=lambda group: str(group.split()[-1]))
def test_one_name_in_several_scripts_has_one_key(group: str) -> None:
    assert len({name_keys([spelled]) for spelled in group.split()}) == 1


@pytest.mark.parametrize("script", EVERY)
@given(data=st.data())
def test_a_key_has_plain_letters_whatever_script_goes_in(script: str, data: st.DataObject) -> None:
    name = data.draw(WORDS[script])
    for spelled in (name, name.upper(), name.capitalize(), unicodedata.normalize("NFD", name)):
        assert all(KEY.fullmatch(key) for key in name_keys([spelled])), spelled


@given(st.text(max_size=40))
def test_any_text_has_keys_of_plain_letters(text: str) -> None:
    assert all(KEY.fullmatch(key) for key in name_keys([text]))


@pytest.mark.parametrize("script", EVERY)
def test_no_letter_of_an_alphabet_hides_a_name(script: str) -> None:
    """Beside a vowel and a consonant that stand, only a sign without a sound (ъ, ь, ع) may leave nothing."""
    silent = [letter for letter in EVERY[script] if name_keys([f"ба{letter}ра"]) == frozenset()]
    assert silent == []


@pytest.mark.parametrize("script", ALPHABETS)
@given(data=st.data())
def test_signs_that_nobody_sees_neither_split_nor_hide_a_name(script: str, data: st.DataObject) -> None:
    """Zero-width and direction signs, marks of their own, soft hyphens: between any two letters."""
    name = data.draw(WORDS[script])
    place = data.draw(st.integers(1, len(name) - 1))
    unseen = data.draw(st.text(alphabet=UNSEEN[:-2], min_size=1, max_size=3))
    assert name_keys([name[:place] + unseen + name[place:]]) == name_keys([name])


@given(st.text(alphabet="abdeghiklmnorstuvyz", min_size=2, max_size=12))
def test_full_width_letters_and_marks_above_are_the_same_name(name: str) -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in name)
    marked = "".join(letter + "\u0323" for letter in name)
    assert name_keys([wide]) == name_keys([name]) == name_keys([marked])


NUMBER = "AZE12345678"
TWINS = str.maketrans({"A": "А", "E": "Е", "1": "١", "2": "２", "3": "३", "4": "\U0001d7d2"})


@pytest.mark.parametrize(
    "written",
    [
        "AZE № 12345678",
        "AZE №12345678",
        "aze no. 12345678",
        "AZE No 12345678",
        "AZE Nº 12345678",
        "AZE n° 12345678",
        "AZE nr 12345678",
        "AZE-1234 5678",
        "AZE\u200b12345678",
        "AZE\u00a01234\u20115678",
        "ＡＺＥ１２３４５６７８",
        "АZЕ12345678",
        "АЗЕ12345678",
        NUMBER.translate(TWINS),
        "AZE N 12345678",
        "AZE N: 12345678",
        "AZE N12345678",
        "AZE-N-12345678",
        "AZE # 12345678",
        "AZE-12345678",
        "AZE seri no: 12345678",
        "AZE seriya № 12345678",
        "AZE seriyalı 12345678 nömrəli",
        "AZE seriyalı, 12345678 nömrəli",
        "Serial AZE number 12345678",
        "Seri AZE numarası 12345678",
        "серия AZE номер 12345678",
        "Серија AZE нөмрә 12345678",
        "სერია AZE ნომერი 12345678",
        "AZE рақами 12345678",
        "No. AZE 12345678",
        "Ser. AZE № 12345678",
        "сер. AZE 12345678",
        "номер 12345678, серия AZE",
        "12345678 nömrəli AZE seriyalı",
    ],
)
def test_a_number_is_one_however_it_is_written(written: str) -> None:
    """ID-18: signs between, the word for number, twins of letters and digits in other scripts."""
    assert NUMBER in document_keys(written)


LONG_WORDS = ["nömrə", "nömrəli", "seriya", "seriyalı", "numara", "numarası", "номер", "серия", "number", "serial", "№"]
EVERY_WORD = [*LONG_WORDS, "N", "No", "Nr", "N:", "No.", "Nr.", "#"]
DIGITS = st.text(alphabet="0123456789", min_size=1, max_size=10)
SERIES = st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=3)


def in_each_case(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from([word, word.upper(), word.lower(), unicodedata.normalize("NFD", word)])


@given(SERIES, DIGITS, st.sampled_from(EVERY_WORD).flatmap(in_each_case), st.sampled_from([" ", " - ", "\u00a0"]))
def test_a_word_for_number_beside_digits_changes_nothing(series: str, digits: str, word: str, gap: str) -> None:
    """But for a series that reads as such a word itself: N beside N is the series twice or the word twice."""
    assume(series.lower() not in {"n", "no", "nr", "num", "ser"})
    assert series + digits in document_keys(f"{series} {word}{gap}{digits}")


@given(SERIES, DIGITS, st.sampled_from(LONG_WORDS).flatmap(in_each_case))
def test_a_word_for_series_may_stand_anywhere(series: str, digits: str, word: str) -> None:
    written = (f"{word} {series} {digits}", f"{series} {digits} {word}", f"{word} {series} {word} {digits}")
    assert all(series + digits in document_keys(one) for one in written)


@given(st.text(alphabet="NOR", max_size=3), DIGITS)
def test_a_series_of_the_letters_of_number_meets_itself(series: str, digits: str) -> None:
    for written in (series + digits, f"{series} {digits}", f"{series}-{digits}", f"№ {series}{digits}"):
        assert series + digits in document_keys(written)


PAPER = st.tuples(st.sampled_from(["", "C", "AA", "AZE", "AZE № ", "AZE N "]), st.integers(100000, 99999999))


@given(
    st.lists(PAPER, min_size=2, max_size=4), st.sampled_from([" / ", "/", ";", ", ", " və ", " VƏ ", " and ", " и "])
)
def test_each_number_of_a_field_is_a_key(papers: list[tuple[str, int]], between: str) -> None:
    """ID-18: two papers in one field; a person who shows one of them is found."""
    keys = document_keys(between.join(f"{series}{digits}" for series, digits in papers))
    assert all(document_keys(f"{series}{digits}") <= keys for series, digits in papers)


def test_two_papers_are_no_part_of_each_other() -> None:
    assert {"C01234567", "AZE12345678"} < document_keys("C01234567 / AZE12345678")
    assert document_keys("77/12") == {"7712"}
    assert document_keys("AZE12345678; yoxdur") > {"AZE12345678"}


@given(st.text(max_size=30))
def test_the_key_of_a_number_has_capitals_and_digits(text: str) -> None:
    assert all(re.fullmatch("[A-Z0-9]+", key) for key in document_keys(text))
    assert re.fullmatch("[0-9]*", phone_key(text))


@given(st.text(alphabet="ABEHKMNOPTXZ0123456789", min_size=1, max_size=12), st.data())
def test_marks_between_the_signs_of_a_number_change_nothing(number: str, data: st.DataObject) -> None:
    marks = data.draw(st.lists(st.sampled_from([" ", "-", "/", "\u200b", "\u2011", "."]), min_size=1, max_size=1))
    assert number in document_keys(marks[0].join(number)) & document_keys(number)


def test_a_series_that_begins_with_n_stays() -> None:
    assert document_keys("NO1234567") == document_keys("NO 1234567") == {"NO1234567", "1234567"}
    assert document_keys("KNO1234567") == {"KNO1234567"}
    assert document_keys("1N2345678") == {"1N2345678"}
    assert document_keys("№ 77") == {"77"} < document_keys("No. 77")
