"""A large sum has two approvers, a ceiling none: by person and period, also for two at once: FU-2, FU-6."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from chassis.actor import Actor
from chassis.clock import utc_now
from chassis.unit_of_work import UnitOfWork
from fund import parameters
from fund.commands import ApproveClaim
from fund.rights import RIGHTS
from fund.use_cases import decisions

from .givens import Desk, read
from .test_database import as_role

ABOVE = 50_000
"""The parameter `second_approver_above` of a needs grant."""


async def approved_by_another(desk: Desk, claim: dict[str, Any]) -> dict[str, Any]:
    """The approval of a second approver of the Fund."""
    another = Actor(sub="another", agency="fund", roles=frozenset({"fund-approver"}), client="demo", scope="all")
    async with desk.bench.session() as session:
        work = UnitOfWork(session, another, utc_now(), None, RIGHTS)
        await decisions.approve(work, UUID(claim["id"]), ApproveClaim(expected_version=claim["version"]))
    return await desk.approver.get_ok(f"/api/claims/{claim['id']}")


async def test_a_sum_above_the_parameter_waits_for_a_second_approver_fu_2(desk: Desk) -> None:
    await desk.income(ABOVE * 4)
    claim = await desk.needs_grant(await desk.recognised_case(), ABOVE + 1)
    path = f"/api/claims/{claim['id']}"
    waiting = await desk.approved(claim)
    assert (waiting["state"], waiting["second_approval"]) == ("second_approval", True)
    again = await desk.approver.post(f"{path}/approval", read(waiting))
    assert again.json()["code"] == "you_approved_this"
    done = await approved_by_another(desk, waiting)
    assert (done["state"], done["second_approval"]) == ("reserved", False)
    names = [name for name, _ in await desk.bench.published(claim["case_id"])]
    assert names.count("ClaimApproved") == 1
    assert (await desk.releaser.post_ok(f"{path}/release", read(done)))["state"] == "ordered"


async def test_what_a_person_was_granted_counts_together_fu_2(desk: Desk) -> None:
    """Split over claims and purposes; another person's grants do not count."""
    await desk.income(ABOVE * 4)
    case_id = await desk.recognised_case()
    first = await desk.approved(await desk.needs_grant(case_id, ABOVE - 1))
    other = await desk.approved(await desk.needs_grant(await desk.recognised_case(), ABOVE - 1))
    split = await desk.approved(await desk.needs_grant(case_id, 2, purpose="other"))
    assert [claim["state"] for claim in (first, other, split)] == ["reserved", "reserved", "second_approval"]


async def test_an_edit_voids_the_first_approval_too_fu_6(desk: Desk) -> None:
    claim = await desk.needs_grant(await desk.recognised_case(), ABOVE + 1)
    await desk.approved(claim)
    assert (await desk.amended(claim)).json()["state"] == "draft"
    assert (await desk.approved(claim))["state"] == "second_approval"


async def test_two_at_once_do_not_pass_a_ceiling_fu_2(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "ceilings", lambda moment: {"medicine": {"qepik": 1_000, "days": 365}})
    case_id = await desk.recognised_case()
    sent = [await desk.submitted(await desk.needs_grant(case_id, 600)) for _ in range(3)]
    answers = await asyncio.gather(
        *(desk.approver.post(f"/api/claims/{claim['id']}/approval", read(claim)) for claim in sent)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"over_ceiling"}


async def test_first_and_second_approver_are_different_persons_in_the_database_fu_6(desk: Desk) -> None:
    claim = await desk.needs_grant(await desk.recognised_case(), ABOVE + 1)
    waiting = await desk.approved(claim)
    same = f"update claim set state = 'approved', approved_by = first_approved_by where id = '{UUID(waiting['id'])}'"  # noqa: S608
    assert await as_role(desk, [same]) == "ck_claim_three_persons"
    released = same.replace("state = 'approved', approved_by", "released_by")
    assert await as_role(desk, [released]) == "ck_claim_three_persons"
