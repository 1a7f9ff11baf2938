"""What a viewer must not learn of a case by a search, a list, an action's reason or who knows of it (ID-7, ID-12)."""

from datetime import datetime
from uuid import UUID, uuid4

from chassis.clock import utc_now
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from nrm_events import repatriation, shelter

from .givens import (
    AFTER,
    AGREED,
    DECIDED,
    HOTLINE,
    INFORMED,
    LATER,
    NGO,
    OFFICER,
    REPORTED,
    a_declined_case,
    a_received_report,
    a_recognised_case,
    a_referred_case,
    a_search,
    act,
    an_open_case,
    opened,
    opens,
    reason,
    seen,
    shared_with,
    somebody,
)
from .strangers import joined, somebody_of

BORDER = "sbs.reporter"
SMS = "sms"


async def test_a_reference_alone_shows_no_name_by_a_search(identification: ServiceUnderTest) -> None:
    """The border service, let in for the reference of a removal bar, searches for whom it suspects."""
    person = somebody()
    case = await an_open_case(identification, htcds=person)
    await shared_with(identification, case, "sbs", "removal_bar", "case_reference")
    mine = await a_received_report(identification, BORDER, htcds=person)
    found = await a_search(identification, mine, BORDER)
    assert found["candidates"] == []


async def test_an_unknown_kind_reads_no_notices(alone: ServiceUnderTest) -> None:
    """ID-7: an agency whose kind nobody knows, and one that never joined."""
    await alone.receives(joined("ngo-umid", None))
    for agency in ("ngo-umid", "never-joined"):
        answer = await somebody_of(alone, agency, "reporter").get("/api/unnamed-notices")
        assert answer.status_code == 403


async def test_police_find_no_case_by_a_hidden_consent_that_ended(identification: ServiceUnderTest) -> None:
    """ID-7: a consent to an NGO from before the hand-over, withdrawn since, filters no list for police."""
    case = await an_open_case(identification)
    granted = await shared_with(identification, case, "ngo-clean-world", "shelter", "needs")
    consent = granted["consents"][0]["id"]
    await identification.person(NGO).post_ok(f"/api/cases/{case['id']}/consents/{consent}/withdrawal", {})
    await act(
        identification,
        case,
        "consents",
        NGO,
        None,
        recipient="mia-special",
        purpose="referral",
        data_class="identity",
        **AGREED,
    )
    await act(identification, case, "referral", NGO, version=await opens(identification, case))
    found = await identification.person(OFFICER).get_ok("/api/cases", unacknowledged=True, case_ref=case["case_ref"])
    assert found["items"] == []


async def test_an_action_tells_police_of_no_hidden_consent(identification: ServiceUnderTest) -> None:
    """ID-7: the reason of an action is the same with a hidden consent and without."""
    found = []
    for hidden in (False, True):
        case = await an_open_case(identification, "sbs.reporter")
        if hidden:
            await act(
                identification,
                case,
                "consents",
                "sbs.reporter",
                REPORTED,
                recipient="ngo-clean-world",
                purpose="shelter",
                data_class="needs",
                **AGREED,
            )
        read = await opens(identification, case, "sbs.reporter")
        await act(identification, case, "referral", "sbs.reporter", LATER, version=read)
        found.append(reason(await seen(identification, case, OFFICER), "withdraw_consent"))
    assert found[0] == found[1]


async def test_police_learn_of_no_stay_from_who_knows(identification: ServiceUnderTest) -> None:
    """SH-7: whoever serves the person is shown to police with the person's agreement alone."""
    case = await a_referred_case(identification)
    stay = shelter.ShelterAdmitted(
        effective_at=datetime.fromisoformat(DECIDED),
        case_id=UUID(case["id"]),
        stay_id=uuid4(),
        operator="ngo-clean-world",
        ends_at=datetime.fromisoformat(AFTER),
    )
    await identification.receives(stay)
    shown = await seen(identification, case, OFFICER)
    assert "ngo-clean-world" not in str(shown), shown["who_knows"]


async def test_actions_tell_a_shelter_nothing_of_the_recognition(identification: ServiceUnderTest) -> None:
    """ID-12: whether the person was recognised is no part of what a shelter reads."""
    case = await a_recognised_case(identification)
    other = await a_declined_case(identification)
    found = []
    for one in (case, other):
        await identification.receives(
            shelter.ShelterAdmitted(
                effective_at=datetime.fromisoformat(DECIDED),
                case_id=UUID(one["id"]),
                stay_id=uuid4(),
                operator="ngo-clean-world",
                ends_at=datetime.fromisoformat(AFTER),
            )
        )
        shown = await seen(identification, one, "ngo-clean-world.shelter-manager")
        assert "status" not in shown
        found.append([a for a in shown["actions"] if a["action"] == "appeal"])
    assert found[0] == found[1]


async def test_the_border_learns_nothing_of_how_a_case_ended(identification: ServiceUnderTest) -> None:
    """ID-12: a bar outlives the case, and so does its consent; who withdraws is as a case that never was."""
    border = identification.person(BORDER)
    for ending, outlived in (("closing", True), ("withdrawal", False), ("transfer-abroad", True)):
        case = await an_open_case(identification)
        await shared_with(identification, case, "sbs", "removal_bar", "case_reference")
        before = await seen(identification, case, BORDER)
        await act(identification, case, ending, NGO)
        after, absent = [await border.get(f"/api/cases/{id_}") for id_ in (case["id"], uuid4())]
        if outlived:
            assert after.json()["actions"] == before["actions"]
            assert after.json().keys() == before.keys()
        else:
            assert (after.status_code, after.json() | {"trace_id": None}) == (404, absent.json() | {"trace_id": None})


async def test_support_ends_with_the_consent_it_rested_on(identification: ServiceUnderTest) -> None:
    """Shelter ends the hand-over's access with the consent; identification goes on showing the name."""
    case = await an_open_case(identification)
    granted = await shared_with(identification, case, "vac", "reintegration", "needs")
    await identification.receives(
        shelter.HandoverAcknowledged(
            effective_at=datetime.fromisoformat(LATER), case_id=UUID(case["id"]), handover_id=uuid4(), to="vac"
        )
    )
    consent = next(c for c in granted["consents"] if c["recipient"] == "vac")
    await identification.person(NGO).post_ok(f"/api/cases/{case['id']}/consents/{consent['id']}/withdrawal", {})
    read = await identification.person("vac.reintegration-worker").post(
        f"/api/cases/{case['id']}/identity/reading", {"purpose": "arrange_help"}
    )
    assert read.status_code in (403, 404), read.text


async def test_one_police_body_gets_no_task_about_a_case_hidden_from_it(alone: ServiceUnderTest) -> None:
    """ID-7, ID-18: the adult refused; the duty was met without the name; `mia-special` may not learn who it was."""
    person = somebody()
    await an_open_case(alone, OFFICER, htcds=person)
    report = await a_received_report(alone, HOTLINE, htcds=person)
    case = await opened(alone, report, HOTLINE)
    await act(alone, case, "duty-without-name", HOTLINE, LATER, **INFORMED)
    assert (await alone.person(OFFICER).get(f"/api/cases/{case['id']}")).status_code == 404
    assert await tick_once(alone.service, alone.database, utc_now())
    tasks = (await alone.person(OFFICER).get_ok("/api/same-person-tasks"))["items"]
    assert tasks == []


async def test_the_notice_of_a_lifted_bar_is_no_reason(identification: ServiceUnderTest) -> None:
    """RP-4: the reason ends with the bar. Another bar stands, so the reasons of the two must be one."""
    case = await an_open_case(identification)
    case_id, gone, other = UUID(case["id"]), uuid4(), uuid4()

    def noticed(bar: UUID, when: str, stands: bool = True) -> repatriation.RemovalBarNoticed:
        return repatriation.RemovalBarNoticed(
            effective_at=datetime.fromisoformat(when),
            case_id=case_id,
            bar_id=bar,
            until=None,
            advisory=False,
            told=SMS,
            stands=stands,
        )

    await identification.receives(noticed(gone, DECIDED), noticed(other, DECIDED))
    lifted = repatriation.RemovalBarLifted(
        effective_at=datetime.fromisoformat(AFTER), case_id=case_id, bar_id=gone, until=None, advisory=False
    )
    await identification.receives(lifted, noticed(gone, AFTER, stands=False))
    who = [
        r
        for r in (await identification.person("ngo-amc.caseworker").get_ok(f"/api/cases/{case_id}"))["who_knows"]
        if r["basis"] == "told_of_bar"
    ]
    assert len(who) == 1
