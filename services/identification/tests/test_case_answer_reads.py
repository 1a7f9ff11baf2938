"""An answer about a case reads each table once at most, and finds what plain SQL finds."""

import random
from typing import Any
from uuid import UUID

import pytest
from chassis.testing import ServiceUnderTest, statements
from identification import facts
from identification import tables as t
from identification.views.case_rows import TABLES, rows_of
from sqlalchemy import text

from .givens import (
    AFTER,
    AGREED,
    BY_COURT,
    DECIDED,
    GUARDIANSHIP,
    LATER,
    NGO,
    OFFICER,
    OTHER_NGO,
    REPORTED,
    SECOND_OFFICER,
    TO_COURT,
    WHY,
    WHY_NOT,
    a_child,
    allowed,
    an_open_case,
    opens,
    seen,
    somebody,
)

MOST_STATEMENTS = 12
VIEWERS = (NGO, OTHER_NGO, OFFICER, GUARDIANSHIP)
CONSENT = AGREED | {"recipient": "mia-special", "purpose": "referral", "data_class": "identity"}
ASSISTANCE = AGREED | {"recipient": "ngo-clean-world", "purpose": "assistance", "data_class": "needs"}
FOR_A_CHILD = {"given_by": "guardian", "child_view": "agrees"}
ACTS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    (NGO, "consents", REPORTED, CONSENT),
    (NGO, "consents", REPORTED, ASSISTANCE),
    (NGO, "consents", REPORTED, ASSISTANCE | FOR_A_CHILD),
    (OFFICER, "consents", AFTER, ASSISTANCE | {"purpose": "medical"}),
    (NGO, "rights-explanations", LATER, {"language": "az", "document_version": "rights-2024", "interpreter": True}),
    (NGO, "recognitions", LATER, {"kind": "presumed", **WHY}),
    (NGO, "recognitions", LATER, {"kind": "ngo", **WHY}),
    (NGO, "reflection", LATER, {}),
    (NGO, "referral", LATER, {"best_interests_recorded": True}),
    (OFFICER, "referral/acknowledgement", LATER, {}),
    (OFFICER, "formal-recognition", DECIDED, WHY),
    (OFFICER, "decline", DECIDED, WHY_NOT),
    (NGO, "decline", DECIDED, WHY_NOT),
    (NGO, "appeal", AFTER, TO_COURT),
    (SECOND_OFFICER, "reopening", AFTER, BY_COURT),
    (SECOND_OFFICER, "appeal/rejection", AFTER, BY_COURT),
    (NGO, "opinions", AFTER, {"stance": "victim", "reasons_for": ["own_account"]}),
    (OTHER_NGO, "age-doubts", LATER, {"ground": "appearance"}),
    (OFFICER, "age-doubts", AFTER, {"ground": "appearance"}),
    (NGO, "holder-offers", AFTER, {"to": "ngo-acu", "ground": "consent", "consent": AGREED}),
    (GUARDIANSHIP, "ending-agreements", AFTER, {"ending": "close", "reference": "15/2024"}),
    (NGO, "closing", AFTER, {}),
)
STANDING = text(
    "select d.id from decision d where d.case_id = :case and d.reopened_at is null"
    " and (d.kind = 'declined' or d.about = 'formal' or not exists (select from recognition r"
    "  where r.case_id = d.case_id and r.kind = d.about and r.authority = d.authority and r.revoked_at is null))"
    " order by (d.kind = 'declined' or d.about = 'formal') desc, d.id desc"
)
CONSENTS = text(
    "select count(*) from consent where case_id = :case and withdrawn_at is null and (:holds or recipient = :agency"
    " or (:formal and recorded_by = :agency))"
)
BASES = text("select array_agg(basis) from case_access where case_id = :case and agency = :agency")


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_acts_the_rows_are_those_of_plain_sql(identification: ServiceUnderTest, seed: int) -> None:
    """ID-9, ID-12: also the decisions that stand, and whether a viewer's agency may take a consent back."""
    dice = random.Random(seed)  # noqa: S311  a walk that can be walked again
    case = await an_open_case(identification, htcds=a_child() if seed % 3 == 2 else somebody())
    for by, act, at, body in dice.choices(ACTS, k=25):
        version = {"version": await opens(identification, case, by)} if act in DECISIONS else {}
        await identification.person(by).post(f"/api/cases/{case['id']}/{act}", body | version | {"happened_at": at})
    await _is_as_plain_sql(identification, UUID(case["id"]))
    for viewer in VIEWERS:
        await _shows_consents_as_plain_sql(identification, case, viewer)


DECISIONS = ("referral", "formal-recognition", "decline", "reopening", "appeal/rejection")


async def _is_as_plain_sql(identification: ServiceUnderTest, case_id: UUID) -> None:
    async with identification.session() as session:
        uow = identification.service.unit_of_work(session, identification.clock())
        rows = await rows_of(uow, case_id)
        for table in TABLES:
            plain = text(f"select id from {table.__tablename__} where case_id = :case order by id")  # noqa: S608
            ids = list(await session.scalars(plain, {"case": case_id}))
            assert [row.id for row in await rows.all(table)] == ids  # type: ignore[attr-defined]
        given = facts.recognitions_in(await rows.all(t.RecognitionRow))
        standing = facts.standing_in(await rows.all(t.Decision), given)
        assert [row.id for row in standing] == list(await session.scalars(STANDING, {"case": case_id}))


async def _shows_consents_as_plain_sql(identification: ServiceUnderTest, case: dict[str, Any], viewer: str) -> None:
    answer = await identification.person(viewer).get(f"/api/cases/{case['id']}")
    own = {"case": UUID(case["id"]), "agency": viewer.partition(".")[0]}
    async with identification.session() as session:
        bases = await session.scalar(BASES, own) or []
        asked = own | {"holds": "holder" in bases, "formal": "formal_body" in bases}
        standing = await session.scalar(CONSENTS, asked)
    assert answer.is_success == bool(bases)
    if bases:
        reasons = {one["action"]: one["reason"] for one in answer.json()["actions"]}
        assert reasons["withdraw_consent"] in ({"no_consent"} if standing == 0 else {None}) | {"not_for_this_basis"}


async def test_a_case_answer_takes_few_statements(identification: ServiceUnderTest) -> None:
    """Most tables have no row of a case: one statement finds that out, and what is read is read once."""
    case = await an_open_case(identification)
    with statements(identification) as sent:
        shown = await seen(identification, case)
    assert {"screen", "presume", "record_consent"} <= allowed(shown)
    assert len(sent) <= MOST_STATEMENTS, "\n".join(sent)
    assert not [one for one in sent if one.startswith("SELECT screening.")]
