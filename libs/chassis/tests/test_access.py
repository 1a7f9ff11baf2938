"""Which agency may know of which case; and the tables that the migration really makes."""

from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from chassis import access
from chassis.errors import Forbidden, NotFound
from chassis.rights import Allowed, may
from chassis.schema import CHASSIS
from chassis.testing import ServiceUnderTest
from sqlalchemy import create_engine, select

from .givens import AT, SOMEBODY, superuser_url
from .noticeboard.app import RIGHTS, Notice

POLICEMAN = SOMEBODY.acting_as("assessor", "case")
CASEWORKER = SOMEBODY.acting_as("caseworker", "case")
AUDITOR = SOMEBODY.acting_as("auditor", "all")


async def test_an_agency_knows_of_a_case_as_long_as_one_reason_stands(board: ServiceUnderTest) -> None:
    """ID-7, ID-12: no row, no case; ending one reason leaves the others."""
    case_id = uuid4()
    async with board.session() as session:
        with pytest.raises(NotFound):
            await access.require(session, CASEWORKER, case_id)
        await access.require(session, AUDITOR, case_id)
        await access.allow(session, [(case_id, "ngo-amc", "holder", AT), (case_id, "ngo-amc", "consent", AT)])
        await access.allow(session, [(case_id, "ngo-amc", "holder", AT)])
        await access.allow(session, [])
        await access.require(session, CASEWORKER, case_id)
        assert not await access.knows(session, case_id, "mia-special")
        assert not await access.knows(session, uuid4(), "ngo-amc")
        await access.end(session, [(case_id, "ngo-amc", "holder")])
        assert await access.agencies(session, case_id) == [("ngo-amc", "consent", AT)]
        await access.end(session, [(case_id, "ngo-amc", "consent")])
        with pytest.raises(NotFound):
            await access.require(session, CASEWORKER, case_id)


async def test_lists_are_filtered_by_the_same_rows(board: ServiceUnderTest) -> None:
    known, hidden = uuid4(), uuid4()
    async with board.session() as session:
        for case_id in (known, hidden):
            session.add(
                Notice(id=uuid4(), case_id=case_id, template="x", amount=0, note="", effective_at=AT, version=1)
            )
        await access.allow(session, [(known, "ngo-amc", "holder", AT), (hidden, "mia-special", "referral", AT)])
    both = select(Notice.case_id).where(Notice.case_id.in_([known, hidden]))
    async with board.session() as session:
        assert set(await session.scalars(both.where(access.visible(CASEWORKER, Notice.case_id)))) == {known}
        assert set(await session.scalars(both.where(access.visible(AUDITOR, Notice.case_id)))) == {known, hidden}


@pytest.mark.parametrize("action", RIGHTS)
@pytest.mark.parametrize("role", ["caseworker", "assessor", "auditor", "operator", "coordinator", "service"])
def test_a_role_has_the_rights_of_the_table_and_no_other(action: str, role: str) -> None:
    actor = SOMEBODY.__class__(sub="x", agency="ngo-amc", roles=frozenset({role, "unknown"}), client="x")
    held = Allowed(action)._held(actor, RIGHTS)
    assert held == ((role, RIGHTS[action][role]) if role in RIGHTS[action] else None)
    assert (action in may(RIGHTS, actor)) == (held is not None)


def test_a_refusal_names_the_action_and_not_who_may() -> None:
    assert Forbidden("put_up_notice").facts == {"action": "put_up_notice"}


def test_the_migration_makes_the_tables_that_the_chassis_speaks_of(own_board: ServiceUnderTest) -> None:
    engine = create_engine(superuser_url(own_board).replace("postgresql:", "postgresql+psycopg:"))

    def of_the_chassis(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return kind != "table" or name in CHASSIS.tables

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": of_the_chassis})
        assert compare_metadata(context, CHASSIS) == []
    engine.dispose()
