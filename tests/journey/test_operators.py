"""The tools that operators rely on, in the platform that has just lived through a year and its kills."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis.testing import Person, person_token
from nrm_events import SERVICES

from . import platform, traces
from .systems import IN_PERSON
from .traces import Edge

REBUILT = ("shelter", "fund", "repatriation", "notify", "exchange")
NGO, POLICE = "ngo-amc.caseworker", "mia-special.assessor"
PERSON = {
    "prs_FirstName": "Rəvanə",
    "prs_SecondName": f"Tılovzadə{uuid4().hex[:6]}",
    "prs_Birthdate": "1989-07-07",
    "prs_Gender": "Feminine",
    "prs_Citizenship": ["AZ"],
    "vic_TypeOfExploitation": ["ForcedLabour"],
}


async def a_case_in_assessment(http: httpx.AsyncClient) -> tuple[str, int]:
    """Reported by an NGO, handed over with consent, taken by the police: one step before recognition; its version."""
    ngo, police = Person(http, person_token(NGO)), Person(http, person_token(POLICE))
    report = await ngo.post_ok("/api/reports", {"channel": "visit", "language": "az", "htcds": PERSON})
    search = await ngo.post_ok(f"/api/reports/{report['id']}/same-person-search")
    verdicts = {found["case_id"]: "not_same" for found in search["candidates"]}
    case = await ngo.post_ok(
        f"/api/reports/{report['id']}/case", {"search_id": search["search_id"], "verdicts": verdicts}
    )
    agreed = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"}
    case = await ngo.post_ok(f"/api/cases/{case['id']}/consents", agreed | IN_PERSON)
    await ngo.post_ok(f"/api/cases/{case['id']}/referral", {"version": case["version"]})
    taken = await police.post_ok(f"/api/cases/{case['id']}/referral/acknowledgement", {})
    return str(case["id"]), int(taken["version"])


async def test_one_trace_runs_from_the_request_to_the_last_effect_in_the_last_service() -> None:
    """Identification recognises; fund receives it and drafts the allowance; repatriation receives that too."""
    async with httpx.AsyncClient(base_url=platform.endpoints()["services"]["identification"], timeout=30) as http:
        case, version = await a_case_in_assessment(http)
        body = {"version": version, "reasons": ["act_means_purpose_met"]}
        await Person(http, person_token(POLICE)).post_ok(f"/api/cases/{case}/formal-recognition", body)
    trace_id = platform.trace_of("identification", case, "recognise_formally")
    recognised, drafted = "apply nrm.identification.VictimIdentified.v1", "apply nrm.fund.ClaimDrafted.v1"
    expected = {Edge("identification", service, recognised) for service in REBUILT}
    expected |= {Edge("fund", "repatriation", drafted)}
    for _ in range(60):  # spans are written every five seconds
        if expected <= traces.edges(trace_id):
            break
        await asyncio.sleep(0.5)
    assert expected <= traces.edges(trace_id)
    root = ("identification", "POST /api/cases/{case_id}/formal-recognition")
    assert traces.roots(trace_id) == {root}


@pytest.mark.parametrize("service", REBUILT)
async def test_what_the_topics_give_is_what_the_year_left(service: str) -> None:
    """Every projection made anew from its topics: not one row is otherwise, after kills, repeats and parallel polls."""
    await platform.settled()
    async with httpx.AsyncClient(base_url=platform.endpoints()["services"][service], timeout=30) as http:
        operator = Person(http, person_token("himaya.operator"))
        order = await operator.post_ok("/api/bus/projections/cases/rebuild")
        last = await _ended(operator, order["id"])
    assert (last["state"], last["removed"], last["added"]) == ("done", 0, 0)
    assert last["total"] > 300


async def test_a_rebuild_whose_process_is_killed_in_the_middle_begins_again_and_ends_the_same() -> None:
    service = "shelter"
    async with httpx.AsyncClient(base_url=platform.endpoints()["services"][service], timeout=30) as http:
        operator = Person(http, person_token("himaya.operator"))
        order = await _killed_in_the_middle(service, operator)
        last = await _ended(operator, order)
    assert (last["state"], last["removed"], last["added"]) == ("done", 0, 0)
    assert last["total"] > 300


async def _killed_in_the_middle(service: str, operator: Person) -> str:
    """The order's id. It takes about a second: one that is done before the signal comes is ordered again."""
    for _ in range(10):
        order = str((await operator.post_ok("/api/bus/projections/cases/rebuild"))["id"])
        await _until(operator, order, lambda last: last["total"] > 0, pause=0.01)
        platform.kill(service)
        running = platform.count(service, "rebuild", "state", "running")
        platform.start()
        if running:
            return order
    raise AssertionError("each was done before the signal came")


async def _ended(operator: Person, order: str) -> dict[str, Any]:
    return await _until(operator, order, lambda last: last["state"] != "running", pause=0.2)


async def _until(operator: Person, order: str, holds: Callable[[dict[str, Any]], bool], pause: float) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            (item,) = (await operator.get_ok("/api/bus/projections"))["items"]
            last: dict[str, Any] = item["last_rebuild"]
            assert last["id"] == order
            if holds(last):
                return last
            await asyncio.sleep(pause)


async def _metrics(http: httpx.AsyncClient) -> dict[str, str]:
    lines = (await http.get("/metrics")).text.splitlines()
    return dict(line.rsplit(" ", 1) for line in lines if line[0] != "#")


@pytest.mark.parametrize("service", SERVICES)
async def test_a_running_service_publishes_the_metrics_that_operators_watch(service: str) -> None:
    async with httpx.AsyncClient(base_url=platform.endpoints()["operators"][service], timeout=30) as http:
        metrics = await _metrics(http)
        while not any(name.startswith("nrm_consumer_lag{") for name in metrics):  # a consumer that joins has none yet
            await asyncio.sleep(1)
            metrics = await _metrics(http)
    watched = ("nrm_relay_leads", "nrm_bus_reachable", "nrm_audit_broken")
    assert [metrics[name] for name in watched] == ["1.0", "1.0", "0.0"]
    intervals = {
        "nrm_consumer_round": 600,
        "nrm_tick": 600,
        "nrm_audit_witnessed": 3_600,
        "nrm_audit_verified": 6 * 3_600,
    }
    for stamp, longest in intervals.items():
        assert time.time() - float(metrics[f"{stamp}_timestamp_seconds"]) < longest
    build = f'nrm_build_info{{chassis="0.1.0",events="0.1.0",service="{service}"'
    assert any(name.startswith(build) for name in metrics)


def test_every_line_that_a_service_wrote_is_json() -> None:
    for service in SERVICES:
        for line in (platform.STATE / "logs" / f"{service}.log").read_text(encoding="utf-8").splitlines():
            assert {"level"} <= json.loads(line).keys()
