"""What the database keeps for lists and counts is what a slow query finds, whatever comes and goes (ID-7)."""

import asyncio
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import pytest
from casework import access
from casework.access import Access, Ended
from casework.bases import BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY, BY_HOLDER, HOLDER, NAMES, Basis, by_consent, consent
from chassis.clock import new_id
from chassis.testing import ServiceUnderTest
from identification.domain.cases import CASE
from identification.rights import RIGHTS
from identification.tables import Case
from identification.use_cases.case_counts import fold_counts
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from .givens import NGO, a_report

AGENCIES = ("ngo-amc", "ngo-acu", "mia-special", "scfwca", "iom")
STATUSES = CASE.states
ABOUT = {
    "consent": ("joint_assessment", "legal_aid"),
    "serves": ("place", "handover"),
    "asked": ("place",),
    "formal_body": ("", "ended"),
}
SLOW = """
select distinct c.id, a.agency, c.status, c.holder from case_file c join case_access a on a.case_id = c.id
 where a.basis in ('holder', 'formal_body', 'guardian_authority')
    or a.basis = 'consent' and a.about = 'joint_assessment'"""
COUNTED = f"""
select agency, status, count(*) from ({SLOW}) shown group by agency, status"""  # noqa: S608  no input
KEPT = """
select agency, status, sum(cases)::bigint from (
  select agency, status, cases from case_count union all select agency, status, cases from case_count_change) both_ways
 group by agency, status having sum(cases) <> 0"""


def test_the_bases_that_give_progress_are_those_of_the_rights_table() -> None:
    """One set for every role: rows are kept by agency, whoever reads."""
    bases = (BY_HOLDER, BY_FORMAL_BODY, BY_GUARDIAN_AUTHORITY, by_consent("joint_assessment"))
    assert {*RIGHTS["read_progress"].values(), *RIGHTS["list_reports"].values()} == {bases}


async def test_the_database_gives_progress_by_those_bases_alone(alone: ServiceUnderTest) -> None:
    gives = text("select gives_progress(:basis, :about)")
    async with alone.session() as session:
        found = {
            (name, about)
            for name in NAMES
            for about in ("", "ended", "place", "joint_assessment", "legal_aid")
            if await session.scalar(gives, {"basis": name, "about": about})
        }
    whatever = {(name, about) for name in ("holder", "formal_body", "guardian_authority") for _, about in found}
    assert found == whatever | {("consent", "joint_assessment")}


@pytest.mark.parametrize("seed", range(4))
async def test_a_random_walk_of_bases_states_and_holders(alone: ServiceUnderTest, seed: int) -> None:
    """ID-7: after each of 150 acts, rows and counts are those of the plain query; lists have as many as is counted."""
    chance = Random(seed)  # noqa: S311  the same walk every time
    person = alone.person(NGO)
    cases = [UUID((await person.post_ok("/api/reports", a_report()))["case_id"]) for _ in range(4)]
    for _ in range(150):
        async with alone.session() as session:
            await _one_act(alone, session, chance, cases)
        async with alone.session() as session:
            kept = await session.execute(text("select case_id, agency, status, holder from case_progress"))
            assert {*kept.tuples()} == {*(await session.execute(text(SLOW))).tuples()}
            assert {*(await session.execute(text(KEPT))).tuples()} == {*(await session.execute(text(COUNTED))).tuples()}
    counted = (await person.get_ok("/api/cases/counts"))["items"]
    assert sum(one["cases"] for one in counted) == len(await _of_agency(alone))
    for one in counted:
        listed = (await person.get_ok("/api/cases", status=one["status"]))["items"]
        assert [row["status"] for row in listed] == [one["status"]] * one["cases"]


async def _one_act(service: ServiceUnderTest, session: AsyncSession, chance: Random, cases: list[UUID]) -> None:
    uow = service.service.unit_of_work(session, datetime.now(UTC))
    case_id, agency, name = chance.choice(cases), chance.choice(AGENCIES), chance.choice(NAMES)
    about = chance.choice(ABOUT.get(name, ("",)))
    match chance.randrange(8):
        case 0 | 1 | 2:
            basis = Basis(name, about, ref=UUID(int=chance.randrange(2)))
            await access.grant(uow, [Access(one, agency, basis, uow.now) for one in chance.sample(cases, 2)])
        case 3:
            await access.revoke_each(uow, [Ended(one, name, agency=agency) for one in cases])
        case 4:
            await access.end_formal_body(uow, case_id)
        case 5:
            await access.reopen_formal_body(uow, case_id)
        case 6:
            moved = update(Case).where(Case.id == case_id)
            await session.execute(moved.values(status=chance.choice(STATUSES), holder=chance.choice(AGENCIES)))
        case _:
            await access.revoke_consents_of(uow, agency)
            await fold_counts(uow)


async def _of_agency(service: ServiceUnderTest) -> list[object]:
    async with service.session() as session:
        rows = await session.execute(text(f"select * from ({SLOW}) s where agency = 'ngo-amc'"))  # noqa: S608
        return [*rows]


@pytest.mark.parametrize("first", ["grant", "revoke"])
async def test_consents_of_a_police_body_end_while_it_gets_another_basis(
    identification: ServiceUnderTest, first: str
) -> None:
    """ID-7: the end of its consents has no locks of cases; whichever commits first, the other basis counts."""
    case_id = UUID((await identification.person(NGO).post_ok("/api/reports", a_report()))["case_id"])
    agency = f"ngo-{new_id().hex[-8:]}"
    async with identification.session() as session:
        uow = identification.service.unit_of_work(session, datetime.now(UTC))
        stated = {agency: "ngo"}
        basis = consent("joint_assessment", "needs", new_id())
        await access.grant(uow, [Access(case_id, agency, basis, uow.now)], stated=stated)
    done = {name: asyncio.Event() for name in ("grant", "revoke")}

    async def act(name: str) -> None:
        other = done["revoke" if name == "grant" else "grant"]
        if name != first:
            await done[first].wait()
        async with identification.session() as session:
            uow = identification.service.unit_of_work(session, datetime.now(UTC))
            if name == "grant":
                await access.grant(uow, [Access(case_id, agency, HOLDER, uow.now)])
            else:
                await access.revoke_consents_of(uow, agency)
            done[name].set()
            if name == first:  # the other has begun, or waits for this one
                await asyncio.wait([asyncio.create_task(other.wait())], timeout=0.5)

    await asyncio.gather(act("grant"), act("revoke"))
    async with identification.session() as session:
        kept = text("select agency from case_progress where case_id = :case and agency = :agency")
        assert (await session.scalars(kept, {"case": case_id, "agency": agency})).all() == [agency]
