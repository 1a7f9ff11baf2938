"""Whether and when a person may be written to (NO-2): only as they marked it safe, else nothing.

What a safe contact is, `casework.safe_contact` alone defines.
"""

from dataclasses import dataclass
from datetime import datetime

from casework.safe_contact import SafeContact


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


def decide(contact: SafeContact | None, now: datetime) -> Withhold | Wait | Send:
    """NO-2, fail closed: with none marked safe nothing is sent; outside the hours it waits."""
    if contact is None:
        return Withhold("no_safe_contact")
    opens = contact.hours.next_open(now) if contact.hours else now
    return Send(contact.channel, contact.language) if opens <= now else Wait(opens)
