"""What a narrow reason to know of a case must not open: the stories of the issue (ID-7, ID-12)."""

from typing import Any
from uuid import UUID

import pytest
from casework.submissions import system_of
from chassis.clock import new_id, utc_now
from chassis.testing import ServiceUnderTest
from identification.commands import StoreForReferral
from identification.use_cases.referred import store_for_referral
from nrm_events import exchange

from .givens import (
    AFTER,
    AGREED,
    DECIDED,
    FOUND_ADULT,
    FOUND_CHILD,
    GUARDIANSHIP,
    HOTLINE,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    REPORTED,
    WHY,
    a_child,
    a_recognised_case,
    a_report,
    act,
    agreed,
    an_open_case,
    consent_to,
    moment,
    problem,
    reason,
    refusal,
    seen,
    shared_with,
    somebody,
    told,
)
from .strangers import joined, somebody_of
from .test_support_api import a_screening

BORDER = "sbs.reporter"
HIDDEN = {"status", "version", "holder", "source", "recognitions", "decisions", "screenings", "opinions", "who_knows"}
HIDDEN |= {"hidden_from_police", "referral", "reflection", "child_steps", "holder_offers", "rights_explained"}


async def test_who_is_let_in_for_a_removal_bar_does_nothing_else(identification: ServiceUnderTest) -> None:
    """ID-12: the border service cannot record a consent to police, hand over, see screenings or who helps."""
    case = await an_open_case(identification)
    await act(identification, case, "screenings", NGO, LATER, **a_screening())
    await shared_with(identification, case, "iom", "return")
    await shared_with(identification, case, "sbs", "removal_bar")
    to_police = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"} | AGREED
    for path, body in (
        ("consents", to_police),
        ("referral", {}),
        ("recognitions", {"kind": "presumed"} | WHY),
        ("screenings", a_screening()),
        ("potential", {"categories": ["migrant_worker"]}),
        ("holder-offers", {"to": "sbs", "ground": "law", "legal_reference": "1"}),
        ("duty-without-name", {name: value for name, value in AGREED.items() if name != "given_by"}),
    ):
        refused = await refusal(identification, case, path, BORDER, **body)
        assert refused in [(403, "not_for_this_basis"), (403, "role_lacks_right")], path
    reading = await identification.person(BORDER).post(
        f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"}
    )
    assert problem(reading) == (403, "not_for_this_basis")
    shown = await seen(identification, case, BORDER)
    assert not HIDDEN & shown.keys()
    assert [(c["recipient"], c["purpose"]) for c in shown["consents"]] == [("sbs", "removal_bar")]
    assert shown["clocks"] == []
    assert {a["reason"] for a in shown["actions"] if a["action"] in ("refer", "record_consent", "screen")} == {
        "not_for_this_basis"
    }
    assert (await identification.person(BORDER).get_ok(f"/api/cases/{case['id']}/history"))["items"] == []
    assert "iom" not in (await identification.person(BORDER).get(f"/api/cases/{case['id']}")).text
    assert (await seen(identification, case))["hidden_from_police"]


async def test_a_list_finds_no_case_by_what_may_not_be_read_of_it(identification: ServiceUnderTest) -> None:
    """ID-12: neither by status nor by holder, nor by a withdrawal that waits; counts are those of the lists."""
    case = await an_open_case(identification)
    withdrawn = (await shared_with(identification, case, "iom", "return"))["consents"][0]["id"]
    await act(identification, case, f"consents/{withdrawn}/withdrawal", NGO, LATER)
    await shared_with(identification, case, "sbs", "removal_bar")
    person = identification.person(BORDER)
    (listed,) = (await person.get_ok("/api/cases", case_ref=case["case_ref"]))["items"]
    assert listed.keys() == {"id", "case_ref", "age_group", "clocks"}
    for query in ({"status": "consent_pending"}, {"holder": "ngo-amc"}, {"unacknowledged": True}):
        found = (await person.get_ok("/api/cases", limit=200, **query))["items"]
        assert case["id"] not in [one["id"] for one in found], query
    assert (await person.get_ok("/api/reports", case_id=case["id"]))["items"] == []


async def test_another_ngo_makes_no_child_and_hands_nobody_over(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: by a consent of whatever purpose and class."""
    case = await an_open_case(identification)
    for purpose in ("assistance", "joint_assessment", "legal_aid"):
        await shared_with(identification, case, "ngo-clean-world", purpose, "identity")
    for path, body in (
        ("age", FOUND_CHILD),
        ("referral", {"best_interests_recorded": True}),
        ("closing", {}),
        ("withdrawal", {}),
        ("consents", {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"} | AGREED),
    ):
        assert await refusal(identification, case, path, OTHER_NGO, **body) == (403, "not_for_this_basis"), path
    assert "VictimReferred" not in await told(identification, case)


async def test_a_doubt_of_somebody_else_protects_and_opens_no_way_to_police(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: the age group is child at once, the holder gets a task; the hand-over still needs the consent."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "ngo-clean-world", "assistance", "needs")
    doubted = await act(identification, case, "age-doubts", OTHER_NGO, LATER, ground="appearance")
    assert doubted["age_group"] == "child"
    assert (await seen(identification, case))["status"] == "consent_pending"
    assert [name for name in await told(identification, case) if name.startswith("Referral")] == []
    for by in (NGO, GUARDIANSHIP):
        handed = await refusal(identification, case, "referral", by, best_interests_recorded=True)
        assert handed in [(409, "consent_missing"), (403, "not_for_this_basis")]
    tasks = (await identification.person(NGO).get_ok("/api/age-doubts", settled=False))["items"]
    (task,) = [task for task in tasks if task["case_id"] == case["id"]]
    assert (task["ground"], task["doubted_by"], task["case_ref"]) == ("appearance", "ngo-clean-world", case["case_ref"])
    changed = [body["age_group"] for name, body in await identification.published(case["id"]) if "FactsCh" in name]
    assert changed == ["child"]
    assert (await seen(identification, case, GUARDIANSHIP))["age_group"] == "child"
    again = await refusal(identification, case, "age-doubts", OTHER_NGO, ground="appearance")
    assert again == (409, "already_a_child")


async def test_the_holder_who_shares_the_doubt_opens_it_and_a_finding_ends_it(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: the same doubt of the holder makes a child for the hand-over too; establishing settles the task."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "ngo-clean-world", "assistance", "needs")
    await act(identification, case, "age-doubts", OTHER_NGO, LATER, ground="appearance")
    confirmed = await act(identification, case, "age-doubts", NGO, LATER, ground="circumstances")
    assert confirmed["status"] == "registered"
    assert "ReferralAwaited" in await told(identification, case)
    found = await act(identification, case, "age", NGO, DECIDED, **FOUND_CHILD)
    assert [doubt["settled_at"] is None for doubt in found["age_doubts"]] == [False, False]
    finding = {"ground": "register", "method": "register_searched", "document": "44/2024"}
    assert finding.items() <= found["age_findings"][0].items()
    referred = await act(identification, case, "referral", NGO, AFTER, best_interests_recorded=True)
    assert referred["status"] == "referred"


async def test_a_finding_of_age_has_ground_method_and_document(identification: ServiceUnderTest) -> None:
    """ID-5."""
    case = await an_open_case(identification)
    for missing in ("ground", "method", "document"):
        bare = {name: value for name, value in FOUND_CHILD.items() if name != missing}
        assert await refusal(identification, case, "age", NGO, **bare) == (422, "invalid_request")


async def test_reflection_is_ended_by_nobody_but_the_holder_with_the_persons_wish(
    identification: ServiceUnderTest,
) -> None:
    """ID-10: no third agency, never police, whatever their basis, also where police hold the case."""
    case = await a_recognised_case(identification)
    await act(identification, case, "reflection", OFFICER, DECIDED)
    await shared_with(identification, case, "ngo-clean-world", "joint_assessment", "identity")
    wish = {"written_wish": "7/2024"}
    for by in (OTHER_NGO, OFFICER):
        assert await refusal(identification, case, "reflection/end", by, AFTER, **wish) == (403, "not_for_this_basis")
    by_police = await an_open_case(identification, OFFICER)
    await act(identification, by_police, "recognitions", OFFICER, LATER, kind="presumed", **WHY)
    offered = await act(identification, by_police, "reflection", OFFICER, DECIDED)
    assert reason(offered, "end_reflection") == "not_for_this_basis"
    held = await refusal(identification, by_police, "reflection/end", OFFICER, AFTER, **wish)
    assert held == (403, "not_for_this_basis")
    assert "ReflectionEnded" not in await told(identification, by_police)


async def test_an_ngo_that_joined_yesterday_asks_the_adult_over_http(alone: ServiceUnderTest) -> None:
    """ID-7: nobody has its code in a list, so the default counts: the adult is asked, police see nothing."""
    await alone.receives(joined("ngo-umid"))
    newcomer = somebody_of(alone, "ngo-umid")
    report = await newcomer.post_ok("/api/reports", a_report())
    search = await newcomer.post_ok(f"/api/reports/{report['id']}/same-person-search")
    opening = {"search_id": search["search_id"], "verdicts": {c["case_id"]: "not_same" for c in search["candidates"]}}
    case = await newcomer.post_ok(f"/api/reports/{report['id']}/case", opening)
    assert (case["status"], case["source"], case["hidden_from_police"]) == ("consent_pending", "ngo-umid", True)
    assert [name for name in await told(alone, case) if name.startswith("Referral")] == []
    refused = await newcomer.post(f"/api/cases/{case['id']}/referral", {"version": case["version"]})
    assert problem(refused) == (409, "consent_missing")
    for police in (OFFICER, HOTLINE):
        assert problem(await alone.person(police).get(f"/api/cases/{case['id']}")) == (404, "not_found")


async def test_an_ngo_that_joined_yesterday_asks_the_adult_over_the_bus(alone: ServiceUnderTest) -> None:
    """ID-7: the same for what its system reports."""
    await alone.receives(joined("ngo-umid"))
    command = StoreForReferral.model_validate({"channel": "ngo", "htcds": somebody()})
    async with alone.session() as session:
        uow = alone.service.unit_of_work(session, utc_now()).acting(system_of("ngo-umid"))
        handle = (await store_for_referral(uow, command)).id
    submitted = exchange.ReferralSubmitted(
        effective_at=moment(REPORTED), submission_id=new_id(), agency="ngo-umid", handle_id=handle
    )
    await alone.receives(submitted)
    newcomer = somebody_of(alone, "ngo-umid")
    (report,) = (await newcomer.get_ok("/api/reports"))["items"]
    assert [name for name, _ in await alone.published(report["case_id"])] == ["ReportReceived"]
    search = await newcomer.post_ok(f"/api/reports/{report['id']}/same-person-search")
    case = await newcomer.post_ok(f"/api/reports/{report['id']}/case", {"search_id": search["search_id"]})
    assert (case["status"], case["hidden_from_police"]) == ("consent_pending", True)


@pytest.mark.parametrize(("kind", "status"), [("border", "registered"), ("health", "consent_pending")])
async def test_who_joins_is_asked_by_its_kind(alone: ServiceUnderTest, kind: Any, status: str) -> None:
    """ID-7: by the dated list of kinds, never by the code."""
    await alone.receives(joined("ngo-umid", kind))
    newcomer = somebody_of(alone, "ngo-umid")
    report = await newcomer.post_ok("/api/reports", a_report())
    search = await newcomer.post_ok(f"/api/reports/{report['id']}/same-person-search")
    case = await newcomer.post_ok(f"/api/reports/{report['id']}/case", {"search_id": search["search_id"]})
    assert case["status"] == status


@pytest.mark.parametrize("kind", ["police", None])
async def test_a_police_body_that_joined_gets_nothing_by_consent(alone: ServiceUnderTest, kind: Any) -> None:
    """ID-7: the consent is stored and emitted with its kind; no access; an unknown kind counts as police."""
    await alone.receives(joined("district-quba", kind))
    case = await an_open_case(alone)
    given = await shared_with(alone, case, "district-quba", "referral", "identity")
    assert (given["status"], given["hidden_from_police"]) == ("consent_pending", True)
    assert [c["recipient"] for c in given["consents"]] == ["district-quba"]
    (event,) = [body for name, body in await alone.published(case["id"]) if name == "ConsentGranted"]
    assert event["recipient_kind"] == kind
    district = somebody_of(alone, "district-quba", "reporter")
    assert problem(await district.get(f"/api/cases/{case['id']}")) == (404, "not_found")
    assert (await district.get_ok("/api/cases"))["items"] == []


@pytest.mark.parametrize(
    ("path", "ending", "body"),
    [
        ("closing", "close", {}),
        ("withdrawal", "withdraw", {}),
        ("transfer-abroad", "transfer_abroad", {}),
        ("age", "establish_as_adult", FOUND_ADULT),
    ],
)
async def test_no_agency_alone_ends_a_childs_case(
    identification: ServiceUnderTest, path: str, ending: str, body: dict[str, Any]
) -> None:
    """ID-5, ID-7: the agreement names the ending, and counts once; a child by doubt is a child."""
    for more in ({"htcds": a_child()}, {"child_suspected": True}):
        case = await an_open_case(identification, **more)
        alone = await refusal(identification, case, path, NGO, DECIDED, **body)
        assert alone == (409, "agreement_missing")
        other = "withdraw" if ending == "close" else "close"
        await agreed(identification, case, other)
        assert await refusal(identification, case, path, NGO, DECIDED, **body) == (409, "agreement_missing")
        await agreed(identification, case, ending)
        done = await act(identification, case, path, NGO, DECIDED, **body)
        used = {a["ending"]: a["used_at"] is not None for a in done["ending_agreements"]}
        assert used == {ending: True, other: False}


async def test_who_agrees_is_the_guardianship_authority_of_a_child(identification: ServiceUnderTest) -> None:
    """ID-7: not the holder, not for an adult; nobody is both who agrees and who ends."""
    child = await an_open_case(identification, htcds=a_child())
    body = {"ending": "close", "reference": "15/2024"}
    assert await refusal(identification, child, "ending-agreements", NGO, **body) == (403, "not_for_this_basis")
    adult = await an_open_case(identification)
    assert await refusal(identification, adult, "ending-agreements", GUARDIANSHIP, **body) == (404, "not_found")
    await agreed(identification, child, "close")
    twice = await refusal(identification, child, "ending-agreements", GUARDIANSHIP, **body)
    assert twice == (409, "already_agreed")
    own = await an_open_case(identification, GUARDIANSHIP, htcds=a_child())
    await agreed(identification, own, "close")
    both = await refusal(identification, own, "closing", GUARDIANSHIP, DECIDED)
    assert both == (409, "same_person_agreed")


async def test_the_guardianship_authority_learns_of_children_until_they_are_adults(
    identification: ServiceUnderTest,
) -> None:
    """ID-5, ID-6: by law, without a consent; it reads no account by it, and knows no more once the age is found."""
    case = await an_open_case(identification, child_suspected=True, account="What was confided")
    assert {"agency": "scfwca", "basis": "guardian_authority"}.items() <= case["who_knows"][-1].items()
    read = await identification.person(GUARDIANSHIP).post_ok(
        f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"}
    )
    assert read["account"] is None
    await agreed(identification, case, "establish_as_adult")
    await act(identification, case, "age", NGO, LATER, **FOUND_ADULT)
    gone = await identification.person(GUARDIANSHIP).get(f"/api/cases/{case['id']}")
    assert problem(gone) == (404, "not_found")


async def test_the_guardianship_authority_hands_a_child_over_with_best_interests(
    identification: ServiceUnderTest,
) -> None:
    """ID-7."""
    case = await an_open_case(identification, htcds=a_child())
    assert await refusal(identification, case, "referral", GUARDIANSHIP) == (409, "best_interests_missing")
    referred = await act(identification, case, "referral", GUARDIANSHIP, LATER, best_interests_recorded=True)
    assert referred["status"] == "referred"


async def test_the_formal_body_learns_nothing_of_who_helped_before(identification: ServiceUnderTest) -> None:
    """ID-7, ID-12: consents to others, and who knows by them, from before the hand-over; the holder sees all."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "ngo-clean-world", "shelter", "needs")
    await act(identification, case, "age-doubts", OTHER_NGO, REPORTED, ground="appearance")
    await act(
        identification,
        case,
        "consents",
        NGO,
        REPORTED,
        recipient="mia-special",
        purpose="referral",
        data_class="identity",
        **AGREED,
    )
    await act(identification, case, "referral", NGO, LATER)
    by_police = await seen(identification, case, OFFICER)
    assert [c["recipient"] for c in by_police["consents"]] == ["mia-special"]
    assert {row["agency"] for row in by_police["who_knows"]} == {"ngo-amc", "scfwca", "mia-special"}
    assert "ngo-clean-world" not in str(by_police)
    history = await identification.person(OFFICER).get(f"/api/cases/{case['id']}/history")
    assert "ngo-clean-world" not in history.text
    assert len((await seen(identification, case))["consents"]) == 2


async def test_the_formal_body_records_consents_to_recipients_of_help_alone(identification: ServiceUnderTest) -> None:
    """ID-12: and withdraws those that it recorded; of others it cannot tell whether there are any."""
    case = await an_open_case(identification)
    hidden = (await shared_with(identification, case, "iom", "return"))["consents"][0]["id"]
    await consent_to(identification, case)
    await act(identification, case, "referral", NGO, LATER)
    grant = {"purpose": "assistance", "data_class": "needs"} | AGREED
    to_police = await refusal(identification, case, "consents", OFFICER, DECIDED, recipient="mia-shelter", **grant)
    assert to_police == (409, "not_a_recipient_of_help")
    given = await act(identification, case, "consents", OFFICER, DECIDED, recipient="vac", **grant)
    own = next(c["id"] for c in given["consents"] if c["recipient"] == "vac")
    await act(identification, case, f"consents/{own}/withdrawal", OFFICER, AFTER)
    for unknown in (hidden, str(UUID(int=7))):
        refused = await refusal(identification, case, f"consents/{unknown}/withdrawal", OFFICER, AFTER)
        assert refused == (404, "not_found")
