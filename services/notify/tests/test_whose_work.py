"""NO-4: each event is somebody's work or nobody's for a reason; each role gets its own tasks and nobody else's."""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from casework.bases import BY_HOLDER
from notify.adapters.wording import tasks
from notify.domain import roles
from notify.domain.kinds import CLOCK_EVENTS, KINDS
from notify.domain.roles import AT_THE_DESK, DESK
from notify.domain.routes import HOLDER, PERSON, ROUTES, TASKS, Route
from notify.domain.texts import says_too_much
from notify.rights import RIGHTS, right_of
from nrm_events import EVENTS, fund, identification, repatriation, shelter
from nrm_events.base import CaseEvent, Event
from nrm_events.taking_part import AGENCIES

from .givens import Scene

At = Callable[[float], datetime]

NOBODYS_WORK: dict[str, set[type[Event]]] = {
    "what somebody of the same desk has just done": {
        identification.CaseOpened,
        identification.ChildStepTaken,
        identification.ConsentGranted,
        identification.IdentityDisclosed,
        identification.PotentialVictimRecorded,
        identification.ReferralDutyMet,
        identification.ReportReceived,
        identification.RightsExplained,
        identification.CaseClosed,
        shelter.AssistanceGiven,
        shelter.CourseEnrolled,
        shelter.ShelterLeft,
        shelter.ShelterTransferred,
        shelter.HandoverWithdrawn,
        fund.ClaimCancelled,
        fund.PaymentRecovered,
        fund.RecoveryReversed,
        repatriation.Departed,
        repatriation.DepartureCorrected,
        repatriation.HandedOver,
        repatriation.PermitEnded,
        repatriation.PermitLodged,
        repatriation.PermitSetAside,
        repatriation.ReturnCleared,
        repatriation.ReturnClosed,
        repatriation.ReturnRefused,
        repatriation.ReturnRequested,
        repatriation.ReturnWithdrawn,
        repatriation.RemovalBarNoticeEnded,
    },
    "its clock warns who must act": {
        repatriation.PermitExpiring,
        shelter.StayOverdue,
    },
    "the age follows it": {
        identification.PersonFactsChanged,
        identification.VictimPresumed,
    },
    "the approvals void with it are the Fund's work": {
        identification.PayeeChanged,
    },
    "the access ends with it, and the service acknowledges": {
        identification.ConsentWithdrawn,
        *(event for event in EVENTS.values() if event.__name__ == "ConsentWithdrawalAcknowledged"),
    },
}
ROUTED = {route.event for route in ROUTES}
OF_A_CASE = [
    event
    for event in EVENTS.values()
    if issubclass(event, CaseEvent) and event.service not in ("notify", "exchange", "coordination")
]
STAFF = set(RIGHTS["read_inbox"])


@pytest.mark.parametrize("event", OF_A_CASE, ids=lambda event: event.type_name())
def test_every_event_is_somebodys_work_or_nobodys_for_a_reason(event: type[CaseEvent]) -> None:
    """NO-4: a new event needs its row here or in the table of routes."""
    reasons = [reason for reason, events in NOBODYS_WORK.items() if event in events]
    assert (event in ROUTED or event in CLOCK_EVENTS) or reasons, f"{event.type_name()}: whose work is it?"
    assert not (event in ROUTED and reasons)


@pytest.mark.parametrize("role", sorted(STAFF - {"shelter-worker"}))
def test_every_role_has_work_of_its_own(role: str) -> None:
    """NO-4: nobody's inbox is empty for ever."""
    of_routes = [route.task for route in ROUTES if role in route.roles]
    of_clocks = [kind.code for kind in KINDS if role in kind.roles]
    assert of_routes or of_clocks, role


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.event.__name__}->{route.task}")
def test_every_task_is_for_named_roles_that_may_see_it(route: Route) -> None:
    """NO-4, ID-12: a task that the rights table hides from its roles is nobody's."""
    if route.to == PERSON:
        assert not route.roles
        return
    assert route.roles
    assert set(route.roles) <= STAFF
    cell = RIGHTS[right_of(route.part)]
    assert all(role in cell for role in route.roles)
    assert route.to != HOLDER or all(BY_HOLDER in cell[role] for role in route.roles)  # type: ignore[operator]


def test_at_every_agency_that_may_hold_a_case_somebody_has_the_desk() -> None:
    """ID-20: where no role of the desk need be, another one stands in."""
    assert set(AT_THE_DESK) <= {agency.kind for agency in AGENCIES.values()}
    assert not set(AT_THE_DESK.values()) & set(DESK)


def test_work_of_one_desk_of_the_fund_is_no_others() -> None:
    """FU-6: three different persons, three inboxes."""
    of = {route.task: set(route.roles) for route in ROUTES if route.part == "payment" and route.to == "agency"}
    assert of["claim_submitted"] == {"fund-approver"}
    assert of["payment_reserved"] == {"fund-releaser"}
    assert not set(roles.FUND_REQUEST) & set(roles.FUND_APPROVAL)


@pytest.mark.parametrize("task", sorted({*TASKS} - {"person_told"}))
def test_every_task_says_what_to_do_in_three_languages(task: str) -> None:
    """NO-4, NO-1: a sentence, no placeholder, nothing of the person, an agency, a place or a sum."""
    texts = tasks()[task]
    assert tuple(texts) == ("az", "en", "ru")
    for text in texts.values():
        assert says_too_much(text) == []
        assert re.fullmatch(r"[^{}]{15,}\.", text)
        assert not re.search("daxil olun|sign in|войдите", text.lower())
    assert set(tasks()) == {*TASKS} - {"person_told"}


async def seen_by(scene: Scene, person: str) -> list[str]:
    return [item["task"] for item in (await scene.bench.person(person).get_ok("/api/inbox"))["items"]]


async def test_who_may_offer_a_place_learns_of_the_request(scene: Scene, at: At) -> None:
    """SH-4: the managers of the operators that were addressed, nobody else; an admission ends it."""
    await scene.case_opens()
    stay = uuid4()
    about = {"case_id": scene.case_id, "effective_at": at(0), "stay_id": stay}
    await scene.bench.receives(
        shelter.ShelterRequested(**about, asked_by="ngo-amc", addressed_to=["ngo-clean-world", "ngo-acu"])
    )
    assert await seen_by(scene, "ngo-clean-world.shelter-manager") == ["place_requested"]
    assert await seen_by(scene, "ngo-acu.shelter-manager") == ["place_requested"]
    for other in ("ngo-clean-world.caseworker", "ngo-acu.shelter-worker", "mia-shelter.shelter-manager"):
        assert await seen_by(scene, other) == []
    await scene.bench.receives(shelter.ShelterAdmitted(**about, operator="ngo-acu", ends_at=at(720)))
    assert await seen_by(scene, "ngo-clean-world.shelter-manager") == []


async def test_each_desk_of_the_fund_gets_what_it_must_do(scene: Scene, at: At) -> None:
    """FU-6, FU-7: from the draft to the bank; what is paid is nobody's work any more."""
    await scene.case_opens()
    claim = {"case_id": scene.case_id, "effective_at": at(0), "claim_id": uuid4(), "kind": "allowance"}
    claim |= {"amount_qepik": 70_000}
    order = claim | {"order_id": uuid4()}
    await scene.bench.receives(
        fund.ClaimDrafted(**claim),
        fund.ClaimSubmitted(**claim),
        fund.ClaimApproved(**claim),
        fund.PaymentReserved(**claim),
        fund.PaymentOrdered(**order),
    )
    assert await seen_by(scene, "fund.fund-requester") == ["claim_drafted"]
    assert await seen_by(scene, "fund.fund-approver") == ["claim_submitted"]
    assert await seen_by(scene, "fund.fund-releaser") == ["payment_ordered", "payment_reserved", "claim_approved"]
    assert await seen_by(scene, "fund.fund-accountant") == ["payment_ordered"]
    assert await seen_by(scene, "ngo-amc.caseworker") == []
    await scene.bench.receives(fund.PaymentMade(**order))
    for person in ("requester", "approver", "releaser", "accountant"):
        assert await seen_by(scene, f"fund.fund-{person}") == []


async def test_a_role_sees_no_task_of_another_at_the_same_agency(scene: Scene) -> None:
    """NO-4: what the holder must do is the desk's; the house has its own."""
    await scene.case_opens()
    await scene.bench.receives(scene.identified())
    assert await seen_by(scene, "ngo-amc.caseworker") == ["case_recognised"]
    assert await seen_by(scene, "ngo-amc.shelter-manager") == []


async def test_where_nobody_has_the_desk_another_role_stands_in(scene: Scene) -> None:
    """ID-20: the assistance centre holds a case."""
    await scene.case_opens(holder="vac")
    await scene.bench.receives(scene.identified())
    assert await seen_by(scene, "vac.reintegration-worker") == ["case_recognised"]


async def test_escalation_goes_above_the_holder_and_names_no_case(scene: Scene, at: At) -> None:
    """NO-3, ID-7: the holder itself is late; who supervises learns which agency, and police nothing."""
    await scene.bench.receives(scene.awaited())
    for hours in (20, 24, 25, 24 + 24.1, 99):
        await scene.ticks(at(hours))
    coordinator = scene.bench.person("coordinator.coordinator")
    answer = await coordinator.get("/api/agency-tasks")
    assert [(item["agency"], item["task"]) for item in answer.json()["items"]] == [("ngo-amc", "clock_escalated")]
    assert str(scene.case_id) not in answer.text
    await coordinator.post_ok(f"/api/agency-tasks/{answer.json()['items'][0]['id']}/read")
    for police in ("mia-special.assessor", "mia-shelter.shelter-manager"):
        assert await seen_by(scene, police) == []
