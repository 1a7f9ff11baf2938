"""The two facts that other services decide by, age group and citizenship (ID-5), and document numbers. Pure."""

from collections.abc import Collection
from datetime import date
from typing import Literal

from chassis.errors import Invalid

from identification.domain.latin import number, numbers

AgeGroup = Literal["child", "adult", "unknown"]
Citizenship = Literal["citizen", "foreign", "stateless", "unknown"]
CITIZEN = "AZ"
STATELESS = "XXA"  # ICAO 9303, since ISO 3166 has no code for it


def age_on(birth_date: date, on: date) -> int:
    """Full years lived on that day. Born on 29 February, a person turns a year older on 1 March of other years.

    Invalid `birth_date_in_future` if the day is before the birth.
    """
    if birth_date > on:
        raise Invalid("birth_date_in_future", "The date of birth is later than the day of the act.")
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def age_group(
    birth_date: date | None,
    estimated_age: int | None,
    on: date,
    *,
    adult_age: int,
    may_be_child: bool = False,
    doubt_means_child: bool,
) -> AgeGroup:
    """Age group on a day. With doubt and a reason to think of a child, a child until age is established (ID-5).

    `estimated_age` is in years and counts only where the birth date is unknown. `may_be_child` is the doubt, which a
    birth date does not lift: documents may be false. `adult_age` and `doubt_means_child` are parameters of that day.
    """
    if may_be_child and doubt_means_child:
        return "child"
    age = age_on(birth_date, on) if birth_date is not None else estimated_age
    if age is None:
        return "unknown"
    return "child" if age < adult_age else "adult"


def age_group_since(
    recorded: AgeGroup, birth_date: date | None, recorded_on: date, on: date, *, adult_age: int, doubted: bool
) -> AgeGroup:
    """The age group on another day (ID-5): a child comes of age on their birthday.

    A doubt, and an age that was established against the birth date, stay what they are until somebody establishes it.
    """
    if recorded != "child" or doubted or birth_date is None or age_on(birth_date, recorded_on) >= adult_age:
        return recorded
    return "child" if on < birth_date or age_on(birth_date, on) < adult_age else "adult"


def citizenship_group(codes: Collection[str]) -> Citizenship:
    """Citizen of Azerbaijan, foreign, stateless or unknown, from normalised HTCDS codes (two letters, or XXA)."""
    if CITIZEN in codes:
        return "citizen"
    if any(code != STATELESS for code in codes):
        return "foreign"
    return "stateless" if codes else "unknown"


def document_keys(text: str) -> frozenset[str]:
    """The document numbers of a field as they are searched for: capital letters and digits alone (ID-18)."""
    return numbers(text)


def phone_key(text: str) -> str:
    """A phone number as it is searched for: its digits."""
    return "".join(sign for sign in number(text) if sign.isdigit())


def document_end(key: str) -> str | None:
    """The last four signs of a document's key, by which two documents are compared; None for a short number."""
    return key[-4:] if len(key) >= 6 else None
