"""What the recipient of a consent gets to see of a person: the class of data that was agreed to, no more (ID-12)."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from casework.tables import case_access
from chassis.testing import ServiceUnderTest
from sqlalchemy import delete, text

from .givens import (
    AGREED,
    DECIDED,
    LATER,
    NGO,
    OFFICER,
    REPORTED,
    a_referred_case,
    act,
    an_open_case,
    consent_to,
    opens,
    problem,
    reason,
    refusal,
    seen,
    somebody,
)

CENTRE = "scfwca.caseworker"
SAFE = {"channel": "sms", "address": "+994501112233", "hours": "10:00-17:00", "language": "az"}
NAMES = {"prs_FirstName", "prs_SecondName"}


async def a_shared_case(service: ServiceUnderTest, data_class: str) -> dict[str, Any]:
    case = await an_open_case(service, account="Said on the phone", safe_contact=SAFE)
    return await act(
        service,
        case,
        "consents",
        NGO,
        REPORTED,
        recipient="scfwca",
        purpose="assistance",
        data_class=data_class,
        **AGREED,
    )


@pytest.mark.parametrize("data_class", ["case_reference", "needs", "contact", "documents", "identity"])
async def test_a_consent_opens_its_class_of_data_and_no_other(
    identification: ServiceUnderTest, data_class: str
) -> None:
    """ID-12: agreed to for `needs`, no name is shown; what was said is for who keeps the case."""
    case = await a_shared_case(identification, data_class)
    answer = await identification.person(CENTRE).post(
        f"/api/cases/{case['id']}/identity/reading", {"purpose": "arrange_help"}
    )
    if data_class == "case_reference":
        assert problem(answer) == (403, "not_for_this_basis")
        assert reason(await seen(identification, case, CENTRE), "read_identity") == "not_for_this_basis"
        return
    read = answer.json()
    shown = {
        "identity": read["htcds"].keys() >= NAMES,
        "documents": "prs_IdentityNumber" in read["htcds"],
        "contact": "prs_MobilePhone" in read["htcds"],
    }
    assert [name for name, is_shown in shown.items() if is_shown] == ([] if data_class == "needs" else [data_class])
    assert (read["safe_contact"] is not None) == (data_class == "contact")
    assert read["account"] is None


async def test_classes_add_up_and_a_withdrawal_takes_its_own_away(identification: ServiceUnderTest) -> None:
    """ID-12."""
    case = await a_shared_case(identification, "contact")
    body = {"recipient": "scfwca", "purpose": "assistance", "data_class": "identity"} | AGREED
    granted = await act(identification, case, "consents", NGO, LATER, **body)
    path, reading = f"/api/cases/{case['id']}/identity/reading", {"purpose": "contact"}
    both = (await identification.person(CENTRE).post_ok(path, reading))["htcds"].keys()
    assert NAMES | {"prs_MobilePhone"} <= both
    consent = next(c["id"] for c in granted["consents"] if c["data_class"] == "identity")
    await act(identification, case, f"consents/{consent}/withdrawal", NGO, DECIDED)
    left = (await identification.person(CENTRE).post_ok(path, reading))["htcds"].keys()
    assert not NAMES & left
    assert "prs_MobilePhone" in left


async def test_the_recipient_of_a_consent_changes_no_identity_and_learns_nothing_from_a_stale_edit(
    identification: ServiceUnderTest,
) -> None:
    """ID-12, NO-2: correcting is for the holder and the formal body, whatever class of data was agreed to."""
    case = await a_shared_case(identification, "identity")
    corrections: list[tuple[str, dict[str, Any]]] = [
        ("identity", {"version": 7, "htcds": {"prs_FirstName": "A"}}),
        ("identity", {"version": 1, "htcds": {"prs_PrimaryLanguage": "uz"}}),
        ("safe-contact", {"version": 7, "contact": SAFE}),
    ]
    for path, body in corrections:
        assert await refusal(identification, case, path, CENTRE, **body) == (403, "not_for_this_basis")
    actions = await seen(identification, case, CENTRE)
    for action in ("set_safe_contact", "correct_identity"):
        assert reason(actions, action) == "not_for_this_basis"


async def test_the_hand_over_needs_consent_to_hand_over_the_identity(identification: ServiceUnderTest) -> None:
    """ID-7, ID-12: the special police body reads the identity after it, so agreeing to less is not agreeing to that."""
    case = await an_open_case(identification)
    body = {"recipient": "mia-special", "purpose": "referral"} | AGREED
    for less in ("case_reference", "needs", "contact", "documents"):
        case = await act(identification, case, "consents", NGO, REPORTED, data_class=less, **body)
        assert case["status"] == "consent_pending"
        assert await refusal(
            identification, case, "referral", NGO, LATER, version=await opens(identification, case)
        ) == (409, "consent_missing")
    referred = await a_referred_case(identification, htcds=(known := somebody()))
    read = await identification.person(OFFICER).post_ok(
        f"/api/cases/{referred['id']}/identity/reading", {"purpose": "assess"}
    )
    assert read["htcds"]["prs_SecondName"] == known["prs_SecondName"]


async def test_an_earlier_consent_entered_late_does_not_outlive_its_withdrawal(
    identification: ServiceUnderTest,
) -> None:
    """ID-12: the person's last word counts, whatever the order in which two desks typed it in."""
    case = await consent_to(identification, await an_open_case(identification))
    consent = case["consents"][0]["id"]
    await act(identification, case, f"consents/{consent}/withdrawal", NGO, DECIDED)
    body = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"} | AGREED
    late = await refusal(identification, case, "consents", NGO, LATER, **body)
    assert late == (422, "before_what_it_follows")
    assert (await seen(identification, case))["status"] == "consent_pending"
    again = await act(identification, case, "consents", NGO, DECIDED, **body)
    assert again["status"] == "registered"


async def test_an_act_that_waited_while_the_consent_was_withdrawn_is_not_done(identification: ServiceUnderTest) -> None:
    """ID-12: two clients; the recipient's act began before the withdrawal and comes to its turn after it."""
    case = await a_shared_case(identification, "identity")
    async with identification.session() as session:
        await session.execute(text("select from stream where key = :key for update"), {"key": UUID(case["id"])})
        waiting = asyncio.create_task(
            identification.person(CENTRE).post(f"/api/cases/{case['id']}/identity/reading", {"purpose": "assess"})
        )
        await _until_somebody_waits(identification)
        found = case_access.c.agency == "scfwca", case_access.c.case_id == UUID(case["id"])
        await session.execute(delete(case_access).where(*found))
    assert problem(await waiting) == (404, "not_found")


async def _until_somebody_waits(service: ServiceUnderTest) -> None:
    for _ in range(200):
        async with service.session() as session:
            blocked = await session.scalar(
                text(
                    "select count(*) from pg_stat_activity where datname = current_database() "
                    "and wait_event_type = 'Lock'"
                )
            )
        if blocked:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits for the case")
