"""Words for codes: of fields, states, acts, reasons, refusals and agencies, in the reader's language."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

from staffui.catalogue import Language, first_of, has, text, words

_LANGUAGES = frozenset({"language", "prs_PrimaryLanguage", "prs_SecondaryLanguage"})
_STANDARD = {"exploitation": "vic_TypeOfExploitation"}
"""Fields whose codes are those of a field of the standard."""
_LIKE = {"use": "purpose"}
"""Fields whose codes are those of another field."""
_COUNTRIES = frozenset({"citizenship", "country", "prs_Citizenship", "prs_MailingCountry"})
_NONE = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
"""Codes of CLDR that are no country."""


def field(language: Language, name: str) -> str:
    """The words of a field of an answer, or of one of the standard."""
    return first_of(language, f"htcds.{name}", f"field.{name}")


def code(language: Language, name: str, value: str) -> str:
    """The word of a value of this field; an agency that joined later has no word but its code."""
    keys = (
        f"htcds.{_STANDARD.get(name, name)}.{value}",
        *(f"code.{name}.{value}", f"{name}.{value}", f"code.{value}", f"agency.{value}", f"role.{value}"),
        *(f"reason.{value}", f"code.{_LIKE.get(name, name)}.{value}"),
    )
    return next((text(language, key) for key in keys if has(key)), None) or _of_iso(language, name, value)


def _of_iso(language: Language, name: str, value: str) -> str:
    """Languages and countries have their words with Babel."""
    if name in _LANGUAGES:
        return str(Locale(language).languages.get(value, value))
    return country(language, value) if name in _COUNTRIES else value


def country(language: Language, value: str) -> str:
    """The name of a country by its code of ISO 3166."""
    return str(Locale(language).territories.get(value, value))


def countries(language: Language) -> list[tuple[str, str]]:
    """Every country's code and name, by name."""
    names = Locale(language).territories
    found = [
        (code, str(name)) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NONE
    ]
    return sorted(found, key=lambda one: one[1])


def agency(language: Language, value: str) -> str:
    keys = (f"agency.{value}", f"service.{value}")
    return next((text(language, key) for key in keys if has(key)), value)


def by(language: Language, role: str | None, of: str | None) -> str:
    """Who did something: by role and agency, never by name."""
    return ", ".join([*([code(language, "role", role)] if role else []), *([agency(language, of)] if of else [])])


def state(language: Language, machine: str, value: str) -> str:
    return first_of(language, f"state.{key(machine)}.{value}", f"code.{value}")


def act(language: Language, machine: str, action: str) -> str:
    return first_of(language, f"act.{key(machine)}.{action}", f"act.{action}")


def did(language: Language, machine: str, action: str) -> str:
    return first_of(language, f"did.{key(machine)}.{action}", f"did.{action}")


def begins(language: Language, key: str, action: str) -> str:
    """The words of the button that begins a new object of a list."""
    return first_of(language, f"act.{key}.start", f"act.{key}.{action}", f"act.{action}")


def word(language: Language, kind: str, value: str) -> str:
    """The words of `kind.value`; the value where it has none. An outcome is one of an act, or why it was refused."""
    keys = (f"code.outcome.{value}", f"code.{value}", f"refusal.{value}") if kind == "outcome" else (f"{kind}.{value}",)
    return next((text(language, key) for key in keys if has(key)), value)


def done(language: Language, action: str) -> str:
    """An act of any object as an audit names it, in the words of a history. The action's name where it has none."""
    found = deed(action)
    return text(language, found) if found else action


def deed(action: str) -> str | None:
    """The key of an action's words: its own, or those of `grant` of a permit where the right is `grant_permit`."""
    ends = [number for number, sign in enumerate(action) if sign == "_"]
    of_things = (f"{kind}.{action[at + 1 :]}.{action[:at]}" for at in ends for kind in ("did", "act"))
    keys = (f"code.may_say.{action}", f"did.other.{action}", *of_things)
    return deeds().get(action) or next(filter(has, keys), None)


@cache
def deeds() -> Mapping[str, str]:
    """Action → the first key of words for what is done, or can be."""
    ends = [(key, kind) for kind in ("act", "did") for key in words() if key.startswith(f"{kind}.")]
    return {key.rpartition(".")[2]: key for key, _ in reversed(ends)}


def reason(language: Language, machine: str, value: str) -> str:
    """Why an act is not possible now."""
    if value.startswith("state_is_"):
        return text(language, "reason.state_is", state=state(language, machine, value.removeprefix("state_is_")))
    return first_of(language, f"reason.{value}", f"refusal.{value}")


def refusal(language: Language, value: str) -> str:
    """What did not happen and what to do; a code without words of its own is stated plainly."""
    return first_of(language, f"refusal.{value}", f"reason.{value}", "ui.refused")


def clock(language: Language, kind: str) -> str:
    return first_of(language, f"clock.{kind}", "ui.clock")


def key(machine: str) -> str:
    """`hand-over` → `hand_over`."""
    return machine.replace("-", "_")
