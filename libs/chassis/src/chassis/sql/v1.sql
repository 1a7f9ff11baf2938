-- The first migration of every service: its bookkeeping. Frozen once shipped; what came later is in later.sql.
-- Statements are separated by empty lines.

create table stream (key uuid primary key, sequence bigint not null default 0)

create table outbox (id bigint generated always as identity primary key, event_id uuid not null unique,
       topic text not null, key uuid not null, sequence bigint not null, value bytea not null, headers jsonb not null,
       recorded_at timestamptz not null)

create table inbox (consumer text not null, event_id uuid not null,
       applied_at timestamptz not null default now(), primary key (consumer, event_id))

create index ix_inbox_applied_at on inbox (applied_at)

create table parked_event (id bigint generated always as identity primary key, consumer text not null,
       stream uuid not null, event_id uuid, topic text not null, partition integer not null, position bigint not null,
       key bytea, value bytea, headers jsonb not null, error_code text, attempts integer not null default 0,
       next_attempt_at timestamptz, parked_at timestamptz not null default now())

create unique index uq_parked_event_message on parked_event (consumer, topic, partition, position)

create index ix_parked_event_stream on parked_event (consumer, stream, id)

create table audit_entry (chain smallint not null, position bigint not null,
       recorded_at timestamptz not null, effective_at timestamptz, actor text not null, role text, agency text,
       action text not null, kind text not null, subject text, case_id uuid, purpose text, outcome text not null,
       origin text, trace_id text, facts jsonb not null, previous bytea not null, hash bytea not null,
       primary key (chain, position))

create index ix_audit_entry_subject on audit_entry (subject)

create index ix_audit_entry_case_id on audit_entry (case_id)

create index ix_audit_entry_recorded_at on audit_entry (recorded_at)

create table audit_head (chain smallint primary key, position bigint not null, hash bytea not null)

insert into audit_head select chain, 0, '\x'::bytea from generate_series(0, 7) as chain

create function audit_hash(entry audit_entry) returns bytea language sql stable
       set search_path = pg_catalog, public set timezone = 'UTC' as $$
       select sha256(entry.previous || convert_to((to_jsonb(entry) - 'previous' - 'hash')::text, 'UTF8'))
       $$

create function audit_chain() returns trigger language plpgsql security definer
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
       end $$

create trigger audit_entry_chain before insert on audit_entry for each row execute function audit_chain()

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$

create trigger audit_entry_append_only before update or delete or truncate on audit_entry for each statement execute function refuse_change()

create table idempotency_key (sub text not null, key text not null, fingerprint bytea not null,
       status smallint, body bytea, created_at timestamptz not null default now(), primary key (sub, key))

create index ix_idempotency_key_created_at on idempotency_key (created_at)

create table case_access (case_id uuid not null, agency text not null, basis text not null,
       since timestamptz not null, primary key (case_id, agency, basis))

create index ix_case_access_agency on case_access (agency, case_id)
