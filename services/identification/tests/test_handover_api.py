"""Hand-over to the special police body: its clock, consent, children, and a case that police may not know of (ID-7)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from sqlalchemy import text

from .givens import (
    AGREED,
    DECISIONS,
    FOUND_CHILD,
    HOTLINE,
    INFORMED,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    REPORTED,
    WHY,
    WHY_NOT,
    a_case_in_assessment,
    a_child,
    a_received_report,
    a_search,
    act,
    an_open_case,
    consent_to,
    events_of,
    found_adult,
    moment,
    opened,
    opens,
    refusal,
    seen,
)
from .test_listed_actions import BODIES


async def test_the_clock_of_the_hand_over(identification: ServiceUnderTest) -> None:
    """ID-7: 24 hours from the report: running, breached, met, met late; it never blocks."""
    case = await an_open_case(identification, "mlspp.reporter")
    for now, state in (("2024-03-05T09:00:00+04:00", "running"), ("2024-03-05T11:00:00+04:00", "breached")):
        identification.now = moment(now)
        answer = await seen(identification, case, "mlspp.reporter")
        assert [(c["kind"], c["state"]) for c in answer["clocks"]] == [("referral", state)]
    read = await opens(identification, case, "mlspp.reporter")
    await act(identification, case, "referral", "mlspp.reporter", "2024-03-05T10:30:00+04:00", version=read)
    late = await act(identification, case, "referral/acknowledgement", OFFICER, "2024-03-05T10:45:00+04:00")
    assert [c["state"] for c in late["clocks"]] == ["met_late"]
    identification.now = None
    on_time = await a_case_in_assessment(identification)
    assert [c["state"] for c in on_time["clocks"]] == ["met"]


async def test_the_clock_begins_with_the_report_where_no_consent_is_asked(identification: ServiceUnderTest) -> None:
    """ID-7: already the report is waited for, within 24 hours of it; of a child whoever reports it."""
    for by, more in (("mlspp.reporter", {}), (NGO, {"htcds": a_child()})):
        report = await a_received_report(identification, by, **more)
        (_, body) = (await identification.published(report["case_id"]))[1]
        assert (await events_of(identification, {"id": report["case_id"]})) == ["ReportReceived", "ReferralAwaited"]
        assert moment(body["due_at"]) == moment(REPORTED) + timedelta(hours=24)
        assert body["holder"] == report["received_by"]
        case = await opened(identification, report, by)
        read = await opens(identification, case, by)
        await act(identification, case, "referral", by, LATER, best_interests_recorded=True, version=read)
        assert (await events_of(identification, case)) == [
            "ReportReceived",
            "ReferralAwaited",
            "CaseOpened",
            "VictimReferred",
        ]


async def test_without_consent_nobody_waits_for_the_hand_over(identification: ServiceUnderTest) -> None:
    """ID-7: it begins to count with the consent, from the report on, and no more when the consent is taken back."""
    case = await an_open_case(identification)
    assert "ReferralAwaited" not in await events_of(identification, case)
    case = await consent_to(identification, case)
    await act(identification, case, f"consents/{case['consents'][0]['id']}/withdrawal", NGO, LATER)
    await consent_to_again(identification, case)
    waits = [name for name in await events_of(identification, case) if name.startswith("Referral")]
    assert waits == ["ReferralAwaited", "ReferralNoLongerAwaited", "ReferralAwaited"]


async def consent_to_again(service: ServiceUnderTest, case: dict[str, Any]) -> None:
    body = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"} | AGREED
    await act(service, case, "consents", NGO, LATER, **body)


async def test_who_turns_out_to_be_grown_up_is_asked_first(identification: ServiceUnderTest) -> None:
    """ID-5, ID-7: with the age the need of a consent changes, and so does what is waited for."""
    case = await an_open_case(identification, child_suspected=True)
    await found_adult(identification, case, NGO, LATER)
    await act(identification, case, "age", NGO, LATER, **FOUND_CHILD)
    waits = [name for name in await events_of(identification, case) if name.startswith("Referral")]
    assert waits == ["ReferralAwaited", "ReferralNoLongerAwaited", "ReferralAwaited"]


async def test_a_report_that_joined_a_case_is_not_waited_for(identification: ServiceUnderTest) -> None:
    """ID-7, ID-18."""
    known = a_child()
    case = await an_open_case(identification, htcds=known)
    report = await a_received_report(identification, htcds=known)
    search = await a_search(identification, report)
    joining = {"search_id": search["search_id"], "case_id": case["id"]}
    await identification.person(NGO).post_ok(f"/api/reports/{report['id']}/attachment", joining)
    assert (await events_of(identification, {"id": report["case_id"]}))[1:] == [
        "ReferralAwaited",
        "ReferralNoLongerAwaited",
    ]


async def test_cases_from_before_the_clock_are_looked_at_once(alone: ServiceUnderTest) -> None:
    """ID-7: after the upgrade the ticker tells of those that nobody has handed over."""
    waits, hidden = await an_open_case(alone, "mlspp.reporter"), await an_open_case(alone)
    async with alone.session() as session:
        await session.execute(text("update case_file set referral_awaited = null"))
    for _ in range(2):
        assert await tick_once(alone.service, alone.database, alone.clock())
    assert (await events_of(alone, waits)).count("ReferralAwaited") == 2
    assert "ReferralAwaited" not in await events_of(alone, hidden)


async def test_a_child_is_handed_over_without_consent_with_best_interests(identification: ServiceUnderTest) -> None:
    """ID-2, ID-7: also when an NGO reports."""
    case = await an_open_case(identification, htcds=a_child())
    assert case["status"] == "registered"
    read = await opens(identification, case)
    assert await refusal(identification, case, "referral", NGO, version=read) == (409, "best_interests_missing")
    read = await opens(identification, case)
    referred = await act(identification, case, "referral", NGO, LATER, best_interests_recorded=True, version=read)
    assert (referred["status"], referred["hidden_from_police"]) == ("referred", False)


async def test_the_same_hand_over_twice_at_the_same_time(identification: ServiceUnderTest) -> None:
    """ID-7: done once."""
    case = await consent_to(identification, await an_open_case(identification))
    person, path = identification.person(NGO), f"/api/cases/{case['id']}/referral"
    answers = await asyncio.gather(
        *(person.post(path, {"version": case["version"], "happened_at": LATER}) for _ in range(3))
    )
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert (await events_of(identification, case)).count("VictimReferred") == 1


async def test_a_hand_over_is_not_before_the_consent_it_rests_on(identification: ServiceUnderTest) -> None:
    """ID-7."""
    case = await an_open_case(identification)
    body = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"} | AGREED
    await act(identification, case, "consents", NGO, LATER, **body)
    assert await refusal(
        identification, case, "referral", NGO, REPORTED, version=await opens(identification, case)
    ) == (409, "before_consent")


async def test_police_cannot_tell_a_hidden_case_from_none(identification: ServiceUnderTest) -> None:
    """ID-7: by id, on every address of a case, in lists, by filter: the same bytes as for an id that never was."""
    case = await an_open_case(identification, OTHER_NGO)
    never = str(uuid4())
    for police in (OFFICER, HOTLINE):
        person = identification.person(police)
        for path, body in _acts():
            body = {"version": 1} | body if path.endswith(DECISIONS) else body
            hidden = await person.post(f"/api/cases/{case['id']}/{path}", body)
            unknown = await person.post(f"/api/cases/{never}/{path}", body)
            assert (hidden.status_code, hidden.content) == (unknown.status_code, unknown.content), path
            assert hidden.status_code in (403, 404)
        for path in ("", "/history"):
            hidden = await person.get(f"/api/cases/{case['id']}{path}")
            unknown = await person.get(f"/api/cases/{never}{path}")
            assert (hidden.status_code, hidden.content) == (unknown.status_code, unknown.content)
        for listed in ("/api/cases", "/api/cases?holder=ngo-clean-world", f"/api/reports?case_id={case['id']}"):
            assert case["id"] not in (await person.get(listed)).text
        assert (await person.get("/api/statistics/2024")).status_code == 403
        assert (await person.get("/api/audit")).status_code == 403
    await consent_to(identification, case, by=OTHER_NGO)
    still = await identification.person(OFFICER).get(f"/api/cases/{case['id']}")
    assert still.status_code == 404  # consent alone shows nothing; the hand-over does
    await act(identification, case, "referral", OTHER_NGO, LATER, version=await opens(identification, case, OTHER_NGO))
    assert (await seen(identification, case, OFFICER))["status"] == "referred"


def _acts() -> list[tuple[str, dict[str, Any]]]:
    others: list[tuple[str, dict[str, Any]]] = [
        ("consents", {"recipient": "vac", "purpose": "assistance", "data_class": "identity"} | AGREED),
        ("opinions", {"stance": "victim", "reasons_for": ["own_account"]}),
        ("age-doubts", {"ground": "appearance"}),
        ("ending-agreements", {"ending": "close", "reference": "1"}),
        ("holder-offers", {"to": "ngo-acu", "ground": "law", "legal_reference": "1"}),
        (f"holder-offers/{uuid4()}/acceptance", {}),
        (f"holder-offers/{uuid4()}/refusal", {"reason": "no_capacity"}),
        (f"holder-offers/{uuid4()}/withdrawal", {}),
        ("duty-without-name", INFORMED),
        (f"consents/{uuid4()}/withdrawal", {}),
        ("recognitions", {"kind": "ngo"} | WHY),
        (f"recognitions/{uuid4()}/revocation", WHY_NOT),
        ("screenings", {"indicator_set": "labour", "set_version": 1, "answers": {}} | dict.fromkeys(_ELEMENTS, "met")),
        ("identity/reading", {"purpose": "assess"}),
        ("identity", {"version": 1, "htcds": {"prs_FirstName": "A"}}),
        ("safe-contact", {"version": 1, "contact": None}),
        ("transfer-abroad", {}),
        ("guardian", {"outcome": "appointed", "reference": "1"}),
        ("identity-establishment", {"outcome": "documents_found"}),
        ("family-tracing", {"outcome": "begun"}),
        (
            "disclosures",
            {"recipient": "moj", "decided_by": "court", "decision_reference": "1", "data_class": "identity"},
        ),
    ]
    return [*BODIES.values(), *others]


_ELEMENTS = ("act", "means", "purpose")
