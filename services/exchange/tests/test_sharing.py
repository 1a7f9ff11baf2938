"""What agencies are told: by agreement and consent, and no more (ID-12, ID-7)."""

from typing import Any

import pytest
from chassis.clock import new_id
from nrm_events.agencies import WithdrawalAcknowledged

from .givens import ACU, AMC, Door, an_agreement, at, extended, granted, handed_to, withdrawn


async def test_without_consent_nobody_is_told(door: Door) -> None:
    await door.hears(extended(new_id()))
    assert await door.told(AMC) == []


async def test_with_consent_the_agency_is_told_the_agreed_fields_and_nobody_else_anything(door: Door) -> None:
    """ID-12."""
    case = new_id()
    event = extended(case)
    await door.hears(granted(case, AMC), event)
    ((name, told),) = [one for one in await door.told(AMC) if one[1]["event"].startswith("nrm.shelter")]
    assert name == "EventShared"
    assert told["fields"] == {"stay_id": str(event.stay_id), "ends_at": "2026-04-11T08:00:00Z", "reason": "recovery"}
    assert (told["event"], told["purpose"], told["agreement"]) == ("nrm.shelter.ShelterExtended.v1", "assistance", 1)
    assert await door.told(ACU) == []


async def test_what_comes_before_its_consent_is_told_once_the_consent_is_there(door: Door) -> None:
    """Two topics have no order: the event overtakes the consent that was given before it (ID-12)."""
    case = new_id()
    early, covered, later = extended(case, 1), extended(case, 3), extended(case, 4)
    await door.hears(early, covered, later)
    await door.hears(granted(case, AMC, days=2))
    stays = [told["fields"]["stay_id"] for _, told in await door.told(AMC)]
    assert stays == [str(covered.stay_id), str(later.stay_id)]


async def test_an_event_is_told_once(door: Door) -> None:
    case = new_id()
    (envelope,) = await door.hears(extended(case))
    await door.hears(granted(case, AMC))
    await door.bench.redelivers(envelope)
    await door.hears(granted(case, AMC, purpose="legal_aid"))
    assert len(await door.told(AMC)) == 1


async def test_numbers_on_an_agencys_topic_have_no_gap_for_what_others_are_told(door: Door) -> None:
    case = new_id()
    await door.hears(granted(case, ACU), granted(case, AMC))
    for days in (2, 3, 4):
        await door.hears(extended(case, days))
    for agency in (AMC, ACU):
        assert [int(told["ce_sequence"]) for told in await door.headers(agency)] == [1, 2, 3]


async def test_no_trace_and_no_cause_leaves_the_platform(door: Door) -> None:
    case = new_id()
    await door.hears(granted(case, AMC), extended(case))
    (told,) = await door.headers(AMC)
    assert not told.keys() & {"traceparent", "ce_correlationid", "ce_causationid"}
    assert told["ce_source"] == "/nrm/exchange"


async def test_a_hand_over_is_told_to_whom_it_is_made_without_consent(door: Door) -> None:
    """SH-8: it is addressed; the other NGOs hear nothing."""
    event = handed_to(AMC, new_id())
    await door.hears(event)
    ((_, told),) = await door.told(AMC)
    assert told["fields"]["handover_id"] == str(event.handover_id)
    assert await door.told(ACU) == []


async def test_withdrawal_stops_the_stream_and_asks_to_let_go(door: Door) -> None:
    """ID-12: also what happened before the withdrawal and is entered after it is not told."""
    case = new_id()
    consent = granted(case, AMC)
    await door.hears(consent, extended(case, 2))
    await door.hears(withdrawn(consent, 5))
    await door.hears(extended(case, 4), extended(case, 6))
    assert [name for name, _ in await door.told(AMC)] == ["EventShared", "ConsentEnded"]
    ended = (await door.told(AMC))[-1][1]
    assert (ended["consent_id"], ended["purpose"]) == (str(consent.consent_id), "assistance")
    assert [name for name, _ in await door.passed_on()] == ["WithdrawalTold", "ConsentWithdrawalAcknowledged"]


async def test_the_agency_says_that_it_let_go_and_staff_hear_of_it(door: Door) -> None:
    """ID-12."""
    case = new_id()
    consent = granted(case, AMC)
    await door.hears(consent)
    await door.hears(withdrawn(consent, 5))
    assert (await door.shows(AMC))["withdrawals_not_acknowledged"] == 1
    said = await door.is_said(
        AMC, WithdrawalAcknowledged(effective_at=at(6), case_id=case, consent_id=consent.consent_id)
    )
    name, acknowledged = (await door.passed_on())[-1]
    assert name == "WithdrawalAcknowledged"
    assert (acknowledged["agency"], acknowledged["consent_id"]) == (AMC, str(consent.consent_id))
    assert (await door.told(AMC))[-1][1] | {"submission_id": str(said), "accepted": True} == (await door.told(AMC))[-1][
        1
    ]
    assert (await door.shows(AMC))["withdrawals_not_acknowledged"] == 0


async def test_nobody_acknowledges_for_another_agency(door: Door) -> None:
    case = new_id()
    consent = granted(case, AMC)
    await door.hears(consent)
    await door.hears(withdrawn(consent, 5))
    await door.is_said(ACU, WithdrawalAcknowledged(effective_at=at(6), case_id=case, consent_id=consent.consent_id))
    ((_, answer),) = await door.told(ACU)
    assert (answer["accepted"], answer["code"], answer["case_id"]) == (False, "unknown", None)
    assert (await door.shows(AMC))["withdrawals_not_acknowledged"] == 1


async def test_an_agreement_that_has_ended_tells_nothing(door: Door) -> None:
    await door.acts("vac", "agreement", **an_agreement(until="2026-03-10"))
    case = new_id()
    await door.hears(granted(case, "vac", purpose="reintegration"), extended(case, 2))
    assert await door.told("vac") == []


def a_line(purpose: str, *fields: str) -> dict[str, Any]:
    """Extensions of a stay, by consent for this purpose."""
    return an_agreement()["tells"][0] | {"purpose": purpose, "fields": list(fields)}


async def test_what_waited_is_told_by_the_agreement_that_holds_when_it_is_told(door: Door) -> None:
    """A field that a newer edition leaves out is not told any more, however long it has waited."""
    await door.acts("vac", "agreement", **an_agreement(tells=[a_line("reintegration", "ends_at", "reason")]))
    case = new_id()
    await door.hears(extended(case))
    await door.acts("vac", "agreement", **an_agreement(edition=2, tells=[a_line("reintegration", "reason")]))
    await door.hears(granted(case, "vac", purpose="reintegration"))
    ((_, told),) = await door.told("vac")
    assert (told["fields"], told["agreement"]) == ({"reason": "recovery"}, 2)


@pytest.mark.parametrize("narrower", [{"tells": []}, {"until": "2026-03-20"}, {"from": "2026-03-20"}])
async def test_what_waited_is_not_told_where_no_agreement_holds_any_more(door: Door, narrower: dict[str, Any]) -> None:
    await door.acts("vac", "agreement", **an_agreement())
    case = new_id()
    await door.hears(extended(case))
    await door.acts("vac", "agreement", **an_agreement(edition=2, **narrower))
    await door.hears(granted(case, "vac", purpose="reintegration"))
    assert await door.told("vac") == []


@pytest.mark.parametrize(("purpose", "fields"), [("reintegration", {"reason"}), ("legal_aid", {"ends_at"})])
async def test_what_waits_waits_for_each_purpose_that_was_agreed(door: Door, purpose: str, fields: set[str]) -> None:
    """ID-12: told by the purpose that the person agreed to, with the fields of that purpose."""
    tells = [a_line("reintegration", "reason"), a_line("legal_aid", "ends_at")]
    await door.acts("vac", "agreement", **an_agreement(tells=tells))
    case = new_id()
    await door.hears(extended(case))
    await door.hears(granted(case, "vac", purpose=purpose))
    ((_, told),) = await door.told("vac")
    assert (told["purpose"], told["fields"].keys()) == (purpose, fields)


async def test_what_waited_too_long_for_a_consent_is_forgotten(door: Door) -> None:
    from chassis.process import tick_once
    from exchange.app import SERVICE

    case = new_id()
    door.bench.now = at(3)
    await door.hears(extended(case))
    await tick_once(SERVICE, door.bench.database, at(40))
    door.bench.now = None
    await door.hears(granted(case, AMC))
    assert await door.told(AMC) == []
