"""Operators join agencies, suspend and resume them; what cannot go out cannot be agreed to."""

import asyncio
from typing import Any

import pytest
from casework.calendar import local_date
from chassis.clock import new_id
from exchange.commands import Agree
from exchange.settings import AGREEMENTS
from exchange.use_cases.agreement_faults import faults_of
from exchange.use_cases.seeding import read_agreements

from .givens import AMC, Door, a_line, an_agreement, assisted, at, granted, withdrawn

NEW = "iom-baku"


async def test_agencies_of_the_start_are_joined(door: Door) -> None:
    listed = (await door.operator.get_ok("/api/agencies"))["items"]
    assert {(one["code"], one["state"]) for one in listed} == {
        (code, "active") for code in ("ngo-acu", "ngo-amc", "ngo-clean-world", "sms")
    }


async def test_an_agency_is_joined_and_the_same_agreement_again_changes_nothing(door: Door) -> None:
    first = await door.joins()
    again = await door.joins()
    assert (first["state"], first["edition"], first["version"]) == ("active", 1, 1)
    assert again == first


async def test_services_learn_who_takes_part(door: Door) -> None:
    """ID-12: who is joined can be named as the recipient of a consent, and no more once it was removed."""
    await door.joins()
    await door.acts(NEW, "removal", reason="agreement_ended")
    await door.joins(edition=2)
    events = await door.published_of(NEW)
    assert [name for name, _ in events] == ["AgencyJoined", "AgencyRemoved", "AgencyJoined"]
    assert len({event["agency_id"] for _, event in events}) == 1


async def test_a_newer_agreement_is_in_force_from_then_on(door: Door) -> None:
    await door.joins()
    newer = await door.joins(edition=2, tells=[])
    assert (newer["edition"], newer["agreement"]["tells"]) == (2, [])
    case = new_id()
    await door.receives(granted(case, NEW), assisted(case))
    assert await door.sent_to(NEW) == []


@pytest.mark.parametrize("edition", [1, 2])
async def test_another_text_needs_a_higher_edition(door: Door, edition: int) -> None:
    await door.joins(edition=2)
    answer = await door.operator.post(
        "/api/agencies/iom-baku/agreement", an_agreement(edition=edition, title="Another")
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "edition_must_rise")


CARE, HANDOVER, STAYS = "shelter.AssistanceGiven", "shelter.HandoverRequested", "shelter.ShelterExtended"
VICTIM = "identification.VictimIdentified"


@pytest.mark.parametrize(
    ("line", "where", "code"),
    [
        (a_line("shelter.Sang"), "event", "unknown_event"),
        (a_line("notify.DeadlineMet"), "event", "unknown_event"),
        (a_line("shelter.ConsentWithdrawalAcknowledged", ground="holder"), "event", "unknown_event"),
        (a_line("identification.ReportReceived", "account", ground="holder"), "fields", "unknown_field"),
        (a_line(CARE, "kind", "address"), "fields", "unknown_field"),
        (a_line(STAYS, ground="addressed"), "field", "unknown_field"),
        (a_line(STAYS, ground="addressed", field="to"), "field", "unknown_field"),
        (a_line(HANDOVER, ground="addressed", field="due_at"), "field", "unknown_field"),
        (a_line(STAYS, ground="consent"), "purpose", "missing"),
        (a_line(STAYS, ground="consent", purpose="anything"), "purpose", "literal_error"),
        (a_line(STAYS, ground="friendship"), "ground", "literal_error"),
        (a_line(CARE, ground="consent", purpose="legal_aid"), "purpose", "not_for_this_purpose"),
        (a_line(STAYS, ground="consent", purpose="shelter"), "ground", "not_on_this_ground"),
        (a_line(CARE, ground="holder"), "ground", "not_on_this_ground"),
        (a_line("fund.ClaimDrafted", ground="serves"), "ground", "not_on_this_ground"),
        (a_line(VICTIM, ground="consent", purpose="assistance"), "purpose", "not_for_this_purpose"),
        (a_line(VICTIM, ground="serves"), "ground", "not_on_this_ground"),
        (a_line("fund.PaymentMade", ground="consent", purpose="assistance"), "ground", "not_on_this_ground"),
        (
            a_line("identification.ConsentGranted", ground="consent", purpose="assistance"),
            "ground",
            "not_on_this_ground",
        ),
        (a_line(VICTIM, "authority", ground="consent", purpose="joint_assessment"), "fields", "not_on_this_ground"),
        (a_line("identification.CaseOpened", "citizenship", ground="serves"), "fields", "not_on_this_ground"),
        (a_line("identification.CaseOpened", "holder", ground="asked"), "fields", "not_on_this_ground"),
        (a_line("identification.CaseClosed", ground="formal_body"), "ground", "not_of_this_agency"),
        (a_line("identification.CaseClosed", ground="guardian_authority"), "ground", "not_of_this_agency"),
        (a_line("identification.CaseClosed", ground="told_of_bar"), "ground", "not_of_this_agency"),
        (a_line(CARE, "kind", "kind", purpose="assistance"), "fields", "named_twice"),
        (a_line("identification.CaseClosed", ground="holder", field="outcome"), "field", "not_on_this_ground"),
    ],
)
async def test_what_cannot_go_out_cannot_be_agreed(door: Door, line: dict[str, Any], where: str, code: str) -> None:
    """ID-12: neither an event that stays inside, nor a basis or purpose that does not open it."""
    faults = await door.refuses(an_agreement(tells=[line]))
    assert [(place, fault) for place, fault, _ in faults] == [(f"body.tells.0.{where}", code)]
    assert (await door.operator.get("/api/agencies/iom-baku")).status_code == 404


@pytest.mark.parametrize(
    ("more", "where", "code"),
    [
        (
            {"may_say": ["ReferralSubmitted"], "tells": [a_line(CARE, purpose="assistance")]},
            "may_say",
            "cannot_acknowledge",
        ),
        ({"may_say": ["ReferralSubmitted", "ReferralSubmitted"], "tells": []}, "may_say", "named_twice"),
        ({"may_say": ["ReferralTaken", "WithdrawalAcknowledged"]}, "may_say", "never_happens"),
        ({"until": "2025-01-01"}, "until", "is_over"),
        ({"from": "2999-01-01"}, "from", "lies_ahead"),
        ({"tells": [a_line(CARE), a_line(CARE, "kind")]}, "tells.1.event", "line_twice"),
    ],
)
async def test_an_agreement_that_cannot_be_lived_by_is_refused(
    door: Door, more: dict[str, Any], where: str, code: str
) -> None:
    """ID-12: who receives by consent can answer its end, and nothing is agreed to twice."""
    faults = await door.refuses(an_agreement(**more))
    assert [(place, fault) for place, fault, _ in faults] == [(f"body.{where}", code)]


async def test_an_agreement_is_checked_before_anything_is_made_for_it(door: Door) -> None:
    """As agreeing to it would answer, and nothing is changed."""

    async def checked(**more: Any) -> Any:
        return (await door.operator.post("/api/agencies/iom-baku/agreement/check", an_agreement(**more))).json()

    assert await checked() == {"state": None, "holds": False}
    assert (await door.operator.get("/api/agencies/iom-baku")).status_code == 404
    await door.joins()
    assert await checked() == {"state": "active", "holds": True}
    assert await checked(edition=2) == {"state": "active", "holds": False}
    assert (await checked(title="Another"))["code"] == "edition_must_rise"
    assert (await checked(edition=2, until="2019-01-01"))["faults"][0]["code"] == "before_from"
    await door.acts(NEW, "removal", reason="agreement_ended")
    assert (await checked())["code"] == "agency_removed"
    assert await checked(edition=2) == {"state": "removed", "holds": False}
    assert (await door.shows(NEW))["edition"] == 1


async def test_an_agreement_has_its_own_agencys_address(door: Door) -> None:
    answer = await door.operator.post("/api/agencies/iom/agreement", an_agreement(NEW))
    assert (answer.status_code, answer.json()["code"]) == (422, "other_agency")


async def test_to_who_is_suspended_nothing_goes_out_from_that_moment(door: Door) -> None:
    case = new_id()
    await door.receives(granted(case, AMC), assisted(case, 2))
    cut = await door.acts(AMC, "suspension", reason="security_incident")
    await door.receives(assisted(case, 3))
    assert (cut["state"], len(await door.sent_to(AMC))) == ("suspended", 1)
    await door.acts(AMC, "resumption")
    assert len(await door.sent_to(AMC)) == 1
    await door.receives(assisted(case, 4))
    assert len(await door.sent_to(AMC)) == 2


async def test_a_withdrawal_that_came_meanwhile_is_sent_when_it_is_resumed(door: Door) -> None:
    """ID-12."""
    case = new_id()
    consent = granted(case, AMC)
    await door.receives(consent)
    await door.acts(AMC, "suspension", reason="flooding")
    await door.receives(withdrawn(consent, 3))
    assert await door.sent_to(AMC) == []
    await door.acts(AMC, "resumption")
    assert [name for name, _ in await door.sent_to(AMC)] == ["ConsentEnded"]


async def test_a_removed_agency_comes_back_with_a_higher_edition_alone(door: Door) -> None:
    await door.joins()
    await door.acts(NEW, "removal", reason="agreement_ended")
    same = await door.operator.post("/api/agencies/iom-baku/agreement", an_agreement())
    assert same.json()["code"] == "agency_removed"
    assert (await door.joins(edition=2))["state"] == "active"


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


def test_the_agreements_of_the_start_have_no_faults() -> None:
    agreements = read_agreements(AGREEMENTS)
    assert [agreement.agency for agreement in agreements] == sorted(path.stem for path in AGREEMENTS.glob("*.yaml"))
    for agreement in agreements:
        assert list(faults_of(agreement, local_date(at(0)))) == [], agreement.agency


def test_the_example_of_an_agreement_has_no_faults() -> None:
    """An engineer's editor shows it, and the how-to names the schema that it is in."""
    (example,) = Agree.model_json_schema(by_alias=True)["examples"]
    assert list(faults_of(Agree.model_validate(example), local_date(at(0)))) == []
