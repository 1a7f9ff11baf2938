"""Every action × every role × every basis over HTTP, and the fields that each basis shows (ID-7, ID-12)."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from casework.testing import Scene, fields_by_basis, grouped, wrong_answers
from chassis.testing import ServiceUnderTest

from .givens import (
    LATER,
    NGO,
    OTHER_NGO,
    REPORTED,
    WHY,
    a_received_report,
    a_search,
    act,
    an_open_case,
    searches_leave_tasks,
    somebody,
)

GOLDEN = Path(__file__).parent / "fields_by_basis.json"


async def a_scene(service: ServiceUnderTest) -> Scene:
    """An NGO's case with a consent, a recognition, an offer to hold it, and a task about the same person."""
    known = somebody()
    case = await an_open_case(service, NGO, htcds=known)
    consented = await act(
        service,
        case,
        "consents",
        NGO,
        REPORTED,
        recipient="vac",
        purpose="assistance",
        data_class="identity",
        **REQUESTED,
    )
    presumed = await act(service, case, "recognitions", NGO, LATER, kind="ngo", **WHY)
    await act(
        service, case, "rights-explanations", NGO, LATER, language="az", document_version="r-1", interpreter=False
    )
    await a_search(service, await a_received_report(service, OTHER_NGO, htcds=known), OTHER_NGO)
    await searches_leave_tasks(service)
    person = service.person(NGO)
    (report,) = (await person.get_ok("/api/reports", case_id=case["id"]))["items"]
    searched = await a_search(service, report)
    tasks = await person.get_ok("/api/same-person-tasks")
    offered = await act(
        service, case, "holder-offers", NGO, None, to="ngo-clean-world", ground="consent", consent=REQUESTED
    )
    return Scene(
        case_id=UUID(case["id"]),
        ids={
            "case_id": case["id"],
            "report_id": report["id"],
            "consent_id": consented["consents"][0]["id"],
            "recognition_id": presumed["recognitions"][0]["id"],
            "search_id": searched["search_id"],
            "task_id": next(task["id"] for task in tasks["items"] if task["case_id"] == case["id"]),
            "offer_id": offered["holder_offers"][0]["id"],
        },
        refs={"holder": UUID(offered["holder_offers"][0]["id"])},
        bodies={
            "correct_identity": {"htcds": {"prs_Title": "Dr"}},
            "set_safe_contact": {"contact": None},
            "set_representative": {"representative": None},
        },
        skip=frozenset({"see_same_person_tasks"}),  # a task has holders of its own; test_same_person_tasks tries them
        narrower=frozenset(
            {
                "withdraw_consent",
                "agree_to_ending",
                "answer_same_person_task",  # of the holders with a demo user one is police, and sees no such task
                "accept_holder",
                "decline_holder",
                "end_reflection",
                "appeal",
                "set_safe_contact",
                "set_representative",
            }
        ),
    )


REQUESTED: dict[str, Any] = {
    "given_by": "person",
    "how": "in_person",
    "language": "az",
    "interpreter": False,
    "text_version": "c-1",
}


@pytest.mark.timeout(600)
async def test_every_action_by_every_role_on_every_basis(identification: ServiceUnderTest) -> None:
    """ID-7, ID-12: granted, 403 for another basis, 404 for none, exactly as the table has it."""
    wrong = await wrong_answers(identification, await a_scene(identification))
    assert wrong == [], "\n".join(wrong)


@pytest.mark.timeout(600)
async def test_each_basis_shows_these_fields_and_no_other(alone: ServiceUnderTest) -> None:
    """ID-12, SH-7: golden answers of every read; a field that a basis does not give is absent."""
    shown = await fields_by_basis(alone, await a_scene(alone))
    assert grouped(shown) == json.loads(GOLDEN.read_text(encoding="utf-8"))
