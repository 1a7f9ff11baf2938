"""Recognitions given, declined, appealed, reopened and revoked (ID-8, ID-9)."""

import asyncio

import pytest
from chassis.testing import ServiceUnderTest

from .givens import (
    AFTER,
    DECIDED,
    LATER,
    NGO,
    OFFICER,
    SECOND_OFFICER,
    WHY,
    a_recognised_case,
    a_referred_case,
    act,
    an_open_case,
    consent_to,
    events_of,
    opens,
    reason,
    refusal,
)


async def test_recognitions_are_a_list(identification: ServiceUnderTest) -> None:
    """ID-8: presumed, NGO and formal beside each other, each with authority, reasons, dissent and day."""
    case = await an_open_case(identification)
    await act(identification, case, "recognitions", NGO, LATER, kind="presumed", reasons=["indicators_met"])
    await act(identification, case, "recognitions", NGO, LATER, kind="ngo", reasons=["own_account"])
    await consent_to(identification, case)
    await act(identification, case, "referral", NGO, LATER, version=await opens(identification, case))
    await act(identification, case, "referral/acknowledgement", OFFICER, LATER)
    read = await opens(identification, case, OFFICER)
    after = await act(
        identification,
        case,
        "formal-recognition",
        OFFICER,
        DECIDED,
        **WHY,
        dissent=["means_not_established"],
        version=read,
    )
    listed = [(r["kind"], r["authority"], r["reasons"], r["dissent"]) for r in after["recognitions"]]
    assert listed == [
        ("presumed", "ngo-amc", ["indicators_met"], []),
        ("ngo", "ngo-amc", ["own_account"], []),
        ("formal", "mia-special", ["act_means_purpose_met"], ["means_not_established"]),
    ]
    assert [e for e in await events_of(identification, case) if e.startswith("Victim")] == [
        "VictimPresumed",
        "VictimPresumed",
        "VictimReferred",
        "VictimIdentified",
    ]


@pytest.mark.parametrize(
    ("by", "kind", "code"),
    [
        ("sms.reporter", "presumed", None),
        ("sbs.reporter", "presumed", None),
        ("mlspp.reporter", "presumed", None),
        ("scfwca.caseworker", "presumed", None),
        ("sms.reporter", "ngo", "not_an_authority"),
        ("unions.reporter", "presumed", "not_an_authority"),
        ("ngo-clrpl.caseworker", "ngo", "not_an_authority"),
        ("ngo-acu.caseworker", "ngo", None),
    ],
)
async def test_who_may_recognise_is_a_parameter(
    identification: ServiceUnderTest, by: str, kind: str, code: str | None
) -> None:
    """ID-8: by agency and kind."""
    case = await an_open_case(identification, by)
    if code is None:
        after = await act(identification, case, "recognitions", by, LATER, kind=kind, **WHY)
        assert reason(after, "presume") == (None if by.startswith("ngo") else "already_recognised")
    else:
        assert await refusal(identification, case, "recognitions", by, LATER, kind=kind, **WHY) == (409, code)


async def test_no_recognition_before_the_law_that_names_the_authorities(identification: ServiceUnderTest) -> None:
    """ID-8: by the day of the decision."""
    case = await an_open_case(identification, happened_at="2009-03-04T10:00:00+04:00")
    early = await refusal(identification, case, "recognitions", NGO, "2009-09-02T10:00:00+05:00", kind="ngo", **WHY)
    assert early == (409, "not_in_force")
    await act(identification, case, "recognitions", NGO, "2009-09-03T10:00:00+05:00", kind="ngo", **WHY)


async def test_the_same_recognition_twice_at_the_same_time(identification: ServiceUnderTest) -> None:
    """ID-8: of two clients one wins, the other is told that it stands."""
    case = await an_open_case(identification)
    body = {"kind": "ngo", "happened_at": LATER} | WHY
    person = identification.person(NGO)
    answers = await asyncio.gather(*(person.post(f"/api/cases/{case['id']}/recognitions", body) for _ in range(3)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"already_recognised"}
    assert (await events_of(identification, case)).count("VictimPresumed") == 1


async def test_a_revoked_person_can_be_recognised_again(identification: ServiceUnderTest) -> None:
    """ID-8, ID-9: one formal recognition stands at a time, the list keeps both."""
    case = await a_recognised_case(identification)
    formal = case["recognitions"][0]["id"]
    read = await opens(identification, case, OFFICER)
    await act(
        identification, case, f"recognitions/{formal}/revocation", OFFICER, AFTER, reasons=["new_facts"], version=read
    )
    read = await opens(identification, case, SECOND_OFFICER)
    await act(identification, case, "reopening", SECOND_OFFICER, AFTER, version=read)
    read = await opens(identification, case, OFFICER)
    again = await act(identification, case, "formal-recognition", OFFICER, AFTER, **WHY, version=read)
    assert [r["revoked_at"] is None for r in again["recognitions"]] == [False, True]


async def test_a_case_is_not_recognised_from_where_it_stands(identification: ServiceUnderTest) -> None:
    """ID-8: formal recognition follows the assessment, and no recognition follows the end."""
    case = await a_referred_case(identification)
    read = await opens(identification, case, OFFICER)
    early = await refusal(identification, case, "formal-recognition", OFFICER, DECIDED, **WHY, version=read)
    assert early == (409, "not_possible_in_state")
    await act(identification, case, "withdrawal", NGO, DECIDED)
    late = await refusal(identification, case, "recognitions", NGO, DECIDED, kind="ngo", **WHY)
    assert late == (409, "not_possible_in_state")
