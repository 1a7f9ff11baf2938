"""The law obliges, the adult refuses: the duty is met without the name, and the case stays hidden (ID-7)."""

from typing import Any

from chassis.testing import ServiceUnderTest

from .givens import (
    AFTER,
    DECIDED,
    HOTLINE,
    INFORMED,
    LATER,
    NGO,
    OFFICER,
    a_child,
    a_referred_case,
    act,
    an_open_case,
    consent_to,
    events_of,
    moment,
    opens,
    problem,
    reason,
    refusal,
    seen,
)

LABOUR = "mlspp.reporter"


async def notices(service: ServiceUnderTest, by: str = OFFICER) -> list[dict[str, Any]]:
    return list((await service.person(by).get_ok("/api/unnamed-notices", limit=200))["items"])


async def test_a_refusal_stops_the_clock_and_opens_nothing(alone: ServiceUnderTest) -> None:
    """ID-7: a notice of form, region, sex, age group and day; no case, no name, no agency."""
    case = await an_open_case(alone, LABOUR)
    assert (case["status"], [c["state"] for c in case["clocks"]]) == ("registered", ["breached"])
    met = await act(alone, case, "duty-without-name", LABOUR, LATER, **INFORMED)
    assert met["status"] == "consent_pending"
    assert moment(met["duty_met_at"]) == moment(met["refused_at"]) == moment(LATER)
    assert [c["state"] for c in met["clocks"]] == ["met"]
    assert (await events_of(alone, case))[-2:] == ["CaseOpened", "ReferralDutyMet"]
    (notice,) = await notices(alone)
    assert notice.keys() == {"id", "day", "forms", "region", "sex", "age_group"}
    assert (notice["day"], notice["forms"]) == ("2024-03-04", ["ForcedLabour"])
    assert (notice["region"], notice["sex"], notice["age_group"]) == ("Gəncə", "female", "adult")
    for unsaid in (case["id"], case["case_ref"], "mlspp", case["case_ref"].replace("-", "")):
        assert unsaid not in str(notice)
    for police in (OFFICER, HOTLINE):
        assert problem(await alone.person(police).get(f"/api/cases/{case['id']}")) == (404, "not_found")
        assert (await alone.person(police).get_ok("/api/cases"))["items"] == []
    assert met["hidden_from_police"]


async def test_after_a_refusal_the_case_is_handed_over_with_consent_alone(identification: ServiceUnderTest) -> None:
    """ID-7: the person may change their mind; once met, the duty is not met again."""
    case = await an_open_case(identification, LABOUR)
    await act(identification, case, "duty-without-name", LABOUR, LATER, **INFORMED)
    assert await refusal(
        identification, case, "referral", LABOUR, DECIDED, version=await opens(identification, case, LABOUR)
    ) == (409, "consent_missing")
    again = await refusal(identification, case, "duty-without-name", LABOUR, DECIDED, **INFORMED)
    assert again == (409, "already_met")
    await consent_to(identification, case, by=LABOUR)
    referred = await act(
        identification, case, "referral", LABOUR, AFTER, version=await opens(identification, case, LABOUR)
    )
    assert (referred["status"], referred["hidden_from_police"]) == ("referred", False)


async def an_agreed_case(service: ServiceUnderTest) -> dict[str, Any]:
    return await consent_to(service, await an_open_case(service, LABOUR), by=LABOUR)


async def test_who_has_no_duty_meets_none(identification: ServiceUnderTest) -> None:
    """ID-7: an NGO asks anyway; a child is always handed over; what was handed over or agreed to is no refusal."""
    ngo = await an_open_case(identification)
    assert reason(ngo, "meet_duty_without_name") == "no_duty"
    for case, by, code in (
        (ngo, NGO, "no_duty"),
        (await an_open_case(identification, LABOUR, source="self"), LABOUR, "no_duty"),
        (await an_open_case(identification, LABOUR, htcds=a_child()), LABOUR, "child_is_handed_over"),
        (await a_referred_case(identification, LABOUR), LABOUR, "already_referred"),
        (
            await consent_to(identification, await an_open_case(identification, LABOUR), by=LABOUR),
            LABOUR,
            "consent_stands",
        ),
    ):
        assert await refusal(identification, case, "duty-without-name", by, AFTER, **INFORMED) == (409, code)
        assert "ReferralDutyMet" not in await events_of(identification, case)


async def test_a_refusal_is_recorded_like_a_consent(identification: ServiceUnderTest) -> None:
    """ID-12: how, in which language, by which text, with an interpreter or without."""
    case = await an_open_case(identification, LABOUR)
    for missing in INFORMED:
        bare = {name: value for name, value in INFORMED.items() if name != missing}
        assert await refusal(identification, case, "duty-without-name", LABOUR, **bare) == (422, "invalid_request")
    wrong = INFORMED | {"language": "xq"}
    assert await refusal(identification, case, "duty-without-name", LABOUR, **wrong) == (422, "unknown_language")


async def test_notices_are_for_police(identification: ServiceUnderTest) -> None:
    """ID-7: by kind, whatever the role."""
    for who in (NGO, "scfwca.caseworker", "vac.reintegration-worker", "sms.migration-officer"):
        answer = await identification.person(who).get("/api/unnamed-notices")
        assert problem(answer) == (403, "role_lacks_right")
    for who in (LABOUR, "sbs.reporter", "iom.reporter"):
        assert problem(await identification.person(who).get("/api/unnamed-notices")) == (403, "not_police")
    for who in (OFFICER, HOTLINE):
        assert isinstance(await notices(identification, who), list)


async def test_the_holder_after_a_change_can_meet_the_duty(identification: ServiceUnderTest) -> None:
    """ID-7, ID-20: the duty rests on who reported; who holds the case now is told of the refusal."""
    case = await an_open_case(identification, LABOUR)
    body = {"to": "ngo-amc", "ground": "law", "legal_reference": "1"}
    offered = await act(identification, case, "holder-offers", LABOUR, LATER, **body)
    await act(identification, case, f"holder-offers/{offered['holder_offers'][0]['id']}/acceptance", NGO, LATER)
    await act(identification, case, "duty-without-name", NGO, DECIDED, **INFORMED)
    assert (await seen(identification, case))["status"] == "consent_pending"
