"""Agencies that joined yesterday: rules go by their kind, never by a code (ID-7)."""

from typing import Any

import pytest
from casework.submissions import system_of
from chassis.clock import new_id, utc_now
from chassis.testing import ServiceUnderTest
from identification.commands import StoreForReferral
from identification.use_cases.referred import store_for_referral
from nrm_events import exchange

from .givens import (
    HOTLINE,
    OFFICER,
    REPORTED,
    a_report,
    an_open_case,
    events_of,
    moment,
    problem,
    shared_with,
    somebody,
)
from .strangers import joined, somebody_of


async def test_an_ngo_that_joined_yesterday_asks_the_adult_over_http(alone: ServiceUnderTest) -> None:
    """ID-7: nobody has its code in a list, so the default counts: the adult is asked, police see nothing."""
    await alone.receives(joined("ngo-umid"))
    newcomer = somebody_of(alone, "ngo-umid")
    report = await newcomer.post_ok("/api/reports", a_report())
    search = await newcomer.post_ok(f"/api/reports/{report['id']}/same-person-search")
    opening = {"search_id": search["search_id"], "verdicts": {c["case_id"]: "not_same" for c in search["candidates"]}}
    case = await newcomer.post_ok(f"/api/reports/{report['id']}/case", opening)
    assert (case["status"], case["source"], case["hidden_from_police"]) == ("consent_pending", "ngo-umid", True)
    assert [name for name in await events_of(alone, case) if name.startswith("Referral")] == []
    refused = await newcomer.post(f"/api/cases/{case['id']}/referral", {"version": case["version"]})
    assert problem(refused) == (409, "consent_missing")
    for police in (OFFICER, HOTLINE):
        assert problem(await alone.person(police).get(f"/api/cases/{case['id']}")) == (404, "not_found")


async def test_an_ngo_that_joined_yesterday_asks_the_adult_over_the_bus(alone: ServiceUnderTest) -> None:
    """ID-7: the same for what its system reports."""
    await alone.receives(joined("ngo-umid"))
    command = StoreForReferral.model_validate({"channel": "ngo", "htcds": somebody()})
    async with alone.session() as session:
        uow = alone.service.unit_of_work(session, utc_now()).acting(system_of("ngo-umid"))
        handle = (await store_for_referral(uow, command))[0].id
    submitted = exchange.ReferralSubmitted(
        effective_at=moment(REPORTED), submission_id=new_id(), agency="ngo-umid", handle_id=handle
    )
    await alone.receives(submitted)
    newcomer = somebody_of(alone, "ngo-umid")
    (report,) = (await newcomer.get_ok("/api/reports"))["items"]
    assert [name for name, _ in await alone.published(report["case_id"])] == ["ReportReceived"]
    search = await newcomer.post_ok(f"/api/reports/{report['id']}/same-person-search")
    case = await newcomer.post_ok(f"/api/reports/{report['id']}/case", {"search_id": search["search_id"]})
    assert (case["status"], case["hidden_from_police"]) == ("consent_pending", True)


@pytest.mark.parametrize(("kind", "status"), [("border", "registered"), ("health", "consent_pending")])
async def test_who_joins_is_asked_by_its_kind(alone: ServiceUnderTest, kind: Any, status: str) -> None:
    """ID-7: by the dated list of kinds, never by the code."""
    await alone.receives(joined("ngo-umid", kind))
    newcomer = somebody_of(alone, "ngo-umid")
    report = await newcomer.post_ok("/api/reports", a_report())
    search = await newcomer.post_ok(f"/api/reports/{report['id']}/same-person-search")
    case = await newcomer.post_ok(f"/api/reports/{report['id']}/case", {"search_id": search["search_id"]})
    assert case["status"] == status


@pytest.mark.parametrize("kind", ["police", None])
async def test_a_police_body_that_joined_gets_nothing_by_consent(alone: ServiceUnderTest, kind: Any) -> None:
    """ID-7: the consent is stored and emitted with its kind; no access; an unknown kind counts as police."""
    await alone.receives(joined("district-quba", kind))
    case = await an_open_case(alone)
    granted = await shared_with(alone, case, "district-quba", "referral", "identity")
    assert (granted["status"], granted["hidden_from_police"]) == ("consent_pending", True)
    assert [c["recipient"] for c in granted["consents"]] == ["district-quba"]
    (event,) = [body for name, body in await alone.published(case["id"]) if name == "ConsentGranted"]
    assert event["recipient_kind"] == kind
    district = somebody_of(alone, "district-quba", "reporter")
    assert problem(await district.get(f"/api/cases/{case['id']}")) == (404, "not_found")
    assert (await district.get_ok("/api/cases"))["items"] == []
