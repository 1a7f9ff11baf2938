"""Scenario words shared by the tests of identification."""

import json
from datetime import datetime
from secrets import choice, randbelow
from typing import Any

import httpx
from chassis.testing import ServiceUnderTest
from chassis.ticker import tick_once
from sqlalchemy import text

REPORTED = "2024-03-04T10:00:00+04:00"
LATER = "2024-03-04T15:00:00+04:00"
DECIDED = "2024-03-08T12:00:00+04:00"
AFTER = "2024-03-12T12:00:00+04:00"
NGO = "ngo-amc.caseworker"
OTHER_NGO = "ngo-clean-world.caseworker"
HOTLINE = "mia-hotline.reporter"
OFFICER = "mia-special.assessor"
SECOND_OFFICER = "mia-special.assessor-2"
WHY: dict[str, Any] = {"reasons": ["act_means_purpose_met"]}
WHY_NOT: dict[str, Any] = {"reasons": ["purpose_not_established"]}
_SOUNDS = "bdfklmnprstvz"
AYSEL: dict[str, Any] = {
    "prs_FirstName": "Aysel",
    "prs_SecondName": "Xıdırzadə",
    "prs_Birthdate": "1989-07-07",
    "prs_Gender": "Feminine",
    "prs_Citizenship": ["AZ"],
    "prs_IdentityNumber": "TST46990253",
    "prs_MobilePhone": "+994007921385",
    "vic_TypeOfExploitation": ["ForcedLabour"],
}


def somebody(**more: Any) -> dict[str, Any]:
    """A person whom no other test knows: names that sound like nobody's, an own document and phone."""
    invented = {
        "prs_FirstName": "".join(f"{choice(_SOUNDS)}a" for _ in range(4)).capitalize(),
        "prs_SecondName": "".join(f"{choice(_SOUNDS)}o" for _ in range(5)).capitalize(),
        "prs_IdentityNumber": f"TST{randbelow(10**8):08}",
        "prs_MobilePhone": f"+99400{randbelow(10**7):07}",
    }
    return AYSEL | invented | more


def a_child() -> dict[str, Any]:
    return somebody(prs_Birthdate="2012-01-02")


def a_report(**more: Any) -> dict[str, Any]:
    events_of = {
        "channel": "hotline",
        "happened_at": REPORTED,
        "region": "Gəncə",
        "language": "az",
        "htcds": somebody(),
    }
    return events_of | more


async def a_received_report(service: ServiceUnderTest, by: str = NGO, **more: Any) -> dict[str, Any]:
    return await service.person(by).post_ok("/api/reports", a_report(**more))


async def a_search(service: ServiceUnderTest, report: dict[str, Any], by: str = NGO) -> dict[str, Any]:
    return await service.person(by).post_ok(f"/api/reports/{report['id']}/same-person-search")


async def opened(service: ServiceUnderTest, report: dict[str, Any], by: str = NGO) -> dict[str, Any]:
    """The case of a report, with every candidate said to be somebody else."""
    search = await a_search(service, report, by)
    verdicts = {c["case_id"]: "not_same" for c in search["candidates"]}
    return await service.person(by).post_ok(
        f"/api/reports/{report['id']}/case",
        {"search_id": search["search_id"], "verdicts": verdicts, "happened_at": report["reported_at"]},
    )


async def an_open_case(service: ServiceUnderTest, by: str = NGO, **more: Any) -> dict[str, Any]:
    return await opened(service, await a_received_report(service, by, **more), by)


AGREED: dict[str, Any] = {
    "given_by": "person",
    "how": "in_person",
    "language": "az",
    "interpreter": False,
    "text_version": "consent-2024",
}
INFORMED: dict[str, Any] = {name: value for name, value in AGREED.items() if name != "given_by"}
FOR_A_CHILD = AGREED | {"given_by": "guardian", "child_view": "agrees"}
FOUND_ADULT = {"age_group": "adult", "ground": "register", "method": "register_searched", "document": "44/2024"}
FOUND_CHILD = FOUND_ADULT | {"age_group": "child"}
TO_COURT = {"to": "court"}
BY_COURT = {"decided_by": "court", "decision_reference": "2-15/2024"}
GUARDIANSHIP = "scfwca.caseworker"


async def act(
    service: ServiceUnderTest, case: dict[str, Any], path: str, by: str = NGO, at: str | None = None, **body: Any
) -> dict[str, Any]:
    """An act on a case that must succeed; the case after it."""
    sent = body | {"happened_at": at}
    return await service.person(by).post_ok(f"/api/cases/{case['id']}/{path}", sent)


DECISIONS = ("referral", "formal-recognition", "decline", "revocation", "appeal/rejection", "reopening")
"""Ends of the addresses whose command states the version that was read."""


async def opens(service: ServiceUnderTest, case: dict[str, Any], by: str = NGO) -> int:
    """The version that somebody at the desk has before them; 1 where they may not read it."""
    read = await service.person(by).get(f"/api/cases/{case['id']}")
    return int(read.json().get("version", 1)) if read.is_success else 1


async def refusal(
    service: ServiceUnderTest, case: dict[str, Any], path: str, by: str = NGO, at: str | None = None, **body: Any
) -> tuple[int, str]:
    """An act on a case that must be refused: status and code."""
    sent = body | {"happened_at": at}
    answer = await service.person(by).post(f"/api/cases/{case['id']}/{path}", sent)
    assert not answer.is_success, answer.text
    return answer.status_code, answer.json()["code"]


async def consent_to(
    service: ServiceUnderTest,
    case: dict[str, Any],
    recipient: str = "mia-special",
    purpose: str = "referral",
    by: str = NGO,
) -> dict[str, Any]:
    body = {"recipient": recipient, "purpose": purpose, "data_class": "identity"} | AGREED
    return await act(service, case, "consents", by, REPORTED, **body)


async def shared_with(
    service: ServiceUnderTest, case: dict[str, Any], recipient: str, purpose: str, data_class: str = "case_reference"
) -> dict[str, Any]:
    """The holder's NGO records the person's consent for one agency, purpose and class of data (ID-12)."""
    grant = {"recipient": recipient, "purpose": purpose, "data_class": data_class}
    details = FOR_A_CHILD if case["age_group"] == "child" else AGREED
    return await act(service, case, "consents", NGO, REPORTED, **grant, **details)


async def agreed(service: ServiceUnderTest, case: dict[str, Any], ending: str) -> None:
    """The guardianship authority agrees to one ending of a child's case (ID-7)."""
    await act(service, case, "ending-agreements", GUARDIANSHIP, ending=ending, reference="15/2024")


async def found_adult(
    service: ServiceUnderTest, case: dict[str, Any], by: str = NGO, at: str | None = None
) -> dict[str, Any]:
    """Whoever was treated as a child is found to be an adult, with the guardianship authority's agreement (ID-5)."""
    await agreed(service, case, "establish_as_adult")
    return await act(service, case, "age", by, at, **FOUND_ADULT)


async def a_referred_case(service: ServiceUnderTest, by: str = NGO, **more: Any) -> dict[str, Any]:
    case = await an_open_case(service, by, **more)
    if case["status"] == "consent_pending":
        await consent_to(service, case, by=by)
    best_interests = case["age_group"] == "child"
    read = await opens(service, case, by)
    return await act(service, case, "referral", by, LATER, best_interests_recorded=best_interests, version=read)


async def a_case_in_assessment(service: ServiceUnderTest, by: str = NGO, **more: Any) -> dict[str, Any]:
    case = await a_referred_case(service, by, **more)
    return await act(service, case, "referral/acknowledgement", OFFICER, LATER)


async def a_recognised_case(service: ServiceUnderTest, by: str = NGO, **more: Any) -> dict[str, Any]:
    case = await a_case_in_assessment(service, by, **more)
    return await act(
        service, case, "formal-recognition", OFFICER, DECIDED, **WHY, version=await opens(service, case, OFFICER)
    )


async def a_declined_case(service: ServiceUnderTest) -> dict[str, Any]:
    """Declined by the special police body after assessment."""
    case = await a_case_in_assessment(service)
    read = await opens(service, case, OFFICER)
    return await act(service, case, "decline", OFFICER, DECIDED, **WHY_NOT, version=read)


async def a_hidden_declined_case(service: ServiceUnderTest, **more: Any) -> dict[str, Any]:
    """Assessed and declined by the NGO alone, since the person did not agree to police."""
    case = await an_open_case(service, **more)
    read = await opens(service, case)
    return await act(service, case, "decline", NGO, DECIDED, **WHY_NOT, version=read)


async def held_by_another_ngo(service: ServiceUnderTest, case: dict[str, Any], at: str = AFTER) -> None:
    """Another NGO accepted to hold the case, with the person's consent (ID-20)."""
    offer = await act(service, case, "holder-offers", NGO, at, to="ngo-clean-world", ground="consent", consent=AGREED)
    await act(service, case, f"holder-offers/{offer['holder_offers'][-1]['id']}/acceptance", OTHER_NGO, at)


async def court_overturns(service: ServiceUnderTest, case: dict[str, Any], by: str) -> dict[str, Any]:
    """An appeal to the court opens the assessment again; `by` records it, who did not decide (ID-9)."""
    await act(service, case, "appeal", by, AFTER, **TO_COURT)
    return await act(service, case, "reopening", by, AFTER, **BY_COURT, version=await opens(service, case, by))


async def seen(service: ServiceUnderTest, case: dict[str, Any], by: str = NGO) -> dict[str, Any]:
    return await service.person(by).get_ok(f"/api/cases/{case['id']}")


async def events_of(service: ServiceUnderTest, case: dict[str, Any]) -> list[str]:
    """Names of the events of a case, in order."""
    return [name for name, _ in await service.published(case["id"])]


def allowed(case: dict[str, Any]) -> set[str]:
    return {a["action"] for a in case["actions"] if a["allowed"]}


def reason(case: dict[str, Any], action: str) -> str | None:
    """Why the action is not possible now; KeyError where the answer does not list it."""
    reasons: dict[str, str | None] = {a["action"]: a["reason"] for a in case["actions"]}
    return reasons[action]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(json.loads(answer.text)["code"])


async def searches_leave_tasks(service: ServiceUnderTest) -> None:
    """The ticker leaves a task with the holder of each match that the searches so far did not show (ID-18)."""
    unfinished = text("select exists (select from same_person_search where tasks_left_at is null)")
    for _ in range(50):
        async with service.session() as session:
            if not await session.scalar(unfinished):
                return
        await tick_once(service.service, service.database, service.clock())
    raise AssertionError("searches are left after 50 ticks")
