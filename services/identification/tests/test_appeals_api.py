"""Appeals: to another body, with a term, by two persons, also after the case has ended (ID-9, docs/adr/0022)."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from chassis.testing import ServiceUnderTest
from nrm_events import shelter

from .givens import (
    AFTER,
    BY_COURT,
    DECIDED,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    SECOND_OFFICER,
    TO_COURT,
    WHY,
    WHY_NOT,
    a_declined_case,
    a_recognised_case,
    act,
    allowed,
    an_open_case,
    events_of,
    held_by_another_ngo,
    opens,
    reason,
    refusal,
    seen,
    shared_with,
)

SHELTER = "ngo-clean-world.shelter-manager"
ENDINGS = {"closing": "closed", "withdrawal": "withdrawn", "transfer-abroad": "transferred_abroad"}


async def settles(service: ServiceUnderTest, case: dict[str, Any], path: str, by: str, **body: Any) -> dict[str, Any]:
    return await act(service, case, path, by, AFTER, **BY_COURT | body, version=await opens(service, case, by))


async def test_an_appeal_from_its_lodging_to_its_outcome(identification: ServiceUnderTest) -> None:
    """ID-9: lodged, upheld, lodged again, overturned, decided anew; each outcome is an event."""
    case = await a_declined_case(identification)
    assert await refusal(identification, case, "appeal", NGO, LATER, **TO_COURT) == (422, "before_what_it_follows")
    lodged = await act(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    (decision,) = lodged["decisions"]
    (appeal,) = decision["appeals"]
    assert lodged["status"] == "appealed"
    assert (appeal["body"], appeal["entered_by"], appeal["late"], appeal["outcome"]) == (
        "court",
        "ngo-amc",
        False,
        None,
    )
    assert (decision["appeal_by"][:10], appeal["due_at"][:10]) == ("2024-04-07", "2024-06-10")
    twice = await refusal(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    assert twice == (409, "nothing_to_appeal")
    upheld = await settles(identification, case, "appeal/rejection", SECOND_OFFICER)
    assert (upheld["status"], upheld["decisions"][0]["appeals"][0]["outcome"]) == ("not_recognised", "upheld")
    await act(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    opened = await settles(identification, case, "reopening", SECOND_OFFICER)
    assert opened["status"] == "reopened"
    assert [one["outcome"] for one in opened["decisions"][0]["appeals"]] == ["upheld", "overturned"]
    read = await opens(identification, case, OFFICER)
    await act(identification, case, "formal-recognition", OFFICER, AFTER, **WHY, version=read)
    assert (await events_of(identification, case))[-7:] == [
        "IdentificationDeclined",
        "IdentificationAppealed",
        "IdentificationAppealDecided",
        "IdentificationAppealed",
        "IdentificationAppealDecided",
        "IdentificationReopened",
        "VictimIdentified",
    ]


async def test_who_decided_first_settles_nothing(identification: ServiceUnderTest) -> None:
    """ID-9: neither the outcome, nor the reopening on new facts; the body is never the one that decided."""
    case = await a_declined_case(identification)
    read = await opens(identification, case, OFFICER)
    assert reason(await seen(identification, case, OFFICER), "reopen") == "you_decided_this"
    alone = await refusal(identification, case, "reopening", OFFICER, AFTER, version=read)
    assert alone == (409, "you_decided_this")
    for body in ("mia_special", "police", "holder", "ngo"):
        assert await refusal(identification, case, "appeal", OFFICER, AFTER, to=body) == (422, "not_an_appeal_body")
    assert await refusal(identification, case, "appeal", OFFICER, AFTER) == (422, "not_an_appeal_body")
    await act(identification, case, "appeal", OFFICER, AFTER, **TO_COURT)  # the person's word, taken by whoever hears
    for path, action in (("appeal/rejection", "reject_appeal"), ("reopening", "reopen")):
        read = await opens(identification, case, OFFICER)
        assert reason(await seen(identification, case, OFFICER), action) == "you_decided_this"
        refused = await refusal(identification, case, path, OFFICER, AFTER, **BY_COURT, version=read)
        assert refused == (409, "you_decided_this")
        other_body = await refusal(
            identification, case, path, SECOND_OFFICER, AFTER, **BY_COURT | {"decided_by": "prosecutor"}, version=read
        )
        assert other_body == (422, "not_an_appeal_body")
    no_document = await refusal(
        identification, case, "reopening", SECOND_OFFICER, AFTER, decided_by="court", version=read
    )
    assert no_document == (422, "reference_missing")
    await settles(identification, case, "appeal/rejection", SECOND_OFFICER)


async def test_new_facts_are_for_another_officer_of_who_decided(identification: ServiceUnderTest) -> None:
    """ID-9: not for an NGO, nor for the officer who decided."""
    case = await a_declined_case(identification)
    read = await opens(identification, case)
    assert await refusal(identification, case, "reopening", NGO, AFTER, version=read) == (409, "not_the_authority")
    assert "reopen" in allowed(await seen(identification, case, SECOND_OFFICER))
    opened = await act(identification, case, "reopening", SECOND_OFFICER, AFTER, version=read)
    assert opened["status"] == "reopened"


async def test_of_two_appeals_at_the_same_time_one_is_lodged(identification: ServiceUnderTest) -> None:
    """ID-9: one waits for its outcome, by the database."""
    case = await a_declined_case(identification)
    path, body = f"/api/cases/{case['id']}/appeal", TO_COURT | {"happened_at": AFTER}
    people = [identification.person(by) for by in (NGO, OFFICER, SECOND_OFFICER)]
    answers = await asyncio.gather(*(person.post(path, body) for person in people))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert (await events_of(identification, case)).count("IdentificationAppealed") == 1


@pytest.mark.parametrize(("path", "status"), ENDINGS.items())
async def test_an_appeal_is_lodged_and_settled_after_the_end(
    identification: ServiceUnderTest, path: str, status: str
) -> None:
    """ID-9: it lives beside the status; overturned, the case goes on and the formal body acts in it again."""
    case = await a_declined_case(identification)
    await act(identification, case, path, NGO, AFTER)
    assert "appeal" in allowed(await seen(identification, case))
    lodged = await act(identification, case, "appeal", OFFICER, AFTER, **TO_COURT)
    assert lodged["status"] == status
    upheld = await settles(identification, case, "appeal/rejection", NGO)
    assert upheld["status"] == status
    await act(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    opened = await settles(identification, case, "reopening", SECOND_OFFICER)
    assert opened["status"] == "reopened"
    read = await opens(identification, case, OFFICER)
    final = await act(identification, case, "formal-recognition", OFFICER, AFTER, **WHY, version=read)
    assert final["status"] == "recognised"


async def test_an_appeal_that_waits_outlives_the_closing(identification: ServiceUnderTest) -> None:
    """ID-9: the case is closed while the court decides."""
    case = await a_declined_case(identification)
    await act(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    closed = await act(identification, case, "closing", NGO, AFTER)
    assert (closed["status"], "reject_appeal" in allowed(closed)) == ("closed", True)
    opened = await settles(identification, case, "reopening", NGO)
    assert opened["status"] == "reopened"


@pytest.mark.parametrize(("path", "status"), ENDINGS.items())
async def test_a_recognition_is_revoked_after_the_end(identification: ServiceUnderTest, path: str, status: str) -> None:
    """ID-9: revoked, appealed and reopened like any other; the case stays as it ended meanwhile."""
    case = await a_recognised_case(identification)
    await act(identification, case, path, NGO, AFTER)
    assert "revoke" in allowed(await seen(identification, case, OFFICER))
    revocation = f"recognitions/{case['recognitions'][0]['id']}/revocation"
    read = await opens(identification, case, OFFICER)
    revoked = await act(identification, case, revocation, OFFICER, AFTER, reasons=["new_facts"], version=read)
    assert (revoked["status"], revoked["decisions"][0]["kind"]) == (status, "revoked")
    await act(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    assert (await settles(identification, case, "reopening", NGO))["status"] == "reopened"


async def test_a_case_that_the_person_withdrew_is_opened_by_their_appeal_alone(
    identification: ServiceUnderTest,
) -> None:
    """ID-9: a closed one on new facts as well."""
    for path, refused in (("closing", None), ("withdrawal", "not_possible_in_state")):
        case = await a_declined_case(identification)
        await act(identification, case, path, NGO, AFTER)
        read = await opens(identification, case, SECOND_OFFICER)
        if refused is None:
            await act(identification, case, "reopening", SECOND_OFFICER, AFTER, version=read)
        else:
            answer = await refusal(identification, case, "reopening", SECOND_OFFICER, AFTER, version=read)
            assert answer == (409, refused)


async def test_a_revoked_recognition_of_any_kind_can_be_appealed(identification: ServiceUnderTest) -> None:
    """ID-9: a presumed or an NGO recognition too, which leaves the status as it is."""
    case = await an_open_case(identification)
    given = await act(identification, case, "recognitions", NGO, LATER, kind="ngo", **WHY)
    revocation = f"recognitions/{given['recognitions'][0]['id']}/revocation"
    read = await opens(identification, case)
    revoked = await act(identification, case, revocation, NGO, DECIDED, reasons=["new_facts"], version=read)
    lodged = await act(identification, case, "appeal", NGO, AFTER, **TO_COURT)
    assert (lodged["status"], len(lodged["decisions"][0]["appeals"])) == (revoked["status"], 1)
    (event,) = [facts for name, facts in await identification.published(case["id"]) if name == "RecognitionRevoked"]
    assert event["decision_id"] == lodged["decisions"][0]["id"]


async def test_whoever_serves_the_person_lodges_the_appeal(identification: ServiceUnderTest) -> None:
    """ID-9: a shelter and a lawyer, by their own basis; nobody without one."""
    for by in (SHELTER, OTHER_NGO):
        case = await a_declined_case(identification)
        assert await refusal(identification, case, "appeal", by, AFTER, **TO_COURT) == (404, "not_found")
        if by == SHELTER:
            moved_in = shelter.ShelterAdmitted(
                effective_at=datetime.fromisoformat(DECIDED),
                case_id=UUID(case["id"]),
                stay_id=uuid4(),
                operator="ngo-clean-world",
                ends_at=datetime.fromisoformat(AFTER),
            )
            await identification.receives(moved_in)
        else:
            await shared_with(identification, case, "ngo-clean-world", "legal_aid")
        await act(identification, case, "closing", NGO, AFTER)
        await act(identification, case, "appeal", by, AFTER, **TO_COURT)
        assert (await seen(identification, case))["decisions"][0]["appeals"][0]["entered_by"] == "ngo-clean-world"


async def test_a_late_appeal_is_entered_and_marked(identification: ServiceUnderTest) -> None:
    """ID-9: the term blocks nobody; the body decides whether the appeal counts."""
    case = await a_declined_case(identification)
    late = await act(identification, case, "appeal", NGO, "2024-04-08T10:00:00+04:00", **TO_COURT)
    assert late["decisions"][0]["appeals"][0]["late"]


async def test_there_is_nothing_to_appeal_without_a_decision(identification: ServiceUnderTest) -> None:
    for scene in (an_open_case, a_recognised_case):
        case = await scene(identification)
        assert reason(await seen(identification, case), "appeal") == "nothing_to_appeal"
        assert await refusal(identification, case, "appeal", NGO, **TO_COURT) == (409, "nothing_to_appeal")
        assert await refusal(
            identification, case, "appeal/rejection", NGO, **BY_COURT, version=await opens(identification, case)
        ) == (409, "no_appeal")
    declined = await a_declined_case(identification)
    assert await refusal(identification, declined, "appeal", NGO, **TO_COURT, decision_id=str(uuid4())) == (
        404,
        "not_found",
    )
    assert WHY_NOT["reasons"] == (await seen(identification, declined))["decisions"][0]["reasons"]


@pytest.mark.parametrize("kind", ["ngo", "presumed"])
@pytest.mark.parametrize("ended", [False, True])
async def test_an_overturned_revocation_restores_the_recognition(
    identification: ServiceUnderTest, kind: str, ended: bool
) -> None:
    """ID-8, ID-9: of the authority that gave it, from now on; a case that has ended stays so."""
    case = await an_open_case(identification)
    given = await act(identification, case, "recognitions", NGO, LATER, kind=kind, **WHY)
    await act(identification, case, "reflection", NGO, DECIDED)
    revocation = f"recognitions/{given['recognitions'][0]['id']}/revocation"
    read = await opens(identification, case)
    await act(identification, case, revocation, NGO, DECIDED, reasons=["new_facts"], version=read)
    await held_by_another_ngo(identification, case)
    if ended:
        await act(identification, case, "closing", OTHER_NGO, AFTER)
    lodged = await act(identification, case, "appeal", OTHER_NGO, AFTER, **TO_COURT)
    after = await settles(identification, case, "reopening", OTHER_NGO)
    assert after["status"] == lodged["status"] == ("closed" if ended else "consent_pending")
    former, standing = after["recognitions"]
    assert (former["revoked_at"] is None, standing["revoked_at"]) == (False, None)
    assert (standing["kind"], standing["authority"], standing["reasons"]) == (kind, "ngo-amc", WHY["reasons"])
    told = [facts for name, facts in await identification.published(case["id"]) if name == "VictimPresumed"]
    assert [one["recognition_id"] for one in told] == [former["id"], standing["id"]]
    assert (told[-1]["authority"], told[-1]["kind"]) == ("ngo-amc", kind)
    assert after["reflection"]["re_examine_since"] is None
    assert "IdentificationReopened" not in await events_of(identification, case)
    assert reason(after, "appeal") == "nothing_to_appeal"
