"""The Fund: income first, then the drafted allowance and the needs grants, each through three persons.

FU-1, FU-2, FU-4, FU-6, FU-7.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from player import people
from player.answers import Item, Json
from player.caseload import Numbered
from player.faults import Refused
from player.platform import Platform
from player.scene import ON_ITS_WAY, Scene, key_of
from player.timeline import BAKU, start_of_year

FUND, IDENTIFICATION = "fund", "identification"
_FOR_ALLOWANCE = 100_000  # qəpik set by for each recognised person; the law's allowance is below it
_NOT_YET_KNOWN = ("no_recognition_that_counts",)
_VOIDED = ("approval_void", "not_possible_in_state")
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
        body: Json = {
            "happened_at": start_of_year(year).isoformat(),
            "source": "state_budget",
            "amount_qepik": amount,
            "document": f"{year}/{whole[:12]}",
        }
        accountant = platform.person(people.ACCOUNTANT, FUND)
        await accountant.act("/api/incomes", body, key=key_of(whole, f"income-{year}"))


async def name_representative(scene: Scene) -> None:
    """A child's money goes to the guardian, whom the guardianship authority appoints and records (ID-5, FU-6)."""
    worker, case = scene.by(people.GUARDIANSHIP_WORKER, IDENTIFICATION), f"/api/cases/{scene.case_id}"
    reference = f"Q-{scene.line.line}"
    at = scene.times.after_decision(hours=2)
    await worker.act("guardian", f"{case}/guardian", at, outcome="appointed", reference=reference)
    representative: Json = {
        "name": f"Qəyyum {scene.line.line}",
        "identity_number": f"TST{scene.line.line:08d}",
        "relation": "guardian",
        "reference": reference,
    }
    await worker.decide("representative", f"{case}/representative", at, representative=representative)


async def pay_allowance(scene: Scene) -> None:
    """The allowance exists once the Fund has received the recognition (FU-1)."""
    query = {"case_id": scene.case_id, "kind": "allowance"}
    claim = await scene.by(people.REQUESTER, FUND).await_item("/api/claims", query, _first)
    await _pay(scene, _Payment("allowance", claim.id, 1))


def _first(claims: list[Item]) -> Item | None:
    return claims[-1] if claims else None  # newest first: the one that was there before anything else


async def give_needs_grants(scene: Scene) -> None:
    """Each grant by itself: one that is refused does not withhold the others (FU-2)."""
    known = scene.line.course.outcome in _DECIDED
    requester = scene.by(people.REQUESTER, FUND)
    for index, grant in enumerate(scene.line.course.needs_grants):
        step = f"grant-{index}"
        with scene.part(f"needs grant {index + 1}"):
            claim = await requester.waiting_for(ON_ITS_WAY if known else ()).act(
                step,
                "/api/claims",
                scene.times.after_decision(days=2),
                case_id=scene.case_id,
                kind="needs_grant",
                purpose=grant.kind,
                amount_qepik=grant.qepik,
            )
            await _pay(scene, _Payment(step, claim.id, 2, _NOT_YET_KNOWN if known else ()))


@dataclass(frozen=True)
class _Payment:
    """A claim on its way to the bank, from so many days after the decision.

    `awaiting`: codes of a refused submission that an event on its way will settle.
    """

    step: str
    claim_id: str
    day: int
    awaiting: tuple[str, ...] = ()

    def at(self, scene: Scene, later: int) -> datetime:
        """So many days after its first."""
        return scene.times.after_decision(days=self.day + later)


async def _pay(scene: Scene, payment: _Payment) -> None:
    """Requested, approved, released and confirmed, a day each, by different people (FU-6).

    Where the Fund learns only after the approval who is paid for the person, it is approved anew.
    """
    step, address = payment.step, f"/api/claims/{payment.claim_id}"
    releaser, accountant = scene.by(people.RELEASER, FUND), scene.by(people.ACCOUNTANT, FUND)
    await _approve(scene, payment, step)
    try:
        await releaser.decide(f"{step}-release", f"{address}/release", payment.at(scene, 2))
    except Refused as refused:
        if refused.code not in _VOIDED:
            raise
        await _approve(scene, replace(payment, day=payment.day + 1, awaiting=_VOIDED), f"{step}-anew")
        await releaser.decide(f"{step}-release", f"{address}/release", payment.at(scene, 2))
    reference = _bank_reference(scene.key(step))
    confirmed_at = payment.at(scene, 3)
    await accountant.act(f"{step}-confirmation", f"{address}/confirmation", confirmed_at, bank_reference=reference)


async def _approve(scene: Scene, payment: _Payment, step: str) -> None:
    address = f"/api/claims/{payment.claim_id}"
    requester, approver = scene.by(people.REQUESTER, FUND), scene.by(people.APPROVER, FUND)
    submitting = requester.waiting_for(payment.awaiting)
    submitted = await submitting.act(f"{step}-submission", f"{address}/submission", payment.at(scene, 0))
    day = payment.at(scene, 1)
    approved = await approver.act(f"{step}-approval", f"{address}/approval", day, version=submitted.version)
    if approved.state == "approved":  # money was short when it was approved
        await approver.act(f"{step}-reservation", f"{address}/reservation", day)


def _bank_reference(key: str) -> str:
    return f"B{UUID(key).int % 10**12:012d}"
