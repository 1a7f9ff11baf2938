"""A list of events does what its events do one after the other."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.clock import new_id
from chassis.message import Message, read
from exchange.agency_consumers import consumer_of
from exchange.app import SERVICE
from nrm_events import Envelope, Event, agency_topic, to_message
from nrm_events.agencies import CourseEnrolmentTold, WithdrawalAcknowledged
from nrm_events.identification import ConsentGranted, ConsentWithdrawn, SubmissionAnswered
from nrm_events.notify import CalendarDecreed

from .givens import ACU, AMC, POLICE, Door, a_line, assisted, at, granted, handed_over, noticed, opened, withdrawn

NEW, MIGRATION = "iom-baku", "sms"
_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _story(case: UUID, kind: int) -> list[Event]:
    """What happens in a case: to whom the person agreed, what waits, what goes out, what ends."""
    to_amc, to_police = granted(case, AMC), granted(case, POLICE)
    bar = new_id()
    own: list[list[Event]] = [
        [assisted(case, 2), to_amc, assisted(case, 3), withdrawn(to_amc, 5), assisted(case, 6)],
        [assisted(case, 1), assisted(case, 2), granted(case, ACU), granted(case, AMC, days=2), assisted(case, 4)],
        [handed_over(case), to_police, assisted(case, 3), withdrawn(to_police, 5), assisted(case, 6)],
        [opened(case), to_police, assisted(case, 3), withdrawn(to_police, 5), assisted(case, 6)],
        [
            noticed(case, MIGRATION, bar_id=bar),
            noticed(case, MIGRATION),
            noticed(case, MIGRATION, 3, bar_id=bar, stands=False),
            noticed(case, MIGRATION, 4, bar_id=bar),
            assisted(case, 5),
        ],
    ]
    return own[kind]


async def _received(door: Door, case: UUID) -> list[tuple[str, str, dict[str, Any]]]:
    """What went out of a case, by topic and in order, without ids."""
    found = [
        (topic, name, {key: value for key, value in data.items() if not _is_id(key, value)})
        for topic, name, data, _ in await door._sent()
        if data.get("case_id") == str(case)
    ]
    return sorted(found, key=lambda sent: sent[0])


def _is_id(key: str, value: Any) -> bool:
    return key in ("fields", "acknowledge_by") or bool(_ID.fullmatch(str(value).encode()))


async def test_a_list_gives_each_case_what_its_events_give_alone(door: Door) -> None:
    """ID-7, ID-12, RP-4: consents, hand-overs to police, what waited, notices of bars."""
    notices = [a_line("repatriation.RemovalBarNoticed", "bar_id", "stands", ground="told_of_bar")]
    await door.joins(MIGRATION, "migration", edition=9, tells=notices)
    kinds = range(5)
    alone, together = [new_id() for _ in kinds], [new_id() for _ in kinds]
    for kind, case in zip(kinds, alone, strict=True):
        for event in _story(case, kind):
            await door.receives(event)
    stories = [_story(case, kind) for kind, case in zip(kinds, together, strict=True)]
    for events in zip(*stories, strict=True):
        await door.receives(*events)
    for kind in kinds:
        one, other = await _received(door, alone[kind]), await _received(door, together[kind])
        assert [(topic, name) for topic, name, _ in one] == [(topic, name) for topic, name, _ in other]
        assert [data for _, _, data in one] == [data for _, _, data in other], kind
        assert one, "each story sends something"


async def test_a_whole_story_in_one_poll_is_told_in_its_order(door: Door) -> None:
    """The events of a case follow each other, whatever else is in the poll."""
    alone, case, other = new_id(), new_id(), new_id()
    for event in _story(alone, 0):
        await door.receives(event)
    mixed = [event for pair in zip(_story(case, 0), _story(other, 1), strict=True) for event in pair]
    await door.receives(*mixed)
    assert await _received(door, case) == await _received(door, alone)


async def test_the_counts_are_those_of_every_event(door: Door) -> None:
    """What an agency received of each case, for which purpose."""
    cases = [new_id() for _ in range(3)]
    await door.receives(*(granted(case, AMC) for case in cases))
    await door.receives(*(assisted(case) for case in cases))
    await door.receives(*(assisted(case) for case in cases[:2]), assisted(cases[0]))
    assert len(await door.sent_to(AMC)) == 6
    assert sorted(await _counts(door)) == [1, 2, 3]


async def _counts(door: Door) -> Sequence[int]:
    from exchange.tables import SharedCount
    from sqlalchemy import select

    async with door.service.session() as session:
        return list(await session.scalars(select(SharedCount.events).where(SharedCount.agency == AMC)))


async def test_submissions_of_one_poll_are_each_answered_once(door: Door) -> None:
    """ID-12: passed on, refused, acknowledged, acknowledged again, and one whose message came twice."""
    case, other = new_id(), new_id()
    consent = granted(case, AMC)
    await door.receives(consent)
    await door.receives(withdrawn(consent, 5))
    acknowledges = WithdrawalAcknowledged(effective_at=at(6), case_id=case, consent_id=consent.consent_id)
    strange = WithdrawalAcknowledged(effective_at=at(6), case_id=other, consent_id=consent.consent_id)
    course = CourseEnrolmentTold(effective_at=at(1), case_id=other, course="sewing", enrolled=6, needed=8)
    twice = new_id()
    submitted = [(twice, acknowledges), (twice, acknowledges), (new_id(), acknowledges), (new_id(), strange)]
    await _submit(door, AMC, [*submitted, (new_id(), course)])
    answers = [data for name, data in await door.sent_to(AMC) if name == "SubmissionAnswered"]
    codes = {data["submission_id"]: data["code"] for data in answers}
    assert [codes[str(id_)] for id_, _ in submitted[1:]] == ["accepted", "accepted", "unknown"]
    assert sorted(codes.values()) == ["accepted", "accepted", "not_agreed", "unknown"]
    assert len(answers) == len(codes)
    assert [name for name, _ in await door.published()].count("WithdrawalAcknowledged") == 1


async def _submit(door: Door, agency: str, submissions: Sequence[tuple[UUID, Event]]) -> None:
    """The agency's system sends these, and one poll brings them."""
    messages = []
    for place, (id_, event) in enumerate(submissions):
        envelope = Envelope(
            id=id_,
            type=event.type_name(),
            source=f"/agency/{agency}",
            subject=event.subject,
            time=datetime.now(UTC),
            sequence=1,
            key=event.stream,
            data=event,
        )
        messages.append(read(Message(agency_topic(agency, "in"), 0, place, *to_message(envelope))))
    await consumer_of(SERVICE, door.service.database, agency).apply(messages)


async def test_two_answers_to_one_submission_in_one_list_send_the_first(door: Door) -> None:
    """ID-7: the submission is answered once, also where the answers have different keys."""
    course = CourseEnrolmentTold(effective_at=at(1), case_id=new_id(), course="sewing", enrolled=6, needed=8)
    await door.joins()
    submitted, another = await door.submits(NEW, course), await door.submits(NEW, course)

    def answered(submission: UUID, code: str) -> SubmissionAnswered:
        return SubmissionAnswered(
            effective_at=at(2), submission_id=submission, agency=NEW, accepted=False, code=code, case_id=None
        )

    first, second = answered(submitted, "unknown"), answered(submitted, "not_for_this_basis")
    await door.receives(first, second, answered(another, "before_what_it_follows"))
    sent = [(data["submission_id"], data["code"]) for _, data in await door.sent_to(NEW)]
    assert sent == [(str(submitted), "unknown"), (str(another), "before_what_it_follows")]


@pytest.mark.parametrize("at_once", [True, False])
async def test_decrees_of_one_list_move_terms_one_after_the_other(door: Door, at_once: bool) -> None:
    """ID-12, NO-3: the second counts by the calendar that the first left."""
    consents: list[ConsentGranted] = [granted(new_id(), agency) for agency in (AMC, ACU)]
    await door.receives(*consents)
    ends: list[ConsentWithdrawn] = [withdrawn(consent, 5) for consent in consents]
    await door.receives(*ends)
    told = [data for name, data in await door.published() if name == "WithdrawalTold"]
    last = datetime.fromisoformat(told[0]["acknowledge_by"]).date()

    def decreed(**days: list[date]) -> CalendarDecreed:
        lists: dict[str, list[date]] = {"holidays": [], "working_days": [], "as_published": []}
        return CalendarDecreed(effective_at=datetime.now(UTC), calendar_id=uuid4(), decree="NK-1", **(lists | days))

    decrees = [decreed(holidays=[last]), decreed(holidays=[last + timedelta(days=n) for n in range(1, 15)])]
    decrees.append(decreed(as_published=[last]))
    if at_once:
        await door.receives(*decrees)
    else:
        for decree in decrees:
            await door.receives(decree)
    moved = [data for name, data in await door.published() if name == "WithdrawalDueMoved"]
    by_agency = {
        agency: [data["acknowledge_by"] for data in moved if data["agency"] == agency] for agency in (AMC, ACU)
    }
    assert by_agency[AMC] == by_agency[ACU]
    assert by_agency[AMC][0] < by_agency[AMC][1]
    assert by_agency[AMC][-1] == told[0]["acknowledge_by"]
