"""The screening form (I6): the indicators of a set, then act, means and purpose, each met or not (ID-2, ID-4)."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from staffui import words_of
from staffui.ask import Asked
from staffui.catalogue import Language, has, text
from staffui.forms import first
from staffui.pages import Form, Typed
from staffui.questions import Question
from staffui.view import Option

from identification.commands.words import Outcome

_ANSWER = "answers."
_ELEMENTS = ("act", "means", "purpose")
_OUTCOMES: tuple[str, ...] = get_args(Outcome)


async def _makes(api: Asked, ids: Mapping[str, str], language: Language, typed: Typed) -> Sequence[Question]:
    """The chosen set, or the first. What the interviewer does not know stays unknown, which is not “no”."""
    sets = (await api.get("/api/indicator-sets"))["items"]
    wanted = first(typed, "indicator_set")
    chosen = next((one for one in sets if one["indicator_set"] == wanted), sets[0])
    options = [Option(code, words_of.code(language, "outcome", code)) for code in _OUTCOMES]
    hidden = [
        Question("indicator_set", "indicator_set", "hidden", default=chosen["indicator_set"]),
        Question("set_version", "set_version", "hidden", default=str(chosen["version"])),
    ]
    signs = [_question(_ANSWER + one["code"], _sign(language, one), options) for one in chosen["indicators"]]
    elements = [_question(name, words_of.field(language, name), options) for name in _ELEMENTS]
    return [*hidden, *signs, *elements]


def _question(name: str, label: str, options: Sequence[Option]) -> Question:
    return Question(name, name, "radios", label=label, options=options, default="unknown")


def _sign(language: Language, indicator: Mapping[str, Any]) -> str:
    key = f"code.indicators.{indicator['code']}"
    return text(language, key) if has(key) else str(indicator["text"])


def _sends(typed: Typed) -> tuple[str, Mapping[str, Any]]:
    version = first(typed, "set_version")
    return "screenings", {
        "indicator_set": first(typed, "indicator_set"),
        "set_version": int(version) if version.isdecimal() else version,
        "answers": {
            name.removeprefix(_ANSWER): first(typed, name)
            for name in typed
            if name.startswith(_ANSWER) and first(typed, name) != "unknown"
        },
        **{name: first(typed, name) or "unknown" for name in _ELEMENTS},
    }


SCREENING = Form(makes=_makes, sends=_sends)
