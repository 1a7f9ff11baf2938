"""The smallest service on the real chassis: a command that inserts one row, and a projection of one event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

from chassis.clock import new_id
from chassis.database import service_metadata
from chassis.http import commands, unit_of_work
from chassis.rights import right
from chassis.service import Service
from chassis.subscription import Subscription
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends
from nrm_events import Envelope
from nrm_events.shelter import ShelterAdmitted
from pydantic import BaseModel
from sqlalchemy import DateTime, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

writes = commands()


class Base(DeclarativeBase):
    metadata = service_metadata()


class Note(Base):
    __tablename__ = "note"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class AddNote(BaseModel):
    case_id: UUID
    reason: str


class NoteAdded(BaseModel):
    id: UUID


@writes.post("/api/notes", status_code=201, **right("note"))
async def note(command: AddNote, uow: Annotated[UnitOfWork[None], Depends(unit_of_work)]) -> NoteAdded:
    row = Note(id=new_id(), case_id=command.case_id, reason=command.reason, at=uow.now)
    uow.session.add(row)
    uow.audit("note", subject=f"note/{row.id}", case_id=row.case_id, at=uow.now)
    uow.emit(
        ShelterAdmitted(
            effective_at=row.at,
            case_id=row.case_id,
            stay_id=row.case_id,
            operator="ngo-amc",
            ends_at=row.at + timedelta(days=30),
        )
    )
    return NoteAdded(id=row.id)


PROJECT = (
    "insert into admitted (case_id, ends_at, times) "
    "select stays.case_id, stays.ends_at, 1 from unnest(cast({0} as uuid[]), cast({1} as timestamptz[])) "
    "as stays (case_id, ends_at) "
    "on conflict (case_id) do update set ends_at = excluded.ends_at, times = admitted.times + 1"
)
_PROJECT = text(PROJECT.format(":cases", ":ends"))


async def project(uow: UnitOfWork[None], envelopes: Sequence[Envelope[ShelterAdmitted]]) -> None:
    """How long each stay lasts now, and how many events of it there were."""
    stays = sorted((envelope.key, envelope.data.ends_at) for envelope in envelopes)
    await uow.session.execute(_PROJECT, {"cases": [case for case, _ in stays], "ends": [ends for _, ends in stays]})


SMALL = Service(
    name="shelter",
    title="Small",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=[writes],
    rights={"note": {"service": "all"}},
    subscriptions=[Subscription(ShelterAdmitted, project=project)],
)
