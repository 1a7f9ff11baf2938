"""Wording of a removal bar's certificate: who, until when, and nothing of why (RP-4, NO-1).

It is shown to strangers. So it names no article for victims of trafficking, and its issuer by a name that states none.
"""

from collections.abc import Mapping

from nrm_events.taking_part import AGENCIES

LEGAL = "Migration Code of the Republic of Azerbaijan"

_WORDING: Mapping[str, Mapping[str, str]] = {
    "az": {
        "named": "{holder} Azərbaycan Respublikasının hüdudlarından kənara çıxarıla bilməz.",
        "holder": "Bu arayışın sahibi Azərbaycan Respublikasının hüdudlarından kənara çıxarıla bilməz.",
        "until": "Son tarix: {until}.",
        "issued": "Arayış № {number}, verən: {issuer}. Yoxlama kodu: {check}.",
    },
    "en": {
        "named": "{holder} may not be removed from the Republic of Azerbaijan.",
        "holder": "The holder of this certificate may not be removed from the Republic of Azerbaijan.",
        "until": "Last day: {until}.",
        "issued": "Certificate No. {number}, issued by: {issuer}. Code of verification: {check}.",
    },
    "ru": {
        "named": "{holder}: выдворение из Азербайджанской Республики не допускается.",
        "holder": "Предъявителя этой справки нельзя выдворить из Азербайджанской Республики.",
        "until": "Последний день: {until}.",
        "issued": "Справка № {number}, выдал: {issuer}. Код проверки: {check}.",
    },
}
_NEUTRAL = {
    "police": "Ministry of Internal Affairs",
    "social_support": "Ministry of Labour and Social Protection of Population",
}


def wording(*, holder: str | None, until: str | None, number: str, check: str, issuer: str) -> dict[str, str]:
    """The text by language. `holder` is None where the printer may not read the name, or nobody knows it."""
    lines = ["named" if holder else "holder", *(["until"] if until else []), "issued"]
    values = {"holder": holder, "until": until, "number": number, "check": check, "issuer": issuer}
    return {language: " ".join(text[line].format(**values) for line in lines) for language, text in _WORDING.items()}


def issuer_name(agency: str) -> str:
    """The issuer as it may be read by anybody; the code of an agency that joined later."""
    known = AGENCIES.get(agency)
    return agency if known is None else _NEUTRAL.get(known.kind, known.name)
