"""JSON is read as every other parser would read it, or not at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nrm_events.strict_json import DEEPEST, NotStrict, loads

# Letters of several scripts; whole characters alone, no U+0000.
TEXT = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def code_of(content: bytes) -> str:
    with pytest.raises(NotStrict) as refused:
        loads(content)
    return refused.value.code


@given(VALUES, st.booleans())
def test_what_every_parser_reads_alike_is_read(value: object, ascii_only: bool) -> None:
    assert loads(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(TEXT, VALUES, VALUES)
def test_no_key_stands_twice_in_whatever_spelling(key: str, first: object, second: object) -> None:
    plain, escaped = json.dumps(key, ensure_ascii=False), "".join(f"\\u{unit:04x}" for unit in units(key))
    twice = f'{{{plain}: {json.dumps(first)}, "{escaped}": {json.dumps(second)}}}'
    assert code_of(twice.encode()) == "duplicate_key"


def units(text: str) -> list[int]:
    """The text in UTF-16, as escapes write it."""
    content = text.encode("utf-16-be")
    return [int.from_bytes(content[at : at + 2]) for at in range(0, len(content), 2)]


@given(VALUES.filter(lambda value: value != ""), st.sampled_from(["utf-16", "utf-32", "utf-16-le", "utf-8-sig"]))
def test_only_utf_8_without_a_mark_is_read(value: object, encoding: str) -> None:
    assert code_of(json.dumps(value).encode(encoding)) == "malformed_json"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e999", "9" * 5_000])
def test_a_number_that_is_none_is_refused_wherever_it_stands(number: str) -> None:
    for where in ("%s", "[%s]", '{"a": {"b": [1, %s]}}'):
        assert code_of((where % number).encode()) == "malformed_json"


@given(st.integers(1, 200), st.sampled_from(["[", '{"a":']))
def test_depth_is_bounded(depth: int, opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    content = (opening * depth + "1" + closing * depth).encode()
    if depth <= DEEPEST:
        loads(content)
    else:
        assert code_of(content) == "malformed_json"


@given(TEXT, st.sampled_from(["\\u0000", "\\ud800", "\\udc00\\ud800"]), st.sampled_from(['["%s"]', '{"%s": 1}']))
def test_what_no_database_stores_is_refused(before: str, escape: str, where: str) -> None:
    text = json.dumps(before, ensure_ascii=False)[1:-1] + escape
    assert code_of((where % text).encode()) in ("nul_character", "broken_character")


@given(st.binary())
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    try:
        loads(content)
    except NotStrict:
        return
    json.loads(content)
