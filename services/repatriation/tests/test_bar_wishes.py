"""A bar is lifted as the person asks by whoever holds the case, with the person's own written wish (RP-4)."""

from uuid import UUID

import pytest
from casework.access import NotForThisBasis
from chassis.actor import Actor
from chassis.testing import ServiceUnderTest
from chassis.unit_of_work import UnitOfWork
from repatriation.app import SERVICE
from repatriation.commands import LiftBarOnWish
from repatriation.use_cases.bars import lift_on_wish
from repatriation.views.bars import one

from .givens import (
    CASEWORKER,
    GUARDIANSHIP,
    LAWYER,
    MOTION_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    consent,
    recognise,
    refusal,
)

WISH = {"written_wish": "7/2026"}


async def test_the_holder_lifts_it_on_the_written_wish(repatriation: ServiceUnderTest) -> None:
    """RP-4: in writing, with the version that was read."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case, by=CASEWORKER)
    address, worker = f"/api/bars/{bar['id']}/lifting-on-wish", repatriation.person(CASEWORKER)
    assert (await refusal(worker, address, {"version": bar["version"]}))[0] == 422
    lifted = await worker.post_ok(address, WISH | {"version": bar["version"]})
    assert lifted["state"] == "lifted"
    history = await worker.get_ok(f"/api/bars/{bar['id']}/history")
    assert history["items"][0]["action"] == "lift_on_wish"


async def test_nobody_but_the_holder_lifts_it_on_a_wish(repatriation: ServiceUnderTest) -> None:
    """RP-4: not the prosecuting body, by this reason or another way, and nobody who advises or serves."""
    case = await a_recognised_case(repatriation)
    (bar,) = await bars_of(repatriation, case)
    await consent(repatriation, case, "ngo-clrpl", "legal_aid")
    officer, body = repatriation.person(MOTION_OFFICER), WISH | {"version": bar["version"]}
    address = f"/api/bars/{bar['id']}"
    assert await refusal(officer, f"{address}/lifting-on-wish", body) == (403, "role_lacks_right")
    by_reason = {"reason": "person_asks", "version": bar["version"]}
    assert await refusal(officer, f"{address}/lifting", by_reason) == (409, "holder_lifts_on_wish")
    lawyer = repatriation.person(LAWYER)
    assert await refusal(lawyer, f"{address}/lifting-on-wish", body) == (403, "not_for_this_basis")


@pytest.mark.parametrize("by", [CASEWORKER, GUARDIANSHIP])
async def test_no_wish_lifts_a_childs_bars(repatriation: ServiceUnderTest, by: str) -> None:
    """RP-4: a child who is considered a victim is never removed."""
    case = await a_recognised_case(repatriation, age_group="child")
    for bar in await bars_of(repatriation, case):
        body = WISH | {"version": bar["version"]}
        status, code = await refusal(repatriation.person(by), f"/api/bars/{bar['id']}/lifting-on-wish", body)
        assert (status, code) in ((409, "child_is_always_protected"), (403, "not_for_this_basis"))


async def test_no_police_body_lifts_it_on_a_wish_whatever_it_holds(repatriation: ServiceUnderTest) -> None:
    """RP-4, ID-10: a police body that holds the case has the basis, and still does not speak for the person."""
    case = await a_case(repatriation, holder="mia-special")
    await recognise(repatriation, case)
    (bar,) = await bars_of(repatriation, case)
    police = Actor("an-officer", "mia-special", frozenset({"caseworker"}), "test")
    command = LiftBarOnWish(expected_version=int(bar["version"]), written_wish="7/2026")
    async with repatriation.session() as session:
        uow = UnitOfWork(session, police, repatriation.clock(), repatriation.database.resources, SERVICE.rights)
        with pytest.raises(NotForThisBasis):
            await lift_on_wish(uow, UUID(str(bar["id"])), command)
        shown = await one(uow, UUID(str(bar["id"])))
    reasons = {action.action: action.reason for action in shown.actions or ()}
    assert reasons["lift_on_wish"] == "not_for_this_basis"
