"""Operators join agencies, cut them off and let them in; what cannot be told cannot be agreed."""

import asyncio
from typing import Any

import pytest
from chassis.clock import new_id
from exchange.settings import AGREEMENTS
from exchange.use_cases.agencies import SHAREABLE, read_agreements

from .givens import AMC, Door, an_agreement, extended, granted, withdrawn


async def test_agencies_of_the_start_are_joined(door: Door) -> None:
    listed = (await door.operator.get_ok("/api/agencies"))["items"]
    assert {(one["code"], one["state"]) for one in listed} == {
        (code, "active") for code in ("ngo-acu", "ngo-amc", "ngo-clean-world", "sms")
    }


async def test_an_agency_is_joined_and_the_same_agreement_again_changes_nothing(door: Door) -> None:
    first = await door.acts("vac", "agreement", **an_agreement())
    again = await door.acts("vac", "agreement", **an_agreement())
    assert (first["state"], first["edition"], first["version"]) == ("active", 1, 1)
    assert again == first


async def test_services_hear_who_takes_part(door: Door) -> None:
    """ID-12: who is joined can be named as the recipient of a consent, and no more once it was removed."""
    await door.acts("vac", "agreement", **an_agreement())
    await door.acts("vac", "removal", reason="agreement_ended")
    await door.acts("vac", "agreement", **an_agreement(edition=2))
    told = [(name, body["agency"]) for name, body in await door.agencies_told() if body["agency"] == "vac"]
    assert told == [("AgencyJoined", "vac"), ("AgencyRemoved", "vac"), ("AgencyJoined", "vac")]
    assert len({body["agency_id"] for _, body in await door.agencies_told() if body["agency"] == "vac"}) == 1


async def test_a_newer_agreement_holds_from_then_on(door: Door) -> None:
    await door.acts("vac", "agreement", **an_agreement())
    newer = await door.acts("vac", "agreement", **an_agreement(edition=2, tells=[]))
    assert (newer["edition"], newer["agreement"]["tells"]) == (2, [])
    case = new_id()
    await door.hears(granted(case, "vac", purpose="reintegration"), extended(case))
    assert await door.told("vac") == []


@pytest.mark.parametrize("edition", [1, 2])
async def test_another_text_needs_a_higher_edition(door: Door, edition: int) -> None:
    await door.acts("vac", "agreement", **an_agreement(edition=2))
    answer = await door.operator.post("/api/agencies/vac/agreement", an_agreement(edition=edition, title="Another"))
    assert (answer.status_code, answer.json()["code"]) == (409, "edition_must_rise")


@pytest.mark.parametrize(
    ("more", "where", "code"),
    [
        ({"event": "shelter.Sang"}, "body.tells.0.event", "unknown_event"),
        ({"event": "notify.DeadlineMet"}, "body.tells.0.event", "unknown_event"),
        ({"event": "identification.ReportReceived", "fields": ["account"]}, "body.tells.0.fields", "unknown_field"),
        ({"fields": ["ends_at", "address"]}, "body.tells.0.fields", "unknown_field"),
        ({"ground": "addressed", "field": None}, "body.tells.0.field", "unknown_field"),
        ({"ground": "addressed", "field": "to"}, "body.tells.0.field", "unknown_field"),
    ],
)
async def test_what_cannot_be_told_cannot_be_agreed(door: Door, more: dict[str, Any], where: str, code: str) -> None:
    agreement = an_agreement()
    agreement["tells"][0] |= more
    answer = await door.operator.post("/api/agencies/vac/agreement", agreement)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_agreement")
    assert (where, code) in {(fault["where"], fault["code"]) for fault in answer.json()["faults"]}
    assert (await door.operator.get("/api/agencies/vac")).status_code == 404


async def test_an_agreement_is_checked_before_anything_is_made_for_it(door: Door) -> None:
    """As agreeing to it would answer, and nothing is changed."""

    async def checked(**more: Any) -> Any:
        return (await door.operator.post("/api/agencies/vac/agreement/check", an_agreement(**more))).json()

    assert await checked() == {"state": None, "holds": False}
    assert (await door.operator.get("/api/agencies/vac")).status_code == 404
    await door.acts("vac", "agreement", **an_agreement())
    assert await checked() == {"state": "active", "holds": True}
    assert await checked(edition=2) == {"state": "active", "holds": False}
    assert (await checked(title="Another"))["code"] == "edition_must_rise"
    assert (await checked(edition=2, until="2019-01-01"))["faults"][0]["code"] == "before_from"
    await door.acts("vac", "removal", reason="agreement_ended")
    assert (await checked())["code"] == "agency_removed"
    assert await checked(edition=2) == {"state": "removed", "holds": False}
    assert (await door.shows("vac"))["edition"] == 1


async def test_no_consent_opens_a_stream_to_police(door: Door) -> None:
    """ID-7: police learn of a case by the hand-over alone."""
    answer = await door.operator.post("/api/agencies/mia-special/agreement", an_agreement("mia-special"))
    assert answer.json()["faults"][0]["code"] == "police_by_handover"


async def test_an_agreement_is_given_under_its_own_name(door: Door) -> None:
    answer = await door.operator.post("/api/agencies/iom/agreement", an_agreement("vac"))
    assert (answer.status_code, answer.json()["code"]) == (422, "other_agency")


async def test_who_is_cut_off_is_told_nothing_from_that_moment(door: Door) -> None:
    case = new_id()
    await door.hears(granted(case, AMC), extended(case, 2))
    cut = await door.acts(AMC, "suspension", reason="security_incident")
    await door.hears(extended(case, 3))
    assert (cut["state"], len(await door.told(AMC))) == ("suspended", 1)
    await door.acts(AMC, "resumption")
    assert len(await door.told(AMC)) == 1
    await door.hears(extended(case, 4))
    assert len(await door.told(AMC)) == 2


async def test_a_withdrawal_that_came_meanwhile_is_told_when_it_is_let_in(door: Door) -> None:
    """ID-12."""
    case = new_id()
    consent = granted(case, AMC)
    await door.hears(consent)
    await door.acts(AMC, "suspension", reason="flooding")
    await door.hears(withdrawn(consent, 3))
    assert await door.told(AMC) == []
    await door.acts(AMC, "resumption")
    assert [name for name, _ in await door.told(AMC)] == ["ConsentEnded"]


async def test_a_removed_agency_comes_back_with_a_higher_edition_alone(door: Door) -> None:
    await door.acts("vac", "agreement", **an_agreement())
    await door.acts("vac", "removal", reason="agreement_ended")
    same = await door.operator.post("/api/agencies/vac/agreement", an_agreement())
    assert same.json()["code"] == "agency_removed"
    assert (await door.acts("vac", "agreement", **an_agreement(edition=2)))["state"] == "active"


async def test_of_two_operators_one_cuts_off(door: Door) -> None:
    answers = await asyncio.gather(
        *(door.operator.post(f"/api/agencies/{AMC}/suspension", {"reason": "flooding"}) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert (await door.shows(AMC))["state"] == "suspended"


async def test_the_answer_lists_what_can_be_done_and_why_not(door: Door) -> None:
    actions = {one["action"]: one["reason"] for one in (await door.shows(AMC))["actions"]}
    assert actions == {"suspend": None, "resume": "state_is_active", "remove": None}


async def test_the_history_says_who_cut_off_and_why(door: Door) -> None:
    await door.acts(AMC, "suspension", reason="breach_of_agreement")
    history = (await door.operator.get_ok(f"/api/agencies/{AMC}/history"))["items"]
    assert [item["action"] for item in history] == ["suspend", "agree"]
    assert (history[0]["role"], history[0]["facts"]) == ("operator", {"reason": "breach_of_agreement"})


async def test_an_agency_that_is_not_known_has_one_answer(door: Door) -> None:
    for path in ("iom", "iom/history"):
        assert (await door.operator.get(f"/api/agencies/{path}")).status_code == 404
    assert (await door.operator.post("/api/agencies/iom/suspension", {"reason": "flooding"})).status_code == 404


def test_the_agreements_of_the_start_name_only_what_can_be_told() -> None:
    agreements = read_agreements(AGREEMENTS)
    assert [agreement.agency for agreement in agreements] == sorted(path.stem for path in AGREEMENTS.glob("*.yaml"))
    for agreement in agreements:
        for line in agreement.tells:
            assert set(line.fields) <= SHAREABLE[line.event].model_fields.keys(), line.event
