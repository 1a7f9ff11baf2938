"""A database of before access by basis is migrated exactly; a consent in it opens nothing until the rebuild."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from chassis.schema import LATER
from chassis.testing import Stack
from fund.app import SERVICE
from fund.parameters import PACKAGE
from psycopg import sql
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

CASE, OTHER, CONSENT = uuid4(), uuid4(), uuid4()
NO_ID = UUID(int=0)
OLD = f"""
    insert into case_access (case_id, agency, basis, since) values
      ('{CASE}', 'ngo-amc', 'holder', '2024-03-04T10:00Z'),
      ('{CASE}', 'mia-special', 'referral', '2024-03-05T10:00Z'),
      ('{CASE}', 'ngo-acu', 'consent:{CONSENT}', '2024-03-06T10:00Z');
    insert into recognition (recognition_id, case_id, kind, since) values
      ('{OTHER}', '{OTHER}', 'potential', '2024-03-07T10:00Z')
"""  # noqa: S608  ids of this test


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A database that the owner of the Fund's has just made."""
    endpoints, name = Stack.running().endpoints, f"fund_migration_{uuid4().hex[:12]}"
    with psycopg.connect(endpoints["postgres_admin"], autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} owner fund_owner").format(sql.Identifier(name)))
        url = make_url(endpoints["postgres_owner"]["fund"]).set(database=name, drivername="postgresql+psycopg")
        engine = create_engine(url, poolclass=NullPool)
        try:
            with engine.begin() as made:
                yield made
        finally:
            engine.dispose()
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "chassis:migrations")
    config.set_main_option("version_locations", str(PACKAGE / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes |= {"connection": connection, "metadata": SERVICE.metadata}
    command.upgrade(config, revision)


def test_old_rows_say_why_and_the_purpose_of_a_consent_is_read_from_the_events(connection: Connection) -> None:
    """ID-12: a consent of before opens nothing until the rebuild; a case was opened when it was first known."""
    migrate(connection, "0003")
    for statement in (*LATER, OLD):
        connection.exec_driver_sql(statement)
    migrate(connection, "0004")
    columns = "case_id, agency, basis, about, data_class, ref, since::date::text"
    rows = connection.exec_driver_sql(f"select {columns} from case_access order by since").all()  # noqa: S608
    assert [tuple(row) for row in rows] == [
        (CASE, "ngo-amc", "holder", "", "", NO_ID, "2024-03-04"),
        (CASE, "mia-special", "formal_body", "", "", NO_ID, "2024-03-05"),
        (CASE, "ngo-acu", "consent", "", "", CONSENT, "2024-03-06"),
    ]
    opened = connection.exec_driver_sql("select case_id, opened_at::date::text from opened_case").all()
    assert {tuple(row) for row in opened} == {(CASE, "2024-03-04"), (OTHER, "2024-03-07")}
    ordered = connection.exec_driver_sql("select projection, state from rebuild").all()
    assert [tuple(row) for row in ordered] == [("cases", "running")]


def test_an_empty_database_orders_no_rebuild(connection: Connection) -> None:
    migrate(connection, "0003")
    for statement in LATER:
        connection.exec_driver_sql(statement)
    migrate(connection, "0004")
    assert connection.exec_driver_sql("select count(*) from rebuild").scalar() == 0
