"""Stays and support are looked at again after a negative decision, and what ends with a case (ID-9, SH-8)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import Event, identification

from .givens import (
    CENTRE,
    LATER,
    MANAGER,
    OPENED,
    WORKER,
    a_case,
    a_handover,
    a_resident,
    an_acknowledged_handover,
    as_read,
    at,
    the_person_agrees,
    withdrawn,
)
from .test_subscriptions import declined, revoked

LOOKED = "2024-03-26T09:00:00+04:00"


def recognised(case_id: UUID, when: str = LOOKED) -> identification.VictimPresumed:
    return identification.VictimPresumed(
        effective_at=at(when),
        case_id=case_id,
        recognition_id=uuid4(),
        kind="ngo",
        authority="ngo-amc",
        age_group="adult",
        citizenship="foreign",
    )


def closed(case_id: UUID, outcome: str) -> identification.CaseClosed:
    return identification.CaseClosed.model_validate(
        {"effective_at": at(LOOKED), "case_id": case_id, "outcome": outcome}
    )


async def looks(service: ServiceUnderTest, case_id: UUID) -> list[tuple[str, str, Any]]:
    """What was required and settled: event, grant, who must look."""
    return [
        (name, str(facts["grant"]), facts.get("agency"))
        for name, facts in await service.published(case_id)
        if name.startswith("ReExamination")
    ]


async def a_helped_person(service: ServiceUnderTest) -> tuple[UUID, dict[str, Any], dict[str, Any]]:
    """Somebody who lives in a shelter while the centre has taken support over."""
    case_id = await a_case(service)
    await the_person_agrees(service, case_id, "vac", "reintegration")
    stay = await a_resident(service, case_id)
    return case_id, stay, await an_acknowledged_handover(service, case_id)


@pytest.mark.parametrize("event", [declined, revoked])
async def test_who_granted_looks_again(shelter: ServiceUnderTest, event: Callable[[UUID], Event]) -> None:
    """ID-9: the operator at the stay, the agency that serves at the support; each is named to notify."""
    case_id, stay, handover = await a_helped_person(shelter)
    path, centre = f"/api/handovers/{handover['id']}", shelter.person(CENTRE)
    early = await centre.post(f"{path}/re-examination", as_read(handover, {}))
    assert early.json()["code"] == "nothing_to_re_examine"
    await shelter.receives(event(case_id))
    assert await looks(shelter, case_id) == [
        ("ReExaminationRequired", "stay", "mia-shelter"),
        ("ReExaminationRequired", "handover", "vac"),
    ]
    marked = await centre.get_ok(path)
    assert (marked["state"], marked["re_examine_since"] is None) == ("acknowledged", False)
    assert next(a for a in marked["actions"] if a["action"] == "re_examine_handover")["allowed"]
    looked = await centre.post_ok(f"{path}/re-examination", as_read(marked, {"happened_at": LOOKED}))
    assert (looked["state"], looked["re_examine_since"]) == ("acknowledged", None)
    seen = await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}")
    body = as_read(seen, {"reason": "stay_goes_on", "happened_at": LOOKED})
    await shelter.person(MANAGER).post_ok(f"/api/stays/{stay['id']}/re-examination", body)
    assert (await looks(shelter, case_id))[2:] == [
        ("ReExaminationSettled", "handover", None),
        ("ReExaminationSettled", "stay", None),
    ]


async def test_a_new_recognition_settles_all_of_it(shelter: ServiceUnderTest) -> None:
    """ID-9: but not what another reason requires."""
    case_id, stay, handover = await a_helped_person(shelter)
    await shelter.receives(revoked(case_id), recognised(case_id))
    assert [name for name, *_ in await looks(shelter, case_id)] == ["ReExaminationRequired"] * 2 + [
        "ReExaminationSettled"
    ] * 2
    assert (await shelter.person(CENTRE).get_ok(f"/api/handovers/{handover['id']}"))["re_examine_since"] is None
    await shelter.receives(
        identification.PersonFactsChanged(
            effective_at=at(LOOKED), case_id=case_id, age_group="child", citizenship="foreign"
        ),
        recognised(case_id, "2024-03-27T09:00:00+04:00").model_copy(update={"age_group": "child"}),
    )
    seen = await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}")
    assert seen["re_examine_reason"] == "age_group_changed"


async def test_a_stay_that_ends_or_goes_on_elsewhere_takes_the_look_along(shelter: ServiceUnderTest) -> None:
    """ID-9: nobody is awaited at a stay that is over."""
    case_id, stay, _ = await a_helped_person(shelter)
    await shelter.receives(revoked(case_id))
    seen = await shelter.person(WORKER).get_ok(f"/api/stays/{stay['id']}")
    body = as_read(seen, {"how": "left", "happened_at": LOOKED})
    await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/leave", body)
    assert (await looks(shelter, case_id))[-1] == ("ReExaminationSettled", "stay", None)


@pytest.mark.parametrize("outcome", ["closed", "withdrawn", "transferred_abroad"])
async def test_a_hand_over_that_waits_ends_with_the_case(shelter: ServiceUnderTest, outcome: str) -> None:
    """ID-9, SH-8: who was requested loses sight; where the person withdrew, the operator looks at the stay again."""
    case_id = await a_case(shelter)
    waiting = await a_handover(shelter, case_id)
    await shelter.receives(closed(case_id, outcome))
    gone = await shelter.person(CENTRE).get(f"/api/handovers/{waiting['id']}")
    assert gone.status_code == 404
    assert "HandoverWithdrawn" in [name for name, _ in await shelter.published(case_id)]
    helped, *_ = await a_helped_person(shelter)
    await shelter.receives(closed(helped, outcome))
    assert len(await looks(shelter, helped)) == (1 if outcome == "withdrawn" else 0)


@pytest.mark.parametrize(("because", "ends"), [("withdrawn", True), ("case_ended", False)])
async def test_support_outlives_a_closed_case_and_no_withdrawn_consent(
    shelter: ServiceUnderTest, because: str, ends: bool
) -> None:
    """ID-12, SH-8."""
    case_id = await a_case(shelter)
    consent = await the_person_agrees(
        shelter, case_id, "vac", "reintegration", effective_at=datetime.fromisoformat(OPENED)
    )
    await an_acknowledged_handover(shelter, case_id)
    await shelter.receives(withdrawn(consent).model_copy(update={"because": because, "effective_at": at(LATER)}))
    assert ("HandoverEnded" in [name for name, _ in await shelter.published(case_id)]) == ends
