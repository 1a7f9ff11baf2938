"""A database of an earlier revision of a service: rows are put into it, and it is migrated on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from chassis.migration import migrate, upgrade
from chassis.schema import LATER
from chassis.service import Service
from chassis.testing.stack import Stack, url_of


@dataclass(frozen=True)
class EarlierDatabase:
    """`rows` is a connection of the superuser; each of its statements commits."""

    service: Service
    owner_url: str
    rows: "psycopg.Connection[Any]"

    def migrate(self, revision: str) -> None:
        """To this revision, with what the chassis makes after every migration."""
        engine = create_engine(self.owner_url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
        with engine.begin() as connection:
            migrate(self.service, connection, revision)
            for statement in LATER:
                connection.exec_driver_sql(statement)
        engine.dispose()

    def upgrade(self) -> None:
        """To the newest revision, as an operator does."""
        upgrade(self.service, self.owner_url, self.service.name)


@contextmanager
def earlier_database(service: Service, revision: str) -> Iterator[EarlierDatabase]:
    """A database of this revision, dropped at the end."""
    endpoints, name = Stack.running().endpoints, f"{service.name}_earlier_{uuid4().hex[:12]}"
    admin_url, owner_url = endpoints["postgres_admin"], endpoints["postgres_owner"][service.name]
    with psycopg.connect(admin_url, autocommit=True) as admin:
        owner = sql.Identifier(f"{service.name}_owner")
        admin.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), owner))
        try:
            with psycopg.connect(url_of(admin_url, name), autocommit=True) as rows:
                for extension in ("btree_gist", "pg_trgm"):
                    rows.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))
                made = EarlierDatabase(service, url_of(owner_url, name), rows)
                made.migrate(revision)
                yield made
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
