"""Days, moments, numbers and sums as each language writes them (Asia/Baku, 24 hours, qəpik inside)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from casework.calendar import BAKU

from staffui.catalogue import Language, text

_NUMBERS = {"az": "ru", "en": "en_GB", "ru": "ru"}  # CLDR groups Azerbaijani numbers by dots, people here by spaces


def day(language: Language, value: date) -> str:
    if language == "en":
        return format_date(value, "d MMMM y", locale="en_GB")
    return format_date(value, "dd.MM.yyyy", locale="ru")


def month(language: Language, value: date) -> str:
    """`mart 2026`, `March 2026`, `март 2026`."""
    return format_date(value, "LLLL y", locale=language)


def moment(language: Language, value: datetime) -> str:
    local = value.astimezone(BAKU)
    return f"{day(language, local.date())}, {local:%H:%M}"


def time(value: datetime) -> str:
    return f"{value.astimezone(BAKU):%H:%M}"


def number(language: Language, value: float | Decimal) -> str:
    return format_decimal(value, locale=_NUMBERS[language])


def money(language: Language, qepik: int) -> str:
    """`1 234,50 ₼`, `AZN 1,234.50`, `1 234,50 AZN`; a minus sign for what is owed."""
    sign = "−" if qepik < 0 else ""
    amount = format_decimal(Decimal(abs(qepik)) / 100, "#,##0.00", locale=_NUMBERS[language])
    return f"{sign}AZN {amount}" if language == "en" else f"{sign}{amount} {'₼' if language == 'az' else 'AZN'}"


def left(language: Language, due: datetime, now: datetime) -> str:
    """How long until `due`, or how long it is over. Days, or hours and minutes where it is less than two days."""
    over = now > due
    whole = abs(due - now)
    name = "over" if over else "left"
    if whole >= timedelta(days=2):
        return text(language, f"ui.days_{name}", n=whole.days)
    minutes = int(whole.total_seconds() // 60)
    return text(language, f"ui.hours_{name}", hours=minutes // 60, minutes=minutes % 60)
