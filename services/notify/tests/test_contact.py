"""NO-2: only a channel, hour and language marked safe; fail closed."""

from datetime import datetime

from casework.calendar import BAKU
from casework.safe_contact import SafeContact, read_hours
from notify.domain.contact import Send, Wait, Withhold, decide

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=BAKU)
MAIL = SafeContact("email", "qirmizi.alma@example.org", None, "az")


def test_without_a_safe_contact_nothing_is_sent() -> None:
    """NO-2, fail closed."""
    assert decide(None, NOON) == Withhold("no_safe_contact")


def test_outside_the_hours_it_waits_for_the_next_window() -> None:
    """NO-2."""
    by_day = SafeContact("email", MAIL.address, read_hours("10:00-17:00"), "ru")
    assert decide(by_day, NOON) == Send("email", "ru")
    night = datetime(2026, 3, 2, 20, 0, tzinfo=BAKU)
    assert decide(by_day, night) == Wait(datetime(2026, 3, 3, 10, 0, tzinfo=BAKU))
    assert decide(MAIL, night) == Send("email", "az")
