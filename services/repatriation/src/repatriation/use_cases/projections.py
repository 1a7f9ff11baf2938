"""Rows that follow from other services' events alone: the facts that bars, permits and returns rest on.

Nothing is decided here and nothing published; `reactions` does what follows. So a rebuild can make them anew.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, fund, identification
from sqlalchemy import Column, Table, bindparam, case, null, update
from sqlalchemy.dialects.postgresql import insert as upsert

from repatriation.tables import Base

_table = Base.metadata.tables
CASE_FILE: Table = _table["case_file"]
RECOGNITION: Table = _table["recognition"]
REFLECTION: Table = _table["reflection"]
CLAIM_SEEN: Table = _table["claim_seen"]
GUARDIAN: Table = _table["guardian"]
TABLES = (CASE_FILE, GUARDIAN, RECOGNITION, REFLECTION, CLAIM_SEEN)

Recognised = identification.VictimPresumed | identification.VictimIdentified


async def person_facts(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFacts]]) -> None:
    """Citizenship and age group as the last event has them (ID-5)."""
    rows = [
        {
            "case_id": e.data.case_id,
            "citizenship": e.data.citizenship,
            "age_group": e.data.age_group,
            "changed_at": e.data.effective_at,
        }
        for e in events
    ]
    row = upsert(CASE_FILE)
    changed = {
        "citizenship_before": CASE_FILE.c.citizenship,
        "citizenship": row.excluded.citizenship,
        "age_group": row.excluded.age_group,
        "child_until": case(
            (row.excluded.age_group == "child", null()),
            (CASE_FILE.c.age_group == "child", row.excluded.changed_at),
            else_=CASE_FILE.c.child_until,
        ),
        "changed_at": row.excluded.changed_at,
    }
    await uow.session.execute(row.on_conflict_do_update(index_elements=["case_id"], set_=changed), rows)


async def recognised(uow: UnitOfWork, events: Sequence[Envelope[Recognised]]) -> None:
    """The recognition, and the facts that come with it (ID-8, ID-5)."""
    rows = [
        {
            "recognition_id": e.data.recognition_id,
            "case_id": e.data.case_id,
            "kind": "formal" if isinstance(e.data, identification.VictimIdentified) else e.data.kind,
            "since": e.data.effective_at,
        }
        for e in events
    ]
    await uow.session.execute(upsert(RECOGNITION).on_conflict_do_nothing(), rows)
    await person_facts(uow, events)


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """How and when the case ended (ID-9)."""
    closed = [{"of": e.data.case_id, "how": e.data.outcome, "at": e.data.effective_at} for e in events]
    await _set_end(uow, closed)


async def case_reopened(uow: UnitOfWork, events: Sequence[Envelope[identification.IdentificationReopened]]) -> None:
    """The case goes on, where it had ended (ID-9)."""
    await _set_end(uow, [{"of": e.data.case_id, "how": None, "at": None} for e in events])


async def _set_end(uow: UnitOfWork, ends: Sequence[Mapping[str, object]]) -> None:
    statement = update(CASE_FILE).where(CASE_FILE.c.case_id == bindparam("of"))
    ended = statement.values({CASE_FILE.c.outcome: bindparam("how"), CASE_FILE.c.closed_at: bindparam("at")})
    await uow.session.execute(ended, ends)


async def child_step_taken(uow: UnitOfWork, events: Sequence[Envelope[identification.ChildStepTaken]]) -> None:
    """A guardian was appointed, or is one no longer (ID-5, RP-5)."""
    rows = [
        {
            "step_id": e.data.step_id,
            "case_id": e.data.case_id,
            "appointed": e.data.outcome == "appointed",
            "since": e.data.effective_at,
        }
        for e in events
        if e.data.step == "guardian"
    ]
    if rows:
        await uow.session.execute(upsert(GUARDIAN).on_conflict_do_nothing(), rows)


async def revoked(uow: UnitOfWork, events: Sequence[Envelope[identification.RecognitionRevoked]]) -> None:
    """The recognition counts no more for what comes (ID-9)."""
    ended = {e.data.recognition_id: e.data.effective_at for e in events}
    await _end(uow, RECOGNITION.c.recognition_id, RECOGNITION.c.revoked_at, ended)


async def reflection_started(uow: UnitOfWork, events: Sequence[Envelope[identification.ReflectionStarted]]) -> None:
    """The period and its end (ID-10)."""
    rows = [
        {
            "reflection_id": e.data.reflection_id,
            "case_id": e.data.case_id,
            "since": e.data.effective_at,
            "ends_at": e.data.ends_at,
        }
        for e in events
    ]
    await uow.session.execute(upsert(REFLECTION).on_conflict_do_nothing(), rows)


async def reflection_ended(uow: UnitOfWork, events: Sequence[Envelope[identification.ReflectionEnded]]) -> None:
    """The period is over (ID-10)."""
    ended = {e.data.reflection_id: e.data.effective_at for e in events}
    await _end(uow, REFLECTION.c.reflection_id, REFLECTION.c.ended_at, ended)


async def _end(uow: UnitOfWork, key: Column[UUID], ended_at: Column[datetime], ended: Mapping[UUID, datetime]) -> None:
    statement = update(key.table).where(key == bindparam("of")).values({ended_at: bindparam("at")})
    await uow.session.execute(statement, [{"of": id_, "at": at} for id_, at in ended.items()])


async def claim_open(uow: UnitOfWork, events: Sequence[Envelope[fund.ClaimEvent]]) -> None:
    """A claim at the Fund that is open (RP-4, RP-5)."""
    await _claims(uow, [(e.data, True) for e in events])


async def claim_settled(uow: UnitOfWork, events: Sequence[Envelope[fund.ClaimEvent]]) -> None:
    """A claim at the Fund that is not open any more (RP-4)."""
    await _claims(uow, [(e.data, False) for e in events])


async def claim_rejected(uow: UnitOfWork, events: Sequence[Envelope[fund.ClaimRejected]]) -> None:
    """A rejection that can be appealed leaves the claim open (RP-4, RP-5)."""
    await _claims(uow, [(e.data, not e.data.final) for e in events])


async def _claims(uow: UnitOfWork, claims: Sequence[tuple[fund.ClaimEvent, bool]]) -> None:
    rows = [
        {
            "claim_id": claim.claim_id,
            "case_id": claim.case_id,
            "kind": claim.kind,
            "is_open": is_open,
            "since": claim.effective_at,
            "changed_at": claim.effective_at,
        }
        for claim, is_open in claims
    ]
    row = upsert(CLAIM_SEEN)
    changed = {"is_open": row.excluded.is_open, "changed_at": row.excluded.changed_at}
    await uow.session.execute(row.on_conflict_do_update(index_elements=["claim_id"], set_=changed), rows)
