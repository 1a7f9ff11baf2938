"""Hand-over to the special police body: its clock, consent, children, and a case that police may not know of (ID-7)."""

import asyncio
from typing import Any
from uuid import uuid4

from chassis.testing import Bench

from .givens import (
    HOTLINE,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    REPORTED,
    WHY,
    WHY_NOT,
    a_case_in_assessment,
    a_child,
    act,
    an_open_case,
    consent_to,
    moment,
    refusal,
    seen,
    told,
)
from .test_recognition_api import BODIES


async def test_the_clock_of_the_hand_over(identification: Bench) -> None:
    """ID-7: 24 hours from the report: running, breached, met, met late; it never blocks."""
    case = await an_open_case(identification, "mlspp.reporter")
    for now, state in (("2024-03-05T09:00:00+04:00", "running"), ("2024-03-05T11:00:00+04:00", "breached")):
        identification.now = moment(now)
        answer = await seen(identification, case, "mlspp.reporter")
        assert [(c["kind"], c["state"]) for c in answer["clocks"]] == [("referral", state)]
    await act(identification, case, "referral", "mlspp.reporter", "2024-03-05T10:30:00+04:00")
    late = await act(identification, case, "referral/acknowledgement", OFFICER, "2024-03-05T10:45:00+04:00")
    assert [c["state"] for c in late["clocks"]] == ["met_late"]
    identification.now = None
    on_time = await a_case_in_assessment(identification)
    assert [c["state"] for c in on_time["clocks"]] == ["met"]


async def test_a_child_is_handed_over_without_consent_with_best_interests(identification: Bench) -> None:
    """ID-2, ID-7: also when an NGO reports."""
    case = await an_open_case(identification, htcds=a_child())
    assert case["status"] == "registered"
    assert await refusal(identification, case, "referral", NGO) == (409, "best_interests_missing")
    referred = await act(identification, case, "referral", NGO, LATER, best_interests_recorded=True)
    assert (referred["status"], referred["hidden_from_police"]) == ("referred", False)


async def test_the_same_hand_over_twice_at_the_same_time(identification: Bench) -> None:
    """ID-7: done once."""
    case = await consent_to(identification, await an_open_case(identification))
    person, path = identification.person(NGO), f"/api/cases/{case['id']}/referral"
    answers = await asyncio.gather(*(person.post(path, {"happened_at": LATER}) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert (await told(identification, case)).count("VictimReferred") == 1


async def test_a_hand_over_is_not_before_the_consent_it_rests_on(identification: Bench) -> None:
    """ID-7."""
    case = await an_open_case(identification)
    body = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"}
    await act(identification, case, "consents", NGO, LATER, **body)
    assert await refusal(identification, case, "referral", NGO, REPORTED) == (409, "before_consent")


async def test_police_cannot_tell_a_hidden_case_from_none(identification: Bench) -> None:
    """ID-7: by id, on every address of a case, in lists, by filter: the same bytes as for an id that never was."""
    case = await an_open_case(identification, OTHER_NGO)
    never = str(uuid4())
    for police in (OFFICER, HOTLINE):
        person = identification.person(police)
        for path, body in _acts():
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
    await act(identification, case, "referral", OTHER_NGO, LATER)
    assert (await seen(identification, case, OFFICER))["status"] == "referred"


def _acts() -> list[tuple[str, dict[str, Any]]]:
    others: list[tuple[str, dict[str, Any]]] = [
        ("consents", {"recipient": "vac", "purpose": "assistance", "data_class": "identity"}),
        (f"consents/{uuid4()}/withdrawal", {}),
        ("recognitions", {"kind": "ngo"} | WHY),
        (f"recognitions/{uuid4()}/revocation", WHY_NOT),
        ("screenings", {"indicator_set": "labour", "set_version": 1, "answers": {}} | dict.fromkeys(_ELEMENTS, "met")),
        ("identity/reading", {"purpose": "assess"}),
        ("identity", {"version": 1, "htcds": {"prs_FirstName": "A"}}),
        ("safe-contact", {"version": 1, "contact": None}),
        ("transfer-abroad", {}),
        (
            "disclosures",
            {"recipient": "moj", "decided_by": "court", "decision_reference": "1", "data_class": "identity"},
        ),
    ]
    return [*BODIES.values(), *others]


_ELEMENTS = ("act", "means", "purpose")
