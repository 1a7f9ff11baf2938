"""The tables that every service has, and their first migration as plain SQL, frozen once shipped."""

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

APPEND_ONLY_FUNCTION = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$
"""


def append_only(table: str) -> str:
    """SQL that makes the database refuse UPDATE, DELETE and TRUNCATE on a table, for its owner too."""
    return (
        f"create trigger {table}_append_only before update or delete or truncate on {table} "
        f"for each statement execute function refuse_change()"
    )


V1: tuple[str, ...] = (
    "create table stream (key uuid primary key, sequence bigint not null default 0)",
    """create table outbox (id bigint generated always as identity primary key, event_id uuid not null unique,
       topic text not null, key uuid not null, sequence bigint not null, value bytea not null, headers jsonb not null,
       recorded_at timestamptz not null)""",
    """create table inbox (consumer text not null, event_id uuid not null,
       applied_at timestamptz not null default now(), primary key (consumer, event_id))""",
    "create index ix_inbox_applied_at on inbox (applied_at)",
    """create table parked_event (id bigint generated always as identity primary key, consumer text not null,
       stream uuid not null, event_id uuid, topic text not null, partition integer not null, position bigint not null,
       key bytea, value bytea, headers jsonb not null, error_code text, attempts integer not null default 0,
       next_attempt_at timestamptz, parked_at timestamptz not null default now())""",
    "create unique index uq_parked_event_message on parked_event (consumer, topic, partition, position)",
    "create index ix_parked_event_stream on parked_event (consumer, stream, id)",
    """create table audit_entry (chain smallint not null, position bigint not null,
       recorded_at timestamptz not null, effective_at timestamptz, actor text not null, role text, agency text,
       action text not null, kind text not null, subject text, case_id uuid, purpose text, outcome text not null,
       origin text, trace_id text, facts jsonb not null, previous bytea not null, hash bytea not null,
       primary key (chain, position))""",
    "create index ix_audit_entry_subject on audit_entry (subject)",
    "create index ix_audit_entry_case_id on audit_entry (case_id)",
    "create index ix_audit_entry_recorded_at on audit_entry (recorded_at)",
    "create table audit_head (chain smallint primary key, position bigint not null, hash bytea not null)",
    "insert into audit_head select chain, 0, '\\x'::bytea from generate_series(0, 7) as chain",
    """create function audit_hash(entry audit_entry) returns bytea language sql stable
       set search_path = pg_catalog, public set timezone = 'UTC' as $$
       select sha256(entry.previous || convert_to((to_jsonb(entry) - 'previous' - 'hash')::text, 'UTF8'))
       $$""",
    """create function audit_chain() returns trigger language plpgsql security definer
       set search_path = pg_catalog, public as $$
       declare head audit_head;
       begin
         select * into strict head from audit_head where chain = new.chain for update;
         new.position := head.position + 1;
         new.previous := head.hash;
         new.recorded_at := clock_timestamp();
         new.hash := audit_hash(new);
         update audit_head set position = new.position, hash = new.hash where chain = new.chain;
         return new;
       end $$""",
    "create trigger audit_entry_chain before insert on audit_entry for each row execute function audit_chain()",
    APPEND_ONLY_FUNCTION,
    append_only("audit_entry"),
    """create table idempotency_key (sub text not null, key text not null, fingerprint bytea not null,
       status smallint, body bytea, created_at timestamptz not null default now(), primary key (sub, key))""",
    "create index ix_idempotency_key_created_at on idempotency_key (created_at)",
    """create table case_access (case_id uuid not null, agency text not null, basis text not null,
       since timestamptz not null, primary key (case_id, agency, basis))""",
    "create index ix_case_access_agency on case_access (agency, case_id)",
)

# What came after the first version, the same in every service: `migrate` makes what is missing.
LATER: tuple[str, ...] = (
    # No key: it is added to, and read by nobody until a topic has to be made again (docs/adr/0013).
    """create table if not exists sent_event (id bigint not null, event_id uuid not null, topic text not null,
       key uuid not null, sequence bigint not null, value bytea not null, headers jsonb not null,
       recorded_at timestamptz not null)""",
    "create index if not exists ix_sent_event_recorded_at on sent_event using brin (recorded_at)",
    """create table if not exists rebuild (id uuid primary key, projection text not null,
       state text not null check (state in ('running', 'done', 'failed')), asked_at timestamptz not null,
       done bigint not null default 0, total bigint not null default 0, removed bigint, added bigint,
       error_code text, ended_at timestamptz)""",
    "create unique index if not exists uq_rebuild_running on rebuild (projection) where state = 'running'",
    "alter table idempotency_key add column if not exists checked jsonb not null default '[]'",
)
