"""JSON that every parser reads alike: UTF-8, no key twice, no NaN, no half of a surrogate pair, bounded depth."""

import json
import math

from pydantic import JsonValue

DEEPEST = 32


class NotStrict(ValueError):
    """`code`: malformed_json, duplicate_key, nul_character or broken_character."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def loads(content: bytes) -> JsonValue:
    """The value, or NotStrict."""
    try:
        text = content.decode("utf-8")
        value: JsonValue = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite
        )
    except NotStrict:
        raise
    except (ValueError, RecursionError):
        raise NotStrict("malformed_json") from None
    if "\\u" in text or text.count("[") + text.count("{") > DEEPEST:
        _check(value, DEEPEST)
    return value


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("duplicate_key")
    return found


def _refuse_constant(name: str) -> float:
    raise NotStrict("malformed_json")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotStrict("malformed_json")
    return number


def _check(value: JsonValue, left: int) -> None:
    """Refuse what lies too deep, and texts that no database stores."""
    if isinstance(value, str):
        if "\0" in value:
            raise NotStrict("nul_character")
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise NotStrict("broken_character")
    elif isinstance(value, (dict, list)):
        if left == 0:
            raise NotStrict("malformed_json")
        if isinstance(value, dict):
            for name in value:
                _check(name, left)
        for part in value.values() if isinstance(value, dict) else value:
            _check(part, left - 1)
