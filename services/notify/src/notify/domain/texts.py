"""What a message may contain: that something waits, and nothing else (NO-1)."""

import re
from dataclasses import dataclass

FORBIDDEN_STEMS: tuple[str, ...] = (
    *("alver", "qurban", "sığınac", "istismar", "polis", "məhkəm", "miqrasiya", "müavinət"),
    *("торгов", "жертв", "приют", "эксплуат", "полиц", "пособи"),
    *("traffick", "victim", "shelter", "exploit", "police", "court", "migration", "allowance"),
    *("суд", "миграц", "himay", "химая", "152", "919"),
)
"""language.md, with the same words in English and Russian, the platform's name and the hotlines."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TELLS_WHERE = re.compile(r"https?:|www\.|@|/|₼|\bAZN\b")
_VALUES = {
    "n": re.compile(r"[1-9][0-9]{0,5}"),
    "number": re.compile(r"\+[1-9][0-9 ]{8,20}[0-9]"),  # never a hotline of three digits
    "hours": re.compile(r"([01]\d|2[0-3]):[0-5]\d–([01]\d|2[0-3]):[0-5]\d"),
}


@dataclass(frozen=True)
class CallBack:
    """Whom a person rings about a message, on working days; `number` empty: the one that the person knows."""

    hours: str
    number: str | None


@dataclass(frozen=True)
class Text:
    """One version of a template in one language."""

    template: str
    version: int
    language: str
    subject: str
    body: str

    @property
    def placeholders(self) -> frozenset[str]:
        return frozenset(_PLACEHOLDER.findall(self.subject + self.body))

    @property
    def without_values(self) -> str:
        """The body with nothing in the place of its values."""
        return _PLACEHOLDER.sub("", self.body)


def render(text: Text, **values: int | str) -> tuple[str, str]:
    """Subject and body. ValueError when a value is missing or the result reveals more than NO-1 allows."""
    if text.placeholders != set(values):
        raise ValueError(f"template {text.template} takes {sorted(text.placeholders)}")
    faults = says_too_much(text.subject) + says_too_much(text.without_values)
    faults += [name for name, value in values.items() if not _VALUES[name].fullmatch(str(value))]
    if faults:
        raise ValueError(f"template {text.template} v{text.version} {text.language}: {faults}")
    return text.subject, _PLACEHOLDER.sub(lambda found: str(values[found[1]]), text.body)


def please_call(call_back: CallBack) -> tuple[str, dict[str, str]]:
    """The template of a message to the person, and its values: whom to ring, and when (NO-1)."""
    if call_back.number is None:
        return "please_call", {"hours": call_back.hours}
    return "please_call_number", {"hours": call_back.hours, "number": call_back.number}


def says_too_much(message: str) -> list[str]:
    """What in `message` reveals more than that something waits; empty = NO-1."""
    found = [stem for form in _lowered(message) for stem in FORBIDDEN_STEMS if stem in form]
    found += ["digit"] if re.search(r"\d", message) else []
    found += ["where"] if _TELLS_WHERE.search(message) else []
    found += ["line_break"] if re.search(r"[\r\n]", message) else []
    return sorted(set(found))


def _lowered(message: str) -> tuple[str, str]:
    """Lowered by Azerbaijani rules (İ→i, I→ı) and by the others'."""
    return message.replace("İ", "i").replace("I", "ı").lower(), message.lower().replace("i̇", "i")
