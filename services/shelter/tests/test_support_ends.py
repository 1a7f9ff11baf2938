"""Support that was taken over has an end: by its agency, or with the case that the person withdrew (SH-8)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest
from chassis.testing.revisions import earlier_database
from nrm_events import identification
from shelter.app import SERVICE

from .givens import (
    CASEWORKER,
    CENTRE,
    LATER,
    MANAGER,
    a_case,
    a_handover,
    a_request,
    a_resident,
    an_acknowledged_handover,
    as_read,
    at,
    code,
    opens,
)
from .test_migration import a_handover as a_stored_handover
from .test_migration import a_stay, insert
from .test_re_examination import LOOKED, a_helped_person, closed, looks, recognised
from .test_rebuild import reopened
from .test_subscriptions import declined, revoked

ENDED = "2024-03-28T09:00:00+04:00"
COMPLETED = {"reason": "support_completed", "happened_at": ENDED}


async def the_end(service: ServiceUnderTest, case_id: UUID) -> list[tuple[Any, Any]]:
    """Which support ended, and why."""
    return [
        (facts["to"], facts["reason"]) for name, facts in await service.published(case_id) if name == "HandoverEnded"
    ]


async def test_who_took_the_support_over_ends_it(shelter: ServiceUnderTest) -> None:
    """SH-8: with a reason of the list; it knows of the case no more, and the holder reads how it ended."""
    case_id = await a_case(shelter)
    handover = await an_acknowledged_handover(shelter, case_id)
    path, centre = f"/api/handovers/{handover['id']}", shelter.person(CENTRE)
    assert next(a for a in handover["actions"] if a["action"] == "end_handover")["allowed"]
    assert await code(centre, "post", f"{path}/end", {"reason": "tired"}) == (422, "invalid_request")
    early = COMPLETED | {"happened_at": "2024-03-19T09:00:00+04:00"}
    assert await code(centre, "post", f"{path}/end", early) == (422, "before_what_it_follows")
    ended = await centre.post_ok(f"{path}/end", as_read(handover, COMPLETED))
    assert (ended["state"], ended["end_reason"], at(ended["ended_at"])) == ("ended", "support_completed", at(ENDED))
    assert await the_end(shelter, case_id) == [("vac", "support_completed")]
    assert await code(centre, "get", path) == (404, "not_found")
    care = {"case_id": str(case_id), "kind": "legal", "payer": "vac"}
    assert await code(centre, "post", "/api/assistance", care) == (404, "not_found")
    seen = await shelter.person(CASEWORKER).get_ok(path)
    assert (seen["state"], seen["clocks"]) == ("ended", [])
    history = (await shelter.person(CASEWORKER).get_ok(f"{path}/history"))["items"]
    assert [entry["action"] for entry in history] == ["end_handover", "acknowledge", "hand_over"]
    assert len((await shelter.person(CASEWORKER).get_ok("/api/handovers", state="ended"))["items"]) == 1


async def test_nobody_else_ends_it_and_no_hand_over_that_waits(shelter: ServiceUnderTest) -> None:
    """SH-8: the agency that serves alone; a request is declined or withdrawn."""
    case_id = await a_case(shelter)
    waiting = await a_handover(shelter, case_id)
    caseworker, centre = shelter.person(CASEWORKER), shelter.person(CENTRE)
    path = f"/api/handovers/{waiting['id']}"
    assert (await code(centre, "post", f"{path}/end", COMPLETED))[0] == 403
    await centre.post_ok(f"{path}/acknowledgement", {"happened_at": LATER})
    assert await code(caseworker, "post", f"{path}/end", COMPLETED) == (403, "not_for_this_basis")
    stale = await centre.post(f"{path}/end", COMPLETED | {"version": waiting["version"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    await centre.post_ok(f"{path}/end", COMPLETED)
    again = await caseworker.post_ok("/api/handovers", {"case_id": str(case_id), "to": "vac"})
    assert again["state"] == "requested"


async def test_support_ends_with_the_case_that_the_person_withdrew(shelter: ServiceUnderTest) -> None:
    """SH-8, SH-3: at once and by itself; what had to be looked at is settled, and the stay goes on."""
    case_id, stay, handover = await a_helped_person(shelter)
    await shelter.receives(revoked(case_id), closed(case_id, "withdrawn"))
    assert await the_end(shelter, case_id) == [("vac", "case_withdrawn")]
    assert await code(shelter.person(CENTRE), "get", f"/api/handovers/{handover['id']}") == (403, "not_for_this_basis")
    assert ("ReExaminationSettled", "handover", None) in await looks(shelter, case_id)
    assert (await opens(shelter.person(MANAGER), stay))["state"] == "admitted"


@pytest.mark.parametrize(("outcome", "answer"), [("withdrawn", (409, "case_withdrawn")), ("closed", (201, None))])
async def test_a_withdrawn_case_takes_no_new_request(
    shelter: ServiceUnderTest, outcome: str, answer: tuple[int, str | None]
) -> None:
    """SH-4, SH-8: neither for a place nor for support, until it is reopened (ID-9)."""
    case_id = await a_case(shelter)
    await shelter.receives(closed(case_id, outcome))
    caseworker = shelter.person(CASEWORKER)
    place = ("post", "/api/stays", a_request(case_id, addressed_to=["ngo-clean-world"], happened_at=None))
    support = ("post", "/api/handovers", {"case_id": str(case_id), "to": "vac"})
    assert await code(caseworker, *place) == await code(caseworker, *support) == answer
    if outcome == "withdrawn":
        await shelter.receives(reopened(case_id))
        assert await code(caseworker, *place) == await code(caseworker, *support) == (201, None)


def child_found(case_id: UUID) -> identification.PersonFactsChanged:
    return identification.PersonFactsChanged(
        effective_at=at(LOOKED), case_id=case_id, age_group="child", citizenship="foreign"
    )


async def test_one_reason_to_look_again_hides_no_other(shelter: ServiceUnderTest) -> None:
    """ID-5, ID-9: a new recognition removes only what it carries; who looked settled all."""
    stay = await a_resident(shelter)
    case_id, manager = UUID(stay["case_id"]), shelter.person(MANAGER)
    await shelter.receives(child_found(case_id), revoked(case_id), declined(case_id), revoked(case_id))
    seen = await opens(manager, stay)
    every = ["age_group_changed", "recognition_revoked", "identification_declined"]
    assert (seen["re_examine_reason"], seen["re_examine_reasons"]) == (every[0], every)
    await shelter.receives(recognised(case_id).model_copy(update={"age_group": "child"}))
    seen = await opens(manager, stay)
    assert (seen["re_examine_reasons"], seen["re_examine_since"] is None) == (["age_group_changed"], False)
    assert "ReExaminationSettled" not in [name for name, *_ in await looks(shelter, case_id)]
    await shelter.receives(revoked(case_id))
    seen = await opens(manager, stay)
    body = as_read(seen, {"reason": "stay_goes_on", "happened_at": ENDED})
    looked = await manager.post_ok(f"/api/stays/{stay['id']}/re-examination", body)
    assert (looked["re_examine_since"], looked["re_examine_reason"], looked["re_examine_reasons"]) == (None, None, [])


async def test_both_reasons_of_a_support_go_with_a_new_recognition(shelter: ServiceUnderTest) -> None:
    """ID-9: both were about a recognition."""
    case_id, _, handover = await a_helped_person(shelter)
    await shelter.receives(revoked(case_id), declined(case_id))
    centre, path = shelter.person(CENTRE), f"/api/handovers/{handover['id']}"
    reasons = ["recognition_revoked", "identification_declined"]
    assert (await centre.get_ok(path))["re_examine_reasons"] == reasons
    await shelter.receives(recognised(case_id))
    assert (await centre.get_ok(path))["re_examine_since"] is None


def test_support_without_a_basis_has_ended_and_a_reason_becomes_a_set() -> None:
    """SH-8, ID-9, ID-12: rows of before; whose consent was withdrawn served no more, whatever the state said."""
    since = datetime(2024, 3, 4, tzinfo=UTC)
    with earlier_database(SERVICE, "0008") as before:
        database = before.rows
        gone, _ = a_stored_handover(database, "acknowledged")
        served, case_id = a_stored_handover(database, "acknowledged")
        row = {"case_id": case_id, "agency": "vac", "basis": "serves", "about": "handover", "ref": served}
        insert(database, "case_access", row | {"since": since})
        marked: dict[str, Any] = {
            "re_examine_since": since + timedelta(days=1),
            "re_examine_reason": "age_group_changed",
        }
        stay, _ = a_stay(database, "admitted", operator="ngo-acu", **marked)
        before.upgrade()
        states = database.execute("select id, state, re_examine_reasons from handover").fetchall()
        reasons = database.execute("select id, re_examine_reasons from stay").fetchall()
        ordered = database.execute("select projection, state from rebuild").fetchall()
    assert set(map(str, states)) == {str((gone, "ended", [])), str((served, "acknowledged", []))}
    assert reasons == [(stay, ["age_group_changed"])]
    assert ordered == [("cases", "running")]
