"""Referrals in proportions like those of the United Kingdom's National Referral Mechanism; every person is made up.

Like its statistics of 2021 to 2024: three of ten are children, most adults were exploited in labour, British, Albanian
and Vietnamese people lead the list; 88 % of first decisions are positive, and 60 % of last ones.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from player.answers import Json
from player.national.referral import NGOS, Agency, Referral
from player.timeline import end_of_year, start_of_year

CHILDREN = 0.3
POSITIVE_FIRST = 0.88
POSITIVE_LAST = 0.6
WITHDRAWN = 0.04  # of adults with a positive first decision
AGREE_TO_POLICE = 0.9  # of adults whom an NGO refers (ID-7)
_WEEKS_TO_LAST = (2, 22)

Choice = TypeVar("Choice", bound=str)
Shares = Mapping[Choice, float]

_AGENCIES_OF_ADULTS: Shares[Agency] = {
    "sms": 33,
    "sbs": 22,
    "mia-special": 24,
    "mlspp": 8,
    "scfwca": 5,
    "ngo-clean-world": 3,
    "ngo-amc": 4,
    "ngo-acu": 1,
}
_AGENCIES_OF_CHILDREN: Shares[Agency] = {
    "scfwca": 56,
    "mia-special": 26,
    "sms": 10,
    "sbs": 6,
    "ngo-acu": 2,
}
_CHANNELS: Mapping[Agency, str] = {
    "sms": "inspection",
    "sbs": "border_check",
    "mia-special": "police",
    "mlspp": "inspection",
    "scfwca": "visit",
    "ngo-clean-world": "ngo",
    "ngo-amc": "ngo",
    "ngo-acu": "ngo",
}
_FORMS_OF_ADULTS: Shares[str] = {
    "ForcedLabour": 48,
    "ForcedCriminality": 24,
    "SexualExploitation": 17,
    "Servitude": 10,
    "OrganRemoval": 1,
}
_FORMS_OF_CHILDREN: Shares[str] = {
    "ForcedCriminality": 56,
    "ForcedLabour": 20,
    "SexualExploitation": 18,
    "Servitude": 4,
    "ForcedBegging": 2,
}
_WOMEN = {"SexualExploitation": 0.88, "Servitude": 0.6, "ForcedBegging": 0.4}
_WOMEN_OTHERWISE = 0.15
_COUNTRIES_OF_ADULTS: Shares[str] = {
    **{"AL": 21, "GB": 13, "VN": 12, "ER": 9, "SD": 7, "RO": 6, "IN": 5, "NG": 5, "IR": 4, "ET": 4, "CN": 4},
    **{"PK": 3, "AF": 2, "PL": 2, "BR": 2, "MA": 1},
}
_COUNTRIES_OF_CHILDREN: Shares[str] = {
    **{"GB": 58, "SD": 8, "VN": 7, "AL": 7, "ER": 6, "ET": 4, "AF": 4, "IR": 3, "RO": 3}
}
_LANGUAGES = {
    **{"AL": "sq", "VN": "vi", "ER": "ti", "SD": "ar", "RO": "ro", "IR": "fa", "ET": "am", "CN": "zh", "PK": "ur"},
    **{"AF": "ps", "PL": "pl", "BR": "pt", "MA": "ar", "IN": "pa"},
}
_FIRST = ("ba", "de", "fi", "go", "ka", "li", "mo", "na", "ru", "sha", "te", "vi", "ya", "zo")
_NEXT = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z")
_VOWELS = ("a", "e", "i", "o", "u")


def generate(count: int, year: int, seed: int = 1) -> list[Referral]:
    """So many referrals of a year, in the order of their reports; the same for the same seed.

    A decision that would fall into the next year has not come yet.
    """
    dice = random.Random(seed)  # noqa: S311  nothing secret: a year that can be made again
    first, last = start_of_year(year), end_of_year(datetime(year, 6, 1, tzinfo=UTC)) - timedelta(days=3)
    seconds = int((last - first).total_seconds())
    reported = sorted(first + timedelta(seconds=dice.randrange(seconds)) for _ in range(count))
    return [_referral(dice, number, at) for number, at in enumerate(reported, start=1)]


def _referral(dice: random.Random, number: int, at: datetime) -> Referral:
    child = dice.random() < CHILDREN
    agency = _choose(dice, _AGENCIES_OF_CHILDREN if child else _AGENCIES_OF_ADULTS)
    country = _choose(dice, _COUNTRIES_OF_CHILDREN if child else _COUNTRIES_OF_ADULTS)
    agrees = agency not in NGOS or dice.random() < AGREE_TO_POLICE
    steps = _steps(dice, at, child=child, handed_over=child or agrees)
    return Referral.model_validate(
        {
            "number": number,
            "agency": agency,
            "channel": _CHANNELS[agency],
            "language": _LANGUAGES.get(country, "en"),
            "child": child,
            "htcds": _person(dice, at.date(), country, child=child),
            "agrees_to_police": agrees,
            "reported_at": at,
            **steps,
        }
    )


def _steps(dice: random.Random, at: datetime, *, child: bool, handed_over: bool) -> dict[str, object]:
    """When each step took effect: the hand-over within the day of the report, decisions later (ID-7, ID-8, ID-9)."""
    last = end_of_year(at)
    steps: dict[str, object] = {}
    if handed_over:
        steps["handed_over_at"] = at + timedelta(minutes=dice.randint(60, 900))
        steps["taken_at"] = at + timedelta(minutes=dice.randint(930, 1380))
    presumed_at = at + timedelta(minutes=dice.randint(1400, 4000))
    if dice.random() < POSITIVE_FIRST:
        steps["presumed_at"] = presumed_at
        decided_at = presumed_at + timedelta(hours=dice.randint(*(weeks * 168 for weeks in _WEEKS_TO_LAST)))
        outcome = "recognised" if dice.random() < POSITIVE_LAST else "declined"
        if not child and dice.random() < WITHDRAWN:
            withdrawn_at = presumed_at + (decided_at - presumed_at) / 2
            return steps | ({"withdrawn_at": withdrawn_at} if withdrawn_at <= last else {})
        if not handed_over:  # the NGO supports the person, who did not agree to police; nothing formal follows
            return steps
    else:
        decided_at, outcome = presumed_at, "declined"
    return steps | ({"decided_at": decided_at, "outcome": outcome} if decided_at <= last else {})


def _person(dice: random.Random, on: date, country: str, *, child: bool) -> Json:
    form = _choose(dice, _FORMS_OF_CHILDREN if child else _FORMS_OF_ADULTS)
    woman = dice.random() < _WOMEN.get(form, _WOMEN_OTHERWISE)
    years = dice.triangular(9, 17.9, 16.5) if child else dice.triangular(18.1, 62, 27)
    return {
        "prs_FirstName": _name(dice, 3),
        "prs_SecondName": _name(dice, 5),
        "prs_Birthdate": (on - timedelta(days=round(years * 365.25))).isoformat(),
        "prs_Gender": "Feminine" if woman else "Masculine",
        "prs_Citizenship": [country],
        "vic_TypeOfExploitation": [form],
    }


def _name(dice: random.Random, syllables: int) -> str:
    """A name that nobody has, of so many syllables: people of a generated year are not taken for each other."""
    rest = (dice.choice(_NEXT) + dice.choice(_VOWELS) for _ in range(syllables - 1))
    return (dice.choice(_FIRST) + "".join(rest)).capitalize()


def _choose(dice: random.Random, shares: Shares[Choice]) -> Choice:
    names: Sequence[Choice] = tuple(shares)
    return dice.choices(names, weights=tuple(shares.values()))[0]
