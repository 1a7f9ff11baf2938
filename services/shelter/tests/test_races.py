"""Two who act on one thing at once, and a consent that ends in the middle: one clear outcome, nothing doubled."""

import asyncio
from collections.abc import Awaitable
from uuid import UUID, uuid4

import httpx
from chassis.outbox import lock_streams
from chassis.testing import ServiceUnderTest
from nrm_events import identification
from sqlalchemy import text

from .givens import (
    ASKED,
    CASEWORKER,
    CENTRE,
    LATER,
    MANAGER,
    WORKER,
    a_case,
    a_requested_stay,
    a_resident,
    an_acknowledged_handover,
    as_read,
    at,
    opens,
)

EXTENDED = {"granted": True, "reason": "recovery", "happened_at": LATER}


async def test_two_managers_extend_one_stay_once_sh_1(shelter: ServiceUnderTest) -> None:
    """SH-1: the second reads that it was extended meanwhile, and adds no second step."""
    stay = await a_resident(shelter)
    manager, path = shelter.person(MANAGER), f"/api/stays/{stay['id']}/extension"
    body = EXTENDED | {"version": stay["version"]}
    answers = await asyncio.gather(*(manager.post(path, body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer.json() for answer in answers if answer.status_code == 409)
    assert refused["code"] == "stale"
    assert refused["facts"]["stored_version"] == stay["version"] + 1
    assert (await manager.get_ok(f"/api/stays/{stay['id']}"))["ends_on"] == "2024-05-03"


async def test_a_service_given_meanwhile_makes_no_form_stale_sh_6(shelter: ServiceUnderTest) -> None:
    stay = await a_resident(shelter)
    service = {"service": "food", "payer": "mia-shelter", "happened_at": LATER}
    after = await shelter.person(WORKER).post_ok(f"/api/stays/{stay['id']}/services", service)
    assert after["version"] == stay["version"]


async def test_who_looked_at_one_reason_has_not_looked_at_the_next_id_9(shelter: ServiceUnderTest) -> None:
    """ID-9: a second decision came in between: the first look does not take its mark away."""
    stay = await a_resident(shelter)
    case_id = UUID(stay["case_id"])
    declined = identification.IdentificationDeclined(
        effective_at=at(LATER), case_id=case_id, decision_id=uuid4(), authority="mia-special", reasons=["no_purpose"]
    )
    await shelter.receives(declined)
    manager, path = shelter.person(MANAGER), f"/api/stays/{stay['id']}"
    read = await manager.get_ok(path)
    await shelter.receives(
        identification.PersonFactsChanged(
            effective_at=at(LATER), case_id=case_id, age_group="child", citizenship="foreign"
        )
    )
    body = {"reason": "stay_goes_on", "version": read["version"]}
    refused = await manager.post(f"{path}/re-examination", body)
    assert refused.json()["code"] == "stale"


async def while_the_consent_ends(
    shelter: ServiceUnderTest, case_id: UUID, agency: str, act: Awaitable[httpx.Response]
) -> int:
    """The act begins while the end of the agency's access is under way, as the consumer does it."""
    async with shelter.session() as session:
        await lock_streams(session, [case_id])
        ends = "delete from case_access where case_id = :case and agency = :agency"
        await session.execute(text(ends), {"case": case_id, "agency": agency})
        acting = asyncio.ensure_future(act)
        await shelter.until_somebody_waits()
    return (await acting).status_code


async def test_care_that_begins_while_the_consent_ends_is_refused_id_12(shelter: ServiceUnderTest) -> None:
    """ID-12: what was true before the lock is asked again after it: one answer for gone and never seen."""
    case_id = await a_case(shelter)
    await an_acknowledged_handover(shelter, case_id)
    body = {"case_id": str(case_id), "kind": "legal", "payer": "vac"}
    act = shelter.person(CENTRE).post("/api/assistance", body)
    assert await while_the_consent_ends(shelter, case_id, "vac", act) == 404


async def test_acts_that_wait_for_a_case_ask_again_who_may_know_of_it_id_12(shelter: ServiceUnderTest) -> None:
    case_id = await a_case(shelter)
    stay = await a_requested_stay(shelter, case_id)
    waitlist = shelter.person(MANAGER).post(f"/api/stays/{stay['id']}/waitlist", {"happened_at": ASKED})
    assert await while_the_consent_ends(shelter, case_id, "mia-shelter", waitlist) == 404
    body = {"case_id": str(case_id), "to": "vac", "happened_at": ASKED}
    handover = await shelter.person(CASEWORKER).post_ok("/api/handovers", body)
    path = f"/api/handovers/{handover['id']}/acknowledgement"
    acknowledge = shelter.person(CENTRE).post(path, {"happened_at": LATER})
    assert await while_the_consent_ends(shelter, case_id, "vac", acknowledge) == 404


async def test_one_operator_cannot_end_the_request_at_the_others_sh_4(shelter: ServiceUnderTest) -> None:
    """SH-4: what the person told one operator is that operator's refusal; only who asked ends the request."""
    both = ["mia-shelter", "ngo-clean-world"]
    stay = await a_requested_stay(shelter, addressed_to=both)
    body = {"reasons": ["withdrawn_by_person"], "happened_at": ASKED}
    after = await shelter.person(MANAGER).post_ok(f"/api/stays/{stay['id']}/refusal", as_read(stay, body))
    assert after["state"] == "requested"
    assert len((await shelter.person("ngo-clean-world.shelter-manager").get_ok("/api/stays"))["items"]) == 1
    requester = shelter.person(CASEWORKER)
    seen = await opens(requester, stay)
    ended = await requester.post_ok(f"/api/stays/{stay['id']}/refusal", as_read(seen, body))
    assert ended["state"] == "refused"


async def test_leaving_is_entered_as_it_was_also_when_papers_came_later_sh_2(shelter: ServiceUnderTest) -> None:
    """SH-2: the person left on the 10th; an extension of the 20th was entered first. The nights are free from then."""
    stay = await a_resident(shelter)
    manager = shelter.person(MANAGER)
    await manager.post_ok(f"/api/stays/{stay['id']}/extension", as_read(stay, EXTENDED))
    left = await manager.post_ok(f"/api/stays/{stay['id']}/leave", {"happened_at": "2024-03-10T09:00:00+04:00"})
    assert at(left["ended_at"]) == at("2024-03-10T09:00:00+04:00")
    before = {"happened_at": "2024-03-01T09:00:00+04:00"}
    other = await a_resident(shelter)
    early = await manager.post(f"/api/stays/{other['id']}/leave", before)
    assert early.json()["code"] == "before_what_it_follows"
