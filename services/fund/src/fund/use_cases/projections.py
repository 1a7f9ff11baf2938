"""Rows that follow from identification's events alone: opened cases and their lists of recognitions (FU-8).

A rebuild makes them anew; nothing is published or audited here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from casework.endings import WITHDRAWN
from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, identification
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as upsert

from fund.tables import CaseRecognition, OpenedCase


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
    await uow.session.execute(upsert(OpenedCase).values(rows).on_conflict_do_nothing())


async def person_facts_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFactsChanged]]) -> None:
    """Whether the person is a child decides who is paid (FU-6)."""
    for event in events:
        await _set(uow, event.data.case_id, age_group=event.data.age_group)


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """Nothing new is claimed for a person who withdrew (ID-9)."""
    for event in events:
        if event.data.outcome == WITHDRAWN:
            await _set(uow, event.data.case_id, withdrawn_at=event.data.effective_at)


async def reopened(uow: UnitOfWork, events: Sequence[Envelope[identification.IdentificationReopened]]) -> None:
    """The case goes on, also one that the person withdrew (ID-9)."""
    for event in events:
        await _set(uow, event.data.case_id, withdrawn_at=None)


async def payee_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PayeeChanged]]) -> None:
    """An approval binds the payee of this revision (FU-6)."""
    for event in events:
        await _set(uow, event.data.case_id, payee_revision=event.data.revision)


async def _set(uow: UnitOfWork, case_id: UUID, **values: object) -> None:
    await uow.session.execute(update(OpenedCase).where(OpenedCase.case_id == case_id).values(**values))


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
    for event in events:
        line = update(CaseRecognition).where(CaseRecognition.recognition_id == event.data.recognition_id)
        await uow.session.execute(line.values(revoked_at=event.data.effective_at))


def _line(recognition: identification.VictimPresumed | identification.VictimIdentified, kind: str) -> _Line:
    return _Line(
        recognition_id=recognition.recognition_id,
        case_id=recognition.case_id,
        kind=kind,
        since=recognition.effective_at,
    )


async def _add(uow: UnitOfWork, lines: Sequence[_Line]) -> None:
    """A line that is known stays as it is."""
    await uow.session.execute(upsert(CaseRecognition).values(lines).on_conflict_do_nothing())
