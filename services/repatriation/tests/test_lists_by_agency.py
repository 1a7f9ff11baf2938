"""Where lists look is what the rights table shows, whatever comes and goes (ID-7, ID-11, ID-12)."""

from itertools import product
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from casework import access
from casework.access import Access, Ended
from casework.bases import NAMES, Basis
from chassis.testing import ServiceUnderTest
from repatriation.domain.bars import BAR
from repatriation.domain.permits import PERMIT
from repatriation.domain.returns import RETURN
from repatriation.facts.visibility import of_object
from repatriation.rights import RIGHTS
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

THINGS = {"bar": "see_bars", "permit": "see_permits", "return": "see_returns"}
TABLES = {"bar": BAR, "permit": PERMIT, "voluntary_return": RETURN}
AGENCIES = ("ngo-amc", "sms", "mia-special", "iom")
ABOUT = {
    "consent": ("legal_aid", "joint_assessment", "removal_bar", "residence_permit", "return", "needs"),
    "serves": ("place", "handover", "permit", "return_handover"),
    "asked": ("place", "permit", "return_handover"),
    "formal_body": ("", "ended"),
}
INSERT = {
    "bar": "insert into bar (id, case_id, basis, advisory, state, version, since, told, re_examine, effective_at,"
    " recorded_at) values (:id, :case, 'decision', false, 'standing', 1, now(), false, :flag, now(), now())",
    "permit": "insert into permit (id, case_id, ground, state, version, round, opened_at, re_examine, effective_at,"
    " recorded_at) values (:id, :case, 'victim', 'withdrawn', 1, 1, now(), :flag, now(), now())",
    "voluntary_return": "insert into voluntary_return (id, case_id, country, agency, state, version, requested_at,"
    " claims_found, re_examine, effective_at, recorded_at)"
    " values (:id, :case, 'TR', 'iom', 'withdrawn', 1, now(), '{}', :flag, now(), now())",
}
FOUND = (
    "select 'bar', id, case_id, state, re_examine from bar union all"
    " select 'permit', id, case_id, state, re_examine from permit union all"
    " select 'return', id, case_id, state, re_examine from voluntary_return"
)


def shows(thing: str, bases: set[Basis], id_: UUID) -> bool:
    """Whether a role of the agency may see the thing, by the rights table."""
    cells = [cell for cell in RIGHTS[THINGS[thing]].values() if isinstance(cell, tuple)]
    return any(wanted.covers(basis) for cell in cells for wanted in cell for basis in of_object(bases, id_))


async def test_the_database_shows_a_thing_by_the_bases_of_the_table(repatriation: ServiceUnderTest) -> None:
    """A change of `rights.py` needs a migration that says the same."""
    statement = text("select shows(:thing, :basis, :about, :own)")
    async with repatriation.session() as session:
        for thing, name in product(THINGS, NAMES):
            for about, own in product(ABOUT.get(name, ("",)), (True, False)):
                basis, id_ = Basis(name, about, ref=uuid4()), uuid4()
                by_table = shows(thing, {basis}, basis.ref if own else id_)
                values = {"thing": thing, "basis": name, "about": about, "own": own}
                assert await session.scalar(statement, values) == by_table, values


@pytest.mark.parametrize("seed", range(4))
async def test_a_random_walk_of_bases_and_things(repatriation: ServiceUnderTest, seed: int) -> None:
    """After each of 120 acts the stored rows are those that the rights table shows, one by one in Python."""
    chance = Random(seed)  # noqa: S311  the same walk every time
    cases, ids = [uuid4() for _ in range(3)], [uuid4() for _ in range(8)]
    free = list(ids)
    for _ in range(120):
        async with repatriation.session() as session:
            await _one_act(repatriation, session, chance, (cases, ids, free))
        async with repatriation.session() as session:
            stored = await session.execute(text("select agency, thing, id, case_id, state, re_examine from thing_seen"))
            assert {*stored.tuples()} == await _by_the_table(session)


async def _by_the_table(session: AsyncSession) -> set[tuple[Any, ...]]:
    bases: dict[tuple[UUID, str], set[Basis]] = {}
    known = text("select case_id, agency, basis, about, data_class, ref from case_access")
    for case_id, agency, *basis in await session.execute(known):
        bases.setdefault((case_id, agency), set()).add(Basis(*basis))
    return {
        (agency, thing, id_, case_id, state, flag)
        for thing, id_, case_id, state, flag in (await session.execute(text(FOUND))).tuples()
        for (known_case, agency), own in bases.items()
        if known_case == case_id and shows(thing, own, id_)
    }


async def _one_act(
    service: ServiceUnderTest, session: AsyncSession, chance: Random, of: tuple[list[UUID], list[UUID], list[UUID]]
) -> None:
    cases, ids, free = of
    uow = service.service.unit_of_work(session, service.clock())
    table, name, agency = chance.choice([*TABLES]), chance.choice(NAMES), chance.choice(AGENCIES)
    match chance.randrange(6):
        case 0 | 1:
            basis = Basis(name, chance.choice(ABOUT.get(name, ("",))), ref=chance.choice(ids))
            await access.grant(uow, [Access(one, agency, basis, uow.now) for one in cases])
        case 2:
            await access.revoke_each(uow, [Ended(chance.choice(cases), name)])
        case 3:
            values = {"id": free.pop() if free else uuid4(), "case": chance.choice(cases)}
            await session.execute(text(INSERT[table]), values | {"flag": chance.random() < 0.5})
        case 4:
            await session.execute(text(f"update {table} set re_examine = not re_examine"))  # noqa: S608  our own names
        case _:
            await access.end_formal_body(uow, *cases)
