"""Every action × every role × every basis over HTTP, and which fields each basis shows: from the rights table."""

from uuid import UUID, uuid4

import pytest
from casework.bases import Basis, covered
from casework.testing import Scene, every_basis, fields_by_basis, people_by_role, wrong_answers
from chassis.actor import Actor
from chassis.clock import utc_now
from chassis.errors import NotFound
from chassis.unit_of_work import UnitOfWork
from fund.answers import ClaimAnswer
from fund.commands import CreateClaim
from fund.rights import RIGHTS
from fund.use_cases import claims
from fund.views import claims as views
from fund.views.filters import ClaimFilter
from nrm_events import exchange
from nrm_events.reference import case_reference
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from .givens import MARCH, Desk, a_need
from .test_rights import granted, handed_over

OPENS = {
    "holder", "formal_body", "guardian_authority", "serves/place", "serves/handover", "consent/legal_aid",
    "consent/assistance",
}  # fmt: skip
EVERY_CLAIM = {"holder", "guardian_authority"}
LISTS = ("actions", "clocks", "orders", "reasons")
HANDS = tuple(f"hands[].{name}" for name in ("agency", "at", "part", "role", "roles[]", "yours"))
FIELDS = (
    "actions[]", "amount_qepik", "approval", "awarded_qepik", "case_id", "case_ref", "clocks[]", "document",
    "effective_at", "free_qepik", "from_property_qepik", *HANDS,
    "id", "kind", "missing_qepik", "orders[]", "overpaid_qepik", "payee",
    "property_document", "purpose", "re_examine_reason", "re_examine_since", "reasons[]", "recognition_id",
    "recorded_at", "recovered_qepik", "second_approval", "shared_decision", "state", "version",
)  # fmt: skip
"""Of a claim that a caseworker drafted: nothing is ordered, and no act of the Fund's is theirs."""
POLICE = ("mia-special", "mia-shelter", "mia-hotline", "asan-police")


def named(basis: Basis) -> str:
    return "/".join(filter(None, (basis.name, basis.about)))


@pytest.fixture
async def scene(desk: Desk) -> Scene:
    """A claim that the agency of the caseworker wrote whom the requests are made as; the need is open to each basis."""
    case_id = await desk.recognised_case()
    agency = people_by_role()["caseworker"].partition(".")[0]
    await desk.bench.receives(granted(case_id, agency, "assistance"))
    claim = await desk.person(f"{agency}.caseworker").post_ok("/api/claims", a_need(case_id))
    body = a_need(case_id, purpose="court_travel")
    queries = {"find_case": {"case_ref": case_reference(case_id)}}
    return Scene(case_id=case_id, ids={"claim_id": claim["id"]}, bodies={"create_claim": body}, queries=queries)


async def test_every_action_by_every_role_on_every_basis(desk: Desk, scene: Scene) -> None:
    """ID-7, ID-12: granted, 403 for another basis, 404 for none, exactly as the table has it."""
    assert await wrong_answers(desk.bench, scene) == []


async def test_each_basis_shows_these_fields_and_no_other(desk: Desk, scene: Scene) -> None:
    """ID-12, FU-6: a caseworker reads the whole of a claim or nothing of it; the payee is in no answer."""
    shown = await fields_by_basis(desk.bench, scene)
    assert set(shown) == {"find_case as caseworker", "see_claims as caseworker"}
    by_basis = shown["see_claims as caseworker"]
    assert {"/".join(name.split("/")[:2]) for name in by_basis} == OPENS
    assert {tuple(fields) for fields in by_basis.values()} == {FIELDS}
    of_claim = {f"{name}[]" if name in LISTS else name for name in ClaimAnswer.model_fields if name != "hands"}
    assert set(FIELDS) == of_claim | set(HANDS)


def test_the_table_opens_claims_on_these_bases_and_no_other_id_12() -> None:
    """Written by hand: RP-4 and requests open nothing; a basis that shows every claim shows one's own."""
    bases = every_basis(RIGHTS, {})
    for action, expected in {
        "create_claim": OPENS,
        "find_case": OPENS,
        "see_claims": OPENS,
        "claim_any_need": OPENS - {"consent/legal_aid"},
        "see_every_claim": EVERY_CLAIM,
    }.items():
        cell = RIGHTS[action]["caseworker"]
        assert isinstance(cell, tuple)
        assert {named(basis) for basis in bases if covered(cell, [basis])} == expected, action


def unit(session: AsyncSession, agency: str) -> UnitOfWork:
    """A caseworker of this agency. The demo realm has none of the police."""
    actor = Actor(sub=f"{agency}-1", agency=agency, roles=frozenset({"caseworker"}), client="demo", role="caseworker")
    return UnitOfWork(session, actor, utc_now(), None, RIGHTS)


async def seen(desk: Desk, agency: str, case_id: UUID) -> set[UUID]:
    async with desk.bench.session() as session:
        found = await views.list_claims(unit(session, agency), ClaimFilter(case_id=case_id))
    return {item.id for item in found.items}


@pytest.mark.parametrize("police", POLICE)
async def test_no_police_body_sees_a_claim_before_the_hand_over_id_7(desk: Desk, police: str) -> None:
    """ID-7: whatever consent names it, known or joined later; not by list, id or draft; after it, its own alone."""
    case_id = await desk.recognised_case()
    claim = await desk.allowance_of(case_id)
    joined = exchange.AgencyJoined(effective_at=MARCH, agency_id=uuid4(), agency="asan-police", kind="police")
    await desk.bench.receives(joined)
    for purpose in ("assistance", "legal_aid", "referral"):
        await desk.bench.receives(granted(case_id, police, purpose))
    draft = CreateClaim.model_validate(a_need(case_id, purpose="court_travel"))
    assert await seen(desk, police, case_id) == set()
    async with desk.bench.session() as session:
        unit_of_work = unit(session, police)
        for read in (views.read, views.history):
            with pytest.raises(NotFound):
                await read(unit_of_work, UUID(claim["id"]))
        with pytest.raises(NotFound):
            await claims.create(unit_of_work, draft)
    await desk.bench.receives(handed_over(case_id, police))
    async with desk.bench.session() as session:
        own = await claims.create(unit(session, police), draft)
    assert await seen(desk, police, case_id) == {own.id}


async def test_what_police_can_request_takes_the_same_work_hidden_or_absent_id_7(desk: Desk) -> None:
    """The same statements in the same order for a hidden claim and one that does not exist."""
    claim = await desk.allowance_of(await desk.recognised_case())
    hidden = (UUID(claim["id"]), UUID(claim["case_id"]))
    counted = [await statements(desk, *ids) for ids in (hidden, (uuid4(), uuid4()))]
    assert counted[0] == counted[1]
    assert len(counted[0]) == 3


async def statements(desk: Desk, claim_id: UUID, case_id: UUID) -> list[str]:
    """What a stranger's read of a claim, of its history, and a draft run in the database."""
    run: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        run.append(statement)

    async with desk.bench.session() as session:
        uow = unit(session, "mia-special")
        engine = desk.bench.database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            for read in (views.read, views.history):
                with pytest.raises(NotFound):
                    await read(uow, claim_id)
            with pytest.raises(NotFound):
                await claims.create(uow, CreateClaim.model_validate(a_need(case_id)))
        finally:
            event.remove(engine, "before_cursor_execute", note)
    return run
