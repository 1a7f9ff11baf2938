"""What a safe contact is: an address of one person, hours that exist, a language of the templates (NO-2).

The one definition (docs/adr/0031). Identification reads by it what somebody records, notify reads by it what it uses;
so what the first accepts, the second can send to. Pure: numbers by day of effect are arguments.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

import phonenumbers

from casework.calendar import BAKU

CHANNELS = ("email", "sms")
_DAY = 24 * 60  # minutes
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))", re.ASCII)
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_TYPED_NUMBER = re.compile(r"\(?\+?[0-9 ().\-/]{7,40}", re.ASCII)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,64}}@)(?=.{{1,254}}\Z){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")


class Unreachable(ValueError):
    """Why nobody can be reached: the field of the contact, a stable code, a sentence. Never what was typed."""

    def __init__(self, field_name: str, code: str, message: str) -> None:
        super().__init__(code)
        self.field, self.code, self.message = field_name, code, message


@dataclass(frozen=True)
class Hours:
    """A window of each day in Baku, such as `10:00-17:00`. It may pass midnight; it is never empty."""

    opens: time
    minutes: int

    def next_open(self, now: datetime) -> datetime:
        """`now` inside the window, else its next beginning."""
        local = now.astimezone(BAKU)
        yesterday, today, tomorrow = (
            datetime.combine(local.date() + timedelta(days=days), self.opens, BAKU) for days in (-1, 0, 1)
        )
        length = timedelta(minutes=self.minutes)
        if local < yesterday + length or today <= local < today + length:
            return now
        return today if local < today else tomorrow

    def __str__(self) -> str:
        end = self.opens.hour * 60 + self.opens.minute + self.minutes
        return f"{self.opens:%H:%M}-{end // 60 % 24:02}:{end % 60:02}"


@dataclass(frozen=True)
class SafeContact:
    """How a person may be written to. `hours` empty = at any hour."""

    channel: str
    address: str = field(repr=False)
    hours: Hours | None
    language: str

    def as_fields(self) -> dict[str, str | None]:
        """The contact as it is stored and served; `read_contact` reads it back."""
        hours = str(self.hours) if self.hours else None
        return {"channel": self.channel, "address": self.address, "hours": hours, "language": self.language}


def read_contact(typed: Mapping[str, object], languages: Collection[str]) -> SafeContact:
    """The contact that somebody typed, normalised. Unreachable names the first field that nobody can be reached by.

    `languages` are those in which messages are written.
    """
    channel, language, hours = typed.get("channel"), typed.get("language"), typed.get("hours")
    if channel not in CHANNELS:
        raise Unreachable("channel", "channel_unknown", "Messages go by e-mail (email) or SMS (sms).")
    address = typed.get("address")
    read = read_phone(address) if channel == "sms" else read_email(address)
    if language not in languages:
        listed = ", ".join(languages) or "no language yet"
        raise Unreachable("language", "language_without_template", f"Messages are written in: {listed}.")
    window = None if hours is None else read_hours(hours)
    whole_day = window is not None and window.minutes == _DAY
    return SafeContact(str(channel), read, None if whole_day else window, str(language))


def read_phone(typed: object) -> str:
    """A number as E.164, however it was copied: marks, a local 0, 00 for +, full-width digits. One without a country
    is Azerbaijani."""
    try:
        if not _TYPED_NUMBER.fullmatch(_plain(typed)):
            raise Unreachable("address", "not_a_phone_number", "One number is needed, like +994 12 345 67 89.")
        number = phonenumbers.parse(_plain(typed), "AZ", keep_raw_input=True)
    except phonenumbers.NumberParseException:
        raise Unreachable("address", "not_a_phone_number", "No country has a number like this.") from None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    fits = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    typed_local = number.country_code_source == phonenumbers.CountryCodeSource.FROM_DEFAULT_COUNTRY
    if typed_local and number.italian_leading_zero:
        fits = False  # its local 0 was counted as a digit
    if not fits or not _E164.fullmatch(e164):
        raise Unreachable("address", "not_a_phone_number", "The number is too short or too long for its country.")
    return e164


def read_email(typed: object) -> str:
    """An address that every mail server takes: ASCII, no empty part, a domain with a dot."""
    address = _plain(typed)
    if not _EMAIL.fullmatch(address):
        raise Unreachable("address", "not_an_email", "One address is needed, like name@example.org.")
    return address


def read_hours(typed: object) -> Hours:
    """Hours like 10:00-17:00 in Baku; 22:00-06:00 passes midnight, 10:00-10:00 has no minute."""
    found = _HOURS.fullmatch(_plain(typed).replace(" ", ""))
    if not found:
        raise Unreachable("hours", "hours_unreadable", "Hours are written like 10:00-17:00.")
    begin = int(found[1]) * 60 + int(found[2])
    end = int(found[3] or found[5]) * 60 + int(found[4] or found[6])
    if begin == end:
        raise Unreachable("hours", "hours_empty", "The hours end when they begin; leave them out for any hour.")
    return Hours(time(begin // 60, begin % 60), (end - begin) % _DAY or _DAY)


def _plain(typed: object) -> str:
    """Text as it was meant: full-width signs are usual ones, invisible marks go, every dash is `-`."""
    if not isinstance(typed, str):
        return ""
    visible = "".join(sign for sign in typed if unicodedata.category(sign) != "Cf")
    spaced = "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in visible)
    plain = unicodedata.normalize("NFKC", spaced)
    digits = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain)
    return _DASHES.sub("-", digits).strip()
