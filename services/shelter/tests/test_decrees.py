"""A decree moves the working days in which a hand-over is answered (SH-8, NO-3)."""

from datetime import UTC, date, datetime

from casework.testing_calendar import decreed
from chassis.testing import ServiceUnderTest
from nrm_events.shelter import HandoverDueMoved

from .givens import CASEWORKER, CENTRE, a_hidden_case, at

NOON = at("2024-03-04T12:00:00+04:00")
WEDNESDAY, SATURDAY = date(2024, 3, 6), date(2024, 3, 9)


async def test_whoever_answers_keeps_as_many_working_days(shelter: ServiceUnderTest) -> None:
    """SH-8, NO-3: a new holiday moves the end, a taken back one moves it again; an answered one stays as it was."""
    body = {"to": "vac", "happened_at": "2024-03-04T10:00:00+04:00"}
    cases = [await a_hidden_case(shelter), await a_hidden_case(shelter)]
    worker, centre = shelter.person(CASEWORKER), shelter.person(CENTRE)
    waiting, answered = [await worker.post_ok("/api/handovers", body | {"case_id": str(case)}) for case in cases]
    assert at(waiting["due_at"]) == at("2024-03-12T23:59:59+04:00"), "8 March is Women's Day"
    taken = f"/api/handovers/{answered['id']}/acknowledgement"
    await centre.post_ok(taken, {"happened_at": "2024-03-05T10:00:00+04:00"})

    await shelter.receives(decreed(NOON, holidays=(WEDNESDAY,)))
    moved = await centre.get_ok(f"/api/handovers/{waiting['id']}")
    assert at(moved["due_at"]) == at("2024-03-13T23:59:59+04:00")
    assert moved["version"] == waiting["version"] + 1
    await shelter.receives(decreed(NOON, working_days=(SATURDAY,)))
    assert at((await centre.get_ok(f"/api/handovers/{waiting['id']}"))["due_at"]) == at("2024-03-12T23:59:59+04:00")
    await shelter.receives(decreed(NOON, as_published=(WEDNESDAY, SATURDAY)))
    assert at((await centre.get_ok(f"/api/handovers/{waiting['id']}"))["due_at"]) == at(waiting["due_at"])

    stays = await centre.get_ok(f"/api/handovers/{answered['id']}")
    assert at(stays["due_at"]) == at(answered["due_at"])
    told = [facts["due_at"] for name, facts in await shelter.published(cases[0]) if name == HandoverDueMoved.__name__]
    assert [at(str(due)).day for due in told] == [13, 12]
    assert not [name for name, _ in await shelter.published(cases[1]) if name == HandoverDueMoved.__name__]
    acts = [item["action"] for item in (await centre.get_ok(f"/api/handovers/{waiting['id']}/history"))["items"]]
    assert acts == ["move_due", "move_due", "hand_over"]


async def test_a_hand_over_after_the_decree_counts_by_it(shelter: ServiceUnderTest) -> None:
    """NO-3: the decreed day counts for terms that begin later, and one beside an estimated holiday says so."""
    await shelter.receives(decreed(NOON, holidays=(WEDNESDAY,)))
    body = {"case_id": str(await a_hidden_case(shelter)), "to": "vac", "happened_at": "2024-03-04T10:00:00+04:00"}
    handover = await shelter.person(CASEWORKER).post_ok("/api/handovers", body)
    assert at(handover["due_at"]) == at("2024-03-13T23:59:59+04:00")
    assert handover["clocks"][0]["provisional"] is False
    await shelter.receives(decreed(NOON, as_published=(WEDNESDAY,)))

    shelter.now = datetime(2027, 3, 5, 8, tzinfo=UTC)
    later = {"case_id": str(await a_hidden_case(shelter)), "to": "vac", "happened_at": "2027-03-05T10:00:00+04:00"}
    provisional = await shelter.person(CASEWORKER).post_ok("/api/handovers", later)
    shelter.now = None
    assert provisional["clocks"][0]["provisional"] is True
