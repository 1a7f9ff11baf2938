"""Rows that follow from identification's events alone: opened cases and their lists of recognitions (FU-8).

A rebuild makes them anew; nothing is published or audited here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict, cast
from uuid import UUID

from casework.endings import WITHDRAWN
from chassis.bulk import as_lists, insert_lists
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, identification
from sqlalchemy import Table, bindparam, update

from fund.tables import CaseRecognition, OpenedCase

# By the tables: for a class, SQLAlchemy checks how many rows each set of values met.
_cases, _recognitions = cast(Table, OpenedCase.__table__), cast(Table, CaseRecognition.__table__)
_CASE = update(_cases).where(_cases.c.case_id == bindparam("of"))
_LINE = update(_recognitions).where(_recognitions.c.recognition_id == bindparam("of"))
_OPEN = insert_lists(_cases, "case_id", "opened_at", "age_group").on_conflict_do_nothing()
_ADD = insert_lists(_recognitions, "recognition_id", "case_id", "kind", "since").on_conflict_do_nothing()


class _Line(TypedDict):
    recognition_id: UUID
    case_id: UUID
    kind: str
    since: datetime


async def case_opened(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseOpened]]) -> None:
    """No claim is older than its case (FU-2)."""
    rows = [
        {"case_id": e.data.case_id, "opened_at": e.data.effective_at, "age_group": e.data.age_group} for e in events
    ]
    await uow.session.execute(_OPEN, as_lists(rows))


async def person_facts_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFactsChanged]]) -> None:
    """Whether the person is a child decides who is paid (FU-6)."""
    await _set(uow, "age_group", {event.data.case_id: event.data.age_group for event in events})


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """Nothing new is claimed for a person who withdrew (ID-9)."""
    withdrawn = [event.data for event in events if event.data.outcome == WITHDRAWN]
    await _set(uow, "withdrawn_at", {closed.case_id: closed.effective_at for closed in withdrawn})


async def reopened(uow: UnitOfWork, events: Sequence[Envelope[identification.IdentificationReopened]]) -> None:
    """The case goes on, also one that the person withdrew (ID-9)."""
    await _set(uow, "withdrawn_at", dict.fromkeys(event.data.case_id for event in events))


async def payee_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PayeeChanged]]) -> None:
    """An approval binds the payee of this revision (FU-6)."""
    await _set(uow, "payee_revision", {event.data.case_id: event.data.revision for event in events})


async def _set(uow: UnitOfWork, column: str, values: Mapping[UUID, object]) -> None:
    """One column of many cases, by one statement."""
    rows = [{"of": case_id, "to": value} for case_id, value in values.items()]
    if rows:
        await uow.session.execute(_CASE.values({column: bindparam("to")}), rows)


async def victim_presumed(uow: UnitOfWork, events: Sequence[Envelope[identification.VictimPresumed]]) -> None:
    """A presumed or an NGO recognition joins the list (ID-8, FU-8)."""
    await _add(uow, [_line(e.data, e.data.kind) for e in events])


async def victim_identified(uow: UnitOfWork, events: Sequence[Envelope[identification.VictimIdentified]]) -> None:
    """The formal recognition joins the list (ID-8, FU-8)."""
    await _add(uow, [_line(e.data, "formal") for e in events])


async def potential_victim_recorded(
    uow: UnitOfWork, events: Sequence[Envelope[identification.PotentialVictimRecorded]]
) -> None:
    """A potential victim has access to needs grants (ID-19). The line has the id of its case, so it is one."""
    cases = [e.data for e in events]
    await _add(
        uow,
        [_Line(recognition_id=c.case_id, case_id=c.case_id, kind="potential", since=c.effective_at) for c in cases],
    )


async def recognition_revoked(uow: UnitOfWork, events: Sequence[Envelope[identification.RecognitionRevoked]]) -> None:
    """The line of the list ends; it stays in it (ID-8)."""
    rows = [{"of": event.data.recognition_id, "at": event.data.effective_at} for event in events]
    await uow.session.execute(_LINE.values(revoked_at=bindparam("at")), rows)


def _line(recognition: identification.VictimPresumed | identification.VictimIdentified, kind: str) -> _Line:
    return _Line(
        recognition_id=recognition.recognition_id,
        case_id=recognition.case_id,
        kind=kind,
        since=recognition.effective_at,
    )


async def _add(uow: UnitOfWork, lines: Sequence[_Line]) -> None:
    """A line that is known stays as it is."""
    await uow.session.execute(_ADD, as_lists(lines))
