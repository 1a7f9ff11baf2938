"""A bar, a permit and a return are looked at again after a negative decision; nothing is cancelled by it (ID-9)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import identification

from .givens import (
    CASEWORKER,
    CONSIDERED,
    PERMIT_OFFICER,
    a_case,
    a_recognised_case,
    bars_of,
    consulted_permit,
    hand_over,
    names,
    presume,
    recognise,
    refusal,
    requested_return,
)

CHANGED = CONSIDERED + timedelta(days=7)


def negative(case_id: UUID, name: str) -> identification.IdentificationDeclined | identification.RecognitionRevoked:
    about: dict[str, Any] = {"effective_at": CHANGED, "case_id": case_id, "authority": "mia-special"}
    if name == "declined":
        return identification.IdentificationDeclined(**about, decision_id=uuid4(), reasons=["new_facts"])
    return identification.RecognitionRevoked(**about, recognition_id=uuid4(), kind="formal", reasons=["new_facts"])


async def looks(service: ServiceUnderTest, case_id: UUID, name: str) -> dict[str, Any]:
    """Grant → who must look, or None of a settled one."""
    found = [facts for event, facts in await service.published(case_id) if event == name]
    return {str(facts["grant"]): facts.get("agency") for facts in found}


@pytest.mark.parametrize("name", ["declined", "revoked"])
async def test_each_grant_names_who_looks_again(repatriation: ServiceUnderTest, name: str) -> None:
    """ID-9: the formal body at the bar, the migration service at the permit, who handles it at the return."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    await recognise(repatriation, case)
    await requested_return(repatriation, case)
    await repatriation.receives(negative(case, name))
    assert await looks(repatriation, case, "ReExaminationRequired") == {
        "bar": "mia-special",
        "permit": "sms",
        "return": "ngo-amc",
    }
    await presume(repatriation, case, CHANGED)
    assert (await looks(repatriation, case, "ReExaminationSettled")).keys() == {"bar", "permit", "return"}
    assert not {"RemovalBarLifted", "PermitEnded", "ReturnWithdrawn"} & set(await names(repatriation, case))


async def test_a_case_hidden_from_police_has_its_bar_looked_at_by_the_holder(repatriation: ServiceUnderTest) -> None:
    """ID-7, ID-9: who confirms it, for no formal body knows of the case."""
    case = await a_case(repatriation)
    await presume(repatriation, case, CONSIDERED)
    await repatriation.receives(negative(case, "revoked"))
    assert await looks(repatriation, case, "ReExaminationRequired") == {"bar": None}
    (bar,) = await bars_of(repatriation, case, CASEWORKER, re_examine=True)
    confirmed = await repatriation.person(CASEWORKER).post_ok(f"/api/bars/{bar['id']}/confirmation")
    assert not confirmed["re_examine"]
    assert (await looks(repatriation, case, "ReExaminationSettled")).keys() == {"bar"}


async def test_a_permit_that_is_refused_waits_for_nobody_any_more(repatriation: ServiceUnderTest) -> None:
    """ID-9, RP-3: its decision is the look."""
    case = await a_recognised_case(repatriation)
    permit = await consulted_permit(repatriation, case)
    await repatriation.receives(negative(case, "revoked"))
    officer = repatriation.person(PERMIT_OFFICER)
    marked = await officer.get_ok(f"/api/permits/{permit}")
    assert marked["re_examine"]
    body = {"reasons": ["false_documents"], "text": "Sənədlər saxtadır.", "version": marked["version"]}
    refused = await officer.post_ok(f"/api/permits/{permit}/refusal", body)
    assert (refused["state"], refused["re_examine"]) == ("refused", False)
    assert "permit" in await looks(repatriation, case, "ReExaminationSettled")


async def test_who_handles_a_return_looks_whether_it_goes_on(repatriation: ServiceUnderTest) -> None:
    """ID-9, RP-5: it goes on meanwhile; one that ends waits for nobody."""
    case = await a_case(repatriation)
    await hand_over(repatriation, case)
    await recognise(repatriation, case)
    path = f"/api/returns/{await requested_return(repatriation, case)}"
    person = repatriation.person(CASEWORKER)
    assert await refusal(person, f"{path}/confirmation", {}) == (409, "nothing_to_re_examine")
    await repatriation.receives(negative(case, "revoked"))
    marked = await person.get_ok(path)
    assert (marked["state"], marked["re_examine"]) == ("requested", True)
    assert next(one for one in marked["actions"] if one["action"] == "confirm")["allowed"]
    assert not (await person.post_ok(f"{path}/confirmation"))["re_examine"]
    await repatriation.receives(negative(case, "declined"))
    withdrawn = await person.post_ok(f"{path}/withdrawal")
    assert (withdrawn["state"], withdrawn["re_examine"]) == ("withdrawn", False)
