"""What tests of every service share: a copy of a migrated database per test, the application on it, and tokens of the
demo realm. PostgreSQL, Keycloak and Kafka are the real ones of the test stack (`make test` starts it).
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from fastapi import FastAPI
from nrm_events import Envelope, Event, to_message
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import app
from chassis.clock import new_id, utc_now
from chassis.database import Database
from chassis.inbox import Consumer
from chassis.message import Message
from chassis.migration import upgrade
from chassis.service import Service
from chassis.settings import Settings
from chassis.tokens import TokenSource


@dataclass(frozen=True)
class Stack:
    """The running test stack, read from the files it wrote."""

    endpoints: Mapping[str, Any]
    secrets: Mapping[str, Any]

    @classmethod
    def running(cls) -> "Stack":
        state = Path(os.environ.get("NRM_STATE", ".local/test"))
        return cls(
            json.loads((state / "endpoints.json").read_text(encoding="utf-8")),
            json.loads((state / "secrets.json").read_text(encoding="utf-8")),
        )

    @property
    def issuer(self) -> str:
        return str(self.endpoints["issuer"])

    def settings(self, service: Service, database: str, **more: Any) -> Settings:
        """The settings a process of the service would have, on a test's own database."""
        return service.settings(
            database_url=_on(self.endpoints["postgres"][service.name], database),
            kafka=self.endpoints["kafka"]["client"],
            issuer=self.issuer,
            client_id=service.name,
            client_secret=self.secrets["clients"][service.name],
            **more,
        )


def _on(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


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
            held = connection.execute(
                "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [self._template]
            ).fetchone()
            if held and held[0] == run:
                return
            name = sql.Identifier(self._template)
            owner = sql.Identifier(f"{self._service.name}_owner")
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(name))
            connection.execute(sql.SQL("create database {} owner {}").format(name, owner))
            for extension in ("btree_gist", "pg_trgm"):
                with psycopg.connect(_on(self._admin, self._template), autocommit=True) as inside:
                    inside.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))
            owner_url = _on(self._stack.endpoints["postgres_owner"][self._service.name], self._template)
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


_tokens: dict[str, tuple[float, str]] = {}


def _token(stack: Stack, name: str, form: Mapping[str, str]) -> str:
    """A token that is good for a minute yet, asked for once."""
    good_until, token = _tokens.get(name, (0.0, ""))
    if time.monotonic() > good_until - 60:
        body = _sign_in(stack, form)
        token = str(body["access_token"])
        _tokens[name] = (time.monotonic() + float(body["expires_in"]), token)
    return token


def _sign_in(stack: Stack, form: Mapping[str, str]) -> dict[str, Any]:
    """Keycloak guards against guessing by refusing one of two sign-ins of a person at the same moment; test processes
    that run side by side do just that, so the refused one asks again."""
    for pause in (0.2, 0.5, 1.0, 2.0):
        answer = httpx.post(f"{stack.issuer}/protocol/openid-connect/token", data=dict(form), timeout=10)
        if answer.status_code != 400:
            break
        time.sleep(pause)
    body: dict[str, Any] = answer.raise_for_status().json()
    return body


def person_token(username: str) -> str:
    """A demo user's token, by the demo realm's direct sign-in; usernames are `<agency>.<role>`."""
    stack = Stack.running()
    password = stack.secrets["people"][username]
    form = {"grant_type": "password", "client_id": "demo-player", "username": username, "password": password}
    return _token(stack, username, form)


def service_token(client_id: str) -> str:
    """A service's own token, by client credentials."""
    stack = Stack.running()
    secret = stack.secrets["clients"][client_id]
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return _token(stack, f"client {client_id}", form)


class Person:
    """Somebody at the desk: signed in, speaking to one application. `now` of the application can be set.

    Before a post to an address that ends with one of `decisions` they read the object, and name the version read.
    """

    def __init__(self, http: httpx.AsyncClient, token: str, decisions: tuple[str, ...] = ()) -> None:
        self._http = http
        self._token = token
        self._decisions = decisions

    async def post(self, path: str, body: Any = None, *, key: str | None = None, **more: Any) -> httpx.Response:
        if self._decisions and path.endswith(self._decisions) and "version" not in (body or {}):
            read = await self.get(path.rpartition("/")[0])
            body = {"version": read.json()["version"] if read.is_success else 1} | (body or {})
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key or str(uuid4())}
        return await self._http.post(path, json=body if body is not None else {}, headers=headers, **more)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self._http.get(path, params=params or None, headers={"Authorization": f"Bearer {self._token}"})

    async def post_ok(self, path: str, body: Any = None, *, key: str | None = None) -> dict[str, Any]:
        """POST that must succeed; the answer."""
        answer = await self.post(path, body, key=key)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        done: dict[str, Any] = answer.json()
        return done

    async def get_ok(self, path: str, **params: Any) -> dict[str, Any]:
        """GET that must succeed; the answer."""
        answer = await self.get(path, **params)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        seen: dict[str, Any] = answer.json()
        return seen


class ServiceUnderTest:
    """A service on its own database, with its application, its consumer and people who use it."""

    def __init__(self, service: Service, settings: Settings, database: Database) -> None:
        self.service = service
        self.settings = settings
        self.database = database
        self.now: datetime | None = None
        self.decisions: tuple[str, ...] = ()
        self.app: FastAPI = app.build(service, settings, database, clock=self.clock, resources=database.resources)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, raise_app_exceptions=False), base_url="http://test"
        )
        self.consumer = Consumer(database, service.name, service.topics, service.handlers)
        self._sequence: dict[UUID, int] = {}
        self._positions: dict[UUID, int] = {}

    def clock(self) -> datetime:
        return self.now or utc_now()

    def person(self, username: str) -> Person:
        return Person(self.http, person_token(username), self.decisions)

    def calling_service(self, name: str) -> Person:
        return Person(self.http, service_token(name))

    async def hears(self, *events: Event) -> list[Envelope]:
        """Apply events as if one poll of the bus had brought them."""
        envelopes = [self.envelope(event) for event in events]
        await self.redelivers(*envelopes)
        return envelopes

    async def redelivers(self, *envelopes: Envelope) -> None:
        """Apply messages that may have been applied before."""
        await self.consumer.apply([self._message(envelope) for envelope in envelopes])

    def _message(self, envelope: Envelope) -> Message:
        """As the bus brings it: the same event always from the same position."""
        position = self._positions.setdefault(envelope.id, len(self._positions))
        key, value, headers = to_message(envelope)
        return Message(envelope.data.topic(), 0, position, key, value, tuple(headers), envelope=envelope)

    def envelope(self, event: Event) -> Envelope:
        self._sequence[event.stream] = sequence = self._sequence.get(event.stream, 0) + 1
        return Envelope(
            id=new_id(),
            type=event.type_name(),
            source=f"/nrm/{event.service}",
            subject=event.subject,
            time=self.clock(),
            sequence=sequence,
            key=event.stream,
            data=event,
        )

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with self.database.transaction() as session:
            yield session

    async def until_somebody_waits(self) -> None:
        """Until a transaction on this database waits for a lock that another holds."""
        waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
        async with asyncio.timeout(20):
            while True:
                async with self.session() as session:  # a transaction sees one state of the others: a new one each time
                    if await session.scalar(text(waits)):
                        return
                await asyncio.sleep(0.02)

    async def published(self, case_id: UUID | str | None = None) -> list[tuple[str, dict[str, Any]]]:
        """(event name, payload) of what waits in the outbox, in order; of one case if given."""
        async with self.session() as session:
            rows = await session.execute(text("select key, headers, value, topic from outbox order by id"))
            return [
                (dict(row.headers)["ce_type"].split(".")[2], json.loads(row.value))
                for row in rows
                if case_id is None or str(row.key) == str(case_id)
            ]


@asynccontextmanager
async def bench(service: Service, databases: Databases, **settings: Any) -> AsyncIterator[ServiceUnderTest]:
    """A service ready to be used by a test."""
    stack = Stack.running()
    async with databases.copy() as name:
        configured = stack.settings(service, name, **settings)
        database = Database(configured.database_url, service.constraints, pool=6)
        source = TokenSource(configured)
        database.resources = service.resources(configured, source)
        made = ServiceUnderTest(service, configured, database)
        try:
            if service.seed:
                async with database.transaction() as session:
                    await service.seed(session)
            yield made
        finally:
            await made.http.aclose()
            await source.close()
            await database.close()
