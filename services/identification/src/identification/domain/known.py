"""What is known of one person, by the names of the standard, read with types. Pure."""

from collections.abc import Mapping
from datetime import date

from identification.domain.sharing import SAFE_CONTACT

Known = Mapping[str, object]
"""As reported (with dates and tuples) or as opened from the vault (with their JSON)."""

_BY_PHONE = frozenset({"sms", "phone"})
NAME_FIELDS = ("prs_FirstName", "prs_MiddleName", "prs_SecondName")
_OPEN = frozenset(
    {
        "vic_AgeWhenTrafficked",
        "vic_ForcedLabourIndustry",
        "vic_MethodOfRecruitment",
        "vic_MethodsOfControl",
        "vic_TypeOfExploitation",
        "vic_TypeOfSexExploitation",
    }
)


def is_sealed(field: str) -> bool:
    """Every field of the standard is, but the codes that statistics and screening need; free text always is."""
    return field not in _OPEN


def text(known: Known, field: str) -> str:
    """The field's text; empty where it is unknown."""
    value = known.get(field)
    return value if isinstance(value, str) else ""


def codes(known: Known, field: str) -> tuple[str, ...]:
    """The field's codes; empty where it is unknown."""
    value = known.get(field)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


def birth_date(known: Known) -> date | None:
    value = known.get("prs_Birthdate")
    return value if isinstance(value, date) else date.fromisoformat(value) if isinstance(value, str) else None


def full_names(known: Known) -> tuple[str, ...]:
    """The names a person is known by; the standard has one full name and no aliases."""
    whole = " ".join(text(known, field) for field in NAME_FIELDS if text(known, field))
    return (whole,) if whole else ()


def findable(known: Known) -> frozenset[tuple[str, str]]:
    """What the person is searched for by: (`name` | `document` | `phone`, as it was written) (ID-18)."""
    found = [("name", name) for name in full_names(known)]
    found += [("document", text(known, "prs_IdentityNumber"))]
    found += [("phone", text(known, field)) for field in ("prs_MobilePhone", "prs_HomePhone")]
    found += [("phone", _safe_phone(known))]
    return frozenset((kind, value) for kind, value in found if value)


def _safe_phone(known: Known) -> str:
    """The number of a safe contact by phone, which is often the only true one; empty for e-mail or none."""
    contact = known.get(SAFE_CONTACT)
    if not isinstance(contact, Mapping) or contact.get("channel") not in _BY_PHONE:
        return ""
    return text(contact, "address")


def sex(known: Known) -> str:
    """HTCDS gender as the code that places are found by."""
    return {"Feminine": "female", "Masculine": "male"}.get(text(known, "prs_Gender"), "unknown")
