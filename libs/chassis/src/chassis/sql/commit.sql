-- The last statement of a transaction: events, stored answer and audit entries in one round trip (docs/chassis/commit.md).
--
-- PostgreSQL may evaluate CTEs in any order, so every required order is expressed as a data dependency:
-- 1. `bumped` locks the streams in order of their keys and assigns the numbers.
-- 2. `queued` needs the numbers, so outbox ids are drawn while the streams are locked: ids of a case rise as it commits.
-- 3. `audit_entry` needs `queued`, so its chains are locked last and held for the commit alone. A trigger sets position,
--    time and hashes.
-- `behind` is the offset of an event from the last number that this transaction takes in its stream. SEQUENCE_PLACE is
-- the place of `ce_sequence` among the headers; both capital words are replaced by constants of the code.
with event as (
  select * from unnest(
    cast(:event_ids as uuid[]), cast(:topics as text[]), cast(:keys as uuid[]), cast(:counted as uuid[]),
    cast(:behind as integer[]), cast(:values as bytea[]), cast(:headers as text[])
  ) with ordinality as emitted (event_id, topic, key, counted, behind, value, headers, place)
), bumped as (
  insert into stream (key, sequence) select counted, count(*) from event group by counted order by counted
  on conflict (key) do update set sequence = stream.sequence + excluded.sequence returning key, sequence
), numbered as (
  select event.*, bumped.sequence - event.behind as number from event join bumped on bumped.key = event.counted
), queued as (
  insert into outbox (event_id, topic, key, sequence, value, headers, recorded_at)
  select event_id, topic, key, number, value,
    jsonb_set(headers::jsonb, '{SEQUENCE_PLACE,1}', to_jsonb(lpad(number::text, SEQUENCE_DIGITS, '0'))),
    cast(:recorded_at as timestamptz)
  from numbered order by place returning 1
), answered as (
  update idempotency_key set status = cast(:status as smallint), body = cast(:body as bytea),
    checked = coalesce(cast(:checked as jsonb), '[]')
  where sub = cast(:sub as text) and key = cast(:key as text)
)
insert into audit_entry (chain, position, recorded_at, previous, hash, effective_at, actor, role, agency, action,
  kind, subject, case_id, purpose, outcome, origin, trace_id, facts)
select chain, 0, '-infinity', '', '', effective_at, actor, role, agency, action,
  kind, subject, case_id, purpose, outcome, origin, trace_id, facts
from rows from (jsonb_to_recordset(cast(:entries as jsonb)) as (
  chain smallint, effective_at timestamptz, actor text, role text, agency text, action text, kind text,
  subject text, case_id uuid, purpose text, outcome text, origin text, trace_id text, facts jsonb
)) with ordinality as recorded (
  chain, effective_at, actor, role, agency, action, kind, subject, case_id, purpose, outcome, origin, trace_id,
  facts, place
)
where (select count(*) from queued) >= 0 order by place
