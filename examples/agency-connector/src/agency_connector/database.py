"""The agency's own database: its referrals, submissions and received events. It contains persons: protect the file.

Everything passes through it. A submission is a row before it is a message, and a received message is a row before its
offset is committed; so a process that is killed anywhere goes on where it was. Names of tables stay as they are:
databases of agencies exist.
"""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict
from uuid import uuid4

_PATIENCE = 10.0  # seconds, for another process that writes
_TABLES = """
create table if not exists referral (
    reference text primary key,
    reported_at text not null,
    report text not null,    -- of the person: goes to identification over HTTPS, never to the bus
    consents text not null,
    case_id text
);
create table if not exists submission (
    number integer primary key,
    id text not null unique,    -- the same at every try: by it the platform answers once
    kind text not null,
    happened_at text not null,
    body text not null,
    reference text references referral,
    handle_id text,
    handle_until text,
    sent_at text,
    code text,    -- the answer
    faults text    -- what is wrong where, for staff; never what they typed
);
create index if not exists unsent on submission (number) where sent_at is null and code is null;
create table if not exists told (
    event_id text primary key,
    case_id text not null,
    purpose text not null,
    event text not null,
    happened_at text not null,
    fields text not null
);
create table if not exists ended_consent (
    consent_id text primary key,
    case_id text not null,
    purpose text not null,
    acknowledge_by text not null,
    let_go_of integer not null
);
create table if not exists heard (id text primary key);
"""


class Case(TypedDict):
    """A case that is to be referred, as the staff write it."""

    reference: str
    reported_at: str
    report: dict[str, object]
    consents: list[dict[str, object]]


class Refused(Exception):
    """The command cannot be done; the message names the reason and a remedy."""


def make(path: Path) -> sqlite3.Connection:
    """Open the database, made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = _open(path)
    connection.execute("pragma journal_mode = wal")  # staff type while the loop writes
    with connection:
        connection.executescript(_TABLES)
        if "faults" not in {row["name"] for row in connection.execute("pragma table_info(submission)")}:
            connection.execute("alter table submission add column faults text")  # made by an earlier release
    return connection


def trouble(path: Path) -> Path:
    """The file beside the database that states why the loop cannot work; it is there only then."""
    return path.with_suffix(".trouble")


def find(path: Path) -> sqlite3.Connection:
    """Open the database; Refused where there is none."""
    if not path.exists():
        raise Refused(f"there is no database {path}: agency-connector init")
    return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level="IMMEDIATE")
    connection.row_factory = sqlite3.Row
    return connection


def now() -> str:
    return datetime.now(UTC).isoformat()


def refer(connection: sqlite3.Connection, case: Case) -> bool:
    """Store a case that is to be referred; False when its reference is known, and nothing was added.

    One that was refused may be referred again, with what was wrong put right.
    """
    with connection:
        before = state_of(connection, case["reference"])
        if before and before["state"] != "refused":
            return False
        connection.execute(
            "insert into referral values (:reference, :reported_at, :report, :consents, null)"
            " on conflict do update set reported_at = :reported_at, report = :report, consents = :consents",
            {
                "reference": case["reference"],
                "reported_at": case["reported_at"],
                "report": json.dumps(case["report"], ensure_ascii=False),
                "consents": json.dumps(case["consents"], ensure_ascii=False),
            },
        )
        consents, reference = {"consents": case["consents"]}, case["reference"]
        submit(connection, "ReferralSubmitted", case["reported_at"], consents, reference=reference)
    return True


def submit(
    connection: sqlite3.Connection,
    kind: str,
    happened_at: str,
    body: Mapping[str, object],
    *,
    reference: str | None = None,
) -> str:
    """Store a submission, which the loop sends; its id."""
    submission_id = str(uuid4())
    connection.execute(
        "insert into submission (id, kind, happened_at, body, reference) values (?, ?, ?, ?, ?)",
        (submission_id, kind, happened_at, json.dumps(body), reference),
    )
    return submission_id


_STATE = """case when code is null then case when sent_at is null then 'waiting' else 'sent' end
    when code = 'accepted' then 'accepted' else 'refused' end as state"""


def state_of(connection: sqlite3.Connection, reference: str) -> sqlite3.Row | None:
    """How far a referral has come, by the last time that it was referred; None: there is no such reference."""
    found: sqlite3.Row | None = connection.execute(
        f"select reference, {_STATE}, code, case_id, faults from referral join submission using (reference)"  # noqa: S608
        " where reference = ? order by number desc limit 1",
        (reference,),
    ).fetchone()
    return found


def submission(connection: sqlite3.Connection, submission_id: str) -> sqlite3.Row:
    found: sqlite3.Row = connection.execute(
        f"select {_STATE}, code, faults from submission where id = ?",  # noqa: S608
        (submission_id,),
    ).fetchone()
    return found


def referrals(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    rows = connection.execute("select reference from referral order by reported_at, reference")
    return [row for (reference,) in rows if (row := state_of(connection, reference))]


def events_of(connection: sqlite3.Connection, case_id: str | None = None) -> list[sqlite3.Row]:
    """The received events of one case, or of all."""
    return connection.execute(
        "select case_id, event, happened_at, purpose, fields from told where case_id = ? or ? is null"
        " order by happened_at, event_id",
        (case_id, case_id),
    ).fetchall()


def ended(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Withdrawn consents, and whether the platform knows that what rested on them is deleted."""
    return connection.execute(
        "select consent_id, case_id, purpose, let_go_of, code from ended_consent join submission"
        " on kind = 'WithdrawalAcknowledged' and json_extract(body, '$.consent_id') = consent_id order by number"
    ).fetchall()


def unsent(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """Submissions that wait to be sent, in order."""
    return connection.execute(
        "select s.*, r.report from submission s left join referral r using (reference)"
        " where sent_at is null and code is null order by number limit 100"
    ).fetchall()


def note(connection: sqlite3.Connection, submission_id: str, **what: str | None) -> None:
    """Note how far a submission has come."""
    changes = ", ".join(f"{name} = :{name}" for name in what)
    with connection:
        statement = f"update submission set {changes} where id = :id"  # noqa: S608
        connection.execute(statement, what | {"id": submission_id})
