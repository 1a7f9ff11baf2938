"""NO-2: what a safe contact is, in one place: what is accepted can be used, and what cannot is named."""

import unicodedata
from datetime import datetime, time, timedelta
from email.headerregistry import Address
from email.message import EmailMessage

import phonenumbers
import pytest
from casework.calendar import BAKU
from casework.safe_contact import SafeContact, Unreachable, read_contact, read_email, read_hours, read_phone
from hypothesis import given
from hypothesis import strategies as st

LANGUAGES = ("az", "en", "ru")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=BAKU)
MAIL = {"channel": "email", "address": "qirmizi.alma@example.org", "hours": None, "language": "az"}

TYPED = st.fixed_dictionaries(
    {
        "channel": st.sampled_from(["sms", "email", "letter", None]) | st.text(max_size=6),
        "address": st.text(max_size=60)
        | st.emails()
        | st.from_regex(r"\A\+?[0-9 ().-]{5,20}\Z")
        | st.sampled_from(["person.@example.org", "a@b", "0501234567", "00994501234567", "152", None, 994501234567]),
        "hours": st.none()
        | st.text(max_size=12)
        | st.from_regex(r"\A[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]\Z")
        | st.sampled_from(["10:00-10:00", "22:00-06:00", "00:00-24:00", "24:00-24:00"]),
        "language": st.sampled_from([*LANGUAGES, "hi", "", None]),
    }
)


def _accepted(typed: dict[str, object]) -> SafeContact | None:
    try:
        return read_contact(typed, LANGUAGES)
    except Unreachable:
        return None


@given(TYPED, st.integers(0, 3_000))
def test_whatever_is_accepted_can_be_sent_to_and_is_accepted_again(typed: dict[str, object], minutes: int) -> None:
    """NO-2, property: identification accepts by this function and notify uses by it, so neither knows more."""
    contact = _accepted(typed)
    if contact is None:
        return
    assert read_contact(contact.as_fields(), LANGUAGES) == contact
    if contact.channel == "email":
        message = EmailMessage()
        message["To"] = Address(addr_spec=contact.address)
        assert message["To"].addresses[0].addr_spec == contact.address
        assert contact.address.isascii()
    else:
        assert phonenumbers.is_possible_number(phonenumbers.parse(contact.address))
    if contact.hours:
        now = NOON + timedelta(minutes=minutes)
        assert now <= contact.hours.next_open(now) < now + timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"channel": "letter"}, "channel", "channel_unknown"),
        ({"address": ""}, "address", "not_an_email"),
        ({"address": "person.@example.org"}, "address", "not_an_email"),
        ({"address": ".a@b.example"}, "address", "not_an_email"),
        ({"address": "a..b@c.example"}, "address", "not_an_email"),
        ({"address": "a@b..example"}, "address", "not_an_email"),
        ({"address": "a@localhost"}, "address", "not_an_email"),
        ({"address": "a@10.0.0.1"}, "address", "not_an_email"),
        ({"address": "a@-b.example"}, "address", "not_an_email"),
        ({"address": "a@b.example,c@d.example"}, "address", "not_an_email"),
        ({"address": "a@b.example\r\nBcc: c@d.example"}, "address", "not_an_email"),
        ({"address": "şəms@example.org"}, "address", "not_an_email"),
        ({"channel": "sms", "address": "152"}, "address", "not_a_phone_number"),
        ({"channel": "sms", "address": "050111223"}, "address", "not_a_phone_number"),
        ({"channel": "sms", "address": "+994501112233, +994501112234"}, "address", "not_a_phone_number"),
        ({"channel": "sms", "address": "+99450123456"}, "address", "not_a_phone_number"),
        ({"channel": "sms", "address": 994501234567}, "address", "not_a_phone_number"),
        ({"language": "hi"}, "language", "language_without_template"),
        ({"language": None}, "language", "language_without_template"),
        ({"hours": "in the morning"}, "hours", "hours_unreadable"),
        ({"hours": "10:00-25:00"}, "hours", "hours_unreadable"),
        ({"hours": "10:00-10:00"}, "hours", "hours_empty"),
    ],
)
def test_what_nobody_can_be_reached_by_is_named_and_not_repeated(
    change: dict[str, object], field: str, code: str
) -> None:
    """NO-2."""
    with pytest.raises(Unreachable) as refused:
        read_contact(MAIL | change, LANGUAGES)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert str(change.get("address") or "?") not in refused.value.message


COPIED = [
    "+994 50 123 45 67",
    "+994-50-123-45-67",
    "+994\u201150\u2011123\u201145\u201167",
    "+994–50–123–45–67",
    "(+994) 50 123 45 67",
    "+994 (50) 123.45.67",
    "+994 (0) 50 123 45 67",
    "+9940501234567",
    "00994501234567",
    "00 994 50/123-45-67",
    "0501234567",
    "(050) 123-45-67",
    "\u202a+994 50 123 45 67\u202c",
    "\u200e+994\u00a050\u2009123\u202f45\u00a067\u200b",
    "\ufeff050 123 45 67",
    "+９９４ ５０ １２３ ４５ ６７",
    "+٩٩٤٥٠١٢٣٤٥٦٧",
]


@pytest.mark.parametrize("typed", COPIED, ids=lambda typed: ascii(typed))
def test_a_number_is_understood_however_it_was_copied(typed: str) -> None:
    """NO-2: from a telephone, a paper, a page."""
    assert read_phone(typed) == "+994501234567"


INVISIBLE = [chr(code) for code in range(0x2000, 0x2070) if unicodedata.category(chr(code)) in ("Cf", "Zs")]


@given(
    st.integers(10_000_000, 99_999_999), st.lists(st.sampled_from([*INVISIBLE, " ", "-", ".", "\u2011"]), max_size=9)
)
def test_marks_anywhere_change_no_number(digits: int, marks: list[str]) -> None:
    """NO-2, property."""
    number = f"5{digits}"
    typed = "+994" + "".join(digit + "".join(marks[place : place + 1]) for place, digit in enumerate(number))
    assert read_phone(typed) == f"+994{number}" or len(typed) > 40


def test_numbers_of_other_countries_keep_their_country() -> None:
    """NO-2."""
    assert read_phone("+90 0532 123 45 67") == "+905321234567"
    assert read_phone("+39 06 698 12345") == "+390669812345"
    assert read_email("a_b+c@xn--e1afmkfd.example ") == "a_b+c@xn--e1afmkfd.example"


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=BAKU)


@pytest.mark.parametrize(
    ("now", "hours", "expected"),
    [
        (at(12), "10:00-17:00", at(12)),
        (at(9, 59), "10:00 – 17:00", at(10)),
        (at(10), "10:00-17:00", at(10)),
        (at(17), "10:00-17:00", at(10, day=3)),
        (at(23, 30), "22:00-02:00", at(23, 30)),
        (at(1, 30), "22:00-02:00", at(1, 30)),
        (at(2), "22:00-02:00", at(22)),
        (at(12), "00:00-24:00", at(12)),
    ],
)
def test_the_next_safe_hour(now: datetime, hours: str, expected: datetime) -> None:
    """NO-2: hours are those of Baku and may pass midnight."""
    assert read_hours(hours).next_open(now) == expected


@given(st.integers(0, 10_000), st.times(), st.times())
def test_the_next_hour_is_inside_the_window(minutes: int, begin: time, end: time) -> None:
    """NO-2, property."""
    opens, closes = f"{begin:%H:%M}", f"{end:%H:%M}"
    if opens == closes:
        return
    now = NOON + timedelta(minutes=minutes)
    hours = read_hours(f"{opens}-{closes}")
    clock = f"{hours.next_open(now).astimezone(BAKU):%H:%M}"
    assert opens <= clock < closes if opens < closes else clock >= opens or clock < closes
    assert str(hours) == f"{opens}-{closes}"


def test_an_address_is_not_shown_by_accident() -> None:
    """protection.md: a value that lands in a log or a traceback shows no address."""
    assert "alma" not in repr(SafeContact("email", "qirmizi.alma@example.org", None, "az"))
