"""Lists, history, the audit and the year's figures."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import Event, exchange, fund, notify, repatriation, shelter
from nrm_events.reference import case_reference
from sqlalchemy import event

from .givens import (
    AFTER,
    BY_COURT,
    DECIDED,
    HOTLINE,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    SECOND_OFFICER,
    TO_COURT,
    WHY,
    WHY_NOT,
    a_case_in_assessment,
    a_declined_case,
    a_hidden_declined_case,
    a_received_report,
    a_recognised_case,
    a_referred_case,
    act,
    an_open_case,
    consent_to,
    moment,
    opens,
    problem,
    seen,
)

COORDINATOR = "coordinator.coordinator"
AUDITOR = "ombudsman.auditor"


async def figures(service: ServiceUnderTest, year: int) -> dict[str, int]:
    answer = await service.person(COORDINATOR).get_ok(f"/api/statistics/{year}")
    return {name: count for name, count in answer.items() if count and name != "year"}


async def walked(service: ServiceUnderTest, path: str, by: str, **params: Any) -> list[dict[str, Any]]:
    """All pages of a list, two rows each."""
    person, found, after = service.person(by), [], None
    while True:
        page = await person.get_ok(path, limit=2, **params | ({"after": after} if after else {}))
        assert len(page["items"]) <= 2
        found += page["items"]
        after = page["next"]
        if after is None:
            return found


async def test_the_year_is_counted_by_effect_in_baku(alone: ServiceUnderTest) -> None:
    """CO-1: a report of 31 December, 23:30 in Baku is of the old year, though UTC and the record say otherwise."""
    await a_received_report(alone, happened_at="2023-12-31T23:30:00+04:00")
    await a_received_report(alone, happened_at="2024-01-01T00:00:00+04:00")
    await a_received_report(alone, happened_at="2024-12-31T19:59:59+00:00")
    await a_received_report(alone, happened_at="2024-12-31T20:00:00+00:00")
    assert await figures(alone, 2023) == {"reports": 1}
    assert await figures(alone, 2024) == {"reports": 2}
    assert await figures(alone, 2025) == {"reports": 1}


async def test_the_year_counts_persons_by_how_their_case_stands(alone: ServiceUnderTest) -> None:
    """CO-1, ID-8, ID-9, ID-19: identified, potential, not recognised by whomever; what was undone does not count."""
    recognised = await a_recognised_case(alone)
    revoked = await a_recognised_case(alone)
    assert await figures(alone, 2024) == {"reports": 2, "identified": 2}
    formal = revoked["recognitions"][0]["id"]
    read = await opens(alone, revoked, OFFICER)
    await act(alone, revoked, f"recognitions/{formal}/revocation", OFFICER, AFTER, reasons=["new_facts"], version=read)
    assert await figures(alone, 2024) == {"reports": 2, "identified": 1, "not_recognised": 1}
    read = await opens(alone, revoked, SECOND_OFFICER)
    await act(alone, revoked, "reopening", SECOND_OFFICER, AFTER, version=read)
    declined, hidden = await a_declined_case(alone), await a_hidden_declined_case(alone)
    assert await figures(alone, 2024) == {"reports": 4, "identified": 1, "not_recognised": 2}
    await act(alone, declined, "appeal", NGO, AFTER, **TO_COURT)
    await act(alone, hidden, "closing", NGO, AFTER)
    assert (await figures(alone, 2024))["not_recognised"] == 2
    read = await opens(alone, declined, SECOND_OFFICER)
    await act(alone, declined, "reopening", SECOND_OFFICER, AFTER, **BY_COURT, version=read)
    assert (await figures(alone, 2024))["not_recognised"] == 1
    read = await opens(alone, declined, OFFICER)
    await act(alone, declined, "formal-recognition", OFFICER, "2025-01-01T00:00:00+04:00", **WHY, version=read)
    assert (await figures(alone, 2024))["identified"] == (await figures(alone, 2025))["identified"] == 1
    for case in (recognised, await an_open_case(alone)):
        await act(alone, case, "potential", NGO, LATER, categories=["migrant_worker"])
    assert await figures(alone, 2024) == {"reports": 5, "identified": 1, "not_recognised": 1, "potential": 1}


async def test_figures_are_for_who_counts(identification: ServiceUnderTest) -> None:
    """CO-1: no desk and no police learns how many cases there are; the answer holds counts alone."""
    for who in (NGO, OFFICER, HOTLINE, "sms.migration-officer", "fund.fund-requester"):
        answer = await identification.person(who).get("/api/statistics/2024")
        assert problem(answer) == (403, "role_lacks_right")
    assert problem(await identification.person(COORDINATOR).get("/api/statistics/1999")) == (422, "invalid_request")


async def test_lists_page_by_key_and_show_only_what_may_be_known(alone: ServiceUnderTest) -> None:
    """ID-7: newest first, each once, by status and holder, the same filter for every agency."""
    own = [await an_open_case(alone) for _ in range(3)]
    own.append(await a_referred_case(alone))
    foreign = await an_open_case(alone, OTHER_NGO)
    listed = await walked(alone, "/api/cases", NGO)
    assert [case["id"] for case in listed] == [case["id"] for case in reversed(own)]
    assert [c["id"] for c in await walked(alone, "/api/cases", NGO, status="referred")] == [own[3]["id"]]
    assert await walked(alone, "/api/cases", NGO, holder="ngo-clean-world") == []
    assert [c["id"] for c in await walked(alone, "/api/cases", OTHER_NGO)] == [foreign["id"]]
    assert [c["id"] for c in await walked(alone, "/api/cases", OFFICER)] == [own[3]["id"]]
    assert await walked(alone, "/api/cases", HOTLINE) == []
    assert len(await walked(alone, "/api/reports", NGO)) == 4
    assert [r["case_id"] for r in await walked(alone, "/api/reports", OFFICER)] == [own[3]["id"]]
    for bad in ("limit=0", "limit=201", "after=x", "status=A B"):
        assert (await alone.person(NGO).get(f"/api/cases?{bad}")).status_code == 422


async def test_a_reference_finds_its_case_and_tells_nothing_of_a_hidden_one(identification: ServiceUnderTest) -> None:
    """ID-7: written as people write it; hidden and never given are one answer; a slip is refused by arithmetic."""
    case = await an_open_case(identification)
    written = case["case_ref"].lower().replace("-", " ")
    found = await identification.person(NGO).get_ok("/api/cases", case_ref=written)
    assert [c["id"] for c in found["items"]] == [case["id"]]
    hidden = await identification.person(OFFICER).get("/api/cases", case_ref=case["case_ref"])
    never = await identification.person(OFFICER).get("/api/cases", case_ref=case_reference(uuid4()))
    assert (
        (hidden.status_code, hidden.content) == (never.status_code, never.content) == (200, b'{"items":[],"next":null}')
    )
    slip = await identification.person(NGO).get("/api/cases", case_ref=case["case_ref"][:-1])
    assert problem(slip) == (422, "not_a_reference")
    assert case["case_ref"][:-1] not in slip.text


async def test_a_list_shows_clocks_and_costs_the_same_for_many_as_for_one(alone: ServiceUnderTest) -> None:
    """What is due is seen without opening each case; no statement is asked for each row."""
    by_hotline = await an_open_case(alone, HOTLINE)
    listed = await alone.person(HOTLINE).get_ok("/api/cases")
    assert listed["items"][0]["clocks"] == by_hotline["clocks"]
    assert [clock["kind"] for clock in by_hotline["clocks"]] == ["referral"]
    costs = []
    for more in (1, 4):
        for _ in range(more):
            await an_open_case(alone)
        await a_case_in_assessment(alone)
        costs.append([await statements(alone, path) for path in ("/api/cases", "/api/reports")])
    assert costs[0] == costs[1]
    shown = (await alone.person(NGO).get_ok("/api/cases"))["items"]
    assert [c["clocks"] for c in shown] == [(await seen(alone, c))["clocks"] for c in shown]
    assert {len(c["clocks"]) for c in shown} == {0, 1}


async def statements(service: ServiceUnderTest, path: str) -> int:
    """How many statements a list asks of the database."""
    statements: list[str] = []
    engine = service.database.engine.sync_engine

    def note(*details: Any) -> None:
        statements.append(str(details[2]))

    event.listen(engine, "before_cursor_execute", note)
    await service.person(NGO).get_ok(path)
    event.remove(engine, "before_cursor_execute", note)
    return len(statements)


async def test_counts_are_those_of_the_lists(alone: ServiceUnderTest) -> None:
    """ID-7: by status, of what the asker may know of; a report waits until a desk has taken it."""
    for _ in range(2):
        await an_open_case(alone)
    await a_referred_case(alone)
    waiting = await a_received_report(alone)
    await an_open_case(alone, OTHER_NGO)
    for who, expected in (
        (NGO, {"consent_pending": 2, "referred": 1, "reported": 1}),
        (OFFICER, {"referred": 1}),
        (HOTLINE, {}),
    ):
        counted = {c["status"]: c["cases"] for c in (await alone.person(who).get_ok("/api/cases/counts"))["items"]}
        assert {status: count for status, count in counted.items() if count} == expected
        for status, count in counted.items():
            assert len(await walked(alone, "/api/cases", who, status=status)) == count
    reported = await walked(alone, "/api/reports", NGO, status="reported")
    assert [report["id"] for report in reported] == [waiting["id"]]


ACKNOWLEDGING = {
    "a_service_last": ("agencies", "services"),
    "an_agency_last": ("services", "agencies"),
    "without_agencies": ("services",),
}


@pytest.mark.parametrize("order", ACKNOWLEDGING)
async def test_withdrawals_are_listed_until_the_last_service_and_agency_has_acknowledged(
    alone: ServiceUnderTest, order: str
) -> None:
    """ID-12: five agencies that were notified stand for no service, nor five services for an agency."""
    case = await consent_to(alone, await an_open_case(alone), "vac", "reintegration")
    await consent_to(alone, await an_open_case(alone), "vac", "reintegration")
    assert await walked(alone, "/api/cases", NGO, unacknowledged=True) == []
    consent = case["consents"][0]["id"]
    await act(alone, case, f"consents/{consent}/withdrawal", NGO, LATER)
    facts = {"effective_at": moment(DECIDED), "case_id": UUID(case["id"]), "consent_id": UUID(consent)}
    services: list[Event] = [
        service.ConsentWithdrawalAcknowledged.model_validate(facts)
        for service in (shelter, fund, repatriation, notify, exchange)
    ]
    agencies: list[Event] = []
    for agency in ("vac", "iom", "scfwca", "ngo-acu", "ngo-clrpl") if "agencies" in ACKNOWLEDGING[order] else ():
        ours = facts | {"agency": agency}
        await alone.receives(exchange.WithdrawalTold.model_validate(ours | {"acknowledge_by": moment(LATER)}))
        agencies.append(exchange.WithdrawalAcknowledged.model_validate(ours | {"submission_id": uuid4()}))
    for acknowledgement in [
        one for who in ACKNOWLEDGING[order] for one in (services if who == "services" else agencies)
    ]:
        assert [c["id"] for c in await walked(alone, "/api/cases", NGO, unacknowledged=True)] == [case["id"]]
        await alone.receives(acknowledgement)
    assert await walked(alone, "/api/cases", NGO, unacknowledged=True) == []


async def test_a_case_tells_its_history_by_role_and_agency(identification: ServiceUnderTest) -> None:
    """Two times of every act, newest first; never a name."""
    case = await a_case_in_assessment(identification)
    items = (await identification.person(NGO).get_ok(f"/api/cases/{case['id']}/history"))["items"]
    assert [item["action"] for item in reversed(items)] == [
        "receive_report",
        "register",
        "record_consent",
        "refer",
        "acknowledge",
    ]
    assert (items[0]["role"], items[0]["agency"]) == ("assessor", "mia-special")
    assert moment(items[0]["effective_at"]) == moment(LATER) < moment(items[0]["recorded_at"])


async def test_every_act_raises_the_version(identification: ServiceUnderTest) -> None:
    case = await an_open_case(identification)
    after = await act(
        identification, case, "decline", NGO, DECIDED, **WHY_NOT, version=await opens(identification, case)
    )
    assert after["version"] == case["version"] + 1


async def test_the_auditor_reads_everything_and_is_read_too(alone: ServiceUnderTest) -> None:
    """ID-13: by page, by case; acts, readings and refusals; nobody else; the looking is an entry."""
    case = await an_open_case(alone)
    await alone.person(NGO).post_ok(f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"})
    await alone.person(OFFICER).get(f"/api/cases/{case['id']}")
    await alone.person(AUDITOR).get_ok("/api/audit", case_id=case["id"])
    found = await walked(alone, "/api/audit", AUDITOR, case_id=case["id"])
    assert {(e["kind"], e["action"], e["outcome"]) for e in found} >= {
        ("act", "register", "done"),
        ("read", "read_identity", "done"),
        ("refusal", "see_case", "not_found"),
        ("read", "see_audit", "done"),
    }
    keys = [(e["chain"], e["position"]) for e in found]
    assert len(set(keys)) == len(keys)
    assert [e["recorded_at"] for e in found] == sorted((e["recorded_at"] for e in found), reverse=True)
    assert all(e["actor"] and "@" not in e["actor"] for e in found)
    assert (await alone.person(COORDINATOR).get_ok("/api/audit"))["items"]
    for who in (NGO, OFFICER, "himaya.operator"):
        assert problem(await alone.person(who).get("/api/audit")) == (403, "role_lacks_right")
