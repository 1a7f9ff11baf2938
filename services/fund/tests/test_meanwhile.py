"""What changes between reading and acting: nothing is done that its doer did not see: FU-3, FU-6, ID-9, ID-12."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.actor import Actor
from chassis.outbox import lock_streams
from fund.resources import Resources
from nrm_events import identification
from sqlalchemy import text

from .givens import MARCH, PAYEE, Desk, read


async def amended_and_approved_anew(desk: Desk, claim: dict[str, Any], amount_qepik: int) -> None:
    path = f"/api/claims/{claim['id']}"
    change = {"version": claim["version"], "amount_qepik": amount_qepik}
    await desk.approved(await desk.requester.post_ok(f"{path}/amendment", change))


async def test_who_releases_what_they_read_does_not_release_what_came_after_fu_6(desk: Desk) -> None:
    """FU-6: approved anew at ten times the amount: the releaser who read the first is refused, nothing is opened."""
    await desk.income(10_000)
    seen = await desk.approved(await desk.needs_grant(await desk.recognised_case(), 500))
    await amended_and_approved_anew(desk, seen, 5_000)
    path = f"/api/claims/{seen['id']}/release"
    refused = await desk.releaser.post(path, read(seen))
    assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    assert desk.drawer.opened == []


async def test_an_order_is_written_only_for_whom_its_payee_was_opened_fu_6(desk: Desk) -> None:
    """FU-6: the claim was approved anew while identification was asked: that opening was for another order."""
    await desk.income(10_000)
    claim = await desk.approved(await desk.needs_grant(await desk.recognised_case(), 500))

    class SlowDrawer:
        async def open(self, actor: Actor, *, case_id: UUID, order_id: UUID, payee: str) -> dict[str, Any]:
            await amended_and_approved_anew(desk, claim, 5_000)
            return dict(PAYEE)

    desk.bench.app.state.resources = Resources(payees=SlowDrawer())
    refused = await desk.releaser.post(f"/api/claims/{claim['id']}/release", read(claim))
    assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    stored = await desk.releaser.get_ok(f"/api/claims/{claim['id']}")
    assert (stored["state"], stored["orders"]) == ("reserved", [])


async def test_two_accountants_book_one_recovery_once_fu_3(desk: Desk) -> None:
    await desk.income(500)
    claim = await desk.paid(await desk.needs_grant(await desk.recognised_case()))
    path, body = f"/api/claims/{claim['id']}/recovery", read(claim, amount_qepik=200, document="E-1")
    answers = await asyncio.gather(*(desk.accountant.post(path, body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert next(a.json()["code"] for a in answers if a.status_code == 409) == "stale"
    assert await desk.balance() == (200, 0, 200)


async def test_who_looked_at_one_reason_has_not_looked_at_the_next_id_9(desk: Desk) -> None:
    """ID-9: a decline, and then a revocation that nobody looked at yet: the mark stays, and says the newer reason."""
    case_id = await desk.case()
    event = desk.identified(case_id)
    await desk.bench.receives(event)
    claim = await desk.allowance_of(case_id)
    declined = identification.IdentificationDeclined(
        effective_at=MARCH, case_id=case_id, decision_id=uuid4(), authority="mia-special", reasons=["no_purpose"]
    )
    await desk.bench.receives(declined)
    path = f"/api/claims/{claim['id']}"
    seen = await desk.approver.get_ok(path)
    await desk.bench.receives(desk.revoked(event.recognition_id, case_id))
    refused = await desk.approver.post(f"{path}/re-examination", read(seen, reason="decision_under_appeal"))
    assert refused.json()["code"] == "stale"
    assert (await desk.approver.get_ok(path))["re_examine_reason"] == "recognition_revoked"


async def test_a_draft_that_begins_while_the_consent_ends_is_refused_id_12(desk: Desk) -> None:
    """ID-12: who may know of the case is asked with the case held, so the end of it is seen."""
    case_id = await desk.case()
    body = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 5}
    async with desk.bench.session() as session:
        await lock_streams(session, [case_id])
        await session.execute(text("delete from case_access where case_id = :case"), {"case": case_id})
        drafting = asyncio.ensure_future(desk.caseworker.post("/api/claims", body))
        await desk.bench.until_somebody_waits()
    assert (await drafting).status_code == 404


async def test_who_drafted_a_claim_sees_it_after_the_fund_amended_it(desk: Desk) -> None:
    """The agency that asked for its person goes on seeing what becomes of it."""
    case_id = await desk.recognised_case()
    body = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 5}
    claim = await desk.caseworker.post_ok("/api/claims", body)
    path = f"/api/claims/{claim['id']}"
    await desk.requester.post_ok(f"{path}/amendment", {"version": claim["version"], "amount_qepik": 6})
    assert (await desk.caseworker.get_ok(path))["amount_qepik"] == 6


async def test_police_learn_of_no_case_by_a_consent_alone_id_7(desk: Desk) -> None:
    """ID-7: bodies of the police know of a case by the hand-over itself."""
    case_id = await desk.case()
    granted = identification.ConsentGranted(
        effective_at=MARCH,
        case_id=case_id,
        consent_id=uuid4(),
        recipient="mia-special",
        purpose="referral",
        data_class="contact",
    )
    await desk.bench.receives(granted)
    assert await agencies_of(desk, case_id) == {"ngo-amc"}
    await desk.bench.receives(granted.model_copy(update={"recipient": "vac", "consent_id": uuid4()}))
    assert await agencies_of(desk, case_id) == {"ngo-amc", "vac"}


async def agencies_of(desk: Desk, case_id: UUID) -> set[str]:
    async with desk.bench.session() as session:
        stored = text("select agency from case_access where case_id = :case")
        return set(await session.scalars(stored, {"case": case_id}))


ACTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("requester", "submission", {}),
    ("requester", "cancellation", {"reason": "need_ended"}),
    ("approver", "rejection", {"reasons": ["already_paid"]}),
    ("approver", "reservation", {}),
    ("accountant", "confirmation", {"bank_reference": "B-1"}),
    ("accountant", "failure", {"reason": "not_collected"}),
)


async def test_an_act_on_a_claim_that_changed_does_nothing(desk: Desk) -> None:
    """The refusal comes before that of the state: the state is what changed."""
    claim = await desk.submitted(await desk.needs_grant(await desk.recognised_case()))
    for person, act, body in ACTS:
        path = f"/api/claims/{claim['id']}/{act}"
        refused = await getattr(desk, person).post(path, body | {"version": claim["version"] - 1})
        assert (refused.status_code, refused.json()["code"]) == (409, "stale"), act
        assert refused.json()["facts"]["fields"] == sorted(body)
    assert (await desk.requester.get_ok(f"/api/claims/{claim['id']}"))["version"] == claim["version"]


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("release", {}),
        ("rejection", {"reasons": ["document_missing"]}),
        ("cancellation", {"reason": "need_ended"}),
        ("return", {"reason": "account_closed", "bank_reference": "R-1"}),
        ("recovery", {"amount_qepik": 1, "document": "E-1"}),
        ("re-examination", {"reason": "another_recognition"}),
    ],
)
async def test_who_decides_says_which_version_was_read_fu_6(desk: Desk, act: str, body: dict[str, Any]) -> None:
    """Whoever releases, rejects, cancels or books back without having read the claim, or an older one, does nothing."""
    claim = await desk.submitted(await desk.needs_grant(await desk.recognised_case()))
    by = {
        "release": desk.releaser,
        "cancellation": desk.requester,
        "return": desk.accountant,
        "recovery": desk.accountant,
    }
    person, path = by.get(act, desk.approver), f"/api/claims/{claim['id']}"
    unread = await person.post(f"{path}/{act}", body | {"version": None})
    assert (unread.status_code, unread.json()["code"]) == (422, "invalid_request")
    stale = await person.post(f"{path}/{act}", body | {"version": claim["version"] - 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert (await desk.approver.get_ok(path))["version"] == claim["version"]
