"""Whether, when and in which language a person may be written to (NO-2): only what is marked safe, else nothing."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from notify.domain.durations import BAKU

CHANNELS = ("email", "sms")
_HOURS = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$")
_ADDRESS = {
    "email": re.compile(
        r"(?=.{1,64}@.{1,190}$)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"
    ),
    "sms": re.compile(r"\+[0-9]{7,15}"),
}


@dataclass(frozen=True)
class SafeContact:
    """What identification answers for one message. It lives as long as the sending and is stored nowhere."""

    channel: str
    address: str = field(repr=False)
    hours: str | None
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Withhold:
    """Nothing may be sent, for this `reason`; the holder gets a task."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """Nothing may be sent before `until`."""

    until: datetime


@dataclass(frozen=True)
class Send:
    """It may be sent now, by this channel in this language."""

    channel: str
    language: str


def decide(contact: SafeContact | None, writable: Collection[str], now: datetime) -> Withhold | Wait | Send:
    """NO-2, fail closed: whatever is missing or cannot be read means that nothing is sent.

    `writable` are the languages with templates. Another language is taken only if the contact itself lists it.
    """
    if contact is None:
        return Withhold("no_safe_contact")
    if contact.channel not in CHANNELS:
        return Withhold("channel_unknown")
    if not _ADDRESS[contact.channel].fullmatch(contact.address):
        return Withhold("address_unusable")
    language = next((one for one in contact.languages if one in writable), None)
    if language is None:
        return Withhold("language_without_template")
    try:
        opens = next_safe_moment(contact.hours, now)
    except ValueError:
        return Withhold("hours_unreadable")
    return Send(contact.channel, language) if opens <= now else Wait(opens)


def next_safe_moment(hours: str | None, now: datetime) -> datetime:
    """`now` inside the hours `10:00-17:00` (Baku, may pass midnight), else their next beginning. None = any hour.

    ValueError when the hours cannot be read.
    """
    if hours is None:
        return now
    opens, minutes = _window(hours)
    local = now.astimezone(BAKU)
    yesterday, today, tomorrow = (
        datetime.combine(local.date() + timedelta(days=days), opens, BAKU) for days in (-1, 0, 1)
    )
    length = timedelta(minutes=minutes)
    if local < yesterday + length or today <= local < today + length:
        return now
    return today if local < today else tomorrow


def _window(hours: str) -> tuple[time, int]:
    """When the hours begin and how many minutes they last."""
    found = _HOURS.fullmatch(hours.replace(" ", "").replace("–", "-"))
    if not found:
        raise ValueError("hours")
    begin = int(found[1]) * 60 + int(found[2])
    end = int(found[3] or found[5]) * 60 + int(found[4] or found[6])
    if begin == end:
        raise ValueError("hours")
    return time(begin // 60, begin % 60), (end - begin) % (24 * 60) or 24 * 60
