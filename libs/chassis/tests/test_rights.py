"""Which role may do what; and the tables that the migration really makes."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from chassis.actor import Actor
from chassis.errors import Forbidden
from chassis.rights import Allowed, may
from chassis.schema import CHASSIS
from chassis.testing import ServiceUnderTest
from sqlalchemy import create_engine

from .givens import superuser_url
from .noticeboard.app import RIGHTS


def _with_roles(*roles: str) -> Actor:
    return Actor(sub="x", agency="ngo-amc", roles=frozenset(roles), client="x")


@pytest.mark.parametrize("action", RIGHTS)
@pytest.mark.parametrize("role", ["caseworker", "assessor", "auditor", "operator", "coordinator", "service"])
def test_a_role_has_the_rights_of_the_table_and_no_other(action: str, role: str) -> None:
    actor = _with_roles(role, "unknown")
    found = Allowed(action).role_of(actor, RIGHTS)
    assert found == ((role, RIGHTS[action][role]) if role in RIGHTS[action] else None)
    assert (action in may(RIGHTS, actor)) == (found is not None)


def test_a_cell_that_names_bases_has_the_scope_of_cases() -> None:
    assert Allowed("close").role_of(_with_roles("caseworker"), {"close": {"caseworker": ("holder",)}}) == (
        "caseworker",
        "case",
    )


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
