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


def render(text: Text, **values: int) -> tuple[str, str]:
    """Subject and body. ValueError when a value is missing or the result reveals more than NO-1 allows."""
    if text.placeholders != set(values):
        raise ValueError(f"template {text.template} takes {sorted(text.placeholders)}")
    subject, body = (_PLACEHOLDER.sub(lambda found: str(values[found[1]]), part) for part in (text.subject, text.body))
    faults = says_too_much(subject) + says_too_much(body, count="n" in values)
    if faults:
        raise ValueError(f"template {text.template} v{text.version} {text.language}: {faults}")
    return subject, body


def says_too_much(message: str, *, count: bool = False) -> list[str]:
    """What in `message` reveals more than that something waits; empty = NO-1. `count` allows a number of tasks."""
    found = [stem for form in _lowered(message) for stem in FORBIDDEN_STEMS if stem in _without_count(form, count)]
    found += ["digit"] if not count and re.search(r"\d", message) else []
    found += ["where"] if _TELLS_WHERE.search(message) else []
    found += ["line_break"] if re.search(r"[\r\n]", message) else []
    return sorted(set(found))


def _without_count(message: str, count: bool) -> str:
    return re.sub(r"\d+", "", message) if count else message


def _lowered(message: str) -> tuple[str, str]:
    """Lowered by Azerbaijani rules (İ→i, I→ı) and by the others'."""
    return message.replace("İ", "i").replace("I", "ı").lower(), message.lower().replace("i̇", "i")
