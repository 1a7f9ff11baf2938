"""An agency's own system on the real bus: it refers, is answered, receives events, lets go (ID-1, ID-7, ID-12)."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from chassis.testing import Person, Stack, person_token
from nrm_events import agency_topic

from . import platform
from .systems import PATIENCE, System

AGENCY = "ngo-acu"  # the system of ngo-amc runs with the stack
NGO = f"{AGENCY}.caseworker"
SURNAME = f"Çınqılızadə{uuid4().hex[:8]}"
AGREED = {"recipient": AGENCY, "purpose": "assistance", "data_class": "identity"}


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    secret = Stack.running().secrets["clients"][f"agency-{AGENCY}"]
    made = System(tmp_path, AGENCY, secret, SURNAME)
    await made.staff("init")
    made.run()
    yield made
    made.stop()


async def test_a_person_is_referred_and_let_go(system: System) -> None:
    """From the NGO's case list to its own desk on the platform; events of the case; the end of a consent (ID-12)."""
    reference, state, code, case = await system.refers("A-1", consents=[AGREED])
    assert (reference, state, code) == ("A-1", "accepted", "accepted"), system.log
    assert await system.refers("A-1", consents=[AGREED]) == [reference, state, code, case]
    async with httpx.AsyncClient(base_url=platform.endpoints()["services"]["identification"], timeout=30) as http:
        ngo = Person(http, person_token(NGO))
        (report,) = (await ngo.get_ok("/api/reports", case_id=case))["items"]
        assert (report["received_by"], report["status"]) == (AGENCY, "reported")
        search = await ngo.post_ok(f"/api/reports/{report['id']}/same-person-search")
        verdicts = {found["case_id"]: "not_same" for found in search["candidates"]}
        await ngo.post_ok(f"/api/reports/{report['id']}/case", {"search_id": search["search_id"], "verdicts": verdicts})
        ((of_case, event, _, purpose, fields),) = await system.lists(1, "told", case)
        assert (of_case, event, purpose) == (case, "nrm.identification.CaseOpened.v1", "assistance")
        assert json.loads(fields).keys() == {"age_group", "citizenship"}
        (consent,) = (await ngo.get_ok(f"/api/cases/{case}"))["consents"]
        await ngo.post_ok(f"/api/cases/{case}/consents/{consent['id']}/withdrawal")
        await system.lists(1, "ended")
        assert await system.staff("told", case) == (0, [])
        acknowledged = await _acknowledged(ngo, case)
    assert acknowledged[AGENCY] is not None, acknowledged


async def _acknowledged(ngo: Person, case: str) -> dict[str, str | None]:
    for _ in range(PATIENCE):
        (consent,) = (await ngo.get_ok(f"/api/cases/{case}"))["consents"]
        found = {one["service"]: one["acknowledged_at"] for one in consent["acknowledgements"]}
        if found.get(AGENCY):
            break
        await asyncio.sleep(1)
    return found


async def test_killed_in_the_middle_it_refers_nobody_twice_and_loses_nobody(system: System) -> None:
    """ID-1: three referrals, the loop killed at some moment of each."""
    references = [f"B-{number}" for number in range(3)]
    for reference in references:
        referring = asyncio.create_task(system.refers(reference))
        await asyncio.sleep(0.4 + 0.2 * len(reference))
        system.stop(signal.SIGKILL)
        system.run()
        assert (await referring)[1] == "accepted", system.log
    async with httpx.AsyncClient(base_url=platform.endpoints()["services"]["identification"], timeout=30) as http:
        ngo = Person(http, person_token(NGO))
        _, lines = await system.staff("list")
        cases = {line[3] for line in lines}
        assert len(cases) == len(references)
        for case in cases:
            assert len((await ngo.get_ok("/api/reports", case_id=case))["items"]) == 1


async def test_a_case_that_it_may_not_know_of_is_unknown(system: System) -> None:
    """ID-7: a case of others, and one that never was."""
    wait = ("--wait", str(PATIENCE))
    code, ((state, answer),) = await system.staff("answer-handover", str(uuid4()), str(uuid4()), *wait)
    assert (code, state, answer) == (1, "refused", "unknown"), system.log


async def test_a_consent_without_who_agreed_and_how_is_refused(system: System) -> None:
    """ID-12."""
    report = {"channel": "ngo", "htcds": {"vic_TypeOfExploitation": ["ForcedLabour"]}}
    _, state, code, _ = await system.refers("D-1", consents=[AGREED], report=report)
    assert (state, code) == ("refused", "consent_details_missing"), system.log


async def test_the_person_whom_it_referred_is_on_no_topic_and_in_no_log(system: System) -> None:
    """The person never travels by the bus, in neither direction."""
    assert (await system.refers("C-1"))[1] == "accepted"
    messages = await platform.all_messages()
    assert any(topic == agency_topic(AGENCY, "in") for topic, _ in messages)
    places = [*messages, *platform.written_files(), ("connector", system.log)]
    assert [place for place, text in places if SURNAME in text] == []


async def test_a_wrong_secret_says_so_to_staff_and_in_a_file_until_it_is_right(tmp_path: Path) -> None:
    right = Stack.running().secrets["clients"][f"agency-{AGENCY}"]
    for secret, expected in (("wrong", (3, True)), (right, (0, False))):
        system = System(tmp_path, AGENCY, secret, SURNAME)
        await system.staff("init")
        system.run()
        try:
            code, _ = await system.staff("refer", "--wait", "15", **_a_case("W-1"))
            assert (code, (tmp_path / "cases.trouble").exists()) == expected, system.log
            assert ("AGENCY_CLIENT_SECRET is wrong" in system.log) is expected[1] or secret == right
        finally:
            system.stop()


async def test_staff_see_what_is_wrong_with_their_report(system: System) -> None:
    """Field by field and in plain words, and nothing of what they typed."""
    case = _a_case("F-1")
    case["report"]["htcds"]["vic_TypeOfExploitation"] = ["Nothing"]
    code, _ = await system.staff("refer", "--wait", str(PATIENCE), **case)
    shown = await asyncio.to_thread(system.shown, "F-1")
    assert (code, "vic_TypeOfExploitation" in shown, "Nothing" in shown) == (1, True, False), shown


def _a_case(reference: str) -> dict[str, Any]:
    person = {"prs_FirstName": "Gültac", "prs_SecondName": SURNAME, "vic_TypeOfExploitation": ["ForcedLabour"]}
    report = {"channel": "ngo", "htcds": person}
    return {"reference": reference, "reported_at": "2026-03-02T10:00:00+04:00", "report": report}
