"""Words of made-up pages, and texts that try to break them."""

from dataclasses import dataclass

from staffui.catalogue import Language
from staffui.view import Cell, Tone


@dataclass(frozen=True)
class Saying:
    """Chooses among a text in Azerbaijani, English and Russian."""

    language: Language

    def __call__(self, az: str, en: str, ru: str) -> str:
        return {"az": az, "en": en, "ru": ru}[self.language]


HOSTILE = (
    "<script>alert(1)</script>",
    "\u202eəksinə yazılmış\u202c",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }} {% raw %} &amp; &lt;",
    "BirSözüBoşluqsuzYazanlarÜçünSınaqdanKeçirilmişSonDərəcəUzunBirAdınÖzü",
    "e\u0301\u0301\u0301 \u200b\u200f\u2066 ﷽ 🏳️ ",
)
"""What somebody may type as a name: markup, marks of direction, templates, one endless word."""


def tag(text: str, tone: Tone = "plain") -> Cell:
    return Cell(text, "tag", tone)


def unknown(say: Saying) -> Cell:
    return Cell(say("Soruşulmayıb", "Not asked", "Не спрашивали"), "unknown")


def money(say: Saying) -> Cell:
    return Cell(say("1\u00a0234,50\u00a0₼", "AZN\u00a01,234.50", "1\u00a0234,50\u00a0AZN"), "money")


def day(say: Saying) -> Cell:
    return Cell(say("27.12.2026", "27 December 2026", "27.12.2026"), "day", machine="2026-12-27")


def moment(say: Saying) -> Cell:
    text = say("27.11.2026, 11:15", "27 November 2026, 11:15", "27.11.2026, 11:15")
    return Cell(text, "moment", machine="2026-11-27T11:15:00+04:00")


def clock(text: str, tone: Tone) -> Cell:
    return Cell(text, "clock", tone, machine="2026-12-27T23:59:00+04:00")
