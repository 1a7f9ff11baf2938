"""The tables that every service has, and their migrations as plain SQL."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.sql import load_each

CHASSIS = MetaData()
AUDIT_CHAINS = 8
_MOMENT = DateTime(timezone=True)

stream = Table(
    "stream",
    CHASSIS,
    Column("key", Uuid, primary_key=True),
    Column("sequence", BigInteger, nullable=False, server_default="0"),
)

outbox = Table(
    "outbox",
    CHASSIS,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("topic", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("recorded_at", _MOMENT, nullable=False),
)

# Made by chassis.migration, for it came after services had shipped.
sent_event = Table(
    "sent_event",
    CHASSIS,
    Column("id", BigInteger, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Uuid, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("recorded_at", _MOMENT, nullable=False),
    Index("ix_sent_event_recorded_at", "recorded_at", postgresql_using="brin"),
)

inbox = Table(
    "inbox",
    CHASSIS,
    Column("consumer", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("applied_at", _MOMENT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("consumer", "event_id"),
    Index("ix_inbox_applied_at", "applied_at"),
)

parked_event = Table(
    "parked_event",
    CHASSIS,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("consumer", Text, nullable=False),
    Column("stream", Uuid, nullable=False),
    Column("event_id", Uuid),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("headers", JSONB, nullable=False),
    Column("error_code", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_attempt_at", _MOMENT),
    Column("parked_at", _MOMENT, nullable=False, server_default=func.now()),
    Index("uq_parked_event_message", "consumer", "topic", "partition", "position", unique=True),
    Index("ix_parked_event_stream", "consumer", "stream", "id"),
    Index("ix_parked_event_due", "consumer", "next_attempt_at", postgresql_where=text("next_attempt_at is not null")),
    Index("ix_parked_event_first", "id", postgresql_where=text("next_attempt_at is not null")),
)

audit_entry = Table(
    "audit_entry",
    CHASSIS,
    Column("chain", SmallInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", _MOMENT, nullable=False),
    Column("effective_at", _MOMENT),
    Column("actor", Text, nullable=False),
    Column("role", Text),
    Column("agency", Text),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text),
    Column("case_id", Uuid),
    Column("purpose", Text),
    Column("outcome", Text, nullable=False),
    Column("origin", Text),
    Column("trace_id", Text),
    Column("facts", JSONB, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("chain", "position"),
    Index("ix_audit_entry_subject", "subject"),
    Index("ix_audit_entry_case_id", "case_id"),
    Index("ix_audit_entry_recorded_at", "recorded_at"),
)

audit_head = Table(
    "audit_head",
    CHASSIS,
    Column("chain", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

audit_mark = Table(
    "audit_mark",
    CHASSIS,
    Column("chain", SmallInteger, primary_key=True, autoincrement=False),
    Column("walk", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

witnessed_head = Table(
    "witnessed_head",
    CHASSIS,
    Column("service", Text, nullable=False),
    Column("chain", SmallInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("taken_at", _MOMENT, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("service", "chain", "position"),
)

idempotency_key = Table(
    "idempotency_key",
    CHASSIS,
    Column("sub", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", SmallInteger),
    Column("body", LargeBinary),
    Column("created_at", _MOMENT, nullable=False, server_default=func.now()),
    Column("checked", JSONB, nullable=False, server_default="[]"),
    PrimaryKeyConstraint("sub", "key"),
    Index("ix_idempotency_key_created_at", "created_at"),
)

rebuild = Table(
    "rebuild",
    CHASSIS,
    Column("id", Uuid, primary_key=True),
    Column("projection", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", _MOMENT, nullable=False),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("removed", BigInteger),
    Column("added", BigInteger),
    Column("error_code", Text),
    Column("ended_at", _MOMENT),
    Index("uq_rebuild_running", "projection", unique=True, postgresql_where=text("state = 'running'")),
)

V1 = load_each("v1")
LATER = load_each("later")


def append_only(table: str) -> str:
    """SQL that makes the database refuse UPDATE, DELETE and TRUNCATE on a table, for its owner too."""
    return (
        f"create trigger {table}_append_only before update or delete or truncate on {table} "
        f"for each statement execute function refuse_change()"
    )
