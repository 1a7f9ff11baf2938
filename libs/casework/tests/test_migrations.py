"""Typed bases from the rows of before: nothing is opened that was not, and what is unknown waits for the rebuild."""

from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from casework.bases import FORMAL_BODY, HOLDER, NAMES, Basis, by_consent, covered
from casework.migrations import TYPED_BASES, TYPED_BASES_DONE, order_rebuild
from casework.purposes import PURPOSES
from casework.tables import CASEWORK
from chassis.testing import ServiceUnderTest, Stack
from psycopg import Connection, connect, errors
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from .givens import known


def _owner(desk: ServiceUnderTest) -> Connection[tuple[object, ...]]:
    owner = Stack.running().endpoints["postgres_owner"][desk.service.name]
    name = make_url(desk.settings.database_url).database
    return connect(make_url(owner).set(database=name).render_as_string(hide_password=False))


_BEFORE = """drop table case_access, joined_agency;
  create table case_access (case_id uuid not null, agency text not null, basis text not null,
    since timestamptz not null, primary key (case_id, agency, basis))"""


async def test_old_rows_become_typed_bases(own_desk: ServiceUnderTest) -> None:
    case_id, consent_id = uuid4(), uuid4()
    with _owner(own_desk) as owner:
        owner.execute(_BEFORE)
        for agency, basis in (("vac", "holder"), ("mia-special", "referral"), ("iom", f"consent:{consent_id}")):
            owner.execute("insert into case_access values (%s, %s, %s, now())", [case_id, agency, basis])
        for statement in (*TYPED_BASES, *TYPED_BASES_DONE):
            owner.execute(statement.encode())
        owner.execute("grant select on case_access, joined_agency to fund")
    rows = await known(own_desk, case_id)
    untyped = Basis("consent", "", "", consent_id)
    assert rows == {("vac", HOLDER), ("mia-special", FORMAL_BODY), ("iom", untyped)}
    assert not any(covered((by_consent(purpose),), [untyped]) for purpose in PURPOSES), "it opens no purpose"


async def test_the_database_takes_the_named_bases_and_no_other(own_desk: ServiceUnderTest) -> None:
    insert = "insert into case_access (case_id, agency, basis, since) values (%s, 'vac', %s, now())"
    with _owner(own_desk) as owner:
        for name in NAMES:
            owner.execute(insert, [uuid4(), name])
        for name in ("shelter", "consent:x", ""):
            with pytest.raises(errors.CheckViolation), owner.transaction():
                owner.execute(insert, [uuid4(), name])


async def test_a_rebuild_is_ordered_once_where_there_is_something(own_desk: ServiceUnderTest) -> None:
    for rows, ordered in ((0, 0), (1, 1), (2, 1)):
        with _owner(own_desk) as owner:
            if rows:
                owner.execute("insert into case_access values (%s, 'vac', 'holder', now())", [uuid4()])
            owner.execute(order_rebuild("cases").encode())
        async with own_desk.session() as session:
            found = text("select count(*) from rebuild where projection = 'cases' and state = 'running'")
            assert await session.scalar(found) == ordered


def test_the_migration_makes_the_tables_that_casework_speaks_of(own_desk: ServiceUnderTest) -> None:
    url = make_url(Stack.running().endpoints["postgres_admin"]).set(
        drivername="postgresql+psycopg", database=make_url(own_desk.settings.database_url).database
    )

    def of_casework(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return kind != "table" or name in CASEWORK.tables

    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": of_casework})
        assert compare_metadata(context, CASEWORK) == []
    engine.dispose()
