"""Scenario words shared by the tests of identification."""

from typing import Any

from chassis.testing import Bench

REPORTED = "2024-03-04T10:00:00+04:00"
LATER = "2024-03-04T15:00:00+04:00"
DECIDED = "2024-03-08T12:00:00+04:00"


def a_report(**more: Any) -> dict[str, Any]:
    return {
        "channel": "hotline",
        "happened_at": REPORTED,
        "region": "Gəncə",
        "language": "az",
        "htcds": {
            "prs_FirstName": "Aysel",
            "prs_SecondName": "Xıdırzadə",
            "prs_Birthdate": "1989-07-07",
            "prs_Gender": "Feminine",
            "prs_Citizenship": ["AZ"],
            "prs_IdentityNumber": "TST46990253",
            "prs_MobilePhone": "+994007921385",
            "vic_TypeOfExploitation": ["ForcedLabour"],
        },
    } | more


async def an_open_case(service: Bench, by: str = "ngo-amc.caseworker", **more: Any) -> dict[str, Any]:
    person = service.person(by)
    report = await person.does("/api/reports", a_report(**more))
    search = await person.does(f"/api/reports/{report['id']}/same-person-search")
    verdicts = {c["case_id"]: "not_same" for c in search["candidates"]}
    return await person.does(
        f"/api/reports/{report['id']}/case",
        {"search_id": search["search_id"], "verdicts": verdicts, "happened_at": REPORTED},
    )


async def consent_to_police(service: Bench, case: dict[str, Any], by: str = "ngo-amc.caseworker") -> dict[str, Any]:
    body = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity", "happened_at": REPORTED}
    return await service.person(by).does(f"/api/cases/{case['id']}/consents", body)


async def a_referred_case(service: Bench, by: str = "ngo-amc.caseworker") -> dict[str, Any]:
    case = await an_open_case(service, by)
    await consent_to_police(service, case, by)
    return await service.person(by).does(f"/api/cases/{case['id']}/referral", {"happened_at": LATER})


async def a_case_in_assessment(service: Bench) -> dict[str, Any]:
    case = await a_referred_case(service)
    officer = service.person("mia-special.assessor")
    return await officer.does(f"/api/cases/{case['id']}/referral/acknowledgement", {"happened_at": LATER})


async def a_recognised_case(service: Bench) -> dict[str, Any]:
    case = await a_case_in_assessment(service)
    body = {"reasons": ["act_means_purpose_met"], "happened_at": DECIDED}
    return await service.person("mia-special.assessor").does(f"/api/cases/{case['id']}/formal-recognition", body)
