"""Notices by case: put up, seen, received of over the bus.

Its rule of access is its own and small: an agency sees the notices of a case while `reader` has a row for it.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from chassis import audit
from chassis.actor import Actor
from chassis.clock import Moment, effective, new_id
from chassis.database import service_metadata
from chassis.errors import NotFound, NotPossible
from chassis.http import Session, commands, reads, unit_of_work
from chassis.outbox import emit
from chassis.paging import After, Limit, Page, page
from chassis.rights import Rights, Who, right
from chassis.service import Service
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends
from nrm_events import Envelope
from nrm_events.notify import DeadlineMet, NotificationFailed, NotificationQueued
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement, DateTime, Text, Uuid, exists, select, true
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CASEWORKERS_AND_POLICE = {"caseworker": "agency", "assessor": "agency"}
RIGHTS: Rights = {
    "put_up_notice": CASEWORKERS_AND_POLICE,
    "look_at_notices": CASEWORKERS_AND_POLICE | {"auditor": "all"},
    "stumble": {"operator": "none"},
}
POISON = "poison"  # a template whose event the handler cannot apply while `healed` is false
REFUSED_BY_DATABASE = "twice"


class Base(DeclarativeBase):
    metadata = service_metadata()
    type_annotation_map = {datetime: DateTime(timezone=True), str: Text, UUID: Uuid}  # noqa: RUF012  read by SQLAlchemy


class Notice(Base):
    __tablename__ = "notice"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    template: Mapped[str]
    amount: Mapped[int]
    note: Mapped[str]
    effective_at: Mapped[datetime]
    version: Mapped[int]


class Reader(Base):
    __tablename__ = "reader"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    agency: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)


class Heard(Base):
    __tablename__ = "received"
    position: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    case_id: Mapped[UUID]
    kind: Mapped[str]
    wave: Mapped[int]


class NoticeGiven(BaseModel):
    model_config = ConfigDict(extra="forbid")
    case_id: UUID
    template: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
    amount: int = 0
    note: Annotated[str, StringConstraints(max_length=2_000)] = ""
    happened_at: Moment | None = None
    places: Annotated[list[int], Field(max_length=50)] = []
    marks: dict[str, Any] = {}


class NoticeSeen(BaseModel):
    id: UUID
    case_id: UUID
    template: str


write, read = commands(), reads()
Uow = Annotated[UnitOfWork, Depends(unit_of_work)]


def visible(who: Actor, case_id: Any) -> ColumnElement[bool]:
    if who.scope == "all":
        return true()
    return exists().where(Reader.case_id == case_id, Reader.agency == who.agency)


async def require(session: AsyncSession, who: Actor, case_id: UUID) -> None:
    if not await session.scalar(select(visible(who, case_id))):
        raise NotFound


async def recheck(uow: UnitOfWork, checked: Sequence[Sequence[str]]) -> None:
    for case_id, _ in checked:
        await require(uow.session, uow.actor, UUID(case_id))


@write.post("/api/notices", status_code=201, **right("put_up_notice"))
async def put_up_notice(body: NoticeGiven, uow: Uow) -> NoticeSeen:
    uow.checked(body.case_id, "put_up_notice")
    return _seen(await put_up(uow.session, uow.actor, body, uow.now))


@write.post("/api/notices/{notice_id}/failure", **right("put_up_notice"))
async def fail_notice(notice_id: UUID, who: Who, session: Session) -> NoticeSeen:
    notice = await session.get(Notice, notice_id, with_for_update=True)
    await require(session, who, notice.case_id if notice else notice_id)
    assert notice
    audit.record(session, who, "fail_notice", case_id=notice.case_id)
    raise NotPossible("never_fails", "A notice does not fail.")


@write.post("/api/stumbles", **right("stumble"))
async def stumble(body: NoticeGiven) -> None:
    raise RuntimeError(f"stumbled over {body.note}")


@read.get("/api/notices", **right("look_at_notices"))
async def list_notices(who: Who, session: Session, limit: Limit = 50, after: After = None) -> Page[NoticeSeen]:
    asked = select(Notice).where(visible(who, Notice.case_id))
    rows, following = await page(session, asked, Notice.id, limit=limit, after=after)
    return Page(items=[_seen(row) for row in rows], next=following)


@read.get("/api/notices/{notice_id}", **right("look_at_notices"))
async def see_notice(notice_id: UUID, who: Who, session: Session) -> NoticeSeen:
    notice = await session.get(Notice, notice_id)
    await require(session, who, notice.case_id if notice else notice_id)
    assert notice
    audit.record_read(
        session, who, "look_at_notices", purpose="casework", case_id=notice.case_id, subject=f"notice/{notice.id}"
    )
    return _seen(notice)


async def put_up(session: AsyncSession, who: Who, body: NoticeGiven, now: datetime) -> Notice:
    at = effective(body.happened_at, now)
    notice = Notice(
        id=new_id(),
        case_id=body.case_id,
        template=body.template,
        amount=body.amount,
        note=body.note,
        effective_at=at,
        version=1,
    )
    session.add(notice)
    reader = {"case_id": body.case_id, "agency": who.agency, "reason": "put_up"}
    await session.execute(upsert(Reader).values(reader).on_conflict_do_nothing())
    audit.record(session, who, "put_up_notice", subject=f"notice/{notice.id}", case_id=body.case_id, effective_at=at)
    emit(
        session,
        NotificationQueued(
            effective_at=at,
            case_id=body.case_id,
            notification_id=notice.id,
            template=body.template,
            recipient="staff",
        ),
    )
    return notice


def _seen(notice: Notice) -> NoticeSeen:
    return NoticeSeen(id=notice.id, case_id=notice.case_id, template=notice.template)


class Health:
    """Whether the handler can apply poison again: what an operator mends before parked events are tried again."""

    healed = False
    calls: list[int] = []  # noqa: RUF012  how many events each call of the handler brought


async def hear(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """Write down what was received, all in one list; poison cannot be applied until it is healed."""
    Health.calls.append(len(envelopes))
    for envelope in envelopes:
        template = getattr(envelope.data, "template", "")
        if template == POISON and not Health.healed:
            raise RuntimeError("the handler cannot apply this")
        if template == REFUSED_BY_DATABASE and not Health.healed:
            session.add(Heard(position=1, event_id=envelope.id, case_id=envelope.key, kind="", wave=0))
        session.add(
            Heard(
                event_id=envelope.id,
                case_id=envelope.key,
                kind=type(envelope.data).__name__,
                wave=len(Health.calls),
            )
        )
    await session.flush()


async def answer_failure(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """A handler that tells something on: a clock is met where a notification failed."""
    await hear(session, envelopes)
    for envelope in envelopes:
        at = envelope.data.effective_at
        met = DeadlineMet(effective_at=at, case_id=envelope.key, clock_id=new_id(), kind="answer", due_at=at)
        emit(session, met)


SERVICE = Service(
    name="notify",
    title="Noticeboard",
    package=Path(__file__).parent,
    metadata=Base.metadata,
    routers=[write, read],
    rights=RIGHTS,
    handlers={NotificationQueued: hear, NotificationFailed: answer_failure, DeadlineMet: hear},
    constraints={"uq_notice_template": ("notice_is_up", "Such a notice is up already.")},
    append_only=["received"],
    recheck=recheck,
)
