"""Reports from every source, by the names and codes of the standard (ID-1, ID-3, ID-5)."""

from typing import Any

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    FOUND_CHILD,
    HOTLINE,
    NGO,
    OFFICER,
    a_child,
    a_received_report,
    a_report,
    act,
    agreed,
    an_open_case,
    found_adult,
    problem,
    refusal,
    seen,
    somebody,
)

EVERY_SOURCE = [
    HOTLINE,
    OFFICER,
    NGO,
    "sms.reporter",
    "sbs.reporter",
    "mlspp.reporter",
    "unions.reporter",
    "consulates.reporter",
    "iom.reporter",
    "moh.reporter",
    "moe.reporter",
    "ngo-clean-world.caseworker",
    "ngo-acu.caseworker",
    "ngo-clrpl.caseworker",
    "scfwca.caseworker",
]


async def test_everybody_listed_may_report(identification: ServiceUnderTest) -> None:
    """ID-1: the agency of the token is the source; its own people see the report, others do not."""
    for who in EVERY_SOURCE:
        report = await a_received_report(identification, who, channel_hours="08:00-19:00")
        assert report["source"] == report["received_by"] == who.partition(".")[0]
        assert report["channel_hours"] == "08:00-19:00"
        assert (await identification.person(who).get_ok(f"/api/reports/{report['id']}"))["id"] == report["id"]
        other = HOTLINE if who != HOTLINE else NGO
        assert problem(await identification.person(other).get(f"/api/reports/{report['id']}")) == (404, "not_found")


async def test_the_person_themself_may_report(identification: ServiceUnderTest) -> None:
    """ID-1, ID-7: source `self`, entered by whoever answers; the hand-over waits for the person's consent."""
    case = await an_open_case(identification, HOTLINE, source="self")
    assert (case["source"], case["holder"], case["status"]) == ("self", "mia-hotline", "consent_pending")


async def test_a_report_may_be_anonymous_and_nearly_empty(identification: ServiceUnderTest) -> None:
    """ID-1: only the channel is needed; an anonymous one holds no name."""
    report = await identification.person(HOTLINE).post_ok("/api/reports", {"channel": "hotline", "anonymous": True})
    assert (report["anonymous"], report["age_group"], report["region"]) == (True, "unknown", None)
    named = await identification.person(HOTLINE).post("/api/reports", a_report(anonymous=True))
    assert problem(named) == (422, "anonymous_with_name")


async def test_a_doubt_about_age_counts_as_child_until_age_is_established(identification: ServiceUnderTest) -> None:
    """ID-5: no birth date lifts the doubt, people do; the other services hear it."""
    case = await an_open_case(identification, child_suspected=True, htcds=somebody())
    assert case["age_group"] == "child"
    person = identification.person(NGO)
    body: dict[str, Any] = {"version": 1, "htcds": {"prs_Birthdate": "1990-01-01", "prs_FirstName": "Aysəl"}}
    after = await person.post_ok(f"/api/cases/{case['id']}/identity", body)
    assert after["age_group"] == "child"
    grown = await found_adult(identification, case)
    assert (grown["age_group"], grown["status"]) == ("adult", "consent_pending")
    changed = [facts for name, facts in await identification.published(case["id"]) if name == "PersonFactsChanged"]
    assert [facts["age_group"] for facts in changed] == ["adult"]


async def test_a_waiting_adult_found_to_be_a_child_waits_no_longer(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: a child is always handed over, so no consent is waited for."""
    case = await an_open_case(identification)
    assert case["status"] == "consent_pending"
    after = await identification.person(NGO).post_ok(f"/api/cases/{case['id']}/age", FOUND_CHILD)
    assert (after["age_group"], after["status"]) == ("child", "registered")


async def test_an_established_age_is_undone_by_no_paper_but_a_new_doubt_counts(
    identification: ServiceUnderTest,
) -> None:
    """ID-5, ID-7: documents may be false. A date that makes a child of an adult protects, and hands nobody over."""
    case = await an_open_case(identification)
    person = identification.person(NGO)
    age, identity = f"/api/cases/{case['id']}/age", f"/api/cases/{case['id']}/identity"
    await person.post_ok(age, FOUND_CHILD)
    for version, born in ((1, "1989-07-07"), (2, None)):
        after = await person.post_ok(identity, {"version": version, "htcds": {"prs_Birthdate": born}})
        assert (after["age_group"], after["status"]) == ("child", "registered")
    await found_adult(identification, case)
    doubted = await person.post_ok(identity, {"version": 3, "htcds": {"prs_Birthdate": "2012-01-02"}})
    assert (doubted["age_group"], doubted["status"]) == ("child", "consent_pending")
    still = await person.post_ok(identity, {"version": 4, "htcds": {"prs_Birthdate": "1989-07-07"}})
    assert still["age_group"] == "child"


async def test_an_age_that_only_follows_from_the_birth_date_follows_its_correction(
    identification: ServiceUnderTest,
) -> None:
    """ID-5, ID-7: put right as the guardianship authority agreed; one taken away leaves what was thought before."""
    case = await an_open_case(identification, htcds=a_child())
    taken = await act(identification, case, "identity", version=1, htcds={"prs_Birthdate": None})
    assert taken["age_group"] == "child"
    await agreed(identification, case, "establish_as_adult")
    right = await act(identification, case, "identity", version=2, htcds={"prs_Birthdate": "1989-07-07"})
    assert (right["age_group"], right["status"]) == ("adult", "consent_pending")


async def test_no_correction_makes_an_adult_of_a_child_by_one_agency_alone(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: the date is stored, and the age is in doubt until it is established with an agreement."""
    case = await an_open_case(identification, htcds=a_child())
    corrected = await act(identification, case, "identity", version=1, htcds={"prs_Birthdate": "1989-07-07"})
    assert (corrected["age_group"], corrected["status"]) == ("child", "registered")
    assert await refusal(identification, case, "closing") == (409, "agreement_missing")
    grown = await found_adult(identification, case)
    assert grown["age_group"] == "adult"


@pytest.mark.parametrize(("htcds", "group"), [(a_child(), "child"), (somebody(), "adult"), ({}, "unknown")])
async def test_the_age_group_is_that_of_the_day_of_the_report(
    identification: ServiceUnderTest, htcds: dict[str, Any], group: str
) -> None:
    """ID-5."""
    assert (await a_received_report(identification, htcds=htcds))["age_group"] == group


async def test_a_report_of_years_ago_is_never_refused_for_the_law_of_that_day(identification: ServiceUnderTest) -> None:
    """A paper of 2006 and one of 2001 can be entered, and looked at (ID-1): clocks of later laws are not shown."""
    for year, group, status, code in (
        ("2001", "unknown", "consent_pending", "consent_missing"),  # no law yet, so nobody is obliged not to ask
        ("2006", "child", "registered", "not_in_force"),
    ):
        case = await an_open_case(
            identification, HOTLINE, happened_at=f"{year}-03-04T10:00:00+04:00", child_suspected=True
        )
        assert case["clocks"] == []
        shown = await seen(identification, case, HOTLINE)
        assert (shown["age_group"], shown["status"]) == (group, status)
        referred = await identification.person(HOTLINE).post(
            f"/api/cases/{case['id']}/referral", {"version": case["version"], "best_interests_recorded": True}
        )
        assert problem(referred) == (409, code)


@pytest.mark.parametrize(
    ("more", "status", "code", "where"),
    [
        ({"channel": "pigeon"}, 422, "invalid_request", "body.channel"),
        ({"region": "Atlantis"}, 422, "invalid_request", "body.region"),
        ({"happened_at": "2100-01-01T00:00:00+04:00"}, 422, "in_the_future", "body.happened_at"),
        ({"happened_at": "2024-01-01T00:00:00"}, 422, "invalid_request", "body.happened_at"),
        ({"account": "x" * 4001}, 422, "invalid_request", "body.account"),
        ({"unknown": 1}, 422, "invalid_request", "body.unknown"),
        ({"htcds": {"prs_Nickname": "x"}}, 422, "invalid_htcds", "body.htcds.prs_Nickname"),
        (
            {"htcds": {"vic_TypeOfExploitation": ["Nonsense"]}},
            422,
            "invalid_htcds",
            "body.htcds.vic_TypeOfExploitation",
        ),
        ({"htcds": {"prs_Birthdate": "2090-01-01"}}, 422, "invalid_htcds", "body.htcds.prs_Birthdate"),
    ],
)
async def test_faults_of_a_report_are_named_by_field_and_never_repeated(
    identification: ServiceUnderTest, more: dict[str, Any], status: int, code: str, where: str
) -> None:
    """ID-3: codes of the standard at the edge; nothing is kept of a refused report."""
    before = await identification.person(NGO).get_ok("/api/reports", limit=1)
    answer = await identification.person(NGO).post("/api/reports", a_report(**more))
    assert problem(answer) == (status, code)
    assert where in [fault["where"] for fault in answer.json()["faults"]]
    assert await identification.person(NGO).get_ok("/api/reports", limit=1) == before


async def test_the_forms_of_exploitation_travel_as_codes(identification: ServiceUnderTest) -> None:
    """ID-3: the standard's codes and our declared extension, in the answer; names stay sealed."""
    forms = ["ForcedBegging", "ForcedCriminality"]
    report = await a_received_report(identification, htcds={"vic_TypeOfExploitation": forms})
    assert report["exploitation"] == forms


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"htcds": {"prs_MobilePhone": "12"}}, "body.htcds.prs_MobilePhone"),
        ({"htcds": {"prs_Email": "person.@example.org"}}, "body.htcds.prs_Email"),
        *(
            ({"safe_contact": {"channel": "sms", "address": "0501234567", "language": "az"} | change}, f"body.{where}")
            for change, where in (
                ({"address": "012"}, "safe_contact.address"),
                ({"address": 501234567}, "safe_contact.address"),
                ({"channel": "email", "address": "person.@example.org"}, "safe_contact.address"),
                ({"channel": "whatsapp"}, "safe_contact.channel"),
                ({"hours": "10:00-10:00"}, "safe_contact.hours"),
                ({"hours": "evenings", "note": "x"}, "safe_contact.hours"),
                ({"language": "hi"}, "safe_contact.language"),
                ({"language": None}, "safe_contact.language"),
            )
        ),
    ],
)
async def test_a_contact_that_reaches_nobody_never_loses_the_report(
    identification: ServiceUnderTest, more: dict[str, Any], where: str
) -> None:
    """ID-1, NO-2: the report is stored without it, and what is wrong is named then and later."""
    person = identification.person(NGO)
    report = await person.post_ok("/api/reports", a_report(**more))
    assert [warning["where"] for warning in report["warnings"]] == [where]
    assert (await person.get_ok(f"/api/reports/{report['id']}"))["warnings"] == report["warnings"]
