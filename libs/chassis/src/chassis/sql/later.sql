-- What came after the first version, the same in every service: `migrate` makes what is missing, again and again.
-- Statements are separated by empty lines.

create table if not exists sent_event (id bigint not null, event_id uuid not null, topic text not null,
       key uuid not null, sequence bigint not null, value bytea not null, headers jsonb not null,
       recorded_at timestamptz not null)

create index if not exists ix_sent_event_recorded_at on sent_event using brin (recorded_at)

create table if not exists rebuild (id uuid primary key, projection text not null,
       state text not null check (state in ('running', 'done', 'failed')), asked_at timestamptz not null,
       done bigint not null default 0, total bigint not null default 0, removed bigint, added bigint,
       error_code text, ended_at timestamptz)

create unique index if not exists uq_rebuild_running on rebuild (projection) where state = 'running'

alter table idempotency_key add column if not exists checked jsonb not null default '[]'

create table if not exists witnessed_head (service text not null, chain smallint not null, position bigint not null,
       hash bytea not null, taken_at timestamptz not null default now(), primary key (service, chain, position))

create or replace trigger witnessed_head_append_only before update or delete or truncate on witnessed_head
       for each statement execute function refuse_change()

create table if not exists audit_mark (chain smallint not null, walk text not null, position bigint not null,
       hash bytea not null, primary key (chain, walk))

create index if not exists ix_parked_event_due on parked_event (consumer, next_attempt_at)
       where next_attempt_at is not null

create index if not exists ix_parked_event_first on parked_event (id) where next_attempt_at is not null

create or replace function parked_moves_up() returns trigger language plpgsql as $$ begin
         update parked_event set next_attempt_at = '1970-01-01+00' where next_attempt_at is null and id =
           (select min(id) from parked_event where consumer = old.consumer and stream = old.stream);
         return null;
       end $$

create or replace trigger moves_up after delete on parked_event for each row execute function parked_moves_up()

update parked_event p set next_attempt_at = null where error_code is null and next_attempt_at is not null
   and exists (select from parked_event o where o.consumer = p.consumer and o.stream = p.stream and o.id < p.id)
