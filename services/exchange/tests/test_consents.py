"""What agencies receive by consent: fields that were agreed and that its class opens, and no more (ID-12)."""

from typing import Any

import pytest
from chassis.clock import new_id
from chassis.ticker import tick_once
from exchange.app import SERVICE
from nrm_events.agencies import WithdrawalAcknowledged
from nrm_events.identification import VictimPresumed
from nrm_events.repatriation import RemovalBarRaised

from .givens import ACU, AMC, Door, a_line, assisted, at, granted, withdrawn

NEW = "iom-baku"


async def test_without_consent_nobody_receives_anything(door: Door) -> None:
    await door.receives(assisted(new_id()))
    assert await door.outbound_topics() == set()


async def test_with_consent_the_agency_receives_the_agreed_fields_and_nobody_else_anything(door: Door) -> None:
    case = new_id()
    event = assisted(case)
    await door.receives(granted(case, AMC), event)
    ((name, sent),) = await door.sent_to(AMC)
    assert name == "EventShared"
    assert sent["fields"] == {"assistance_id": str(event.assistance_id), "kind": "social"}
    assert (sent["event"], sent["purpose"], sent["agreement"]) == ("nrm.shelter.AssistanceGiven.v1", "assistance", 3)
    assert await door.outbound_topics() == {f"ext.{AMC}.out"}


@pytest.mark.parametrize(
    ("data_class", "fields"),
    [
        ("case_reference", {"assistance_id"}),
        ("contact", {"assistance_id"}),
        ("documents", {"assistance_id"}),
        ("identity", {"assistance_id"}),
        ("needs", {"assistance_id", "kind"}),
    ],
)
async def test_the_class_of_data_limits_the_fields(door: Door, data_class: str, fields: set[str]) -> None:
    """A consent to the case reference opens ids and dates alone."""
    case = new_id()
    await door.receives(granted(case, AMC, data_class=data_class), assisted(case))
    ((_, _, received),) = await door.shared_with(AMC)
    assert received.keys() == fields


async def test_two_consents_for_one_purpose_open_both_classes(door: Door) -> None:
    tells = [a_line("identification.VictimPresumed", "age_group", "kind", purpose="joint_assessment", ground="consent")]
    await door.joins(tells=tells)
    case = new_id()
    for data_class in ("identity", "needs"):
        await door.receives(granted(case, NEW, purpose="joint_assessment", data_class=data_class))
    await door.receives(
        VictimPresumed(
            effective_at=at(2),
            case_id=case,
            recognition_id=new_id(),
            kind="ngo",
            authority=AMC,
            age_group="adult",
            citizenship="foreign",
        )
    )
    assert await door.shared_with(NEW) == [
        ("identification.VictimPresumed", "joint_assessment", {"age_group": "adult", "kind": "ngo"})
    ]


async def test_what_comes_before_its_consent_is_sent_once_the_consent_is_there(door: Door) -> None:
    """Two topics have no order: the event overtakes the consent that was granted before it."""
    case = new_id()
    early, covered, later = assisted(case, 1), assisted(case, 3), assisted(case, 4)
    await door.receives(early, covered, later)
    await door.receives(granted(case, AMC, days=2))
    received = [fields["assistance_id"] for _, _, fields in await door.shared_with(AMC)]
    assert received == [str(covered.assistance_id), str(later.assistance_id)]


async def test_an_event_is_sent_once(door: Door) -> None:
    case = new_id()
    (envelope,) = await door.receives(assisted(case))
    await door.receives(granted(case, AMC))
    await door.service.redelivers(envelope)
    await door.receives(granted(case, AMC, purpose="legal_aid"))
    assert len(await door.sent_to(AMC)) == 1


async def test_numbers_on_an_agencys_topic_have_no_gap_for_what_others_receive(door: Door) -> None:
    case = new_id()
    await door.receives(granted(case, ACU), granted(case, AMC))
    for days in (2, 3, 4):
        await door.receives(assisted(case, days))
    for agency in (AMC, ACU):
        assert [int(headers["ce_sequence"]) for headers in await door.headers(agency)] == [1, 2, 3]


async def test_no_trace_and_no_cause_leaves_the_platform(door: Door) -> None:
    case = new_id()
    await door.receives(granted(case, AMC), assisted(case))
    (headers,) = await door.headers(AMC)
    assert not headers.keys() & {"traceparent", "ce_correlationid", "ce_causationid"}
    assert headers["ce_source"] == "/nrm/exchange"


async def test_withdrawal_stops_the_stream_and_requires_an_acknowledgement(door: Door) -> None:
    """Also what happened before the withdrawal and is entered after it does not go out."""
    case = new_id()
    consent = granted(case, AMC)
    await door.receives(consent, assisted(case, 2))
    await door.receives(withdrawn(consent, 5))
    await door.receives(assisted(case, 4), assisted(case, 6))
    assert [name for name, _ in await door.sent_to(AMC)] == ["EventShared", "ConsentEnded"]
    ended = (await door.sent_to(AMC))[-1][1]
    assert (ended["consent_id"], ended["purpose"]) == (str(consent.consent_id), "assistance")
    assert [name for name, _ in await door.published()] == ["WithdrawalTold", "ConsentWithdrawalAcknowledged"]


async def test_the_agency_acknowledges_and_staff_see_it(door: Door) -> None:
    case = new_id()
    consent = granted(case, AMC)
    await door.receives(consent)
    await door.receives(withdrawn(consent, 5))
    assert (await door.shows(AMC))["withdrawals_not_acknowledged"] == 1
    submitted = await door.submits(
        AMC, WithdrawalAcknowledged(effective_at=at(6), case_id=case, consent_id=consent.consent_id)
    )
    name, acknowledged = (await door.published())[-1]
    assert name == "WithdrawalAcknowledged"
    assert (acknowledged["agency"], acknowledged["consent_id"]) == (AMC, str(consent.consent_id))
    answer = (await door.sent_to(AMC))[-1][1]
    assert (answer["submission_id"], answer["accepted"], answer["case_id"]) == (str(submitted), True, str(case))
    assert (await door.shows(AMC))["withdrawals_not_acknowledged"] == 0


async def test_nobody_acknowledges_for_another_agency(door: Door) -> None:
    case = new_id()
    consent = granted(case, AMC)
    await door.receives(consent)
    await door.receives(withdrawn(consent, 5))
    await door.submits(ACU, WithdrawalAcknowledged(effective_at=at(6), case_id=case, consent_id=consent.consent_id))
    ((_, answer),) = await door.sent_to(ACU)
    assert (answer["accepted"], answer["code"], answer["case_id"]) == (False, "unknown", None)
    assert (await door.shows(AMC))["withdrawals_not_acknowledged"] == 1


async def test_by_an_agreement_that_has_ended_nothing_goes_out(door: Door) -> None:
    door.service.now = at(3)
    await door.joins(until="2026-03-10")
    door.service.now = None
    case = new_id()
    await door.receives(granted(case, NEW), assisted(case, 2))
    assert await door.sent_to(NEW) == []


async def test_what_waited_goes_out_by_the_agreement_in_force_then(door: Door) -> None:
    """A field that a newer edition leaves out does not go out any more, however long it has waited."""
    await door.joins(tells=[a_line("shelter.AssistanceGiven", "assistance_id", "kind")])
    case = new_id()
    await door.receives(assisted(case))
    await door.joins(edition=2, tells=[a_line("shelter.AssistanceGiven", "kind")])
    await door.receives(granted(case, NEW))
    ((_, sent),) = await door.sent_to(NEW)
    assert (sent["fields"], sent["agreement"]) == ({"kind": "social"}, 2)


@pytest.mark.parametrize("narrower", [{"tells": []}, {"until": "2026-03-20"}, {"from": "2026-03-20"}])
async def test_what_waited_stays_where_no_agreement_is_in_force_any_more(door: Door, narrower: dict[str, Any]) -> None:
    await door.joins()
    case = new_id()
    await door.receives(assisted(case))
    door.service.now = at(25 if "from" in narrower else 3)
    await door.joins(edition=2, **narrower)
    door.service.now = None
    await door.receives(granted(case, NEW))
    assert await door.sent_to(NEW) == []


@pytest.mark.parametrize(("purpose", "fields"), [("removal_bar", {"advisory"}), ("legal_aid", {"until"})])
async def test_what_waits_goes_out_by_the_purpose_that_was_agreed(door: Door, purpose: str, fields: set[str]) -> None:
    """By the purpose that the person agreed to, with the fields of that purpose."""
    bar = "repatriation.RemovalBarRaised"
    tells = [
        a_line(bar, "advisory", ground="consent", purpose="removal_bar"),
        a_line(bar, "until", ground="consent", purpose="legal_aid"),
    ]
    await door.joins(tells=tells)
    case = new_id()
    await door.receives(RemovalBarRaised(effective_at=at(2), case_id=case, bar_id=new_id(), until=at(365)))
    await door.receives(granted(case, NEW, purpose=purpose))
    ((_, on, received),) = await door.shared_with(NEW)
    assert (on, set(received)) == (purpose, fields)


async def test_what_waited_too_long_is_deleted(door: Door) -> None:
    case = new_id()
    door.service.now = at(3)
    await door.receives(assisted(case))
    assert await door.count("withheld") > 0
    await tick_once(SERVICE, door.service.database, at(40))
    assert await door.count("withheld") == 0
    await door.receives(granted(case, AMC))
    assert await door.sent_to(AMC) == []
