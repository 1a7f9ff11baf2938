"""Referrals of agencies' systems: the person over HTTPS, the message by the bus, decided as over HTTP (ID-1, ID-7)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from casework.submissions import system_of
from chassis.clock import new_id
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from identification.app import SERVICE
from identification.commands import StoreForReferral
from identification.use_cases.referred import store_for_referral
from nrm_events import exchange
from sqlalchemy import text

from .givens import AGREED, LATER, NGO, OFFICER, OTHER_NGO, REPORTED, a_referred_case, act, moment, seen, somebody

AGENCY = "ngo-amc"


async def a_handle(service: ServiceUnderTest, agency: str = AGENCY, **more: Any) -> UUID:
    """What the agency's system told over HTTPS waits under this handle."""
    command = StoreForReferral.model_validate({"channel": "ngo", "htcds": somebody(), "consent": AGREED} | more)
    async with service.session() as session:
        uow = service.service.unit_of_work(session, datetime.now(UTC)).acting(system_of(agency))
        return (await store_for_referral(uow, command))[0].id


async def submits(
    service: ServiceUnderTest, handle: UUID, agency: str = AGENCY, at: str = REPORTED, **more: Any
) -> dict[str, Any]:
    """The message came through the exchange; the answer."""
    message = exchange.ReferralSubmitted(
        effective_at=moment(at), submission_id=new_id(), agency=agency, handle_id=handle, **more
    )
    await service.receives(message)
    return await answer(service, message.submission_id)


async def answer(service: ServiceUnderTest, message: UUID) -> dict[str, Any]:
    (outcome,) = [data for name, data in await service.published(message) if name == "SubmissionAnswered"]
    return outcome


async def test_a_referral_becomes_a_report_that_the_agency_holds(identification: ServiceUnderTest) -> None:
    """ID-1: its own staff see it on their desk; other agencies do not."""
    outcome = await submits(identification, await a_handle(identification, region="Gəncə"))
    assert (outcome["accepted"], outcome["code"], outcome["agency"]) == (True, "accepted", AGENCY)
    reports = await identification.person(NGO).get_ok("/api/reports", case_id=outcome["case_id"])
    (report,) = reports["items"]
    assert (report["region"], report["received_by"], report["status"]) == ("Gəncə", AGENCY, "reported")
    assert moment(report["reported_at"]) == moment(REPORTED)
    others = await identification.person(OTHER_NGO).get_ok("/api/reports", case_id=outcome["case_id"])
    assert others["items"] == []


async def test_what_the_person_agreed_to_comes_with_it(identification: ServiceUnderTest) -> None:
    """ID-12."""
    agreed = [{"recipient": AGENCY, "purpose": "assistance", "data_class": "case_reference"}]
    outcome = await submits(identification, await a_handle(identification), consents=agreed)
    case = await seen(identification, {"id": outcome["case_id"]})
    assert [(c["recipient"], c["purpose"]) for c in case["consents"]] == [(AGENCY, "assistance")]
    assert "ConsentGranted" in [name for name, _ in await identification.published(outcome["case_id"])]


async def test_a_consent_for_nobody_refuses_the_whole_referral(identification: ServiceUnderTest) -> None:
    """ID-7, ID-12: a mistyped agency is told by a code, nothing is kept, and the handle is good as before."""
    agreed = [{"recipient": "mia-specal", "purpose": "referral", "data_class": "identity"} | AGREED]
    handle = await a_handle(identification)
    outcome = await submits(identification, handle, consents=agreed)
    assert (outcome["accepted"], outcome["code"], outcome["case_id"]) == (False, "unknown_agency", None)
    assert (await submits(identification, handle))["accepted"]


async def test_a_handle_is_good_once(identification: ServiceUnderTest) -> None:
    handle = await a_handle(identification)
    assert (await submits(identification, handle))["accepted"]
    again = await submits(identification, handle)
    assert (again["accepted"], again["code"], again["case_id"]) == (False, "handle_unknown", None)


async def test_a_handle_is_good_for_the_agency_that_got_it(identification: ServiceUnderTest) -> None:
    """Another's handle, and one that never was, have one answer; the first is still good."""
    handle = await a_handle(identification)
    for refused in (handle, new_id()):
        assert (await submits(identification, refused, "ngo-acu"))["code"] == "handle_unknown"
    assert (await submits(identification, handle))["accepted"]


async def test_what_nobody_names_within_a_day_is_gone(alone: ServiceUnderTest) -> None:
    handle = await a_handle(alone)
    await tick_once(SERVICE, alone.database, datetime.now(UTC) + timedelta(hours=23))
    assert await _handles(alone) == 1
    await tick_once(SERVICE, alone.database, datetime.now(UTC) + timedelta(hours=25))
    assert await _handles(alone) == 0
    assert (await submits(alone, handle))["code"] == "handle_unknown"


async def _handles(service: ServiceUnderTest) -> int:
    async with service.session() as session:
        return int(await session.scalar(text("select count(*) from referral_handle")) or 0)


async def test_what_waits_under_a_handle_is_sealed(alone: ServiceUnderTest) -> None:
    """ID-13."""
    await a_handle(alone, htcds={"prs_FirstName": "Quşüzümağa"}, account="ağ itin yanındakı qapı")
    async with alone.session() as session:
        (row,) = (await session.execute(text("select h::text as row from referral_handle h"))).all()
    for planted in ("Quşüzümağa", "ağ itin"):
        assert planted not in row.row
        assert planted.encode().hex() not in row.row


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"at": "2190-01-01T00:00:00+04:00"}, "in_the_future"),
        ({"at": "1900-01-01T00:00:00+04:00"}, "payload_malformed"),
        ({"consents": [{"recipient": AGENCY, "purpose": "gossip", "data_class": "identity"}]}, "payload_malformed"),
    ],
)
async def test_a_refused_referral_leaves_nothing_and_its_handle_is_good_still(
    alone: ServiceUnderTest, more: dict[str, Any], code: str
) -> None:
    handle = await a_handle(alone)
    refused = await submits(alone, handle, **more)
    assert (refused["accepted"], refused["code"]) == (False, code)
    async with alone.session() as session:
        assert await session.scalar(text("select count(*) from case_file")) == 0
    assert (await submits(alone, handle))["accepted"]


async def test_of_two_in_one_poll_the_refused_one_takes_nothing_from_the_other(
    identification: ServiceUnderTest,
) -> None:
    good, bad = await a_handle(identification), new_id()
    message = [
        exchange.ReferralSubmitted(
            effective_at=moment(REPORTED), submission_id=new_id(), agency=AGENCY, handle_id=handle
        )
        for handle in (bad, good, bad)
    ]
    await identification.receives(*message)
    outcomes = [(await answer(identification, one.submission_id))["accepted"] for one in message]
    assert outcomes == [False, True, False]


async def taken(service: ServiceUnderTest, case_id: str, agency: str) -> dict[str, Any]:
    message = exchange.ReferralTaken(
        effective_at=moment(LATER), case_id=UUID(case_id), submission_id=new_id(), agency=agency
    )
    await service.receives(message)
    return await _answer_of(service, message)


async def _answer_of(service: ServiceUnderTest, message: exchange.ReferralTaken) -> dict[str, Any]:
    (outcome,) = [
        data
        for name, data in await service.published()
        if name == "SubmissionAnswered" and data["submission_id"] == str(message.submission_id)
    ]
    return outcome


async def test_the_special_police_body_takes_a_case_by_its_system(identification: ServiceUnderTest) -> None:
    """ID-7."""
    case = await a_referred_case(identification)
    assert (await taken(identification, case["id"], "mia-special"))["accepted"]
    assert (await seen(identification, case, OFFICER))["status"] == "assessment"


async def test_the_holder_does_not_take_what_it_handed_over(identification: ServiceUnderTest) -> None:
    """ID-7: it knows of the case, for another reason."""
    case = await a_referred_case(identification)
    refused = await taken(identification, case["id"], AGENCY)
    assert (refused["accepted"], refused["code"]) == (False, "not_for_this_basis")
    assert (await seen(identification, case))["status"] == "referred"


@pytest.mark.parametrize("agency", ["ngo-acu", "sms"])
async def test_nobody_else_takes_it_and_the_answer_is_that_of_a_case_that_never_was(
    identification: ServiceUnderTest, agency: str
) -> None:
    """ID-7."""
    case = await a_referred_case(identification)
    refused = await taken(identification, case["id"], agency)
    never_was = await taken(identification, str(new_id()), agency)
    assert (refused["code"], refused["case_id"]) == (never_was["code"], never_was["case_id"]) == ("unknown", None)
    assert (await seen(identification, case))["status"] == "referred"


async def test_staff_see_which_agency_has_not_let_go_yet(identification: ServiceUnderTest) -> None:
    """ID-12."""
    outcome = await submits(
        identification,
        await a_handle(identification),
        consents=[{"recipient": AGENCY, "purpose": "assistance", "data_class": "case_reference"}],
    )
    case = {"id": outcome["case_id"]}
    consent = (await seen(identification, case))["consents"][0]["id"]
    await act(identification, case, f"consents/{consent}/withdrawal", at=LATER)
    common = {"case_id": UUID(case["id"]), "consent_id": UUID(consent), "agency": AGENCY}
    await identification.receives(
        exchange.WithdrawalTold(effective_at=moment(LATER), acknowledge_by=moment(LATER), **common)
    )
    assert (AGENCY, None) in await _acknowledged(identification, case)
    await identification.receives(
        exchange.WithdrawalAcknowledged(effective_at=moment(LATER), submission_id=new_id(), **common)
    )
    assert dict(await _acknowledged(identification, case))[AGENCY] is not None


async def _acknowledged(service: ServiceUnderTest, case: dict[str, Any]) -> list[tuple[str, str | None]]:
    (consent,) = (await seen(service, case))["consents"]
    return [(one["service"], one["acknowledged_at"]) for one in consent["acknowledgements"]]


async def test_a_contact_that_reaches_nobody_never_loses_a_referral(identification: ServiceUnderTest) -> None:
    """ID-1, NO-2: the system reads the warning with the handle, and the report behind the message is stored."""
    contact = {"channel": "sms", "address": "012", "language": "az"}
    command = StoreForReferral.model_validate({"channel": "ngo", "htcds": somebody(), "safe_contact": contact})
    async with identification.session() as session:
        uow = identification.service.unit_of_work(session, datetime.now(UTC)).acting(system_of(AGENCY))
        handle, warnings = await store_for_referral(uow, command)
    assert [(warning.where, warning.code) for warning in warnings] == [
        ("body.safe_contact.address", "not_a_phone_number")
    ]
    answer = await submits(identification, handle.id)
    assert (answer["accepted"], answer["code"]) == (True, "accepted")
    reports = await identification.person(NGO).get_ok("/api/reports", case_id=answer["case_id"])
    assert [warning["where"] for warning in reports["items"][0]["warnings"]] == ["body.safe_contact.address"]
