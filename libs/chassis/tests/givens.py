"""Scenario words shared by the tests of the chassis."""

import json
import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from chassis.actor import Actor
from chassis.testing import ServiceUnderTest, Stack
from nrm_events.notify import NotificationFailed, NotificationQueued
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.engine import make_url

AT = datetime(2024, 3, 4, 10, tzinfo=UTC)
CASEWORKER = "ngo-amc.caseworker"
POLICE = "mia-special.assessor"
SOMEBODY = Actor(sub="a-caseworker", agency="ngo-amc", roles=frozenset({"caseworker"}), client="test")


def a_notice(**more: Any) -> dict[str, Any]:
    return {"case_id": str(uuid4()), "template": "new_notification"} | more


def queued(case_id: UUID, template: str = "new_notification") -> NotificationQueued:
    return NotificationQueued(
        effective_at=AT, case_id=case_id, notification_id=uuid4(), template=template, recipient="staff"
    )


def failed(case_id: UUID) -> NotificationFailed:
    return NotificationFailed(
        effective_at=AT,
        case_id=case_id,
        notification_id=uuid4(),
        template="new_notification",
        recipient="staff",
        reason="no_channel",
    )


async def rows(service: ServiceUnderTest, statement: str, **values: Any) -> list[Any]:
    async with service.session() as session:
        return list(await session.execute(text(statement), values))


async def received(service: ServiceUnderTest, case_id: UUID | None = None) -> list[str]:
    """Ids of the events applied, in the order of their application; of one case if given."""
    found = await rows(service, "select event_id, case_id from received order by position")
    return [str(row.event_id) for row in found if case_id in (None, row.case_id)]


def as_superuser(service: ServiceUnderTest, *statements: str) -> None:
    """What somebody with the keys of the database server can do."""
    with psycopg.connect(superuser_url(service)) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def superuser_url(service: ServiceUnderTest) -> str:
    return _elsewhere(service, Stack.running().endpoints["postgres_admin"])


def as_owner(service: ServiceUnderTest) -> psycopg.Connection[Any]:
    return psycopg.connect(_elsewhere(service, Stack.running().endpoints["postgres_owner"][service.service.name]))


def take_database_away(service: ServiceUnderTest) -> None:
    """Every connection is cut and none is let in, as when the server restarts."""
    name = sql.Identifier(_name(service))
    with psycopg.connect(Stack.running().endpoints["postgres_admin"], autocommit=True) as connection:
        connection.execute(sql.SQL("alter database {} with allow_connections false").format(name))
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [_name(service)]
        )


def bring_database_back(service: ServiceUnderTest) -> None:
    name = sql.Identifier(_name(service))
    with psycopg.connect(Stack.running().endpoints["postgres_admin"], autocommit=True) as connection:
        connection.execute(sql.SQL("alter database {} with allow_connections true").format(name))


def _name(service: ServiceUnderTest) -> str:
    return str(make_url(service.settings.database_url).database)


def _elsewhere(service: ServiceUnderTest, url: str) -> str:
    return make_url(url).set(database=_name(service)).render_as_string(hide_password=False)


def environment(service: ServiceUnderTest, **more: str) -> dict[str, str]:
    """What a process of the service would find in its environment."""
    settings = service.settings
    owner = Stack.running().endpoints["postgres_owner"][service.service.name]
    return {
        "PATH": os.environ["PATH"],
        "NRM_DATABASE_URL": settings.database_url,
        "NRM_OWNER_DATABASE_URL": _elsewhere(service, owner),
        "NRM_KAFKA": settings.kafka,
        "NRM_ISSUER": settings.issuer,
        "NRM_CLIENTS": json.dumps(sorted(settings.clients)),
        "NRM_CLIENT_ID": settings.client_id,
        "NRM_CLIENT_SECRET": settings.client_secret.get_secret_value(),
        **more,
    }
