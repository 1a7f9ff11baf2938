"""One agency alone: it ends no child's case and opens none to itself, not by its own word and not by a detour."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from casework.purposes import PURPOSES
from chassis.testing import ServiceUnderTest
from nrm_events import shelter
from nrm_events.taking_part import AGENCIES

from .givens import (
    AFTER,
    AGREED,
    DECIDED,
    FOUND_ADULT,
    GUARDIANSHIP,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    REPORTED,
    a_child,
    a_received_report,
    a_referred_case,
    a_search,
    act,
    agreed,
    an_open_case,
    events_of,
    moment,
    opens,
    problem,
    reason,
    refusal,
    seen,
    shared_with,
    somebody,
)
from .strangers import somebody_of

BY_OFFICER_1 = {"ending": "close", "reference": "15/2024"}
HELP = {"shelter", "assistance", "legal_aid", "medical", "psychological", "reintegration"}
HELPING = {"ngo", "social_support", "health", "education", "child_protection", "international"}
EARLIER = "2024-03-04T09:00:00+04:00"


@pytest.mark.parametrize(
    ("path", "ending", "body"),
    [
        ("closing", "close", {}),
        ("withdrawal", "withdraw", {}),
        ("transfer-abroad", "transfer_abroad", {}),
        ("age", "establish_as_adult", FOUND_ADULT),
    ],
)
async def test_two_officers_of_one_agency_end_no_childs_case(
    identification: ServiceUnderTest, path: str, ending: str, body: dict[str, Any]
) -> None:
    """ID-7: the guardianship authority holds the case; its first officer agrees, its second would act."""
    case = await an_open_case(identification, GUARDIANSHIP, htcds=a_child())
    await agreed(identification, case, ending)
    second = somebody_of(identification, "scfwca")
    refused = await second.post(f"/api/cases/{case['id']}/{path}", body | {"happened_at": DECIDED})
    assert problem(refused) == (409, "agreed_by_own_agency")
    if path != "age":
        assert reason(await seen(identification, case, GUARDIANSHIP), ending) == "agreement_missing"


async def test_two_officers_of_one_agency_make_no_child_older(alone: ServiceUnderTest) -> None:
    """ID-5, ID-7: nor by a birth date."""
    case = await an_open_case(alone, GUARDIANSHIP, htcds=a_child())
    await agreed(alone, case, "establish_as_adult")
    body = {"version": 1, "htcds": {"prs_Birthdate": "1999-03-05"}, "happened_at": REPORTED}
    corrected = await somebody_of(alone, "scfwca").post_ok(f"/api/cases/{case['id']}/identity", body)
    assert corrected["age_group"] == "child"
    assert [one["used_at"] for one in corrected["ending_agreements"]] == [None]


async def test_the_formal_body_gives_its_word_to_the_guardianship_authority(identification: ServiceUnderTest) -> None:
    """ID-7: where that authority holds the case itself, and nowhere else; nobody gives it to themselves."""
    held = await a_referred_case(identification, GUARDIANSHIP, htcds=a_child())
    assert reason(await seen(identification, held, OFFICER), "agree_to_ending") is None
    await act(identification, held, "ending-agreements", OFFICER, ending="withdraw", reference="16/2024")
    ended = await act(identification, held, "withdrawal", GUARDIANSHIP, DECIDED)
    assert ended["status"] == "withdrawn"
    other = await a_referred_case(identification, NGO, htcds=a_child())
    assert reason(await seen(identification, other, OFFICER), "agree_to_ending") == "not_for_this_basis"
    refused = await refusal(identification, other, "ending-agreements", OFFICER, **BY_OFFICER_1)
    assert refused == (403, "not_for_this_basis")


async def test_the_guardianship_authoritys_own_doubt_opens_it_no_case(identification: ServiceUnderTest) -> None:
    """ID-5, ID-6: the person is protected at once; what the authority may do begins with another's doubt."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "scfwca", "assistance", "needs")
    await shared_with(identification, case, "ngo-clean-world", "assistance", "needs")
    await act(identification, case, "age-doubts", GUARDIANSHIP, LATER, ground="appearance")
    held = await seen(identification, case)
    assert (held["age_group"], reason(held, "close")) == ("child", "agreement_missing")
    assert "guardian_authority" not in {row["basis"] for row in held["who_knows"]}
    assert "status" not in await seen(identification, case, GUARDIANSHIP)
    refused = await refusal(identification, case, "guardian", GUARDIANSHIP, outcome="appointed", reference="1")
    assert refused == (403, "not_for_this_basis")
    changed = [facts for name, facts in await identification.published(case["id"]) if name == "PersonFactsChanged"]
    assert [(one["age_group"], one["doubted_by_guardianship"]) for one in changed] == [("child", True)]
    tasks = (await identification.person(NGO).get_ok("/api/age-doubts", settled=False))["items"]
    assert [task["doubted_by"] for task in tasks if task["case_id"] == case["id"]] == ["scfwca"]
    again = await refusal(identification, case, "age-doubts", GUARDIANSHIP, ground="appearance")
    assert again == (409, "already_a_child")
    await act(identification, case, "age-doubts", OTHER_NGO, LATER, ground="appearance")
    assert (await seen(identification, case, GUARDIANSHIP))["status"] == "consent_pending"
    changed = [facts for name, facts in await identification.published(case["id"]) if name == "PersonFactsChanged"]
    assert [one["doubted_by_guardianship"] for one in changed] == [True, False]


@pytest.mark.parametrize(("by", "path"), [(NGO, "age-doubts"), (NGO, "age")])
async def test_the_holders_doubt_or_finding_opens_it(identification: ServiceUnderTest, by: str, path: str) -> None:
    """ID-5: the guardianship authority knows of a child by law once the holder doubts or establishes too."""
    case = await an_open_case(identification)
    await shared_with(identification, case, "scfwca", "assistance", "needs")
    await act(identification, case, "age-doubts", GUARDIANSHIP, LATER, ground="appearance")
    body = {"ground": "appearance"} if path == "age-doubts" else FOUND_ADULT | {"age_group": "child"}
    after = await act(identification, case, path, by, LATER, **body)
    assert ("scfwca", "guardian_authority") in {(row["agency"], row["basis"]) for row in after["who_knows"]}


@pytest.mark.parametrize("recipient", sorted(set(AGENCIES) - {"mia-special"}))
async def test_the_formal_body_records_consents_to_help_alone(identification: ServiceUnderTest, recipient: str) -> None:
    """ID-12: by a closed list of kinds of recipients, and of purposes."""
    case = await a_referred_case(identification)
    kind = AGENCIES[recipient].kind
    for purpose in PURPOSES:
        body = {"recipient": recipient, "purpose": purpose, "data_class": "identity"} | AGREED
        answer = await identification.person(OFFICER).post(f"/api/cases/{case['id']}/consents", body)
        helps = purpose in HELP if kind in HELPING else (kind, purpose) == ("justice", "legal_aid")
        assert answer.is_success == helps, (recipient, purpose)
        if not helps:
            known = kind in HELPING or kind == "justice"
            assert problem(answer) == (409, "not_a_purpose_of_help" if known else "not_a_recipient_of_help")


async def _search(
    service: ServiceUnderTest, known: dict[str, Any], by: str, **more: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    report = await a_received_report(service, by, htcds=known, **more)
    return report, await a_search(service, report, by)


async def test_a_report_joins_no_case_of_police_without_consent(identification: ServiceUnderTest) -> None:
    """ID-7, ID-18: the report stays hidden, and opens a case of its own that police may not know of."""
    known = somebody()
    case = await a_referred_case(identification, NGO, htcds=known)
    report, search = await _search(identification, known, NGO)
    joining = {"search_id": search["search_id"], "case_id": case["id"]}
    refused = await identification.person(NGO).post(f"/api/reports/{report['id']}/attachment", joining)
    assert problem(refused) == (409, "consent_to_handover_missing")
    opening = {"search_id": search["search_id"], "verdicts": {case["id"]: "same"}}
    own = await identification.person(NGO).post_ok(f"/api/reports/{report['id']}/case", opening)
    assert (own["status"], own["hidden_from_police"]) == ("consent_pending", True)


async def test_a_report_joins_a_case_of_police_with_the_persons_consent(identification: ServiceUnderTest) -> None:
    """ID-7, ID-18."""
    known = somebody()
    case = await a_referred_case(identification, NGO, htcds=known)
    report, search = await _search(identification, known, NGO)
    grant = {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"} | AGREED
    await act(identification, {"id": report["case_id"]}, "consents", NGO, REPORTED, **grant)
    joining = {"search_id": search["search_id"], "case_id": case["id"]}
    joined = await identification.person(NGO).post_ok(f"/api/reports/{report['id']}/attachment", joining)
    assert joined["id"] == case["id"]


async def test_joining_begins_no_childs_24_hours_anew(identification: ServiceUnderTest) -> None:
    """ID-7, ID-18: they run from the first report of both."""
    known = a_child()
    case = await an_open_case(identification, NGO, htcds=known)
    report, search = await _search(identification, known, NGO, happened_at=EARLIER)
    joining = {"search_id": search["search_id"], "case_id": case["id"]}
    joined = await identification.person(NGO).post_ok(f"/api/reports/{report['id']}/attachment", joining)
    assert moment(joined["reported_at"]) == moment(EARLIER)
    due = [facts["due_at"] for name, facts in await identification.published(case["id"]) if name == "ReferralAwaited"]
    assert [moment(one).astimezone(moment(EARLIER).tzinfo).hour for one in due] == [10, 9]
    later, search = await _search(identification, known, NGO, happened_at=LATER)
    joining = {"search_id": search["search_id"], "case_id": case["id"]}
    joined = await identification.person(NGO).post_ok(f"/api/reports/{later['id']}/attachment", joining)
    assert moment(joined["reported_at"]) == moment(EARLIER)
    assert (await events_of(identification, case)).count("ReferralAwaited") == 2


async def test_nobody_is_erased_whose_report_joined_a_case_that_goes_on(identification: ServiceUnderTest) -> None:
    """ID-7, ID-13, ID-18: a child's case is ended and erased by no detour of one agency."""
    known = a_child()
    case = await an_open_case(identification, NGO, htcds=known)
    report, search = await _search(identification, known, NGO)
    joining = {"search_id": search["search_id"], "case_id": case["id"]}
    await identification.person(NGO).post_ok(f"/api/reports/{report['id']}/attachment", joining)
    ended = {"id": report["case_id"]}
    wish = {"ground": "person_asks", "reference": "12/2024", "version": await opens(identification, ended)}
    assert reason(await seen(identification, ended), "erase_person") == "case_goes_on"
    assert await refusal(identification, ended, "erasure", NGO, AFTER, **wish) == (409, "case_goes_on")
    await agreed(identification, case, "close")
    await act(identification, case, "closing", NGO, DECIDED)
    await act(identification, ended, "erasure", NGO, AFTER, **wish)


@pytest.mark.parametrize("ending", ["withdrawn", "case_ended", "stands", "no_consent"])
async def test_support_that_was_taken_over_too_late_opens_nothing(
    identification: ServiceUnderTest, ending: str
) -> None:
    """ID-12, SH-8: the hand-over was accepted before its agency learned that the person took the consent back."""
    case = await an_open_case(identification)
    handover = {"case_id": UUID(case["id"]), "handover_id": uuid4(), "to": "vac"}
    if ending != "no_consent":
        granted = await shared_with(identification, case, "vac", "reintegration", "needs")
        own = granted["consents"][0]["id"]
    asked = handover | {"from_agency": "ngo-amc", "effective_at": moment(REPORTED)}
    await identification.receives(shelter.HandoverRequested.model_validate(asked))
    if ending == "withdrawn":
        await act(identification, case, f"consents/{own}/withdrawal", NGO, DECIDED)
    elif ending == "case_ended":
        await act(identification, case, "closing", NGO, DECIDED)
    taken = shelter.HandoverAcknowledged.model_validate(handover | {"effective_at": moment(LATER)})
    await identification.receives(taken)
    bases = {row["basis"] for row in (await seen(identification, case))["who_knows"] if row["agency"] == "vac"}
    assert ("serves" in bases) == (ending != "withdrawn")
    assert "asked" not in bases


async def test_a_childs_report_joins_a_case_of_police(identification: ServiceUnderTest) -> None:
    """ID-7: joining a case of police needs no consent of a child."""
    known = a_child()
    case = await a_referred_case(identification, NGO, htcds=known)
    report, search = await _search(identification, known, NGO)
    joining = {"search_id": search["search_id"], "case_id": case["id"]}
    joined = await identification.person(NGO).post_ok(f"/api/reports/{report['id']}/attachment", joining)
    assert joined["id"] == case["id"]
