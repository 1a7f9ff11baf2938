"""Identity: sealed, read for a purpose and audited first, corrected by version, disclosed by decision (ID-13)."""

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from chassis.schema import audit_entry
from chassis.testing import ServiceUnderTest, Stack
from sqlalchemy import select
from sqlalchemy.engine import make_url

from .givens import (
    DECIDED,
    HOTLINE,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    a_referred_case,
    act,
    an_open_case,
    events_of,
    opens,
    problem,
    refusal,
    somebody,
)
from .strangers import somebody_of

SAFE = {"channel": "sms", "address": "+994501112233", "hours": "10:00-17:00", "language": "az"}


async def entries(service: ServiceUnderTest, case: dict[str, Any], action: str) -> list[Any]:
    async with service.session() as session:
        wanted = select(audit_entry).where(audit_entry.c.case_id == UUID(case["id"]), audit_entry.c.action == action)
        return list((await session.execute(wanted.order_by(audit_entry.c.position))).all())


async def test_an_identity_is_read_for_a_purpose_and_the_reading_is_kept(identification: ServiceUnderTest) -> None:
    """ID-13: who, when and why; no purpose, no data; the history of acts does not show readings."""
    person = somebody()
    case = await an_open_case(identification, htcds=person, account="Said on the phone", safe_contact=SAFE)
    reader, path = identification.person(NGO), f"/api/cases/{case['id']}/identity/reading"
    assert problem(await reader.post(path, {})) == (422, "invalid_request")
    assert problem(await reader.post(path, {"purpose": "curiosity"})) == (422, "invalid_request")
    read = await reader.post_ok(path, {"purpose": "court_request", "reference": "2-15/2024"})
    assert read["htcds"]["prs_SecondName"] == person["prs_SecondName"]
    assert (read["account"], read["safe_contact"]) == ("Said on the phone", SAFE)
    noted = await entries(identification, case, "read_identity")
    assert [(e.kind, e.purpose, e.outcome, e.agency) for e in noted if e.kind == "read"] == [
        ("read", "court_request", "done", "ngo-amc")
    ]
    assert noted[-1].facts == {"reference": "2-15/2024"}
    history = await reader.get_ok(f"/api/cases/{case['id']}/history")
    assert "read_identity" not in [item["action"] for item in history["items"]]


async def test_a_hidden_identity_is_not_there(identification: ServiceUnderTest) -> None:
    """ID-7, ID-13: for another NGO and for police as for an unknown case; the try is kept as a refusal."""
    case = await an_open_case(identification)
    for who in (OTHER_NGO, OFFICER):
        answer = await identification.person(who).post(
            f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"}
        )
        assert problem(answer) == (404, "not_found")
    noted = await entries(identification, case, "read_identity")
    assert [(e.kind, e.outcome, e.agency) for e in noted] == [
        ("refusal", "not_found", "ngo-clean-world"),
        ("refusal", "not_found", "mia-special"),
    ]


async def test_without_audit_nothing_is_shown(alone: ServiceUnderTest) -> None:
    """ID-13: where the audit cannot be written, no reading answers; a stale edit never answers with the person."""
    person = somebody()
    case = await an_open_case(alone, htcds=person)
    _as_owner(alone, "revoke insert on audit_entry from identification")
    reader = alone.person(NGO)
    read = await reader.post(f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"})
    stale = await reader.post(f"/api/cases/{case['id']}/identity", {"version": 7, "htcds": {"prs_FirstName": "A"}})
    payee = {"case_id": case["id"], "purpose": "payment_order", "on_behalf_of": "x", "concerning": str(uuid4())}
    served = await alone.calling_service("fund").post("/api/internal/payee", payee)
    assert [answer.status_code >= 500 for answer in (read, served)] == [True, True]
    for answer in (read, stale, served):
        assert str(person["prs_FirstName"]) not in answer.text
    _as_owner(alone, "grant insert on audit_entry to identification")
    assert (await reader.post_ok(f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"}))["htcds"]


def _as_owner(service: ServiceUnderTest, statement: str) -> None:
    owner = make_url(Stack.running().endpoints["postgres_owner"]["identification"])
    url = owner.set(database=make_url(service.database.url).database).render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


async def test_a_stale_edit_shows_no_value_and_changes_nothing(identification: ServiceUnderTest) -> None:
    """ID-13: the stored value comes by a reading with a purpose alone."""
    case = await an_open_case(identification, htcds=somebody(prs_FirstName="Aysel"))
    person, path = identification.person(NGO), f"/api/cases/{case['id']}/identity"
    await person.post_ok(path, {"version": 1, "htcds": {"prs_FirstName": "Aysəl"}})
    stale = await person.post(path, {"version": 1, "htcds": {"prs_FirstName": "Aisel"}})
    assert problem(stale) == (409, "stale")
    facts = stale.json()["facts"]
    assert facts == {"given_version": 1, "stored_version": 2, "fields": ["prs_FirstName"]}
    assert [e.outcome for e in await entries(identification, case, "correct_identity")] == ["done", "stale"]
    read = await person.post_ok(f"{path}/reading", {"purpose": "correct_data"})
    assert (read["version"], read["htcds"]["prs_FirstName"]) == (2, "Aysəl")


async def test_a_stale_safe_contact_shows_nothing_of_what_is_stored(identification: ServiceUnderTest) -> None:
    """ID-13, ID-20, NO-2: not even to who holds the case and may read identities."""
    case = await an_open_case(identification, "mlspp.reporter", safe_contact=SAFE)
    person, path = identification.person("mlspp.reporter"), f"/api/cases/{case['id']}/safe-contact"
    await person.post_ok(path, {"version": 1, "contact": SAFE})
    stale = await person.post(path, {"version": 1, "contact": None})
    assert (problem(stale), stale.json()["facts"]["fields"]) == ((409, "stale"), ["safe_contact"])
    assert "stale" in [e.outcome for e in await entries(identification, case, "set_safe_contact")]


@pytest.mark.parametrize(
    ("path", "body"),
    [("identity", {"version": 1, "htcds": {"prs_FirstName": "A"}}), ("safe-contact", {"version": 1, "contact": SAFE})],
)
async def test_a_correction_has_its_time_like_every_act(
    identification: ServiceUnderTest, path: str, body: dict[str, Any]
) -> None:
    """Neither in the future nor before the report."""
    case = await an_open_case(identification)
    future = await refusal(identification, case, path, NGO, "2199-01-01T00:00:00+04:00", **body)
    assert future == (422, "in_the_future")
    before = await refusal(identification, case, path, NGO, "2024-03-01T00:00:00+04:00", **body)
    assert before == (422, "before_what_it_follows")
    await act(identification, case, path, NGO, DECIDED, **body)


async def test_a_court_asks_by_a_decision(identification: ServiceUnderTest) -> None:
    """ID-13: its reference is recorded with the look, or there is none."""
    case = await an_open_case(identification)
    wanted = await identification.person(NGO).post(
        f"/api/cases/{case['id']}/identity/reading", {"purpose": "court_request"}
    )
    assert problem(wanted) == (422, "reference_missing")


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("sms", "050111223"),
        ("sms", "me@example.test"),
        ("sms", "+994501112233, +994501112234"),
        ("email", "+994501112233"),
        ("email", "me@example.test\r\nBcc: other@example.test"),
        ("email", "me@example.test,other@example.test"),
    ],
)
async def test_a_safe_contact_is_an_address_that_can_be_reached(
    identification: ServiceUnderTest, channel: str, address: str
) -> None:
    """NO-2: a message never goes to somebody else for a slip of the pen; the address is not repeated."""
    contact = SAFE | {"channel": channel, "address": address}
    case = await an_open_case(identification)
    answer = await identification.person(NGO).post(
        f"/api/cases/{case['id']}/safe-contact", {"version": 1, "contact": contact}
    )
    assert problem(answer) == (422, "unreachable_contact")
    assert [fault["where"] for fault in answer.json()["faults"]] == ["body.contact.address"]
    assert address not in answer.text
    reported = await identification.person(NGO).post_ok("/api/reports", {"channel": "visit", "safe_contact": contact})
    assert [warning["where"] for warning in reported["warnings"]] == ["body.safe_contact.address"]
    assert address not in str(reported)


async def test_a_safe_number_is_kept_as_it_is_dialled(identification: ServiceUnderTest) -> None:
    """NO-2."""
    case = await an_open_case(identification, safe_contact=SAFE | {"address": "+994 (50) 111-22-33"})
    read = await identification.person(NGO).post_ok(f"/api/cases/{case['id']}/identity/reading", {"purpose": "contact"})
    assert read["safe_contact"] == SAFE


async def test_a_field_is_taken_away_with_null_and_codes_of_a_report_stay(identification: ServiceUnderTest) -> None:
    case = await an_open_case(identification)
    await act(identification, case, "identity", NGO, DECIDED, version=1, htcds={"prs_SecondName": None})
    read = await identification.person(NGO).post_ok(
        f"/api/cases/{case['id']}/identity/reading", {"purpose": "correct_data"}
    )
    assert "prs_SecondName" not in read["htcds"]
    body: dict[str, Any] = {"version": 2, "htcds": {"vic_TypeOfExploitation": ["ForcedBegging"]}}
    assert await refusal(identification, case, "identity", NGO, **body) == (422, "not_of_the_identity")


async def test_changed_citizenship_is_told(identification: ServiceUnderTest) -> None:
    """ID-5: the services that decide by it hear it; nothing else about the person leaves."""
    case = await an_open_case(identification)
    after = await act(identification, case, "identity", NGO, DECIDED, version=1, htcds={"prs_Citizenship": ["UZ"]})
    assert after["citizenship"] == "foreign"
    name, facts = (await identification.published(case["id"]))[-1]
    assert (name, facts["citizenship"]) == ("PersonFactsChanged", "foreign")


async def test_a_disclosure_names_the_decision_it_rests_on(identification: ServiceUnderTest) -> None:
    """ID-13: by decision of a prosecutor or court, whose reference is kept."""
    case = await a_referred_case(identification)
    body = {"recipient": "moj", "decided_by": "court", "decision_reference": "2-15/2024", "data_class": "identity"}
    await act(identification, case, "disclosures", OFFICER, LATER, **body)
    assert (await events_of(identification, case))[-1] == "IdentityDisclosed"
    nobody = await refusal(identification, case, "disclosures", OFFICER, **body | {"decided_by": "minister"})
    assert nobody == (422, "invalid_request")
    assert await refusal(identification, case, "disclosures", OTHER_NGO, **body) == (404, "not_found")
    court = somebody_of(identification, "moj")
    path, reading = f"/api/cases/{case['id']}/identity/reading", {"purpose": "court_request", "reference": "2-15/2024"}
    read = await court.post_ok(path, reading)
    assert "prs_SecondName" in read["htcds"]
    assert not {"prs_IdentityNumber", "prs_MobilePhone"} & read["htcds"].keys()
    assert "recognitions" not in await court.get_ok(f"/api/cases/{case['id']}")


async def test_a_disclosure_to_police_opens_no_case(identification: ServiceUnderTest) -> None:
    """ID-7, ID-13: it is recorded; police learn of a case by the hand-over alone."""
    case = await an_open_case(identification)
    body = {"recipient": "mia-hotline", "decided_by": "court", "decision_reference": "1", "data_class": "identity"}
    after = await act(identification, case, "disclosures", NGO, LATER, **body)
    assert after["hidden_from_police"]
    assert problem(await identification.person(HOTLINE).get(f"/api/cases/{case['id']}")) == (404, "not_found")


async def test_a_corrected_name_or_number_of_the_payee_is_published_without_them_fu_6(
    identification: ServiceUnderTest,
) -> None:
    """FU-6: an approval of the Fund binds the revision; of a represented person the representative is the payee."""
    case = await an_open_case(identification)

    async def corrects(**fields: Any) -> list[int]:
        read = await identification.person(NGO).post_ok(
            f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"}
        )
        await act(identification, case, "identity", version=read["version"], htcds=fields)
        return [data["revision"] for name, data in await identification.published(case["id"]) if name == "PayeeChanged"]

    assert await corrects(prs_MobilePhone="+994001112233") == []
    assert await corrects(prs_IdentityNumber="TST00000009") == [1]
    assert await corrects(prs_FirstName="Aynur") == [1, 2]
    court = {"name": "Sevda Quliyeva", "identity_number": "TST00000002", "reference": "12/2024"}
    known = court | {"relation": "legal_representative"}
    await act(identification, case, "representative", representative=known, version=await opens(identification, case))
    await act(identification, case, "representative", representative=known, version=await opens(identification, case))
    assert await corrects(prs_FirstName="Aysel") == [1, 2, 3]
    await act(identification, case, "representative", representative=None, version=await opens(identification, case))
    assert await corrects(prs_MobilePhone="+994001112244") == [1, 2, 3, 4]


async def test_payee_and_safe_contact_are_for_two_services_alone(identification: ServiceUnderTest) -> None:
    """FU-6, NO-2, ID-13: one order, one notification, each audited with what it is read for."""
    person = somebody()
    case = await an_open_case(identification, htcds=person, safe_contact=SAFE)
    order = {"case_id": case["id"], "on_behalf_of": "releaser-1", "concerning": str(uuid4())}
    payee, contact = order | {"purpose": "payment_order"}, order | {"purpose": "notification"}
    served = await identification.calling_service("fund").post_ok("/api/internal/payee", payee)
    assert served["identity_number"] == person["prs_IdentityNumber"]
    assert (await identification.calling_service("notify").post_ok("/api/internal/safe-contact", contact)) == SAFE
    for service in ("shelter", "repatriation", "notify"):
        answer = await identification.calling_service(service).post("/api/internal/payee", payee)
        assert problem(answer) == (403, "role_lacks_right")
    answer = await identification.calling_service("fund").post("/api/internal/safe-contact", contact)
    assert problem(answer) == (403, "role_lacks_right")
    assert (await identification.person(NGO).post("/api/internal/payee", payee)).status_code == 403
    noted = [e for e in await entries(identification, case, "serve_payee") if e.kind == "read"]
    assert [(e.purpose, e.agency, e.facts["concerning"]) for e in noted] == [
        ("payment_order", "fund", order["concerning"])
    ]


async def test_without_a_safe_channel_there_is_none(identification: ServiceUnderTest) -> None:
    """NO-2: fail closed; marked later it is there, and taken away it is gone."""
    case = await an_open_case(identification)
    body = {"case_id": case["id"], "purpose": "notification", "on_behalf_of": "x", "concerning": str(uuid4())}
    asker = identification.calling_service("notify")
    assert problem(await asker.post("/api/internal/safe-contact", body)) == (404, "not_found")
    await act(identification, case, "safe-contact", NGO, version=1, contact=SAFE)
    assert (await asker.post_ok("/api/internal/safe-contact", body))["channel"] == "sms"
    await act(identification, case, "safe-contact", NGO, version=2, contact=None)
    assert problem(await asker.post("/api/internal/safe-contact", body)) == (404, "not_found")
