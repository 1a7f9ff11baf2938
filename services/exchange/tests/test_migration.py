"""Consents and agencies from before there were bases and kinds, converted; a rebuild adds the rest."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from chassis.migration import upgrade
from chassis.schema import LATER
from chassis.testing import Stack
from exchange.app import SERVICE
from nrm_events.taking_part import AGENCIES
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

AT = datetime(2024, 3, 4, 6, tzinfo=UTC)
Before = tuple[psycopg.Connection[Any], str]


@pytest.fixture
def before() -> Iterator[Before]:
    """A database of the revision before, and the URL of its owner."""
    stack, name = Stack.running(), f"exchange_test_{uuid4().hex[:12]}"
    urls = (stack.endpoints["postgres_admin"], stack.endpoints["postgres_owner"]["exchange"])
    inside, owner_url = (make_url(url).set(database=name).render_as_string(hide_password=False) for url in urls)
    with psycopg.connect(urls[0], autocommit=True) as admin:
        admin.execute(sql.SQL("create database {} owner exchange_owner").format(sql.Identifier(name)))
        try:
            _migrate_to("0001", owner_url)
            with psycopg.connect(inside, autocommit=True) as connection:
                yield connection, owner_url
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _migrate_to(revision: str, owner_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", "chassis:migrations")
    config.set_main_option("version_locations", str(SERVICE.package / "migrations"))
    config.set_main_option("path_separator", "os")
    engine = create_engine(owner_url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = SERVICE.metadata
        command.upgrade(config, revision)
        for statement in LATER:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_consent_that_stands_is_a_basis_unless_its_recipient_is_or_may_be_police(before: Before) -> None:
    """ID-7, ID-12: withdrawn ones open nothing, and whose kind nobody knows counts as police."""
    database, owner_url = before
    recipients = [*AGENCIES, "ngo-nobodyknows"]
    case = uuid4()
    for recipient in recipients:
        for withdrawn_at in (None, AT):
            row = (uuid4(), case, recipient, "legal_aid", "needs", AT, withdrawn_at)
            database.execute("insert into consent values (%s, %s, %s, %s, %s, %s, %s)", row)
    upgrade(SERVICE, owner_url, "exchange")
    rows = database.execute("select agency, case_id, basis, about, data_class, since from case_access").fetchall()
    expected = {code for code, agency in AGENCIES.items() if agency.kind != "police"}
    assert {row[0] for row in rows} == expected
    assert {row[1:] for row in rows} == {(case, "consent", "legal_aid", "needs", AT)}
    assert len(rows) == len(expected)


def test_agencies_of_the_start_have_their_kind_and_others_none(before: Before) -> None:
    database, owner_url = before
    for code, state in [*((code, "active") for code in AGENCIES), ("ngo-nobodyknows", "removed")]:
        database.execute("insert into agency values (%s, %s, 1, %s, %s, 1)", (code, state, AT, AT))
    upgrade(SERVICE, owner_url, "exchange")
    rows = database.execute("select code, kind, joined_at, removed_at from joined_agency").fetchall()
    assert {row[0]: row[1:] for row in rows} == {
        **{code: (agency.kind, AT, None) for code, agency in AGENCIES.items()},
        "ngo-nobodyknows": (None, AT, AT),
    }


@pytest.mark.parametrize("applied", [True, False])
def test_a_rebuild_is_ordered_where_events_were_applied(before: Before, applied: bool) -> None:
    database, owner_url = before
    if applied:
        database.execute("insert into inbox (consumer, event_id) values ('exchange', %s)", (uuid4(),))
    for _ in range(2):
        upgrade(SERVICE, owner_url, "exchange")
    assert database.execute("select projection, state from rebuild").fetchall() == [("cases", "running")] * applied
