"""The smallest service on the real chassis: a command that inserts one row, and a projection of one event."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from chassis import audit
from chassis.database import service_metadata
from chassis.http import Now, Session, commands
from chassis.clock import new_id
from chassis.outbox import emit
from chassis.rights import Who, right
from chassis.service import Service
from nrm_events import Envelope
from nrm_events.shelter import ShelterAdmitted
from pydantic import BaseModel
from sqlalchemy import DateTime, text
from sqlalchemy.ext.asyncio import AsyncSession
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


class NoteGiven(BaseModel):
    case_id: UUID
    reason: str


class NoteTaken(BaseModel):
    id: UUID


@writes.post("/api/notes", status_code=201, **right("note"))
async def note(given: NoteGiven, who: Who, session: Session, now: Now) -> NoteTaken:
    made = Note(id=new_id(), case_id=given.case_id, reason=given.reason, at=now)
    session.add(made)
    audit.record(session, who, "note", subject=f"note/{made.id}", case_id=made.case_id, effective_at=now)
    emit(session, told(made))
    return NoteTaken(id=made.id)


def told(made: Note) -> ShelterAdmitted:
    """What the bus hears of it."""
    return ShelterAdmitted(
        effective_at=made.at,
        case_id=made.case_id,
        stay_id=made.case_id,
        operator="ngo-amc",
        ends_at=made.at + timedelta(days=30),
    )


PROJECT = (
    "insert into admitted (case_id, ends_at, times) "
    "select given.case_id, given.ends_at, 1 from unnest(cast({0} as uuid[]), cast({1} as timestamptz[])) "
    "as given (case_id, ends_at) "
    "on conflict (case_id) do update set ends_at = excluded.ends_at, times = admitted.times + 1"
)
_PROJECT = text(PROJECT.format(":cases", ":ends"))


async def project(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """How long each stay lasts now, and how often that was told."""
    heard = sorted((e.key, e.data.ends_at) for e in envelopes if isinstance(e.data, ShelterAdmitted))
    await session.execute(_PROJECT, {"cases": [case for case, _ in heard], "ends": [ends for _, ends in heard]})


SMALL = Service(
    name="shelter",
    title="Small",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=[writes],
    rights={"note": {"service": "all"}},
    handlers={ShelterAdmitted: project},
)
