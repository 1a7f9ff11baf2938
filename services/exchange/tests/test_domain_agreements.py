"""Who is told what: pure, every state × action of an agency."""

from datetime import date, timedelta

import pytest
from chassis.errors import NotPossible
from exchange.domain.agreements import AGENCY, Agreement, Consent, Line, cut, fields_by_consent, line_that_allows
from hypothesis import given
from hypothesis import strategies as st

from .givens import AMC, at

BY_CONSENT = Line("shelter.ShelterExtended", ("ends_at",), "assistance", "consent")
ADDRESSED = Line("shelter.HandoverRequested", ("handover_id",), "reintegration", "law", of="to")
AGREED = Agreement(AMC, 1, date(2020, 1, 1), None, frozenset(), (BY_CONSENT, ADDRESSED))
TODAY = date(2026, 3, 10)
STEPS = {
    ("active", "suspend"): "suspended",
    ("suspended", "resume"): "active",
    ("active", "remove"): "removed",
    ("suspended", "remove"): "removed",
    ("removed", "rejoin"): "active",
}


@pytest.mark.parametrize(("state", "action", "after"), list(AGENCY.table()))
def test_an_agency_goes_through_its_states(state: str, action: str, after: str | None) -> None:
    assert STEPS.get((state, action)) == after
    if after is None:
        with pytest.raises(NotPossible):
            AGENCY.after(state, action)


def allows(consent: Consent | None, days: float = 2) -> bool:
    standing = [consent] if consent else []
    return line_that_allows(AGREED, "shelter.ShelterExtended", {}, at(days), TODAY, standing) is not None


def test_without_consent_nothing_is_told() -> None:
    """ID-12."""
    assert not allows(None)


def test_a_consent_covers_what_took_effect_since_it_was_given() -> None:
    """ID-12."""
    given_then = Consent(AMC, "assistance", at(2))
    assert allows(given_then, days=2)
    assert not allows(given_then, days=1.9)


@pytest.mark.parametrize("other", [Consent("ngo-acu", "assistance", at(1)), Consent(AMC, "legal_aid", at(1))])
def test_a_consent_to_somebody_else_or_for_something_else_covers_nothing(other: Consent) -> None:
    """ID-12."""
    assert not allows(other)


@pytest.mark.parametrize(("to", "told"), [(AMC, True), ("ngo-acu", False), (None, False)])
def test_what_is_addressed_is_told_to_whom_it_names(to: str | None, told: bool) -> None:
    line = line_that_allows(AGREED, "shelter.HandoverRequested", {"to": to}, at(2), TODAY, [])
    assert (line == ADDRESSED) is told


def test_what_is_addressed_to_others_waits_for_no_consent() -> None:
    assert fields_by_consent(AGREED, "shelter.HandoverRequested") is None
    assert fields_by_consent(AGREED, "shelter.ShelterExtended") == {"ends_at"}


@given(day=st.dates(), first=st.dates(), length=st.none() | st.integers(0, 4000))
def test_an_agreement_holds_from_its_first_day_to_the_day_before_its_end(
    day: date, first: date, length: int | None
) -> None:
    end = None if length is None or first > date(9980, 1, 1) else first + timedelta(days=length)
    holds = Agreement(AMC, 1, first, end, frozenset(), ()).in_force(day)
    assert holds == (first <= day and (end is None or day < end))


@given(st.dictionaries(st.sampled_from(["ends_at", "reason", "stay_id"]), st.text()))
def test_no_field_is_told_that_was_not_agreed(data: dict[str, str]) -> None:
    assert cut(BY_CONSENT.fields, data).keys() <= {"ends_at"}
