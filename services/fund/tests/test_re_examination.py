"""What begins a re-examination and what ends it: a person's act; nothing that ended stays marked (ID-9)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from nrm_events import identification

from .givens import MARCH, Desk, a_need, read
from .test_claims import reasons


async def test_a_revoked_recognition_marks_claims_for_re_examination_and_cancels_nothing_id_9(desk: Desk) -> None:
    await desk.income(10**6)
    case_id = await desk.case()
    event = desk.identified(case_id)
    await desk.bench.receives(event)
    allowance = await desk.allowance_of(case_id)
    await desk.approved(allowance)
    path = f"/api/claims/{allowance['id']}"
    await desk.bench.receives(desk.revoked(event.recognition_id, case_id))
    marked = await desk.releaser.get_ok(path)
    assert (marked["state"], marked["re_examine_reason"]) == ("reserved", "recognition_revoked")
    assert reasons(marked)["release"] == "re_examination_open"
    assert (await desk.releaser.post(f"{path}/release", read(marked))).json()["code"] == "re_examination_open"
    assert len((await desk.approver.get_ok("/api/claims", re_examine="true"))["items"]) == 1
    settled = await desk.approver.post_ok(f"{path}/re-examination", read(marked, reason="decision_under_appeal"))
    ordered = await desk.releaser.post_ok(f"{path}/release", read(settled))
    assert ordered["state"] == "ordered"
    again = await desk.approver.post(f"{path}/re-examination", read(ordered, reason="decision_under_appeal"))
    assert again.json()["code"] == "no_re_examination_open"


async def test_a_declined_identification_marks_open_claims_id_9(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    claim = await desk.allowance_of(case_id)
    declined = identification.IdentificationDeclined(
        effective_at=MARCH + timedelta(days=3),
        case_id=case_id,
        decision_id=uuid4(),
        authority="mia-special",
        reasons=["no_signs_of_trafficking"],
    )
    await desk.bench.receives(declined)
    marked = await desk.requester.get_ok(f"/api/claims/{claim['id']}")
    assert (marked["state"], marked["re_examine_reason"]) == ("draft", "identification_declined")
    assert [name for name, _ in await desk.bench.published(case_id)] == ["ClaimDrafted", "ClaimReexamined"]


async def test_a_revoked_presumption_leaves_the_allowance_alone_id_9(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    claim = await desk.needs_grant(case_id)
    await desk.bench.receives(desk.revoked(uuid4(), case_id, kind="presumed"))
    assert (await desk.allowance_of(case_id))["re_examine_since"] is None
    assert (await desk.requester.get_ok(f"/api/claims/{claim['id']}"))["re_examine_since"] is not None


async def marked(desk: Desk, way: str) -> tuple[dict[str, Any], str]:
    """An allowance on its way, whose recognition was revoked; and its path."""
    await desk.income(10**6)
    case_id = await desk.case()
    event = desk.identified(case_id)
    await desk.bench.receives(event)
    claim = await desk.allowance_of(case_id)
    if way == "paid":
        await desk.paid(claim)
    elif way == "submitted":
        await desk.submitted(claim)
    await desk.bench.receives(desk.revoked(event.recognition_id, case_id))
    path = f"/api/claims/{claim['id']}"
    return await desk.requester.get_ok(path), path


async def test_an_answer_says_whether_a_claim_waits_for_re_examination_id_9(desk: Desk) -> None:
    claim, path = await marked(desk, "draft")
    assert reasons(await desk.approver.get_ok(path))["settle_re_examination"] is None
    assert "settle_re_examination" not in reasons(await desk.requester.get_ok(path))
    other = await desk.needs_grant(claim["case_id"])
    seen = await desk.approver.get_ok(f"/api/claims/{other['id']}")
    assert reasons(seen)["settle_re_examination"] == "no_re_examination_open"


@pytest.mark.parametrize(
    ("way", "act", "body"),
    [
        ("draft", "cancellation", {"reason": "recognition_ended"}),
        ("submitted", "rejection", {"reasons": ["no_recognition_that_counts"]}),
        ("paid", "recovery", {"amount_qepik": 70_000, "document": "E-1"}),
    ],
)
async def test_who_ended_a_claim_looked_at_it_id_9(desk: Desk, way: str, act: str, body: dict[str, Any]) -> None:
    """ID-9: cancelled, rejected or recovered: nothing about it waits any more."""
    claim, path = await marked(desk, way)
    person = {"cancellation": desk.requester, "rejection": desk.approver, "recovery": desk.accountant}[act]
    done = await person.post_ok(f"{path}/{act}", read(claim, **body))
    assert (done["re_examine_since"], done["re_examine_reason"]) == (None, None)
    assert (await desk.approver.get_ok("/api/claims", re_examine="true"))["items"] == []


async def test_an_amendment_leaves_the_question_open_id_9(desk: Desk) -> None:
    """ID-9: the requester cannot answer for the approver by changing a paper."""
    claim, path = await marked(desk, "draft")
    assert claim["re_examine_reason"] == "recognition_revoked"
    await desk.requester.post_ok(f"{path}/amendment", read(claim, document="R-2"))
    assert (await desk.approver.get_ok(path))["re_examine_reason"] == "recognition_revoked"


def ended(case_id: UUID, outcome: Any) -> identification.CaseClosed:
    return identification.CaseClosed(effective_at=MARCH + timedelta(days=3), case_id=case_id, outcome=outcome)


async def test_a_withdrawn_case_takes_no_new_claim_until_it_is_reopened_id_9(desk: Desk) -> None:
    """ID-9: nor is a cancelled claim taken up again; a case that was closed otherwise goes on."""
    case_id = await desk.recognised_case()
    claim = await desk.needs_grant(case_id)
    path = f"/api/claims/{claim['id']}"
    await desk.requester.post_ok(f"{path}/cancellation", read(claim, reason="need_ended"))
    await desk.bench.receives(ended(case_id, "closed"))
    await desk.needs_grant(case_id)
    await desk.bench.receives(ended(case_id, "withdrawn"))
    refused = await desk.requester.post("/api/claims", a_need(case_id))
    assert (refused.status_code, refused.json()["code"]) == (409, "case_withdrawn")
    assert reasons(await desk.requester.get_ok(path))["amend"] == "case_withdrawn"
    assert (await desk.amended(claim)).json()["code"] == "case_withdrawn"
    await desk.bench.receives(
        identification.IdentificationReopened(effective_at=MARCH, case_id=case_id, decision_id=uuid4())
    )
    await desk.needs_grant(case_id)
    assert (await desk.amended(claim)).json()["state"] == "draft"


async def test_after_a_withdrawal_nothing_is_paid_before_somebody_looked_id_9(desk: Desk) -> None:
    """ID-9: open claims are marked, as a task; what was paid stays."""
    await desk.income(10**6)
    case_id = await desk.recognised_case()
    paid = await desk.paid(await desk.needs_grant(case_id))
    claim = await desk.approved(await desk.needs_grant(case_id))
    await desk.bench.receives(ended(case_id, "withdrawn"))
    path = f"/api/claims/{claim['id']}"
    seen = await desk.releaser.get_ok(path)
    assert seen["re_examine_reason"] == "case_withdrawn"
    refused = await desk.releaser.post(f"{path}/release", read(seen))
    assert (refused.status_code, refused.json()["code"]) == (409, "re_examination_open")
    assert (await desk.requester.get_ok(f"/api/claims/{paid['id']}"))["re_examine_since"] is None
    names = [name for name, _ in await desk.bench.published(case_id)]
    assert names.count("ClaimReexamined") == 2  # this one and the draft of the allowance
    settled = await desk.approver.post_ok(f"{path}/re-examination", read(seen, reason="assistance_already_due"))
    assert (await desk.releaser.post_ok(f"{path}/release", read(settled)))["state"] == "ordered"


@pytest.mark.parametrize("kind", ["formal", "presumed"])
async def test_a_new_recognition_settles_what_it_counts_for_id_9(desk: Desk, kind: str) -> None:
    """FU-8: the Fund's task is required and settled by events; an allowance rests on the formal kind alone."""
    case_id = await desk.case()
    event = desk.identified(case_id)
    await desk.bench.receives(event, desk.revoked(event.recognition_id, case_id))
    allowance = await desk.allowance_of(case_id)
    assert allowance["re_examine_reason"] == "recognition_revoked"
    presumed = identification.VictimPresumed(
        effective_at=MARCH + timedelta(days=9),
        case_id=case_id,
        recognition_id=uuid4(),
        kind="presumed",
        authority="ngo-amc",
        age_group="adult",
        citizenship="foreign",
    )
    await desk.bench.receives(desk.identified(case_id) if kind == "formal" else presumed)
    again = await desk.allowance_of(case_id)
    assert (again["re_examine_since"] is None) == (kind == "formal")
    names = [name for name, _ in await desk.bench.published(case_id)]
    assert names.count("ClaimReexamined") == 1
    assert names.count("ReExaminationSettled") == (1 if kind == "formal" else 0)
