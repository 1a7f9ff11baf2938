"""Who sees which claim and on which basis; nothing about the investigation anywhere: ID-7, ID-11, ID-12."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from casework.purposes import PURPOSES
from chassis.testing import Person
from fund.app import SERVICE
from fund.parameters import PACKAGE
from fund.tables import Base
from fund.views.claims import HISTORY
from nrm_events import Event, identification, repatriation, shelter
from nrm_events.reference import case_reference

from .givens import MARCH, Desk, a_need


async def test_a_caseworker_of_the_holder_drafts_a_needs_grant_and_no_more(desk: Desk) -> None:
    """FU-6: it is submitted by the Fund; the holder sees what becomes of it, and of the other claims of its case."""
    case_id = await desk.recognised_case()
    claim = await desk.caseworker.post_ok("/api/claims", a_need(case_id))
    assert claim["actions"] == []
    refused = await desk.caseworker.post(f"/api/claims/{claim['id']}/submission")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_lacks_right")
    allowance = await desk.allowance_of(case_id)
    assert await seen_by(desk.caseworker) == {claim["id"], allowance["id"]}
    assert (await desk.caseworker.get_ok(f"/api/claims/{allowance['id']}"))["actions"] == []
    assert (await desk.submitted(claim))["state"] == "submitted"


async def test_an_agency_beside_the_holder_sees_the_claims_that_it_wrote_alone_id_12(desk: Desk) -> None:
    """ID-12: another's claim is as one that does not exist, by id, history and list."""
    case_id = await desk.recognised_case()
    helper = desk.person("ngo-acu.caseworker")
    await desk.bench.receives(granted(case_id, "ngo-acu", "assistance"))
    of_holder = await desk.caseworker.post_ok("/api/claims", a_need(case_id))
    own = await helper.post_ok("/api/claims", a_need(case_id))
    assert await seen_by(helper) == {own["id"]}
    for hidden in (of_holder["id"], str(uuid4())):
        assert await refusals(helper, hidden) == [(404, "not_found")] * 2
    assert {of_holder["id"], own["id"]} <= await seen_by(desk.caseworker)


async def test_a_claim_shows_the_reference_of_its_case(desk: Desk) -> None:
    """People name a case by its reference, in an answer and in a list."""
    case_id = await desk.recognised_case()
    claim = await desk.caseworker.post_ok("/api/claims", a_need(case_id))
    assert (claim["case_id"], claim["case_ref"]) == (str(case_id), case_reference(case_id))
    listed = (await desk.approver.get_ok("/api/claims"))["items"]
    assert {item["case_ref"] for item in listed} == {case_reference(case_id)}


async def test_a_case_that_is_not_visible_answers_like_an_unknown_one_id_7(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    stranger = desk.person("ngo-clean-world.caseworker")
    answers = []
    for wanted in (case_id, uuid4()):
        answer = await stranger.post("/api/claims", a_need(wanted))
        answers.append((answer.status_code, {k: v for k, v in answer.json().items() if k != "trace_id"}))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    unknown = await desk.requester.post("/api/claims", a_need(uuid4()))
    assert unknown.status_code == 404
    claim = await desk.caseworker.post_ok("/api/claims", a_need(case_id))
    assert await refusals(stranger, claim["id"]) == [(404, "not_found")] * 2
    assert (await stranger.get_ok("/api/claims", case_id=str(case_id)))["items"] == []


async def test_a_compensation_is_not_a_caseworkers_to_draft(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    award = {"case_id": str(case_id), "kind": "compensation", "document": "C-1", "awarded_qepik": 9}
    answer = await desk.caseworker.post("/api/claims", award | {"from_property_qepik": 0})
    assert (answer.status_code, answer.json()["code"]) == (403, "role_lacks_right")


async def test_a_consent_opens_a_case_and_its_withdrawal_closes_it_and_is_acknowledged_id_12(desk: Desk) -> None:
    """ID-12: what was answered before is not repeated from its key either."""
    case_id = await desk.recognised_case()
    helper = desk.person("ngo-acu.caseworker")
    assert (await helper.post("/api/claims", a_need(case_id))).status_code == 404
    agreed = granted(case_id, "ngo-acu", "assistance")
    await desk.bench.receives(agreed)
    claim = await helper.post_ok("/api/claims", a_need(case_id), key="once")
    assert await helper.post_ok("/api/claims", a_need(case_id), key="once") == claim
    await desk.bench.receives(withdrawn(agreed))
    assert (await helper.post("/api/claims", a_need(case_id), key="once")).status_code == 404
    assert await refusals(helper, claim["id"]) == [(404, "not_found")] * 2
    assert await seen_by(helper) == set()
    name, payload = (await desk.bench.published(case_id))[-1]
    assert (name, payload["consent_id"]) == ("ConsentWithdrawalAcknowledged", str(agreed.consent_id))


async def test_a_consent_to_another_purpose_opens_no_claim_id_12(desk: Desk) -> None:
    """ID-12: not to draft one, and not the own ones that a consent to assistance opened before."""
    case_id = await desk.recognised_case()
    helper = desk.person("ngo-acu.caseworker")
    assistance = granted(case_id, "ngo-acu", "assistance")
    await desk.bench.receives(assistance)
    claim = await helper.post_ok("/api/claims", a_need(case_id))
    await desk.bench.receives(withdrawn(assistance))
    for purpose in sorted(set(PURPOSES) - {"assistance", "legal_aid"}):
        other = granted(case_id, "ngo-acu", purpose)
        await desk.bench.receives(other)
        await shows_nothing(helper, case_id, claim["id"])
        await desk.bench.receives(withdrawn(other))


async def test_a_consent_to_legal_aid_opens_the_needs_of_a_trial_id_12(desk: Desk) -> None:
    """ID-12, FU-2: a lawyer claims the travel to court, and never what says something about the person's health."""
    case_id = await desk.recognised_case()
    lawyer = desk.person("ngo-clrpl.caseworker")
    await desk.bench.receives(granted(case_id, "ngo-clrpl", "legal_aid"))
    travel = await lawyer.post_ok("/api/claims", a_need(case_id, purpose="court_travel"))
    medicine = await lawyer.post("/api/claims", a_need(case_id, purpose="medicine"))
    assert (medicine.status_code, medicine.json()["code"]) == (403, "not_for_this_basis")
    assert await seen_by(lawyer) == {travel["id"]}
    assistance = granted(case_id, "ngo-clrpl", "assistance")
    await desk.bench.receives(assistance)
    assert (await lawyer.post_ok("/api/claims", a_need(case_id), key="once"))["purpose"] == "medicine"
    await desk.bench.receives(withdrawn(assistance))
    again = await lawyer.post("/api/claims", a_need(case_id), key="once")
    assert (again.status_code, again.json()["code"]) == (403, "not_for_this_basis")


async def test_notice_of_a_removal_bar_opens_no_claim_rp_4(desk: Desk) -> None:
    """RP-4: whoever learns that a bar stands learns of no money."""
    case_id = await desk.recognised_case()
    notified = desk.person("iom.caseworker")
    claim = await desk.allowance_of(case_id)
    bar = repatriation.RemovalBarNoticed(effective_at=MARCH, case_id=case_id, bar_id=uuid4(), told="iom")
    await desk.bench.receives(bar)
    await shows_nothing(notified, case_id, claim["id"])


async def test_the_body_a_case_was_handed_over_to_claims_and_sees_its_own_id_7(desk: Desk) -> None:
    """ID-7: the formal body knows of the case and sees the claims that it wrote."""
    case_id = await desk.recognised_case()
    body = desk.person("scfwca.caseworker")
    allowance = await desk.allowance_of(case_id)
    assert (await body.post("/api/claims", a_need(case_id))).status_code == 404
    await desk.bench.receives(handed_over(case_id, "scfwca"))
    own = await body.post_ok("/api/claims", a_need(case_id))
    assert await seen_by(body) == {own["id"]}
    assert await refusals(body, allowance["id"]) == [(404, "not_found")] * 2


async def test_the_guardianship_authority_sees_every_claim_of_a_child_until_of_age_id_5(desk: Desk) -> None:
    """ID-5: by law and not by consent; it ends when the person is established as adult."""
    case_id = await desk.case(age_group="child")
    authority = desk.person("scfwca.caseworker")
    claim = await desk.caseworker.post_ok("/api/claims", a_need(case_id))
    own = await authority.post_ok("/api/claims", a_need(case_id, purpose="school_supplies"), key="once")
    assert await seen_by(authority) == {claim["id"], own["id"]}
    adult = identification.PersonFactsChanged(
        effective_at=MARCH, case_id=case_id, age_group="adult", citizenship="foreign"
    )
    await desk.bench.receives(adult)
    assert await seen_by(authority) == set()
    for claim_id in (claim["id"], own["id"]):
        assert await refusals(authority, claim_id) == [(404, "not_found")] * 2
    again = await authority.post("/api/claims", a_need(case_id, purpose="school_supplies"), key="once")
    assert again.status_code == 404


async def test_whoever_serves_the_person_claims_while_the_stay_goes_on_sh_6(desk: Desk) -> None:
    """SH-6: the operator of a stay; after it the agency sees the own claim no more, nor by its key."""
    case_id = await desk.recognised_case()
    operator, stay_id = desk.person("ngo-acu.caseworker"), uuid4()
    await desk.bench.receives(
        shelter.ShelterAdmitted(effective_at=MARCH, case_id=case_id, stay_id=stay_id, operator="ngo-acu", ends_at=MARCH)
    )
    claim = await operator.post_ok("/api/claims", a_need(case_id, purpose="warm_clothing"), key="once")
    assert await seen_by(operator) == {claim["id"]}
    await desk.bench.receives(
        shelter.ShelterLeft(effective_at=MARCH, case_id=case_id, stay_id=stay_id, how="left", to="independent")
    )
    assert await refusals(operator, claim["id"]) == [(404, "not_found")] * 2
    again = await operator.post("/api/claims", a_need(case_id, purpose="warm_clothing"), key="once")
    assert again.status_code == 404


async def test_whoever_is_requested_to_take_over_claims_once_it_did_sh_8(desk: Desk) -> None:
    """SH-8: a request opens nothing; the yes does."""
    case_id = await desk.recognised_case()
    wanted = desk.person("ngo-acu.caseworker")
    claim = await desk.allowance_of(case_id)
    handover: dict[str, Any] = {
        "effective_at": MARCH, "case_id": case_id, "handover_id": uuid4(), "to": "ngo-acu"
    }  # fmt: skip
    await desk.bench.receives(shelter.HandoverRequested(**handover, from_agency="ngo-amc"))
    await shows_nothing(wanted, case_id, claim["id"])
    await desk.bench.receives(shelter.HandoverAcknowledged(**handover))
    own = await wanted.post_ok("/api/claims", a_need(case_id))
    assert await seen_by(wanted) == {own["id"]}


async def test_a_new_holder_sees_the_claims_and_the_former_one_no_more_id_20(desk: Desk) -> None:
    """ID-20: a claim may have taken effect before the change of holder, and never before the case."""
    case_id = await desk.case()
    claim = await desk.caseworker.post_ok("/api/claims", a_need(case_id))
    new = desk.person("ngo-acu.caseworker")
    changed = identification.HolderChanged(
        effective_at=desk.bench.clock(), case_id=case_id, holder="ngo-acu", previous="ngo-amc"
    )
    await desk.bench.receives(changed)
    assert await seen_by(new) == {claim["id"]}
    assert await refusals(desk.caseworker, claim["id"]) == [(404, "not_found")] * 2
    then = {"happened_at": MARCH.isoformat()}
    assert (await new.post_ok("/api/claims", a_need(case_id) | then))["effective_at"].startswith("2024-03-04")


async def test_eligibility_is_the_same_whoever_knows_of_the_case_fu_8(desk: Desk) -> None:
    """FU-8, ID-11: a hand-over, a consent and its end change nothing in what a claim can become."""
    case_id = await desk.recognised_case()
    claim = await desk.needs_grant(case_id)
    agreed = granted(case_id, "ngo-acu", "assistance")
    shown = []
    for event in (handed_over(case_id, "mia-special"), agreed, withdrawn(agreed)):
        shown.append(await desk.requester.get_ok(f"/api/claims/{claim['id']}"))
        await desk.bench.receives(event)
    assert all(answer == shown[0] for answer in shown)
    assert (await desk.submitted(claim))["state"] == "submitted"


async def test_the_auditor_reads_the_audit_and_is_in_it(desk: Desk) -> None:
    case_id = await desk.recognised_case()
    auditor = desk.person("ombudsman.auditor")
    seen = await auditor.get_ok("/api/audit", case_id=str(case_id))
    assert [item["action"] for item in seen["items"]] == ["draft_allowance"]
    assert (await auditor.get_ok("/api/audit"))["items"][0]["action"] == "see_audit"


def test_every_audited_act_on_a_claim_has_its_part_of_the_history() -> None:
    """An act that no part names would be shown to nobody."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "use_cases").glob("*.py"))
    audited = set(re.findall(r'\baudit\(\s*uow,\s*"(\w+)"', sources)) | {"approve", "approve_on_appeal"}
    assert audited | {"reject", "reject_on_appeal"} == set(HISTORY)
    assert set(HISTORY.values()) <= set(SERVICE.every_right)


def test_nothing_here_knows_about_the_investigation_id_11() -> None:
    """The one word stands in the parameter that states what the law forbids, and nothing reads it."""
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(PACKAGE).rglob("*.py"))
    for stem in ("cooperat", "prosecut", "assisting"):
        assert not [name for name in columns if stem in name]
        assert stem not in sources.lower()


def test_the_service_receives_what_its_rows_need() -> None:
    """Its own rules read identification alone; who may know of a case follows from the others too."""
    assert SERVICE.topics == ("nrm.exchange", "nrm.identification", "nrm.repatriation", "nrm.shelter")


async def seen_by(person: Person) -> set[str]:
    """Ids of the claims in the person's list."""
    return {item["id"] for item in (await person.get_ok("/api/claims"))["items"]}


async def refusals(person: Person, claim_id: str) -> list[tuple[int, str]]:
    """How the claim and its history are refused."""
    answers = [await person.get(f"/api/claims/{claim_id}{part}") for part in ("", "/history")]
    return [(answer.status_code, answer.json()["code"]) for answer in answers]


async def shows_nothing(person: Person, case_id: UUID, claim_id: str) -> None:
    """The agency knows of the case for another reason: no claim is drafted, listed or read."""
    drafted = await person.post("/api/claims", a_need(case_id))
    assert (drafted.status_code, drafted.json()["code"]) == (403, "not_for_this_basis")
    assert await refusals(person, claim_id) == [(403, "not_for_this_basis")] * 2
    assert await seen_by(person) == set()


def granted(case_id: UUID, recipient: str, purpose: str) -> identification.ConsentGranted:
    return identification.ConsentGranted(
        effective_at=MARCH,
        case_id=case_id,
        consent_id=uuid4(),
        recipient=recipient,
        purpose=purpose,
        data_class="case_reference",
    )


def withdrawn(agreed: identification.ConsentGranted) -> identification.ConsentWithdrawn:
    return identification.ConsentWithdrawn.model_validate(agreed.model_dump())


def handed_over(case_id: UUID, to: str) -> Event:
    return identification.VictimReferred(
        effective_at=MARCH, case_id=case_id, referral_id=uuid4(), to=to, reported_at=MARCH, due_at=MARCH
    )
