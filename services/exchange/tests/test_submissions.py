"""What agencies submit: passed on once, or refused with a stable code; each is answered once."""

import json
from typing import Any
from uuid import UUID

import pytest
from chassis.clock import new_id
from nrm_events import to_message
from nrm_events.agencies import CourseEnrolmentTold, EventShared, HandoverAnswered, ReferralSubmitted
from nrm_events.identification import SubmissionAnswered

from .givens import ACU, AMC, Door, at


def a_referral() -> ReferralSubmitted:
    return ReferralSubmitted(
        effective_at=at(0),
        handle_id=new_id(),
        consents=[{"recipient": AMC, "purpose": "assistance", "data_class": "case_reference"}],
    )


def answered(submission: UUID, agency: str = AMC, **more: Any) -> SubmissionAnswered:
    return SubmissionAnswered(
        **{"effective_at": at(1), "submission_id": submission, "agency": agency, "accepted": True, "code": "accepted"}
        | more
    )


async def test_a_referral_is_passed_on_with_its_agency(door: Door) -> None:
    """ID-1. The topic decides which agency it is, never the message."""
    referral = a_referral()
    submitted = await door.submits(AMC, referral)
    ((name, sent),) = await door.published()
    assert name == "ReferralSubmitted"
    assert (sent["agency"], sent["submission_id"], sent["handle_id"]) == (AMC, str(submitted), str(referral.handle_id))
    assert sent["consents"] == [{"recipient": AMC, "purpose": "assistance", "data_class": "case_reference"}]
    assert await door.sent_to(AMC) == []


async def test_the_answer_returns_to_the_sender_and_once(door: Door) -> None:
    referral = a_referral()
    submitted = await door.submits(AMC, referral)
    case = new_id()
    await door.receives(answered(submitted, case_id=case))
    await door.receives(answered(submitted, case_id=new_id()))
    ((name, sent),) = await door.sent_to(AMC)
    assert name == "SubmissionAnswered"
    assert (sent["submission_id"], sent["accepted"], sent["case_id"]) == (str(submitted), True, str(case))
    assert sent["key"] == str(referral.handle_id)
    assert await door.sent_to(ACU) == []


async def test_an_answer_to_another_agencys_submission_reaches_nobody(door: Door) -> None:
    submitted = await door.submits(AMC, a_referral())
    await door.receives(answered(submitted, agency=ACU))
    assert (await door.sent_to(AMC), await door.sent_to(ACU)) == ([], [])


async def test_the_same_submission_again_is_taken_once(door: Door) -> None:
    referral, submitted = a_referral(), new_id()
    for _ in range(3):
        await door.submits(AMC, referral, message_id=submitted)
    assert len(await door.published()) == 1


async def test_two_agencies_may_give_the_same_id(door: Door) -> None:
    """No agency can take the answer of another by guessing its id."""
    submitted = new_id()
    await door.submits(AMC, a_referral(), message_id=submitted)
    await door.submits(ACU, a_referral(), message_id=submitted)
    assert {sent["agency"] for _, sent in await door.published()} == {AMC, ACU}


async def test_what_was_not_agreed_is_refused(door: Door) -> None:
    course = CourseEnrolmentTold(effective_at=at(1), case_id=new_id(), course="sewing", enrolled=6, needed=8)
    await door.submits(AMC, course)
    ((_, sent),) = await door.sent_to(AMC)
    assert (sent["accepted"], sent["code"]) == (False, "not_agreed")
    assert await door.published() == []


async def test_a_key_that_is_not_the_cases_is_refused(door: Door) -> None:
    submitted = HandoverAnswered(effective_at=at(1), case_id=new_id(), handover_id=new_id(), taken=True)
    await door.submits(AMC, submitted, key=new_id())
    ((_, sent),) = await door.sent_to(AMC)
    assert sent["code"] == "wrong_key"


KEY = b"01900000-0000-7000-8000-000000000001"
MESSAGE_ID = b"01900000-0000-7000-8000-000000000002"
HEADERS = [
    ("ce_specversion", b"1.0"),
    ("ce_id", MESSAGE_ID),
    ("ce_type", b"nrm.agency.ReferralSubmitted.v1"),
    ("ce_source", b"/agency/ngo-amc"),
    ("ce_subject", b"handle/1"),
    ("ce_time", b"2026-03-02T08:00:00+00:00"),
    ("ce_sequence", b"1"),
]


@pytest.mark.parametrize(
    ("key", "value", "headers", "code"),
    [
        (KEY, b"{}", HEADERS, "payload_malformed"),
        (KEY, b"\xff\x00 no json", HEADERS, "payload_malformed"),
        (KEY, None, HEADERS, "payload_malformed"),
        (None, b"{}", HEADERS, "header_malformed"),
        (KEY, b"{}", HEADERS[:2], "header_missing"),
        (KEY, b"{}", [], "header_missing"),
        (KEY, b"{}", [*HEADERS[:2], ("ce_type", b"nrm.agency.Sang.v1"), *HEADERS[3:]], "unknown_type"),
        (b"no id", b"{}", HEADERS, "header_malformed"),
    ],
)
async def test_what_cannot_be_read_is_answered_and_parks_nothing(
    door: Door, key: bytes | None, value: bytes | None, headers: Any, code: str
) -> None:
    for _ in range(2):
        await door.puts(AMC, key, value, headers)
    answers = await door.sent_to(AMC)
    known = bool(headers)
    assert [sent["code"] for _, sent in answers] == [code] * (1 if known else 2)
    assert answers[0][1]["place"] == "0@0"
    assert (answers[0][1]["submission_id"] == MESSAGE_ID.decode()) is known
    assert await door.count("parked_event") == 0


async def test_what_only_the_platform_sends_is_refused_when_an_agency_sends_it(door: Door) -> None:
    sent = EventShared(
        effective_at=at(1), case_id=new_id(), event_id=new_id(), event="x", purpose="assistance", agreement=1, fields={}
    )
    await door.submits(AMC, sent)
    ((_, answer),) = await door.sent_to(AMC)
    assert answer["code"] == "wrong_topic"


async def test_an_agency_that_is_suspended_gets_its_answers_when_it_is_resumed(door: Door) -> None:
    submitted = await door.submits(AMC, a_referral())
    await door.acts(AMC, "suspension", reason="security_incident")
    await door.receives(answered(submitted, case_id=new_id()))
    assert await door.sent_to(AMC) == []
    await door.acts(AMC, "resumption")
    assert [name for name, _ in await door.sent_to(AMC)] == ["SubmissionAnswered"]


async def test_a_refusal_names_no_case(door: Door) -> None:
    """ID-7: whatever the deciding service put into its answer."""
    submitted = await door.submits(AMC, a_referral())
    await door.receives(answered(submitted, accepted=False, code="unknown", case_id=new_id()))
    ((_, sent),) = await door.sent_to(AMC)
    assert (sent["accepted"], sent["code"], sent["case_id"]) == (False, "unknown", None)


async def test_a_course_is_passed_on_where_it_was_agreed(door: Door) -> None:
    """SH-8."""
    await door.joins()
    course = CourseEnrolmentTold(effective_at=at(1), case_id=new_id(), course="sewing", enrolled=6, needed=8)
    await door.submits("iom-baku", course)
    ((name, sent),) = await door.published()
    assert (name, sent["course"], sent["needed"]) == ("CourseEnrolmentTold", "sewing", 8)


def test_a_message_of_an_agency_is_small() -> None:
    """Nothing but ids and codes: what it says fits a line."""
    from nrm_events import Envelope

    submitted = a_referral()
    envelope = Envelope(
        id=new_id(),
        type=submitted.type_name(),
        source="/x",
        subject="x",
        time=at(0),
        sequence=1,
        key=submitted.stream,
        data=submitted,
    )
    assert json.loads(to_message(envelope)[1]).keys() == {"effective_at", "handle_id", "consents"}
