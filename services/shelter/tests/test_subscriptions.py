"""What shelter does when it hears of a case: each effect once, whatever the bus delivers again."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import Event, identification
from nrm_events.repatriation import Departed

from .givens import (
    ASKED,
    CASEWORKER,
    CENTRE,
    LATER,
    MANAGER,
    OFFICER,
    a_case,
    a_hidden_case,
    a_request,
    a_requested_stay,
    a_resident,
    an_acknowledged_handover,
    an_offered_stay,
    as_read,
    at,
    consented,
    opened,
    the_person_agrees,
    withdrawn,
)

DECIDED = at("2024-03-25T12:00:00+04:00")


def ends(case_id: UUID, recipient: str, purpose: str = "shelter") -> identification.ConsentWithdrawn:
    """The end of a consent that shelter received before it stored any."""
    return withdrawn(consented(case_id, recipient, purpose, effective_at=DECIDED))


def declined(case_id: UUID) -> identification.IdentificationDeclined:
    return identification.IdentificationDeclined(
        effective_at=DECIDED, case_id=case_id, decision_id=uuid4(), authority="mia-special", reasons=["no_purpose"]
    )


def revoked(case_id: UUID) -> identification.RecognitionRevoked:
    return identification.RecognitionRevoked(
        effective_at=DECIDED,
        case_id=case_id,
        recognition_id=uuid4(),
        kind="presumed",
        authority="mia-special",
        reasons=["new_facts"],
    )


async def test_only_the_holder_sees_a_new_case(shelter: ServiceUnderTest) -> None:
    """Default is no: a case handed to nobody else is visible to its own agency only."""
    case_id = await a_hidden_case(shelter, "ngo-acu", "child")
    own = await shelter.person("ngo-acu.caseworker").post(
        "/api/stays", a_request(case_id, category="child", addressed_to=["ngo-acu"], track="StreetChildren")
    )
    assert own.status_code == 201
    for username in (CASEWORKER, OFFICER, CENTRE, MANAGER):
        answer = await shelter.person(username).get("/api/handovers" if username == CENTRE else "/api/stays")
        assert answer.json()["items"] == []


@pytest.mark.parametrize("event", [declined, revoked])
async def test_a_negative_decision_ends_no_stay(shelter: ServiceUnderTest, event: Callable[[UUID], Event]) -> None:
    """ID-9: the stay is marked for a person to look at; nothing is cancelled, and the mark goes when somebody did."""
    stay = await a_resident(shelter)
    await shelter.receives(event(UUID(stay["case_id"])))
    worker, manager = shelter.person("mia-shelter.shelter-worker"), shelter.person(MANAGER)
    seen = await worker.get_ok(f"/api/stays/{stay['id']}")
    assert (seen["state"], seen["ends_on"]) == ("admitted", stay["ends_on"])
    assert at(seen["re_examine_since"]) == DECIDED
    assert len((await manager.get_ok("/api/stays", re_examine="true"))["items"]) == 1
    body = {"reason": "stay_goes_on", "happened_at": "2024-03-26T09:00:00+04:00"}
    looked = await manager.post_ok(f"/api/stays/{stay['id']}/re-examination", as_read(seen, body))
    assert (looked["re_examine_since"], looked["state"]) == (None, "admitted")
    again = await manager.post(f"/api/stays/{stay['id']}/re-examination", as_read(looked, body))
    assert again.json()["code"] == "nothing_to_re_examine"


async def test_an_established_age_is_looked_at_by_a_person(shelter: ServiceUnderTest) -> None:
    """ID-5, ID-9: the stay goes on; its category is for a person to change. The same facts again change nothing."""
    stay = await a_resident(shelter)
    facts = {"case_id": UUID(stay["case_id"]), "citizenship": "foreign", "effective_at": DECIDED}
    await shelter.receives(identification.PersonFactsChanged(**facts, age_group="adult"))
    manager = shelter.person(MANAGER)
    assert (await manager.get_ok(f"/api/stays/{stay['id']}"))["re_examine_reason"] is None
    await shelter.receives(identification.PersonFactsChanged(**facts, age_group="child"))
    seen = await manager.get_ok(f"/api/stays/{stay['id']}")
    assert (seen["age_group"], seen["category"], seen["re_examine_reason"]) == ("child", "adult", "age_group_changed")
    other = await shelter.person(CASEWORKER).post("/api/stays", a_request(UUID(stay["case_id"])))
    assert other.json()["code"] == "category_not_of_age_group"


async def test_consent_lets_its_recipient_act_until_it_is_withdrawn(shelter: ServiceUnderTest) -> None:
    """ID-12: the recipient may look for a place and sees its own request; police by hand-over only (ID-7)."""
    case_id = await a_hidden_case(shelter)
    consent = await the_person_agrees(shelter, case_id, "ngo-acu")
    await the_person_agrees(shelter, case_id, "mia-special")
    request = {"addressed_to": ["ngo-amc"], "track": "ForcedLabour"}
    acu, police = shelter.person("ngo-acu.caseworker"), shelter.person(OFFICER)
    assert (await police.post("/api/stays", a_request(case_id, **request))).status_code == 404
    await a_requested_stay(shelter, case_id, by="ngo-acu.caseworker", **request)
    assert len((await acu.get_ok("/api/stays"))["items"]) == 1
    assert (await police.get_ok("/api/stays"))["items"] == []
    envelopes = await shelter.receives(withdrawn(consent))
    assert (await acu.get_ok("/api/stays"))["items"] == []
    await shelter.redelivers(*envelopes)
    names = [name for name, _ in await shelter.published(case_id)]
    assert names.count("ConsentWithdrawalAcknowledged") == 1


async def test_withdrawn_consent_ends_requests_and_handovers(shelter: ServiceUnderTest) -> None:
    """ID-12: what waits at the recipient ends; a request to others goes on."""
    case_id = await a_case(shelter)
    stay = await a_requested_stay(shelter, case_id, addressed_to=["ngo-clean-world", "mia-shelter"])
    body = {"case_id": str(case_id), "to": "vac", "happened_at": ASKED}
    handover = await shelter.person(CASEWORKER).post_ok("/api/handovers", body)
    for recipient in ("ngo-clean-world", "vac"):
        await shelter.receives(ends(case_id, recipient))
    asker = shelter.person(CASEWORKER)
    seen = await asker.get_ok(f"/api/stays/{stay['id']}")
    assert seen["state"] == "requested"
    assert {a["operator"]: a["reasons"] for a in seen["addressed_to"]} == {
        "ngo-clean-world": ["consent_withdrawn"],
        "mia-shelter": [],
    }
    assert (await shelter.person("ngo-clean-world.shelter-manager").get_ok("/api/stays"))["items"] == []
    assert (await asker.get_ok(f"/api/handovers/{handover['id']}"))["state"] == "withdrawn"
    assert (await shelter.person(CENTRE).get_ok("/api/handovers"))["items"] == []
    names = [name for name, _ in await shelter.published(case_id)]
    assert names.count("ConsentWithdrawalAcknowledged") == 2
    assert "HandoverWithdrawn" in names
    await shelter.receives(ends(case_id, "mia-shelter"))
    assert (await asker.get_ok(f"/api/stays/{stay['id']}"))["state"] == "refused"


async def test_withdrawn_consent_declines_an_offer_and_puts_nobody_out(shelter: ServiceUnderTest) -> None:
    """ID-12, SH-3: an offer falls with the consent; who lives there stays until they leave."""
    offered = await an_offered_stay(shelter)
    await shelter.receives(ends(UUID(offered["case_id"]), "mia-shelter"))
    seen = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{offered['id']}")
    assert (seen["state"], seen["reasons"]) == ("declined", ["consent_withdrawn"])
    resident = await a_resident(shelter)
    await shelter.receives(ends(UUID(resident["case_id"]), "mia-shelter"))
    still = await shelter.person(MANAGER).get_ok(f"/api/stays/{resident['id']}")
    assert (still["state"], still["place"]) == ("admitted", resident["place"])


async def test_a_second_consent_keeps_what_rests_on_it(shelter: ServiceUnderTest) -> None:
    """ID-12: a grant per purpose: ending one does not end the other."""
    case_id = await a_case(shelter)
    first = await the_person_agrees(shelter, case_id, "vac", "assistance")
    second = await the_person_agrees(shelter, case_id, "vac", "reintegration")
    handover = await an_acknowledged_handover(shelter, case_id)
    await shelter.receives(withdrawn(first))
    assert (await shelter.person(CENTRE).get_ok(f"/api/handovers/{handover['id']}"))["state"] == "acknowledged"
    await shelter.receives(withdrawn(second))
    assert (await shelter.person(CENTRE).get(f"/api/handovers/{handover['id']}")).status_code == 404


async def test_a_consent_for_something_else_ends_nothing_here(shelter: ServiceUnderTest) -> None:
    """ID-12: what rests on one purpose neither ends nor stands with another."""
    case_id = await a_case(shelter)
    bar = await the_person_agrees(shelter, case_id, "vac", "removal_bar")
    support = await the_person_agrees(shelter, case_id, "vac", "reintegration")
    handover = await an_acknowledged_handover(shelter, case_id)
    stay = await a_requested_stay(shelter, case_id, addressed_to=["ngo-clean-world"])
    await shelter.receives(withdrawn(bar), ends(case_id, "ngo-clean-world", "removal_bar"))
    centre, asker = shelter.person(CENTRE), shelter.person(CASEWORKER)
    assert (await centre.get_ok(f"/api/handovers/{handover['id']}"))["state"] == "acknowledged"
    assert (await asker.get_ok(f"/api/stays/{stay['id']}"))["state"] == "requested"
    await the_person_agrees(shelter, case_id, "vac", "removal_bar")
    await shelter.receives(withdrawn(support))
    assert (await centre.get(f"/api/handovers/{handover['id']}")).status_code == 403


async def test_departure_ends_the_stay_as_repatriated(shelter: ServiceUnderTest) -> None:
    """RP-5 told us: the person left the country; the bed is free from that night on."""
    stay = await a_resident(shelter)
    waiting = await a_requested_stay(shelter)
    for known in (stay, waiting):
        left = Departed(effective_at=DECIDED, case_id=UUID(known["case_id"]), return_id=uuid4())
        await shelter.receives(left)
    seen = await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}")
    assert (seen["state"], seen["view"], at(seen["ended_at"])) == ("ended", "repatriated", DECIDED)
    ended = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{waiting['id']}")
    assert (ended["state"], ended["reasons"]) == ("refused", ["case_withdrawn"])


async def test_a_withdrawn_case_is_no_longer_looked_for_a_place_for(shelter: ServiceUnderTest) -> None:
    """SH-2, SH-3: who was asked loses sight of it; who lives in a shelter stays, and a person looks."""
    waiting, resident = await a_requested_stay(shelter), await a_resident(shelter)
    for known in (waiting, resident):
        case_id = UUID(known["case_id"])
        closed = identification.CaseClosed(effective_at=DECIDED, case_id=case_id, outcome="withdrawn")
        await shelter.receives(closed)
    seen = await shelter.person(CASEWORKER).get_ok(f"/api/stays/{waiting['id']}")
    assert (seen["state"], seen["reasons"]) == ("refused", ["case_withdrawn"])
    manager = shelter.person(MANAGER)
    assert (await manager.get(f"/api/stays/{waiting['id']}")).status_code == 404
    still = await manager.get_ok(f"/api/stays/{resident['id']}")
    assert (still["state"], still["re_examine_reason"]) == ("admitted", "case_withdrawn")


async def test_a_closed_case_changes_no_stay(shelter: ServiceUnderTest) -> None:
    stay = await a_resident(shelter)
    closed = identification.CaseClosed(effective_at=DECIDED, case_id=UUID(stay["case_id"]), outcome="closed")
    await shelter.receives(closed)
    seen = await shelter.person(MANAGER).get_ok(f"/api/stays/{stay['id']}")
    assert (seen["version"], seen["re_examine_reason"]) == (stay["version"], None)


async def test_hearing_twice_is_hearing_once(shelter: ServiceUnderTest) -> None:
    """Replay: the same messages again, and the whole story in one poll, change nothing."""
    case_id = uuid4()
    envelopes = await shelter.receives(opened(case_id), declined(case_id), revoked(case_id))
    stay = await a_requested_stay(shelter, case_id, addressed_to=["ngo-amc"], track="ForcedLabour")
    await shelter.redelivers(*envelopes)
    assert (await shelter.person(CASEWORKER).get_ok(f"/api/stays/{stay['id']}"))["version"] == stay["version"]


async def test_recognitions_bring_the_age_along(shelter: ServiceUnderTest) -> None:
    """ID-5: the age group of a recognition is the newest that identification decided by."""
    case_id = await a_case(shelter, age_group="unknown")
    event = identification.VictimIdentified(
        effective_at=datetime.fromisoformat(LATER),
        case_id=case_id,
        recognition_id=uuid4(),
        authority="mia-special",
        age_group="child",
        citizenship="citizen",
    )
    await shelter.receives(event)
    refused = await shelter.person(CASEWORKER).post("/api/stays", a_request(case_id))
    assert refused.json()["code"] == "category_not_of_age_group"
