"""What the databases themselves refuse, and that they are what the code maps."""

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from chassis.database import Database
from chassis.testing import ServiceUnderTest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from staffui.tables import Base as PAGES

from ..conftest import SERVICES


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.filterwarnings("ignore:Did not recognize type")
def test_the_migrated_database_is_what_the_tables_say(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    """Every mapped table and column is there with its type. Indexes and constraints are the migrations' own."""
    url = benches[name].settings.database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            changes = compare_metadata(context, SERVICES[name].metadata)
    finally:
        engine.dispose()
    flat = [change for found in changes for change in (found if isinstance(found, list) else [found])]
    assert [c for c in flat if c[0] in ("add_table", "add_column", "modify_type", "modify_nullable")] == []
    of_pages = PAGES.metadata.tables.keys()  # sessions and drafts, which no service's own code touches
    flat = [c for c in flat if not (c[0] == "remove_table" and c[1].name in of_pages)]
    flat = [c for c in flat if not (c[0] == "remove_index" and c[1].table.name in of_pages)]
    unmapped = [c for c in flat if c[0] in ("remove_table", "remove_column")]
    assert [c for c in unmapped if c[0] == "remove_table" or c[3].server_default is None] == []


@pytest.mark.parametrize("statement", ["update {} set {} = {}", "delete from {}", "truncate {}"])
@pytest.mark.parametrize("name", SERVICES)
async def test_append_only_tables_refuse_change(
    name: str, statement: str, benches: dict[str, ServiceUnderTest]
) -> None:
    """The runtime role can neither change nor take away audit entries and ledger rows (FU-5)."""
    for table in ("audit_entry", *SERVICES[name].append_only):
        async with benches[name].database.engine.connect() as connection:
            column = await connection.scalar(
                text("select column_name from information_schema.columns where table_name = :t limit 1"), {"t": table}
            )
            with pytest.raises(DBAPIError) as refused:
                await connection.execute(text(statement.format(table, column, column)))
            assert getattr(refused.value.orig, "sqlstate", "") in ("42501", "23001")


@pytest.mark.parametrize("name", SERVICES)
async def test_a_service_opens_no_other_database(name: str, benches: dict[str, ServiceUnderTest]) -> None:
    """One database and one role per service: the password of one opens only its own."""
    for other in SERVICES:
        if other == name:
            continue
        foreign = make_url(benches[name].settings.database_url).set(database=other)
        database = Database(foreign.render_as_string(hide_password=False))
        try:
            with pytest.raises(asyncpg.PostgresError) as refused:
                await database.is_reachable()
        finally:
            await database.close()
        assert "pg_hba" in str(refused.value) or "permission denied" in str(refused.value)
