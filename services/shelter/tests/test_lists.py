"""A list of events does what its events do one after the other."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from chassis.testing import ServiceUnderTest, statements
from nrm_events import Event
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import Range

from .givens import consented
from .placed import (
    CENTRE,
    DECIDED,
    HOUSE,
    NGO,
    Placed,
    answered,
    closed,
    declined,
    departed,
    ends,
    enrolled,
    identified,
    placed,
    revoked,
)

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def _count(service: ServiceUnderTest, table: str) -> int:
    async with service.session() as session:
        return int(await session.scalar(text(f"select count(*) from {table}")) or 0)  # noqa: S608  a test's own


Happens = Callable[[Placed], Event]
STORIES: dict[str, list[Happens]] = {
    "the consent to the house ends": [lambda one: ends(one, HOUSE)],
    "both consents to operators end": [lambda one: ends(one, NGO), lambda one: ends(one, HOUSE)],
    "a consent of another purpose stands": [
        lambda one: consented(one.case_id, HOUSE, "assistance"),
        lambda one: ends(one, HOUSE),
    ],
    "the consent to support ends": [lambda one: ends(one, CENTRE, "medical"), lambda one: ends(one, NGO, "legal_aid")],
    "a consent to nothing of shelter's ends": [lambda one: ends(one, HOUSE, "residence_permit")],
    "the case is closed": [lambda one: closed(one, "closed")],
    "the person withdrew": [lambda one: closed(one, "withdrawn")],
    "the person left the country": [departed],
    "declined, then revoked, then identified": [declined, revoked, identified],
    "a child": [lambda one: identified(one, "child"), lambda one: closed(one, "withdrawn")],
    "the centre takes over": [lambda one: answered(one, taken=True), lambda one: answered(one, taken=True)],
    "the centre declines": [lambda one: answered(one, taken=False), lambda one: answered(one, taken=True)],
    "another agency answers": [lambda one: answered(one, taken=True, agency="iom")],
    "a course": [enrolled, lambda one: enrolled(one, "iom"), lambda one: enrolled(one, CENTRE)],
}


@pytest.mark.parametrize("story", STORIES)
async def test_a_list_does_what_its_events_do_alone(shelter: ServiceUnderTest, story: str) -> None:
    """ID-9, ID-12, SH-2, SH-3, SH-8: the same rows, events and audit, in the same order per case."""
    alone, together = await placed(shelter, 2), await placed(shelter, 2)
    for happens in STORIES[story]:
        for one in alone:
            await shelter.receives(happens(one))
        await shelter.receives(*(happens(one) for one in together))
    for one, other in zip(alone, together, strict=True):
        assert await _left(shelter, other) == await _left(shelter, one)
    assert await _count(shelter, "parked_event") == 0


@pytest.mark.parametrize("story", STORIES)
async def test_twelve_placed_cases_take_no_more_statements_than_six(shelter: ServiceUnderTest, story: str) -> None:
    """Where there is something to end, to mark and to write."""
    counts: list[list[int]] = []
    for each in (2, 4):
        cases, counted = await placed(shelter, each), []
        for happens in STORIES[story]:
            with statements(shelter) as seen:
                await shelter.receives(*(happens(one) for one in cases))
            counted.append(len(seen))
        counts.append(counted)
    assert all(more <= few + 2 for few, more in zip(*counts, strict=True)), counts


_ROWS = (
    "select state, version, operator, bed_id is null, last_act_at, ended_at, how, reasons, re_examine_since, "
    "re_examine_reasons, age_group, category from stay where case_id = :case order by id",
    "select to_agency, state, version, acknowledged_at, withdrawn_at, ended_at, end_reason, declined_at, "
    "decline_reason, re_examine_since, re_examine_reasons from handover where case_id = :case order by id",
    "select one.operator, one.refused_at, one.reasons from stay_addressee as one join stay on stay.id = one.stay_id "
    "where case_id = :case order by one.operator",
    "select agency, basis, about, since from case_access where case_id = :case order by agency, basis, about",
    "select nights::text from bed_night_block join stay on stay.id = stay_id where case_id = :case",
    "select agency, course, enrolled from course_enrolment where case_id = :case order by id",
    "select actor, role, action, kind, outcome, effective_at, facts from audit_entry where case_id = :case "
    "order by position",
)


async def _left(service: ServiceUnderTest, one: Placed) -> tuple[list[Any], list[Any]]:
    """What is stored of the case and what was published of it, without ids."""
    async with service.session() as session:
        rows = [(await session.execute(text(query), {"case": one.case_id})).all() for query in _ROWS]
    published = [
        (name, {key: value for key, value in data.items() if not _is_own(name, key, value)})
        for name, data in await service.published()
        if data.get("case_id") == str(one.case_id) or data.get("handover_id") == str(one.to_centre)
    ]
    return [[tuple(row) for row in found] for found in rows], published


def _is_own(name: str, key: str, value: Any) -> bool:
    """An id, or when a submission came."""
    return (name, key) == ("SubmissionAnswered", "effective_at") or bool(_ID.fullmatch(str(value)))


async def test_two_answers_about_one_hand_over_follow_each_other(shelter: ServiceUnderTest) -> None:
    """SH-8: whichever cases the agency names; it declines, and then may know of the case no more (ID-7)."""
    (one,) = (await placed(shelter, 1))[:1]
    first = answered(one, taken=False)
    second = answered(one, taken=True).model_copy(update={"case_id": uuid4()})
    await shelter.receives(first, second)
    assert await _codes(shelter) == ["accepted", "unknown"]
    events = [name for name, _ in await shelter.published(one.case_id)]
    assert events == ["HandoverDeclined"]


async def test_an_answer_about_no_hand_over_and_one_that_cannot_be_read_are_refused(shelter: ServiceUnderTest) -> None:
    """ID-7: none and a hidden one have one answer."""
    (one,) = (await placed(shelter, 1))[:1]
    nowhere = answered(one, taken=True).model_copy(update={"handover_id": uuid4(), "case_id": uuid4()})
    hidden = answered(one, taken=True, agency="iom").model_copy(update={"case_id": uuid4()})
    no_reason = answered(one, taken=False).model_copy(update={"reason": None})
    await shelter.receives(nowhere, hidden, no_reason)
    assert await _codes(shelter) == ["unknown", "unknown", "payload_malformed"]


async def _codes(service: ServiceUnderTest) -> Sequence[str]:
    return [data["code"] for name, data in await service.published() if name == "SubmissionAnswered"]


async def test_the_nights_that_a_list_frees_are_those_of_its_own_stays(shelter: ServiceUnderTest) -> None:
    """SH-5: who lives there keeps the nights that were slept; an offer keeps none; others keep theirs."""
    leaving, staying = await placed(shelter, 1), await placed(shelter, 1)
    await shelter.receives(*(departed(one) for one in leaving))
    slept = Range(date(2024, 3, 4), DECIDED.date())
    assert await _nights(shelter, leaving) == [slept]
    assert await _nights(shelter, staying) == [Range(date(2024, 3, 4), None)] * 2


async def _nights(service: ServiceUnderTest, cases: Sequence[Placed]) -> list[Range[date]]:
    found = text(
        "select nights from bed_night_block join stay on stay.id = stay_id where case_id = any(:cases) order by case_id"
    )
    async with service.session() as session:
        rows = await session.scalars(found, {"cases": [one.case_id for one in cases]})
        return [Range(row.lower, row.upper) for row in rows]
