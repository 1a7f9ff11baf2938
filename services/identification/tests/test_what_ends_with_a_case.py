"""What rests on a case ends with it: sight by consent, offers, reflection, doubts (ID-7, ID-10, ID-12)."""

from typing import Any

import pytest
from casework.purposes import PURPOSES
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once

from .givens import (
    AFTER,
    DECIDED,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    WHY,
    WHY_NOT,
    a_case_in_assessment,
    a_recognised_case,
    act,
    an_open_case,
    consent_to,
    events_of,
    held_by_another_ngo,
    moment,
    opens,
    problem,
    reason,
    refusal,
    seen,
    shared_with,
)

ENDINGS = ["closing", "withdrawal", "transfer-abroad"]
OUTLIVES = {"legal_aid", "removal_bar", "residence_permit", "return"}


@pytest.mark.parametrize("path", ENDINGS)
async def test_sight_by_consent_ends_with_the_case(identification: ServiceUnderTest, path: str) -> None:
    """ID-12: of every purpose when the person withdraws; what outlives a closed case stays. Each end is an event."""
    case = await a_recognised_case(identification)
    purposes = [purpose for purpose in PURPOSES if purpose != "referral"]
    for purpose in purposes:
        await shared_with(identification, case, "ngo-clean-world", purpose)
    ended = await act(identification, case, path, NGO, AFTER)
    stands = {one["purpose"] for one in ended["consents"] if one["withdrawn_at"] is None}
    assert stands == (set() if path == "withdrawal" else OUTLIVES)
    because = "withdrawn" if path == "withdrawal" else "case_ended"
    assert {one["ended_because"] for one in ended["consents"] if one["withdrawn_at"]} == {because}
    events = [facts for name, facts in await identification.published(case["id"]) if name == "ConsentWithdrawn"]
    assert {(event["purpose"], event["because"]) for event in events} == {
        (one["purpose"], because) for one in ended["consents"] if one["withdrawn_at"]
    }
    answer = await identification.person(OTHER_NGO).get(f"/api/cases/{case['id']}")
    assert answer.status_code == (404 if path == "withdrawal" else 200)
    assert (await events_of(identification, case))[-1] == "CaseClosed"


@pytest.mark.parametrize("path", ENDINGS)
async def test_who_saw_a_case_by_consent_to_help_sees_it_no_more(identification: ServiceUnderTest, path: str) -> None:
    """ID-12: and its stored answers neither; after a reopening the person is asked again."""
    case = await a_case_in_assessment(identification)
    read = await opens(identification, case, OFFICER)
    await act(identification, case, "decline", OFFICER, DECIDED, **WHY_NOT, version=read)
    await shared_with(identification, case, "ngo-clean-world", "assistance")
    await act(identification, case, path, NGO, AFTER)
    reader = identification.person(OTHER_NGO)
    assert problem(await reader.get(f"/api/cases/{case['id']}")) == (404, "not_found")
    assert case["id"] not in str(await reader.get_ok("/api/cases"))


@pytest.mark.parametrize("path", ENDINGS)
@pytest.mark.parametrize("started", [True, False])
async def test_a_reflection_period_ends_with_the_case(
    identification: ServiceUnderTest, path: str, started: bool
) -> None:
    """ID-10: by the person's written wish; an active one with its event, by which its bar ends."""
    case = await a_recognised_case(identification)
    await act(identification, case, "reflection", NGO, AFTER, started=started)
    ended = await act(identification, case, path, NGO, AFTER, **{"written_wish": "7/2024"} if started else {})
    assert ended["reflection"]["state"] == "ended"
    assert ("ReflectionEnded" in await events_of(identification, case)) == started


@pytest.mark.parametrize("path", ENDINGS)
async def test_without_the_persons_wish_a_reflection_period_runs_to_its_last_day(
    alone: ServiceUnderTest, path: str
) -> None:
    """ID-10: only the person ends it early, in writing; the end of the case does not."""
    case = await a_recognised_case(alone)
    await act(alone, case, "reflection", NGO, AFTER)
    ended = await act(alone, case, path, NGO, AFTER)
    assert ended["reflection"]["state"] == "active"
    assert "ReflectionEnded" not in await events_of(alone, case)
    await tick_once(alone.service, alone.database, moment(ended["reflection"]["ends_at"]))
    assert (await seen(alone, case))["reflection"]["state"] == "ended"
    assert "ReflectionEnded" in await events_of(alone, case)


async def test_police_end_no_reflection_by_ending_the_case(identification: ServiceUnderTest) -> None:
    """ID-10: never the police, by no way round."""
    case = await a_recognised_case(identification)
    await act(identification, case, "reflection", NGO, AFTER)
    for path, action in (("closing", "close"), ("withdrawal", "withdraw"), ("transfer-abroad", "transfer_abroad")):
        assert reason(await seen(identification, case, OFFICER), action) == "reflection_active"
        assert await refusal(identification, case, path, OFFICER, AFTER) == (409, "reflection_active")
    await act(identification, case, "reflection/end", NGO, AFTER, written_wish="7/2024")
    await act(identification, case, "closing", OFFICER, AFTER)


async def test_doubts_wait_for_nobody_after_the_end(identification: ServiceUnderTest) -> None:
    """ID-5: the task of the holder ends with the case."""
    case = await an_open_case(identification)
    await act(identification, case, "age-doubts", NGO, LATER, ground="appearance")
    await act(identification, case, "ending-agreements", "scfwca.caseworker", ending="close", reference="15/2024")
    await act(identification, case, "closing", NGO, AFTER)
    waiting = await identification.person(NGO).get_ok("/api/age-doubts", settled=False)
    assert case["id"] not in {doubt["case_id"] for doubt in waiting["items"]}


async def test_a_negative_decision_requires_a_look_at_the_reflection(identification: ServiceUnderTest) -> None:
    """ID-9, ID-10: it goes on meanwhile; a person confirms it, or a new recognition carries it."""
    for settled in ("confirmed", "recognised", "ended"):
        case = await a_recognised_case(identification)
        started = await act(identification, case, "reflection", NGO, AFTER)
        assert await refusal(identification, case, "reflection/confirmation", NGO) == (409, "nothing_to_re_examine")
        revocation = f"recognitions/{started['recognitions'][0]['id']}/revocation"
        read = await opens(identification, case, OFFICER)
        after = await act(identification, case, revocation, OFFICER, AFTER, reasons=["new_facts"], version=read)
        assert (after["reflection"]["state"], after["reflection"]["re_examine_since"] is None) == ("active", False)
        body: dict[str, Any] = {"confirmed": {}, "recognised": {"kind": "ngo"} | WHY, "ended": {"written_wish": "1"}}
        path = {"confirmed": "reflection/confirmation", "recognised": "recognitions", "ended": "reflection/end"}
        after = await act(identification, case, path[settled], NGO, AFTER, **body[settled])
        assert after["reflection"]["re_examine_since"] is None
        names = [name for name in await events_of(identification, case) if name.startswith("ReExamination")]
        assert names == ["ReExaminationRequired", "ReExaminationSettled"]


async def test_the_new_holder_is_awaited_to_hand_over(identification: ServiceUnderTest) -> None:
    """ID-7, ID-20: the term stays; who must act is emitted anew."""
    case = await consent_to(identification, await an_open_case(identification))
    await held_by_another_ngo(identification, case, LATER)
    awaited = [facts for name, facts in await identification.published(case["id"]) if name == "ReferralAwaited"]
    assert [one["holder"] for one in awaited] == ["ngo-amc", "ngo-clean-world"]
    assert len({one["due_at"] for one in awaited}) == 1
