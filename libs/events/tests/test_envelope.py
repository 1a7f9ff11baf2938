"""The codec of the wire: every event there is goes out and comes back the same; what is malformed has a code."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nrm_events import AGENCY_MESSAGES, EVENTS, Envelope, EnvelopeError, Event, from_message, to_message
from nrm_events.agencies import EventShared, Submission, SubmissionAnswered
from nrm_events.base import CaseEvent
from nrm_events.corpus import made
from nrm_events.headers import HEADERS
from nrm_events.notify import NotificationFailed
from pydantic import TypeAdapter, ValidationError

from .givens import any_event, envelopes

CASE = UUID("01900000-0000-7000-8000-000000000001")


@given(envelopes())
def test_every_event_comes_back_as_it_went(envelope: Envelope) -> None:
    assert from_message(*to_message(envelope)) == envelope


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())
def test_every_event_knows_its_type_topic_subject_and_stream(event: type[Event]) -> None:
    @settings(max_examples=5)
    @given(any_event(event))
    def holds(made: Event) -> None:
        assert made.type_name() == f"nrm.{event.service}.{event.__name__}.v{event.version}"
        assert made.topic() == f"nrm.{event.service}"
        what, _, which = made.subject.partition("/")
        assert UUID(which) == getattr(made, f"{what}_id")
        assert made.stream == (made.case_id if isinstance(made, CaseEvent) else UUID(which))

    holds()


@pytest.mark.parametrize("message", AGENCY_MESSAGES.values(), ids=AGENCY_MESSAGES.keys())
def test_a_message_of_an_agency_is_on_its_topic_and_names_nobody_as_its_sender(message: type[Event]) -> None:
    """Which agency says it is known by the topic; a message that names one is believed no more for it."""
    assert message.topic() in ("ext.{agency}.in", "ext.{agency}.out")
    assert message.publisher() == ("/nrm/agency" if message.topic().endswith(".in") else "/nrm/exchange")
    assert "agency" not in message.model_fields


@pytest.mark.parametrize("words", ["Gülnar Əliyeva", "Bakı, Nizami 5", "+994 50 123 45 67", "a b", "a\n", "ə", ""])
def test_what_an_agency_is_told_holds_no_sentence(words: str) -> None:
    """SH-7, ID-13."""
    shared = json.loads(made(EventShared).value)
    assert EventShared.model_validate(shared | {"fields": {"ends_at": "2024-03-04T10:00:00+04:00", "reason": None}})
    for change in ({"fields": {"reason": words}}, {"fields": {"reasons": ["recovery", words]}}, {"event": words}):
        with pytest.raises(ValidationError):
            EventShared.model_validate(shared | change)
    with pytest.raises(ValidationError):
        SubmissionAnswered.model_validate(json.loads(made(SubmissionAnswered).value) | {"place": words})


@given(envelopes())
def test_headers_are_those_of_cloudevents_binary_mode(envelope: Envelope) -> None:
    key, _, headers = to_message(envelope)
    attributes = dict(headers)
    assert len(attributes) == len(headers), "no header twice"
    assert attributes["content-type"] == b"application/json"
    assert attributes["ce_specversion"] == b"1.0"
    assert key == attributes["ce_partitionkey"] == str(envelope.key).encode()
    assert len(attributes["ce_sequence"]) == 12, "compared as text, so padded"
    assert attributes["ce_dataschema"] == f"urn:nrm:schema:{envelope.type}".encode()
    assert attributes["ce_dataclassification"].decode() in ("case-reference", "no-case")


def _message(**change: bytes | None) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    event = NotificationFailed(
        effective_at=datetime(2024, 3, 4, tzinfo=UTC),
        case_id=CASE,
        notification_id=CASE,
        template="new_notification",
        recipient="staff",
        reason="no_channel",
    )
    envelope = Envelope(
        id=CASE,
        type=event.type_name(),
        source="/nrm/notify",
        subject=event.subject,
        time=datetime(2024, 3, 4, 1, tzinfo=UTC),
        sequence=7,
        key=CASE,
        data=event,
        correlation_id=CASE,
    )
    key, value, headers = to_message(envelope)
    changed = {**dict(headers), **change}
    return key, value, [(name, content) for name, content in changed.items() if content is not None]


def _code(key: bytes | None, value: bytes | None, headers: Any) -> str:
    with pytest.raises(EnvelopeError) as fault:
        from_message(key, value, headers)
    assert str(fault.value) == fault.value.code
    assert fault.value.__cause__ is None, "the content that was wrong is not carried along"
    return fault.value.code


NEEDED = ("ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_sequence")


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_header_is_named_by_its_code(name: str) -> None:
    assert _code(*_message(**{name: None})) == "header_missing"


def test_a_missing_header_is_missing_even_if_its_name_stands_elsewhere() -> None:
    assert _code(*_message(ce_time=None, ce_source=b"ce_time")) == "header_missing"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_id", b"7"),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2024-03-04T10:00:00"),
        ("ce_sequence", b"first"),
        ("ce_sequence", b"9" * 5_000),
        ("ce_correlationid", b"7"),
        ("ce_causationid", b"7"),
        ("ce_source", b"\xff"),
        ("ce_source", b""),
        ("ce_subject", b"a sentence about her"),
        ("ce_id", b"{01900000-0000-7000-8000-000000000001}"),
        ("ce_sequence", b"+7"),
        ("ce_sequence", "٧".encode()),
        ("ce_partitionkey", b"7"),
        ("ce_dataschema", b"https://elsewhere.example/schema"),
        ("ce_dataclassification", b"secret"),
        ("content-type", b"text/xml"),
    ],
)
def test_a_malformed_header_has_its_code(name: str, content: bytes) -> None:
    assert _code(*_message(**{name: content})) == "header_malformed"


def test_a_header_that_is_not_ours_is_passed_over() -> None:
    """Other tools add their own, and not always as text."""
    key, value, headers = _message()
    assert from_message(key, value, [*headers, ("unknown", b"\xff")]) == from_message(key, value, headers)


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_stands_twice_is_malformed(name: str) -> None:
    """One reader would take the first, another the last."""
    key, value, headers = _message(ce_causationid=str(CASE).encode())
    assert _code(key, value, [*headers, (name, dict(headers)[name])]) == "header_malformed"


@pytest.mark.parametrize("broken", [b"{}", b"[]", b"\xff"])
def test_headers_are_judged_before_what_is_in_the_message(broken: bytes) -> None:
    """So that one fault has one code, whatever else is wrong."""
    key, _, headers = _message(ce_time=b"yesterday")
    assert _code(key, broken, headers) == _code(b"no case", broken, headers) == "header_malformed"


SUBMISSIONS = [event for event in AGENCY_MESSAGES.values() if issubclass(event, Submission)]


@pytest.mark.parametrize("event", SUBMISSIONS)
def test_a_field_that_a_submission_has_not_is_refused_at_any_depth(event: type[Event]) -> None:
    """A name that somebody types into one would lie on the topic."""
    golden = made(event)
    assert from_message(golden.key, golden.value, golden.headers)
    whole = json.loads(golden.value)
    for place in (whole, *whole.get("consents", ())):
        place["name"] = "Leyla"
        assert _code(golden.key, json.dumps(whole).encode(), golden.headers) == "payload_malformed"
        del place["name"]


def test_a_header_without_content_is_malformed() -> None:
    """The bus allows it."""
    key, value, headers = _message()
    assert _code(key, value, [*headers, ("ce_time", None)]) == "header_malformed"


def test_a_type_that_does_not_exist_is_unknown() -> None:
    assert _code(*_message(ce_type=b"nrm.notify.Sang.v1")) == "unknown_type"


@pytest.mark.parametrize("key", [None, b"", b"a case", b"\xff"])
def test_a_key_that_is_no_case_is_malformed(key: bytes | None) -> None:
    _, value, headers = _message()
    assert _code(key, value, headers) == "header_malformed"


@pytest.mark.parametrize("value", [None, b"", b"{", b"{}", b"[]", b"null", b"\xff", b'{"case_id": 1}'])
def test_a_payload_that_is_not_the_event_is_malformed(value: bytes | None) -> None:
    key, _, headers = _message()
    assert _code(key, value, headers) == "payload_malformed"


def test_an_event_of_another_case_than_its_key_is_refused() -> None:
    """It would be parked, replayed and kept in order with a case that it does not belong to."""
    _, value, headers = _message()
    assert _code(str(UUID(int=7)).encode(), value, headers) == "wrong_key"


def test_a_payload_with_free_text_for_a_code_is_refused() -> None:
    key, value, headers = _message()
    assert _code(key, value.replace(b"no_channel", b"She moved to her aunt"), headers) == "payload_malformed"


def test_a_field_of_a_later_minor_version_is_passed_over() -> None:
    key, value, headers = _message()
    assert from_message(key, value[:-1] + b',"later": 1}', headers) == from_message(key, value, headers)


@pytest.mark.parametrize("traceparent", [b"", b"00-xyz", b"x" * 55])
def test_a_trace_that_is_none_is_left_out_and_stops_nothing(traceparent: bytes) -> None:
    assert from_message(*_message(traceparent=traceparent)).traceparent is None


def test_headers_in_capitals_are_read_too() -> None:
    key, value, headers = _message()
    shouted = [(name.upper(), content) for name, content in headers]
    assert from_message(key, value, shouted) == from_message(key, value, headers)


@given(st.lists(st.tuples(st.text(), st.binary())), st.none() | st.binary(), st.none() | st.binary())
def test_whatever_comes_it_is_an_envelope_or_a_code(
    headers: list[tuple[str, bytes]], key: bytes | None, value: bytes | None
) -> None:
    assert _code(key, value, headers) in ("header_missing", "header_malformed")


@given(st.sampled_from(NEEDED), st.binary(max_size=60), st.binary(max_size=60))
def test_whatever_stands_in_one_header_it_is_an_envelope_or_a_code(name: str, content: bytes, value: bytes) -> None:
    key, _, headers = _message(**{name: content})
    try:
        from_message(key, value, headers)
    except EnvelopeError as fault:
        TypeAdapter(str).validate_python(fault.code)
