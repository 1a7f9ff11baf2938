"""The last statement of a transaction: its events, its audit entries and the answer kept, in one round trip.

What must follow what is written down as a dependency, for PostgreSQL runs the parts of a statement as it likes: streams
are locked before outbox ids are drawn (docs/adr/0009), and audit chains last, so that they are held for the commit.
"""

import json

from nrm_events.envelope import SEQUENCE_DIGITS
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit, idempotency, outbox

_SEQUENCE = 8  # place of ce_sequence among the headers; test_ending pins it
_WRITE = text(
    f"""
    with event as (
      select * from unnest(
        cast(:event_ids as uuid[]), cast(:topics as text[]), cast(:keys as uuid[]), cast(:counted as uuid[]),
        cast(:behind as integer[]), cast(:values as bytea[]), cast(:headers as text[])
      ) with ordinality as given (event_id, topic, key, counted, behind, value, headers, place)
    ), bumped as (
      insert into stream (key, sequence) select counted, count(*) from event group by counted order by counted
      on conflict (key) do update set sequence = stream.sequence + excluded.sequence returning key, sequence
    ), numbered as (
      select event.*, bumped.sequence - event.behind as number from event join bumped on bumped.key = event.counted
    ), queued as (
      insert into outbox (event_id, topic, key, sequence, value, headers, recorded_at)
      select event_id, topic, key, number, value,
        jsonb_set(headers::jsonb, '{{{_SEQUENCE},1}}', to_jsonb(lpad(number::text, {SEQUENCE_DIGITS}, '0'))),
        cast(:recorded_at as timestamptz)
      from numbered order by place returning 1
    ), kept as (
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
    )) with ordinality as noted (
      chain, effective_at, actor, role, agency, action, kind, subject, case_id, purpose, outcome, origin, trace_id,
      facts, place
    )
    where (select count(*) from queued) >= 0 order by place
    """  # noqa: S608  two constants; a trigger sets position, time and hashes
)


async def write(session: AsyncSession) -> int:
    """Write what the session collected; how many events there were."""
    events, entries, answer = outbox.collected(session), audit.collected(session), idempotency.collected(session)
    count = len(events["keys"])
    if count or entries or answer["key"]:
        noted = json.dumps(entries, default=str)
        await session.execute(_WRITE, {**events, **answer, "entries": noted})
    return count
