"""Databases for tests: one migrated template per service, copied for each test."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import psycopg
from psycopg import sql

from chassis.migration import upgrade
from chassis.service import Service
from chassis.testing.stack import Stack, url_of


class Databases:
    """Copies of a service's migrated template database: one per test, dropped after it."""

    def __init__(self, stack: Stack, service: Service, template: str = "template") -> None:
        self._stack = stack
        self._service = service
        self._admin = stack.endpoints["postgres_admin"]
        self._template = f"{service.name}_{template}"

    def prepare(self) -> None:
        """Migrate the template once; several test processes at the same time wait for the first."""
        run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(hashtext(%s))", [self._template])
            comment = connection.execute(
                "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [self._template]
            ).fetchone()
            if comment and comment[0] == run:
                return
            name = sql.Identifier(self._template)
            owner = sql.Identifier(f"{self._service.name}_owner")
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
            connection.execute(sql.SQL("create database {} owner {}").format(name, owner))
            for extension in ("btree_gist", "pg_trgm"):
                with psycopg.connect(url_of(self._admin, self._template), autocommit=True) as inside:
                    inside.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))
            owner_url = url_of(self._stack.endpoints["postgres_owner"][self._service.name], self._template)
            upgrade(self._service, owner_url, self._service.name)
            connection.execute(sql.SQL("comment on database {} is {}").format(name, sql.Literal(run)))

    @asynccontextmanager
    async def copy(self) -> AsyncIterator[str]:
        """The name of a fresh copy."""
        name = f"{self._service.name}_test_{uuid4().hex[:12]}"
        owner = sql.Identifier(f"{self._service.name}_owner")
        async with await psycopg.AsyncConnection.connect(self._admin, autocommit=True) as connection:
            await connection.execute("select pg_advisory_lock(hashtext(%s))", [self._template])
            await connection.execute(
                sql.SQL("create database {} template {} owner {}").format(
                    sql.Identifier(name), sql.Identifier(self._template), owner
                )
            )
        try:
            yield name
        finally:
            async with await psycopg.AsyncConnection.connect(self._admin, autocommit=True) as connection:
                await connection.execute(
                    sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
                )
