"""What was sent in an earlier version is read in the newest; nothing of the envelope changes by it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nrm_events import EARLIER, EVENTS, Envelope, EnvelopeError, Event, earlier, from_message, shelter, to_message

from .givens import any_event, envelopes

CASE = UUID("01900000-0000-7000-8000-000000000001")
NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)


def _around(data: Event, like: Envelope) -> Envelope:
    return replace(like, type=data.type_name(), source=f"/nrm/{data.service}", subject=data.subject, data=data)


@pytest.mark.parametrize("kind", EARLIER.values(), ids=EARLIER.keys())
def test_whatever_an_earlier_version_says_the_newest_says_too(kind: type[Event]) -> None:
    """Id, number in the case, key, times and causes are those of the wire: order and inbox know no versions."""

    @settings(max_examples=50)
    @given(any_event(kind), envelopes())
    def holds(event: Event, like: Envelope) -> None:
        sent = replace(_around(event, like), key=event.stream)
        read = from_message(*to_message(sent))
        assert read.type == read.data.type_name() in EVENTS
        assert type(read.data).__name__ == kind.__name__
        assert replace(read, type=sent.type, data=sent.data) == sent
        assert read.data.stream == event.stream

    holds()


def test_an_earlier_version_is_beside_the_newest_not_instead() -> None:
    assert not EARLIER.keys() & EVENTS.keys()
    newest = {(event.service, event.__name__): event.version for event in EVENTS.values()}
    assert all(event.version < newest[event.service, event.__name__] for event in EARLIER.values())


def _left(to: str | None) -> Event:
    return earlier.ShelterLeft(effective_at=NOON, case_id=CASE, stay_id=CASE, how="left", to=to).upcast()


@given(st.from_regex(r"\A[A-Za-z][A-Za-z0-9_-]{0,63}\Z") | st.none())
def test_a_place_that_an_earlier_message_could_hold_is_told_to_nobody(to: str | None) -> None:
    """SH-7."""
    read = _left(to)
    assert isinstance(read, shelter.ShelterLeft)
    assert read.to in ("vac", "ngo_shelter", "family", "independent", "not_told")


@pytest.mark.parametrize("to", ["vac", "ngo_shelter", "family", "independent"])
def test_what_comes_after_the_stay_is_kept(to: str) -> None:
    """SH-8."""
    assert _left(to).model_dump()["to"] == to


def test_the_newest_version_cannot_say_a_place() -> None:
    """SH-7: not even by mistake of the sender."""
    left = shelter.ShelterLeft(effective_at=NOON, case_id=CASE, stay_id=CASE, how="left", to="vac")
    like = Envelope(CASE, left.type_name(), "/nrm/shelter", left.subject, NOON, 1, CASE, left)
    key, value, headers = to_message(like)
    for to in ("Nizami5", None):
        event = json.dumps(json.loads(value) | {"to": to}).encode()
        with pytest.raises(EnvelopeError, match="payload_malformed"):
            from_message(key, event, headers)
