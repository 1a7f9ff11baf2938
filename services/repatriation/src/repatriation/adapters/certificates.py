"""Wording of the certificate of a removal bar: that it stands, until when, and nothing of why (RP-4, NO-1)."""

LEGAL = "Migration Code 79.4; AO Code 29"

WORDING: dict[str, tuple[str, str]] = {
    "az": (
        "Bu arayışın sahibi Azərbaycan Respublikasının hüdudlarından kənara çıxarıla bilməz. Son tarix: {until}.",
        "Bu arayışın sahibi Azərbaycan Respublikasının hüdudlarından kənara çıxarıla bilməz.",
    ),
    "en": (
        "The holder of this certificate may not be removed from the Republic of Azerbaijan. Last day: {until}.",
        "The holder of this certificate may not be removed from the Republic of Azerbaijan.",
    ),
    "ru": (
        "Предъявителя этой справки нельзя выдворить из Азербайджанской Республики. Последний день: {until}.",
        "Предъявителя этой справки нельзя выдворить из Азербайджанской Республики.",
    ),
}
"""Language → (with a last day, without one)."""
