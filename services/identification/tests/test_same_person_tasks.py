"""The holder of a case says whether somebody else met the same person; what the other agency learns (ID-18)."""

import asyncio
from itertools import product
from typing import Any, get_args
from uuid import uuid4

import pytest
from chassis.errors import Invalid
from chassis.testing import ServiceUnderTest
from identification.domain import same_person
from identification.domain.same_person import Reason, Verdict

from .givens import (
    AFTER,
    AGREED,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    a_received_report,
    a_referred_case,
    a_search,
    act,
    an_open_case,
    consent_to,
    opened,
    opens,
    problem,
    searches_leave_tasks,
    somebody,
)

SAME = {"verdict": "same", "reason": "person_says_so"}
NOT_SAME = {"verdict": "not_same", "reason": "descriptions_differ"}


@pytest.mark.parametrize(
    ("verdict", "reason", "agrees"), list(product(get_args(Verdict), get_args(Reason), (False, True)))
)
def test_an_answer_has_a_reason_that_fits(verdict: Verdict, reason: Reason, agrees: bool) -> None:
    """ID-18, over every answer that can be given."""
    fits = verdict == "not_same" or reason in ("person_says_so", "documents_compared")
    if fits and (verdict == "same" or not agrees):
        same_person.check_answer(verdict, reason, agrees)
    else:
        with pytest.raises(Invalid, match="agreement_without_sameness" if fits else "reason_does_not_fit"):
            same_person.check_answer(verdict, reason, agrees)


async def a_task(service: ServiceUnderTest, asker: str = NGO) -> tuple[dict[str, Any], dict[str, Any]]:
    """Another agency holds a case of the person that the asker reported: the task it got, and the asker's case."""
    known = somebody()
    case = await an_open_case(service, OTHER_NGO, htcds=known)
    report = await a_received_report(service, asker, htcds=known)
    await a_search(service, report, asker)
    mine = await opened(service, report, asker)
    await searches_leave_tasks(service)
    tasks = (await service.person(OTHER_NGO).get_ok("/api/same-person-tasks", answered="false"))["items"]
    (task,) = [task for task in tasks if task["case_id"] == case["id"]]
    return task, mine


async def answered(service: ServiceUnderTest, task: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"version": task["version"]} | more
    return await service.person(OTHER_NGO).post_ok(f"/api/same-person-tasks/{task['id']}/answer", body)


async def offers(service: ServiceUnderTest, mine: dict[str, Any], by: str = NGO) -> list[str]:
    found = (await service.person(by).get_ok("/api/same-person-offers"))["items"]
    return [offer["agency"] for offer in found if offer["case_id"] == mine["id"]]


async def test_somebody_else_and_the_task_is_done(identification: ServiceUnderTest) -> None:
    """ID-18: with the reason; nobody else learns of it."""
    task, mine = await a_task(identification)
    done = await answered(identification, task, **NOT_SAME)
    assert (done["verdict"], done["reason"], done["version"]) == ("not_same", "descriptions_differ", 2)
    waiting = (await identification.person(OTHER_NGO).get_ok("/api/same-person-tasks", answered="false"))["items"]
    assert task["id"] not in [one["id"] for one in waiting]
    assert await offers(identification, mine) == []


async def test_the_other_agency_learns_of_it_only_with_the_persons_consent(identification: ServiceUnderTest) -> None:
    """ID-18, ID-12: and no more when the person takes it back."""
    task, mine = await a_task(identification)
    task = await answered(identification, task, **SAME)
    assert await offers(identification, mine) == []
    task = await answered(identification, task, **SAME, person_agrees=True)
    assert await offers(identification, mine) == ["ngo-clean-world"]
    assert await offers(identification, mine, OTHER_NGO) == []
    offered = await identification.person(NGO).get("/api/same-person-offers")
    assert task["case_id"] not in offered.text
    await answered(identification, task, **SAME)
    assert await offers(identification, mine) == []


async def test_police_learn_by_an_offer_of_no_case_that_is_hidden_from_them(identification: ServiceUnderTest) -> None:
    """ID-7, ID-18: who asked is told to nobody, so it is offered; police see it once they may know of the case."""
    task, mine = await a_task(identification, OFFICER)
    await answered(identification, task, **SAME, person_agrees=True)
    hidden = await identification.person(OFFICER).get("/api/same-person-offers")
    assert task["id"] not in hidden.text
    theirs = {"id": task["case_id"]}
    await consent_to(identification, theirs, by=OTHER_NGO)
    await act(
        identification, theirs, "referral", OTHER_NGO, LATER, version=await opens(identification, theirs, OTHER_NGO)
    )
    assert await offers(identification, mine, OFFICER) == ["ngo-clean-world"]


async def test_the_history_names_no_other_agency(identification: ServiceUnderTest) -> None:
    """ID-7, ID-18: neither in the case that holds the task, nor in that of who asked."""
    task, mine = await a_task(identification)
    await answered(identification, task, **SAME, person_agrees=True)
    for case_id, by, unsaid in ((task["case_id"], OTHER_NGO, "ngo-amc"), (mine["id"], NGO, "ngo-clean-world")):
        assert unsaid not in (await identification.person(by).get(f"/api/cases/{case_id}/history")).text


async def test_an_answer_is_not_given_over_another(identification: ServiceUnderTest) -> None:
    """Two at the desk answer at once: one of them is refused and reads again."""
    task, _ = await a_task(identification)
    person, path = identification.person(OTHER_NGO), f"/api/same-person-tasks/{task['id']}/answer"
    answers = await asyncio.gather(*(person.post(path, {"version": 1} | verdict) for verdict in (SAME, NOT_SAME)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    stale = next(answer for answer in answers if answer.status_code == 409)
    assert problem(stale) == (409, "stale")
    assert "verdict" in stale.json()["facts"]["fields"]


async def test_the_task_is_for_the_holder_alone(identification: ServiceUnderTest) -> None:
    """ID-18: for anybody else there is no such task, nor is one without a reason answered."""
    task, _ = await a_task(identification)
    path = f"/api/same-person-tasks/{task['id']}/answer"
    assert problem(await identification.person(NGO).post(path, {"version": 1} | SAME)) == (404, "not_found")
    wrong = {"version": 1, "verdict": "same", "reason": "too_little_known"}
    assert problem(await identification.person(OTHER_NGO).post(path, wrong)) == (422, "reason_does_not_fit")
    bare = {"version": 1, "verdict": "same"}
    assert problem(await identification.person(OTHER_NGO).post(path, bare)) == (422, "invalid_request")


async def test_police_that_hold_the_case_since_see_no_task_about_a_hidden_one(
    identification: ServiceUnderTest,
) -> None:
    """ID-7, ID-18, ID-20: not in the list, not in the history, and answered as one that does not exist."""
    known = somebody()
    case = await a_referred_case(identification, OTHER_NGO, htcds=known)
    for _ in range(2):
        asker = await a_received_report(identification, NGO, htcds=known)
        await a_search(identification, asker)
    await searches_leave_tasks(identification)
    listed = (await identification.person(OTHER_NGO).get_ok("/api/same-person-tasks"))["items"]
    answered_before, waiting = (task for task in listed if task["case_id"] == case["id"])
    await answered(identification, answered_before, **NOT_SAME)
    body = {"to": "mia-special", "ground": "consent", "consent": AGREED}
    offer = (await act(identification, case, "holder-offers", OTHER_NGO, AFTER, **body))["holder_offers"][-1]["id"]
    await act(identification, case, f"holder-offers/{offer}/acceptance", OFFICER, AFTER)
    police = identification.person(OFFICER)
    assert case["id"] not in (await police.get("/api/same-person-tasks")).text
    history = (await police.get_ok(f"/api/cases/{case['id']}/history"))["items"]
    assert "answer_same_person_task" not in {item["action"] for item in history}
    missing = await police.post(f"/api/same-person-tasks/{uuid4()}/answer", {"version": 1} | NOT_SAME)
    for task in (answered_before, waiting):
        hidden = await police.post(f"/api/same-person-tasks/{task['id']}/answer", {"version": 1} | NOT_SAME)
        assert hidden.json() | {"trace_id": None} == missing.json() | {"trace_id": None}
    await consent_to(identification, {"id": asker["case_id"]})
    mine = await opened(identification, asker, NGO)
    await act(identification, mine, "referral", NGO, LATER, version=await opens(identification, mine))
    shown = [t["id"] for t in (await police.get_ok("/api/same-person-tasks"))["items"] if t["case_id"] == case["id"]]
    assert len(shown) == 1
