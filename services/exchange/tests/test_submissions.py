"""What agencies say: passed on once, or refused with a stable code; each is answered once."""

import json
from typing import Any
from uuid import UUID

import pytest
from chassis.clock import new_id
from nrm_events import to_message
from nrm_events.agencies import CourseEnrolmentTold, EventShared, HandoverAnswered, ReferralSubmitted
from nrm_events.identification import SubmissionAnswered

from .givens import ACU, AMC, Door, an_agreement, at


def a_referral() -> ReferralSubmitted:
    return ReferralSubmitted(
        effective_at=at(0),
        handle_id=new_id(),
        consents=[{"recipient": AMC, "purpose": "assistance", "data_class": "case_reference"}],
    )


def answered(said: UUID, agency: str = AMC, **more: Any) -> SubmissionAnswered:
    return SubmissionAnswered(
        **{"effective_at": at(1), "submission_id": said, "agency": agency, "accepted": True, "code": "accepted"} | more
    )


async def test_a_referral_is_passed_on_with_who_said_it(door: Door) -> None:
    """ID-1. The agency is the topic's word, never the message's."""
    referral = a_referral()
    said = await door.is_said(AMC, referral)
    ((name, told),) = await door.passed_on()
    assert name == "ReferralSubmitted"
    assert (told["agency"], told["submission_id"], told["handle_id"]) == (AMC, str(said), str(referral.handle_id))
    assert told["consents"] == [{"recipient": AMC, "purpose": "assistance", "data_class": "case_reference"}]
    assert await door.told(AMC) == []


async def test_the_answer_goes_back_to_who_asked_and_once(door: Door) -> None:
    referral = a_referral()
    said = await door.is_said(AMC, referral)
    case = new_id()
    await door.hears(answered(said, case_id=case))
    await door.hears(answered(said, case_id=new_id()))
    ((name, told),) = await door.told(AMC)
    assert name == "SubmissionAnswered"
    assert (told["submission_id"], told["accepted"], told["case_id"]) == (str(said), True, str(case))
    assert told["key"] == str(referral.handle_id)
    assert await door.told(ACU) == []


async def test_an_answer_to_another_agencys_submission_reaches_nobody(door: Door) -> None:
    said = await door.is_said(AMC, a_referral())
    await door.hears(answered(said, agency=ACU))
    assert (await door.told(AMC), await door.told(ACU)) == ([], [])


async def test_the_same_submission_again_is_taken_once(door: Door) -> None:
    referral, said = a_referral(), new_id()
    for _ in range(3):
        await door.is_said(AMC, referral, said_id=said)
    assert len(await door.passed_on()) == 1


async def test_two_agencies_may_give_the_same_id(door: Door) -> None:
    """No agency can take the answer of another by guessing its id."""
    said = new_id()
    await door.is_said(AMC, a_referral(), said_id=said)
    await door.is_said(ACU, a_referral(), said_id=said)
    assert {told["agency"] for _, told in await door.passed_on()} == {AMC, ACU}


async def test_what_was_not_agreed_is_refused(door: Door) -> None:
    course = CourseEnrolmentTold(effective_at=at(1), case_id=new_id(), course="sewing", enrolled=6, needed=8)
    await door.is_said(AMC, course)
    ((_, told),) = await door.told(AMC)
    assert (told["accepted"], told["code"]) == (False, "not_agreed")
    assert await door.passed_on() == []


async def test_a_key_that_is_not_the_cases_is_refused(door: Door) -> None:
    said = HandoverAnswered(effective_at=at(1), case_id=new_id(), handover_id=new_id(), taken=True)
    await door.is_said(AMC, said, key=new_id())
    ((_, told),) = await door.told(AMC)
    assert told["code"] == "wrong_key"


KEY = b"01900000-0000-7000-8000-000000000001"
SAID = b"01900000-0000-7000-8000-000000000002"
HEADERS = [
    ("ce_specversion", b"1.0"),
    ("ce_id", SAID),
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
        (b"no id", b"{}", HEADERS, "payload_malformed"),
    ],
)
async def test_what_cannot_be_read_is_answered_and_parks_nothing(
    door: Door, key: bytes | None, value: bytes | None, headers: Any, code: str
) -> None:
    for _ in range(2):
        await door.brings(AMC, key, value, headers)
    answers = await door.told(AMC)
    known = bool(headers)
    assert [told["code"] for _, told in answers] == [code] * (1 if known else 2)
    assert answers[0][1]["place"] == "0@0"
    assert (answers[0][1]["submission_id"] == SAID.decode()) is known
    assert await door.parked() == 0


async def test_what_only_the_platform_says_is_refused_when_an_agency_says_it(door: Door) -> None:
    told = EventShared(
        effective_at=at(1), case_id=new_id(), event_id=new_id(), event="x", purpose="assistance", agreement=1, fields={}
    )
    await door.is_said(AMC, told)
    ((_, answer),) = await door.told(AMC)
    assert answer["code"] == "wrong_topic"


async def test_an_agency_that_is_cut_off_gets_its_answers_when_it_is_let_in_again(door: Door) -> None:
    said = await door.is_said(AMC, a_referral())
    await door.acts(AMC, "suspension", reason="security_incident")
    await door.hears(answered(said, case_id=new_id()))
    assert await door.told(AMC) == []
    await door.acts(AMC, "resumption")
    assert [name for name, _ in await door.told(AMC)] == ["SubmissionAnswered"]


async def test_a_course_is_passed_on_where_it_was_agreed(door: Door) -> None:
    """SH-8."""
    await door.acts("vac", "agreement", **an_agreement())
    course = CourseEnrolmentTold(effective_at=at(1), case_id=new_id(), course="sewing", enrolled=6, needed=8)
    await door.is_said("vac", course)
    ((name, told),) = await door.passed_on()
    assert (name, told["course"], told["needed"]) == ("CourseEnrolmentTold", "sewing", 8)


def test_a_message_of_an_agency_is_small() -> None:
    """Nothing but ids and codes: what it says fits a line."""
    from nrm_events import Envelope

    said = a_referral()
    envelope = Envelope(
        id=new_id(), type=said.type_name(), source="/x", subject="x", time=at(0), sequence=1, key=said.stream, data=said
    )
    assert json.loads(to_message(envelope)[1]).keys() == {"effective_at", "handle_id", "consents"}
