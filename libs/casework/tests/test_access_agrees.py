"""What SQL shows and what a check allows is the same, over any rights table and any rows, on real PostgreSQL."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from uuid import UUID

from casework import access, aggregate
from casework.access import NotForThisBasis
from casework.bases import ENDED, Basis, covered
from chassis.errors import DomainError, Forbidden, NotFound
from chassis.rights import Rights
from chassis.testing import ServiceUnderTest
from chassis.unit_of_work import UnitOfWork
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from .casefile.app import Sheet
from .givens import ACTIONS, AT, ROLES, any_basis, any_rights, of, put_in

CASES = tuple(UUID(int=number) for number in (1, 2, 3))
MISSING = UUID(int=9)
AGENCIES = ("ngo-amc", "vac")
Rows = dict[tuple[UUID, str], frozenset[Basis]]
ANY_ROWS = st.dictionaries(
    st.tuples(st.sampled_from(CASES), st.sampled_from(AGENCIES)), st.frozensets(any_basis(), max_size=3)
)


def _slowly(rights: Rights, roles: frozenset[str], action: str, known: frozenset[Basis]) -> str:
    """What the documents say, without any SQL (docs/adr/0021)."""
    cells = [cell for role, cell in rights[action].items() if role in roles]
    if not cells:
        return Forbidden.__name__
    if "all" in cells:
        return "allowed"
    if not known:
        return NotFound.__name__
    acting = known if action.startswith("read_") else known - {Basis("formal_body", ENDED)}
    allowed = any(isinstance(cell, tuple) and covered(cell, acting) for cell in cells)
    return "allowed" if allowed else NotForThisBasis.__name__


@asynccontextmanager
async def _tried(desk: ServiceUnderTest, rows: Rows) -> AsyncIterator[AsyncSession]:
    """A transaction with these rows and a sheet of each case; nothing of it stays."""
    async with AsyncSession(desk.database.engine, expire_on_commit=False) as session:
        session.add_all(Sheet(id=case_id, case_id=case_id, state="open", note="", version=1) for case_id in CASES)
        await session.flush()
        await put_in(session, [(case, agency, basis) for (case, agency), known in rows.items() for basis in known])
        yield session
        await session.rollback()


async def _outcome(work: Awaitable[object]) -> str:
    try:
        await work
    except DomainError as refused:
        return type(refused).__name__
    return "allowed"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_rights(), ANY_ROWS, st.frozensets(st.sampled_from(ROLES), min_size=1), st.sampled_from(ACTIONS))
@example(
    {"read_it": {"auditor": "all", "assessor": "none"}, "change": {}, "close": {}}, {}, frozenset(ROLES), "read_it"
)
async def test_lists_checks_and_loads_agree_with_a_slow_check(
    own_desk: ServiceUnderTest, rights: Rights, rows: Rows, roles: frozenset[str], action: str
) -> None:
    async with _tried(own_desk, rows) as session:
        for agency in AGENCIES:
            uow = UnitOfWork(session, of(agency, *roles), AT, None, rights)
            expected = {
                case_id: _slowly(rights, roles, action, rows.get((case_id, agency), frozenset())) for case_id in CASES
            }
            for case_id, outcome in expected.items():
                assert await _outcome(access.require(uow, case_id, for_=action)) == outcome
                assert await _outcome(aggregate.load(uow, Sheet, case_id, for_=action)) == outcome
                known = await access.bases(uow, case_id)
                assert known == rows.get((case_id, agency), frozenset())
                assert access.gives(uow, action, known) == (outcome == "allowed")
            nowhere = _slowly(rights, roles, action, frozenset())
            assert await _outcome(access.require(uow, MISSING, for_=action)) == nowhere
            if nowhere == "allowed":
                nowhere = NotFound.__name__
            assert await _outcome(aggregate.load(uow, Sheet, MISSING, for_=action)) == nowhere
            if nowhere != Forbidden.__name__:
                listed = select(Sheet.id).where(access.visible(uow, Sheet.case_id, for_=action))
                shown = set(await session.scalars(listed))
                assert shown == {case_id for case_id, outcome in expected.items() if outcome == "allowed"}
