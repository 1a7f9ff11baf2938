"""The Fund: income first, then the allowance that drafted itself and the needs grants, each through three persons
(FU-1, FU-2, FU-4, FU-6, FU-7)."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from player import people
from player.caseload import Numbered
from player.platform import Answer, Platform
from player.scene import ON_ITS_WAY, Scene, key_of
from player.timeline import BAKU, start_of_year

FUND = "fund"
_FOR_ALLOWANCE = 100_000  # qəpik set by for each recognised person; the law's allowance is below it
_NOT_YET_KNOWN = ("no_recognition_that_counts",)
_DECIDED = ("formal", "potential")


def income_needed(lines: Sequence[Numbered]) -> dict[int, int]:
    """Qəpik that the lines need, by the year of their decision."""
    needed: dict[int, int] = defaultdict(int)
    for numbered in lines:
        course = numbered.line.course
        amount = sum(grant.qepik for grant in course.needs_grants)
        amount += _FOR_ALLOWANCE if course.outcome == "formal" else 0
        if amount:
            needed[numbered.line.decided_at.astimezone(BAKU).year] += amount
    return dict(needed)


async def book_income(platform: Platform, lines: Sequence[Numbered]) -> None:
    """The state budget's money at the beginning of each year, once for the same lines (FU-4)."""
    whole = hashlib.sha256("".join(sorted(n.line.fingerprint for n in lines)).encode()).hexdigest()
    for year, amount in sorted(income_needed(lines).items()):
        body = {
            "happened_at": start_of_year(year).isoformat(),
            "source": "state_budget",
            "amount_qepik": amount,
            "document": f"{year}/{whole[:12]}",
        }
        await platform.act(people.ACCOUNTANT, FUND, "/api/incomes", body, key_of(whole, f"income-{year}"))


async def pay_allowance(scene: Scene) -> None:
    """The allowance is there when the Fund has heard of the recognition (FU-1)."""
    claim = await scene.platform.await_effect(
        people.REQUESTER, FUND, "/api/claims", {"case_id": scene.case_id, "kind": "allowance"}, _first
    )
    await _pay(scene, "allowance", claim["id"], 1)


def _first(page: dict[str, Any]) -> dict[str, Any] | None:
    items: list[dict[str, Any]] = page["items"]
    return items[-1] if items else None  # newest first: the one that was there before anything else


async def give_needs_grants(scene: Scene) -> None:
    """Each grant by itself: one that is refused does not withhold the others (FU-2)."""
    known = scene.line.course.outcome in _DECIDED
    for index, grant in enumerate(scene.line.course.needs_grants):
        step = f"grant-{index}"
        with scene.part(f"needs grant {index + 1}"):
            claim = await scene.act(
                step,
                people.REQUESTER,
                FUND,
                "/api/claims",
                scene.times.after_decision(days=2),
                ON_ITS_WAY if known else (),
                case_id=scene.case_id,
                kind="needs_grant",
                purpose=grant.kind,
                amount_qepik=grant.qepik,
            )
            await _pay(scene, step, claim["id"], 2, _NOT_YET_KNOWN if known else ())


async def _pay(scene: Scene, step: str, claim_id: str, day: int, awaiting: tuple[str, ...] = ()) -> None:
    """Requested, approved, released and confirmed, a day each; who asks neither approves nor releases (FU-6)."""
    address = f"/api/claims/{claim_id}"

    async def act(what: str, who: str, later: int, waits: tuple[str, ...] = (), **body: Any) -> Answer:
        at = scene.times.after_decision(days=day + later)
        return await scene.act(f"{step}-{what}", who, FUND, f"{address}/{what}", at, waits, **body)

    submitted = await act("submission", people.REQUESTER, 0, awaiting)
    approved = await act("approval", people.APPROVER, 1, version=submitted["version"])
    if approved["state"] == "approved":  # money was short when it was approved
        await act("reservation", people.APPROVER, 1)
    at = scene.times.after_decision(days=day + 2)
    await scene.decide(f"{step}-release", people.RELEASER, FUND, address, "release", at)
    await act("confirmation", people.ACCOUNTANT, 3, bank_reference=_bank_reference(scene.key(step)))


def _bank_reference(key: str) -> str:
    return f"B{UUID(key).int % 10**12:012d}"
