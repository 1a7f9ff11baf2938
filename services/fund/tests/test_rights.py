"""Who sees which claim; nothing about the investigation anywhere: ID-7, ID-11, ID-12."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fund import settings
from fund.app import SERVICE
from fund.tables import Base
from nrm_events import identification as heard

from .givens import MARCH, Desk


async def test_a_caseworker_drafts_a_needs_grant_for_a_case_of_its_agency_and_sees_it_alone(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    given = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 5}
    claim = await desk.caseworker.post_ok("/api/claims", given)
    assert claim["actions"] == []
    refused = await desk.caseworker.post(f"/api/claims/{claim['id']}/submission")
    assert refused.status_code == 403
    assert [item["id"] for item in (await desk.caseworker.get_ok("/api/claims"))["items"]] == [claim["id"]]
    allowance = await desk.allowance_of(case_id)
    assert (await desk.caseworker.get(f"/api/claims/{allowance['id']}")).status_code == 404
    assert (await desk.submitted(claim))["state"] == "submitted"


async def test_a_case_that_is_not_visible_answers_like_an_unknown_one_id_7(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    stranger = desk.person("ngo-clean-world.caseworker")
    given: dict[str, Any] = {"kind": "needs_grant", "purpose": "medicine", "amount_qepik": 5}
    answers = []
    for asked in (case_id, uuid4()):
        answer = await stranger.post("/api/claims", given | {"case_id": str(asked)})
        answers.append((answer.status_code, {k: v for k, v in answer.json().items() if k != "trace_id"}))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    unknown = await desk.requester.post("/api/claims", given | {"case_id": str(uuid4())})
    assert unknown.status_code == 404
    claim = await desk.caseworker.post_ok("/api/claims", given | {"case_id": str(case_id)})
    for path in (f"/api/claims/{claim['id']}", f"/api/claims/{claim['id']}/history"):
        assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get_ok("/api/claims", case_id=str(case_id)))["items"] == []


async def test_a_compensation_is_not_a_caseworkers_to_draft(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    given = {"case_id": str(case_id), "kind": "compensation", "document": "C-1", "awarded_qepik": 9}
    answer = await desk.caseworker.post("/api/claims", given | {"from_property_qepik": 0})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_lacks_right")


def consent(case_id: UUID, consent_id: UUID, recipient: str) -> dict[str, Any]:
    return {
        "effective_at": MARCH,
        "case_id": case_id,
        "consent_id": consent_id,
        "recipient": recipient,
        "purpose": "assistance",
        "data_class": "case_facts",
    }


async def test_a_consent_opens_a_case_and_its_withdrawal_closes_it_and_is_acknowledged_id_12(desk: Desk) -> None:
    case_id, consent_id = await desk.recognised_case(), uuid4()
    helper = desk.person("ngo-acu.caseworker")
    given = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 5}
    assert (await helper.post("/api/claims", given)).status_code == 404
    agreed = consent(case_id, consent_id, "ngo-acu")
    await desk.bench.hears(heard.ConsentGranted(**agreed))
    claim = await helper.post_ok("/api/claims", given)
    await desk.bench.hears(heard.ConsentWithdrawn(**agreed))
    assert (await helper.get(f"/api/claims/{claim['id']}")).status_code == 404
    name, told = (await desk.bench.published(case_id))[-1]
    assert (name, told["consent_id"]) == ("ConsentWithdrawalAcknowledged", str(consent_id))


async def test_a_referral_lets_the_receiver_know_of_the_case_id_7(desk: Desk) -> None:
    case_id = await desk.case()
    referred = heard.VictimReferred(
        effective_at=MARCH, case_id=case_id, referral_id=uuid4(), to="scfwca", reported_at=MARCH, due_at=MARCH
    )
    await desk.bench.hears(referred)
    given = {"case_id": str(case_id), "kind": "needs_grant", "purpose": "medicine", "amount_qepik": 5}
    assert (await desk.person("scfwca.caseworker").post_ok("/api/claims", given))["state"] == "draft"


async def test_the_auditor_reads_the_audit_and_is_in_it(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    auditor = desk.person("ombudsman.auditor")
    seen = await auditor.get_ok("/api/audit", case_id=str(case_id))
    assert [item["action"] for item in seen["items"]] == ["draft_allowance"]
    assert (await auditor.get_ok("/api/audit"))["items"][0]["action"] == "see_audit"


def test_nothing_here_knows_about_the_investigation_id_11() -> None:
    """The one word stands in the parameter that says what the law forbids, and nothing reads it."""
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(settings.PACKAGE).rglob("*.py"))
    for stem in ("cooperat", "prosecut", "assisting"):
        assert not [name for name in columns if stem in name]
        assert stem not in sources.lower()


def test_the_service_hears_what_it_says() -> None:
    assert SERVICE.topics == ("nrm.identification",)
    assert len(SERVICE.handlers) == 9
