"""Applies the platform's messages to the database, a poll in one transaction, each message once."""

import json
import logging
import sqlite3
from collections.abc import Iterable

from aiokafka import ConsumerRecord
from nrm_events import Envelope, EnvelopeError, from_message
from nrm_events.agencies import ConsentEnded, EventShared, SubmissionAnswered

from agency_connector import database

log = logging.getLogger(__name__)


def apply(connection: sqlite3.Connection, records: Iterable[ConsumerRecord]) -> None:
    """Apply the messages. Only after this may their offsets be committed to the bus."""
    with connection:
        for record in records:
            try:
                envelope = from_message(record.key, record.value, record.headers)
            except EnvelopeError as fault:  # e.g. of a later edition of the contracts: the others must not wait for it
                log.warning("not understood: %s at %s@%s", fault.code, record.partition, record.offset)
                continue
            if _is_new(connection, envelope):
                _apply_one(connection, envelope)


def _is_new(connection: sqlite3.Connection, envelope: Envelope) -> bool:
    """The bus may deliver a message again. Without this memory it would restore what was deleted."""
    added = connection.execute("insert into heard values (?) on conflict do nothing", (str(envelope.id),))
    return added.rowcount == 1


def _apply_one(connection: sqlite3.Connection, envelope: Envelope) -> None:
    match envelope.data:
        case SubmissionAnswered() as answer:
            _answered(connection, answer)
        case EventShared() as shared:
            _shared(connection, shared)
        case ConsentEnded() as ended:
            _let_go(connection, ended)
        case other:
            log.warning("not for us: %s", other.type_name())


def _answered(connection: sqlite3.Connection, answer: SubmissionAnswered) -> None:
    submission = str(answer.submission_id)
    connection.execute(
        "update submission set code = ?, sent_at = coalesce(sent_at, ?) where id = ?",
        (answer.code, database.now(), submission),
    )
    if answer.accepted and answer.case_id:  # a police body is not shown the case before it was handed over
        connection.execute(
            "update referral set case_id = ? where reference = (select reference from submission where id = ?)",
            (str(answer.case_id), submission),
        )
    log.info("%s answered: %s", submission, answer.code)


def _shared(connection: sqlite3.Connection, shared: EventShared) -> None:
    connection.execute(
        "insert into told values (?, ?, ?, ?, ?, ?) on conflict do nothing",
        (
            str(shared.event_id),
            str(shared.case_id),
            shared.purpose,
            shared.event,
            shared.effective_at.isoformat(),
            json.dumps(shared.fields),
        ),
    )


def _let_go(connection: sqlite3.Connection, ended: ConsentEnded) -> None:
    """Delete what came under the consent, and submit the acknowledgement in the same transaction.

    So it is never acknowledged before it is done. What your people have elsewhere (paper, mail) they must destroy
    first: in such an agency let them start the acknowledgement.
    """
    case, consent = str(ended.case_id), str(ended.consent_id)
    gone = connection.execute("delete from told where case_id = ? and purpose = ?", (case, ended.purpose)).rowcount
    connection.execute(
        "insert into ended_consent values (?, ?, ?, ?, ?) on conflict do nothing",
        (consent, case, ended.purpose, ended.acknowledge_by.isoformat(), gone),
    )
    database.submit(connection, "WithdrawalAcknowledged", database.now(), {"case_id": case, "consent_id": consent})
    log.info("consent %s ended: %d events deleted", consent, gone)
