"""Records in the Human Trafficking Case Data Standard 2.0 (IOM) at the edge: checked, normalised, refused with places.

Field names and codes are those of the standard. Extensions are declared in htcds_v2.json: `ForcedCriminality` as a form
(ID-3), and the ICAO code `XXA` for a stateless person. Pure: the standard is an argument.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.safe_contact import Unreachable, read_email, read_phone
from chassis.errors import Fault

from identification.domain.letters import mend

Value = str | int | float | bool | date | tuple[str, ...]

# The forms of ID-3 and the HTCDS codes that carry each on the wire. Practices like slavery are those of the
# Supplementary Convention of 1956, which names servile marriage and the handing over of children.
FORMS: Mapping[str, tuple[str, ...]] = {
    "sexual_exploitation": ("SexualExploitation",),
    "forced_labour": ("ForcedLabour", "ChildLabour"),
    "forced_begging": ("ForcedBegging",),
    "slavery_or_like_it": ("ForcedMarriage", "ForcedAdoption", "ForcedMilitaryByNonStateActors"),
    "servitude": ("Servitude",),
    "organ_removal": ("OrganRemoval",),
    "forced_criminality": ("ForcedCriminality",),
    "other": ("Surrogacy", "Other"),
}
_FORM_OF = {code: form for form, codes in FORMS.items() for code in codes}

_LONGEST = {"Text": 200, "Long Text": 4000, "Lookup [to organisation]": 200}
_MOST_CODES = 30
_MOST = {
    "vic_AgeWhenTrafficked": 120,
    "prs_NumberOfChildren": 30,
    "prs_MailingLongitude": 180,
    "prs_MailingLatitude": 90,
}
_SIGNED = {"prs_MailingLongitude", "prs_MailingLatitude"}
_OLDEST = 125
_FIELD_NAME = re.compile(r"[A-Za-z0-9_]{1,60}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Field:
    """A field of the standard: its type, its own codes, and the outer list of its codes, if any."""

    kind: str
    values: frozenset[str] = frozenset()
    codes: str = ""


@dataclass(frozen=True)
class Standard:
    """The fields by name; countries and languages by every accepted code, with the stored one."""

    fields: Mapping[str, Field]
    countries: Mapping[str, str]
    languages: Mapping[str, str]

    def is_contact(self, name: str) -> bool:
        """A phone number or e-mail address: a wrong one is never a reason to lose a report (ID-1)."""
        return name == "prs_Email" or (name in self.fields and self.fields[name].codes == "e164")


class _Refused(Exception):
    """What is wrong with one value: code and message. Never the value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


def form_of(code: str) -> str:
    """The form of ID-3 that an HTCDS code of vic_TypeOfExploitation carries; KeyError for an unknown code."""
    return _FORM_OF[code]


def validate(
    record: Mapping[str, object], standard: Standard, today: date, path: str = "htcds"
) -> tuple[dict[str, Value], list[Fault]]:
    """The normalised values, and the faults with field, code and message; a record with faults must not be stored.

    Null, empty text and empty lists are left out, since nothing is required of a report (ID-1). `today` bounds the
    birth date. Faults name the field as `path.FIELD` and never repeat what was typed.
    """
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for name, raw in record.items():
        if name not in standard.fields:
            shown = name if _FIELD_NAME.fullmatch(name) else "?"
            faults.append(Fault(f"{path}.{shown}", "unknown_field", "HTCDS 2.0 has no such field about a person."))
            continue
        try:
            value = _normalise(name, raw, standard, today)
        except _Refused as refused:
            faults.append(Fault(f"{path}.{name}", refused.code, refused.message))
        else:
            if value is not None:
                values[name] = value
    return values, faults


def _normalise(name: str, raw: object, standard: Standard, today: date) -> Value | None:
    if isinstance(raw, str):
        raw = raw.strip()
    if raw is None or raw == "" or raw == []:
        return None
    field = standard.fields[name]
    if name == "prs_Email":
        return _email(raw)
    if field.codes == "e164":
        return _phone(raw)
    if field.kind == "Date":
        return _birth_date(raw, today)
    if field.kind == "Checkbox":
        return _checkbox(raw)
    if field.kind == "Number":
        return _number(name, raw)
    if field.kind == "Multiselect Picklist":
        return _several(raw, _reader(field, standard))
    if field.kind == "Picklist" or field.codes:
        return _reader(field, standard)(raw)
    return mend(_text(raw, _LONGEST[field.kind]))


def _reader(field: Field, standard: Standard) -> Callable[[object], str]:
    def read(raw: object) -> str:
        code = _text(raw, 60)
        if field.codes == "countries":
            stored = {**standard.countries, **{value: value for value in field.values}}
            return _listed(code.upper(), stored, "unknown_country")
        if field.codes == "languages":
            return _listed(code.lower(), standard.languages, "unknown_language")
        return _listed(code, {value: value for value in field.values}, "unknown_code")

    return read


def _listed(code: str, stored: Mapping[str, str], fault: str) -> str:
    if code not in stored:
        raise _Refused(fault, "Not a code of the list of this field.")
    return stored[code]


def _several(raw: object, read: Callable[[object], str]) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple):
        raise _Refused("not_a_list", "A list of codes is needed.")
    if len(raw) > _MOST_CODES:
        raise _Refused("too_many", f"At most {_MOST_CODES} codes.")
    return tuple(dict.fromkeys(read(code) for code in raw))


def _text(raw: object, longest: int) -> str:
    if not isinstance(raw, str):
        raise _Refused("not_text", "Text is needed.")
    if len(raw) > longest:
        raise _Refused("too_long", f"At most {longest} characters.")
    if _CONTROL.search(raw):
        raise _Refused("not_text", "Text must not hold control characters.")
    return raw.strip()


def _number(name: str, raw: object) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _Refused("not_a_number", "A number is needed.")
    if name in _SIGNED:
        if not abs(raw) <= _MOST[name]:
            raise _Refused("out_of_range", f"From -{_MOST[name]} to {_MOST[name]}.")
        return raw
    if not 0 <= raw <= _MOST[name] or raw != int(raw):
        raise _Refused("out_of_range", f"A whole number from 0 to {_MOST[name]}.")
    return int(raw)


def _checkbox(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise _Refused("not_true_or_false", "True or false is needed.")
    return raw


def _birth_date(raw: object, today: date) -> date:
    text = _text(raw, 10)
    if not _ISO_DATE.fullmatch(text):
        raise _Refused("not_a_date", "A date like 1990-12-31 is needed.")
    try:
        born = date.fromisoformat(text)
    except ValueError:
        raise _Refused("not_a_date", "There is no such day.") from None
    if born > today:
        raise _Refused("in_future", "A date of birth is not in the future.")
    if today.year - born.year > _OLDEST:
        raise _Refused("out_of_range", f"A date of birth is at most {_OLDEST} years ago.")
    return born


def _phone(raw: object) -> str:
    return _reached(read_phone, _text(raw, 40))


def _email(raw: object) -> str:
    return _reached(read_email, _text(raw, 254))


def _reached(read: Callable[[object], str], typed: str) -> str:
    try:
        return read(typed)
    except Unreachable as unreachable:
        raise _Refused(unreachable.code, unreachable.message) from None
