"""NO-2: only a channel, hour and language marked safe; fail closed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.domain.contact import SafeContact, Send, Wait, Withhold, decide, next_safe_moment
from notify.domain.durations import BAKU

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=BAKU)
MAIL = SafeContact("email", "qirmizi.alma@example.org", None, ("az",))
WRITABLE = ("az", "en", "ru")


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BAKU)


def test_without_a_safe_contact_nothing_is_sent() -> None:
    """NO-2, fail closed."""
    assert decide(None, WRITABLE, NOON) == Withhold("no_safe_contact")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"channel": "letter"}, "channel_unknown"),
        ({"address": ""}, "address_unusable"),
        ({"address": "a@b\r\nBcc: c@d"}, "address_unusable"),
        ({"address": "a@b,c@d"}, "address_unusable"),
        ({"address": "a@b.example\n"}, "address_unusable"),
        ({"address": "a..b@c.example"}, "address_unusable"),
        ({"address": ".a@b.example"}, "address_unusable"),
        ({"address": "a@b..example"}, "address_unusable"),
        ({"channel": "sms", "address": "+٠١٢٣٤٥٦٧٨"}, "address_unusable"),
        ({"channel": "sms", "address": "0501234567"}, "address_unusable"),
        ({"languages": ("hi",)}, "language_without_template"),
        ({"languages": ()}, "language_without_template"),
        ({"hours": "in the morning"}, "hours_unreadable"),
        ({"hours": "10:00-10:00"}, "hours_unreadable"),
        ({"hours": "10:00-25:00"}, "hours_unreadable"),
    ],
)
def test_whatever_cannot_be_read_means_nothing_is_sent(change: dict[str, Any], reason: str) -> None:
    """NO-2, fail closed."""
    assert decide(replace(MAIL, **change), WRITABLE, NOON) == Withhold(reason)


def test_another_language_is_taken_only_if_the_contact_lists_it() -> None:
    """NO-2: a language without a template is never replaced by one that was not marked safe."""
    assert decide(replace(MAIL, languages=("ur", "ru")), WRITABLE, NOON) == Send("email", "ru")
    assert decide(replace(MAIL, languages=("ur",)), WRITABLE, NOON) == Withhold("language_without_template")


@pytest.mark.parametrize(
    ("now", "hours", "expected"),
    [
        (at(12), "10:00-17:00", at(12)),
        (at(9, 59), "10:00-17:00", at(10)),
        (at(10), "10:00-17:00", at(10)),
        (at(17), "10:00-17:00", at(10, day=3)),
        (at(23, 30), "22:00-02:00", at(23, 30)),
        (at(1, 30), "22:00-02:00", at(1, 30)),
        (at(2), "22:00-02:00", at(22)),
        (at(12), "00:00-24:00", at(12)),
        (at(12), None, at(12)),
    ],
)
def test_the_next_safe_hour(now: datetime, hours: str | None, expected: datetime) -> None:
    """NO-2: hours are those of Baku and may pass midnight."""
    assert next_safe_moment(hours, now) == expected


def test_outside_the_hours_it_waits_for_the_next_window() -> None:
    """NO-2."""
    assert decide(replace(MAIL, hours="10:00-17:00"), WRITABLE, at(20)) == Wait(at(10, day=3))


@given(
    minutes=st.integers(0, 10_000),
    begin=st.times(),
    end=st.times(),
)
def test_the_answer_is_always_inside_the_window_and_within_a_day(minutes: int, begin: object, end: object) -> None:
    """NO-2, property."""
    hours = f"{begin:%H:%M}-{end:%H:%M}"
    now = NOON + timedelta(minutes=minutes)
    if hours[:5] == hours[6:]:
        return
    moment = next_safe_moment(hours, now)
    assert now <= moment < now + timedelta(days=1)
    clock, opens, closes = f"{moment.astimezone(BAKU):%H:%M}", hours[:5], hours[6:]
    assert opens <= clock < closes if opens < closes else clock >= opens or clock < closes


def test_an_address_is_not_shown_by_accident() -> None:
    """protection.md: a value that lands in a log or a traceback shows no address."""
    assert "alma" not in repr(MAIL)
