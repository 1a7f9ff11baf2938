"""What can be chosen in forms: agencies, languages, and parts of the case that an act is about."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from staffui import words_of
from staffui.ask import Asked
from staffui.catalogue import Language
from staffui.pages import Choices
from staffui.view import Option

from identification.adapters import standards

_FIRST = (
    "az",
    "ru",
    "en",
    "tr",
    "uz",
    "ka",
    "fa",
    "uk",
    "tk",
    "ky",
    "kk",
    "tg",
    "ar",
    "ur",
    "hi",
    "bn",
    "vi",
    "zh",
    "tl",
)
"""The languages that people here speak most often."""
_NEAR = ("AZ", "GE", "RU", "TR", "IR", "UZ", "KG", "TM", "TJ", "KZ", "UA", "MD", "PK", "BD", "IN", "PH", "VN", "CN")
_MESSAGES = ("az", "en", "ru")

Says = Callable[[Language, Mapping[str, Any]], str]


async def agencies(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """The agencies that take part today."""
    found = await asked.get("/api/agencies")
    options = [Option(one["agency"], words_of.agency(language, one["agency"])) for one in found["items"]]
    return sorted(options, key=lambda option: option.text)


async def languages(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """Languages by their names, those of the region first; a person may speak one that is not here."""
    return [Option(code, words_of.code(language, "language", code)) for code in _FIRST]


async def countries(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """Every country by its name, those of the region first; and “stateless”."""
    codes = [*_NEAR, *sorted(set(standards.htcds().countries.values()) - {*_NEAR})]
    return [Option(code, words_of.code(language, "citizenship", code)) for code in codes]


def of_field(name: str) -> Choices:
    """The codes of a field of the standard by their words; “other” comes last."""

    async def choose(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
        codes = standards.htcds().fields[name].values
        found = [Option(code, words_of.code(language, name, code)) for code in codes]
        return sorted(found, key=lambda option: (option.value == "Other", option.text))

    return choose


def fields(*names: str) -> Choices:
    """Fields of the standard by their words."""

    async def choose(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
        return [Option(name, words_of.field(language, name)) for name in names]

    return choose


async def message_languages(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """The languages that messages are written in (NO-2)."""
    return [Option(code, words_of.code(language, "language", code)) for code in _MESSAGES]


def of_case(field: str, wanted: Callable[[Mapping[str, Any]], bool], says: Says) -> Choices:
    """The items of a list of the case that an act can be about, in words."""

    async def choose(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
        case = await asked.get(f"/api/cases/{ids['case_id']}")
        return [Option(item["id"], says(language, item)) for item in case.get(field) or [] if wanted(item)]

    return choose


async def decided(asked: Asked, ids: Mapping[str, str], language: Language) -> Sequence[Option]:
    """Recognitions and negative decisions that an opinion can be about (ID-8)."""
    case = await asked.get(f"/api/cases/{ids['case_id']}")
    found = [*(case.get("recognitions") or []), *(case.get("decisions") or [])]
    return [Option(item["id"], decision_in_words(language, item)) for item in found]


def recognition_in_words(language: Language, item: Mapping[str, Any]) -> str:
    return f"{words_of.code(language, 'kind', item['kind'])} · {words_of.agency(language, item['authority'])}"


def decision_in_words(language: Language, item: Mapping[str, Any]) -> str:
    return recognition_in_words(language, item)


def consent_in_words(language: Language, item: Mapping[str, Any]) -> str:
    """For whom, what for, which data."""
    parts = (
        words_of.agency(language, item["recipient"]),
        words_of.code(language, "purpose", item["purpose"]),
        words_of.code(language, "data_class", item["data_class"]),
    )
    return " · ".join(parts)


def offer_in_words(language: Language, item: Mapping[str, Any]) -> str:
    """From whom to whom."""
    return f"{words_of.agency(language, item['offered_by'])} → {words_of.agency(language, item['to'])}"
