"""The rows that are sent and applied: real events of shelter as the outbox stores them, each case's in order."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from chassis.clock import new_id
from nrm_events import Envelope, to_message
from nrm_events.shelter import ShelterAdmitted
from psycopg import sql
from psycopg.rows import TupleRow

PER_CASE = 8
_COLUMNS = ("event_id", "topic", "key", "sequence", "value", "headers", "recorded_at")


@dataclass(frozen=True)
class Row:
    """A row of the outbox, and the record that it becomes."""

    event_id: UUID
    topic: str
    key: UUID
    sequence: int
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    recorded_at: datetime


def made(count: int) -> list[Row]:
    """Events of `count / 8` cases, the cases mixed and each case's events in order."""
    now = datetime.now(UTC)
    cases = [uuid4() for _ in range(-(-count // PER_CASE))]
    return [_row(cases[n % len(cases)], 1 + n // len(cases), now) for n in range(count)]


def _row(case: UUID, sequence: int, now: datetime) -> Row:
    event = ShelterAdmitted(
        effective_at=now, case_id=case, stay_id=case, operator="ngo-amc", ends_at=now + timedelta(days=30)
    )
    envelope = Envelope(
        id=new_id(),
        type=event.type_name(),
        source="/nrm/shelter",
        subject=event.subject,
        time=now,
        sequence=sequence,
        key=case,
        data=event,
        traceparent=f"00-{case.hex}-{case.hex[:16]}-00",
    )
    _, value, headers = to_message(envelope)
    return Row(envelope.id, event.topic(), case, sequence, value, tuple(headers), now)


def prepare(admin: "psycopg.Connection[TupleRow]", rows: Sequence[Row]) -> None:
    """Store the rows beside the outbox, so that one statement pours them in."""
    admin.execute("create table prepared (n bigint generated always as identity, like outbox)")
    admin.execute("alter table prepared alter id drop not null")
    columns = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
    with admin.cursor().copy(sql.SQL("copy prepared ({}) from stdin").format(columns)) as copy:
        for row in rows:
            headers = json.dumps([[name, content.decode()] for name, content in row.headers])
            copy.write_row((row.event_id, row.topic, row.key, row.sequence, row.value, headers, row.recorded_at))


def pour(admin: "psycopg.Connection[TupleRow]", first: int, last: int) -> None:
    """Put the prepared rows `first` < n ≤ `last` into the outbox, in order, in one transaction."""
    columns = sql.SQL(", ").join(map(sql.Identifier, _COLUMNS))
    admin.execute(
        sql.SQL("insert into outbox ({0}) select {0} from prepared where n > %s and n <= %s order by n").format(
            columns
        ),
        [first, last],
    )
