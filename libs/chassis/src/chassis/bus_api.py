"""What an operator can see and do about a service's part of the bus: outbox, relay, parked cases.

Lists show ids, codes and times. The content of events (no personal data) is shown case by case, and that is audited.
The consumer replays, in the order of the case; the routes only order it.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit, outbox, parking
from chassis.actor import Actor
from chassis.errors import Invalid, NotFound, NotPossible
from chassis.http import Now, Session, commands, reads
from chassis.locks import Lock
from chassis.paging import Limit
from chassis.rights import Rights, Who, right
from chassis.schema import parked_event

RIGHTS: Rights = {
    action: {"operator": "none"} for action in ("see_bus", "see_parked", "replay_parked", "discard_parked")
}
_entry = parked_event.c
_LEADER = text(
    "select a.backend_start from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' "
    "and l.objid = :lock and l.granted "
    "and l.database = (select oid from pg_database where datname = current_database())"
)

_commands, _reads = commands(), reads()
ROUTERS = (_commands, _reads)


class BusAnswer(BaseModel):
    """The state of a service's part of the bus."""

    service: str
    version: str = Field(description="Of the chassis that it runs on")
    events_version: str = Field(description="Of the contracts that it reads and writes")
    hears: list[str] = Field(description="Topics that it consumes")
    outbox_waiting: int = Field(description="Events committed and not yet sent")
    outbox_oldest_seconds: float
    relay_leads_since: datetime | None = Field(description="Null when no relay leads: nothing is sent")
    parked_cases: int
    parked_events: int = Field(description="With those that wait behind the ones that failed")
    parked_tries: int = Field(description="Tries so far, of the events that are still parked")


class ParkedCase(BaseModel):
    """A case of which an event could not be applied."""

    stream: UUID = Field(description="The case")
    events: int = Field(description="Parked, with those that wait")
    error_code: str | None
    attempts: int
    next_attempt_at: datetime | None = Field(description="Null: only when an operator orders it")
    parked_at: datetime
    first: int = Field(description="Number of the event that failed; `discard` names it")
    event_type: str | None


class ParkedEvent(BaseModel):
    """One event of a parked case, as the bus brought it."""

    number: int
    event_id: UUID | None
    topic: str
    partition: int
    position: int
    error_code: str | None
    attempts: int
    parked_at: datetime
    headers: dict[str, str]
    data: object = Field(description="The event's own JSON; null where it is none")


class ParkedCases(BaseModel):
    items: list[ParkedCase]
    next: int | None = Field(description="Key of the next page")


class ParkedCaseEvents(BaseModel):
    stream: UUID
    items: list[ParkedEvent] = Field(description="In the order in which they will be applied; at most 200")


class Replay(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"error_code": "unknown_type"}]})
    stream: UUID | None = Field(default=None, description="One case; without it, all with this error")
    error_code: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_]{1,80}$")] = None


class Replayed(BaseModel):
    cases: int = Field(description="How many will be tried again within a second, in order")


class Discard(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"first": 17, "reason": "entered_by_hand"}]}
    )
    first: int = Field(description="Number of the event that failed, as the list shows it")
    reason: Literal["entered_by_hand", "sent_in_error", "superseded", "test_data"]


@_reads.get("/api/bus", **right("see_bus"))
async def see_bus(request: Request, session: Session) -> BusAnswer:
    """Outbox, relay and parked cases of this service."""
    service = request.app.state.service
    waiting, oldest = await outbox.waiting(session)
    parked = await parking.counted(session)
    return BusAnswer(
        service=service.name,
        version=version("himaya-chassis"),
        events_version=version("himaya-events"),
        hears=list(service.topics),
        outbox_waiting=waiting,
        outbox_oldest_seconds=round(oldest, 3),
        relay_leads_since=await session.scalar(_LEADER, {"lock": Lock.RELAY}),
        parked_cases=parked.cases,
        parked_events=parked.events,
        parked_tries=parked.tries,
    )


@_reads.get("/api/bus/parked", **right("see_parked"))
async def list_parked(
    session: Session,
    limit: Limit = 50,
    after: Annotated[int | None, Query(ge=0, le=2**63 - 1, description="`next` of the page before")] = None,
) -> ParkedCases:
    """Parked cases, the one that waits longest first."""
    behind = parked_event.alias()
    events = select(func.count()).where(behind.c.consumer == _entry.consumer, behind.c.stream == _entry.stream)
    first = select(parked_event, events.scalar_subquery().label("events"))
    found = first.where(_entry.next_attempt_at.is_not(None), _entry.id > (after or 0))
    rows = (await session.execute(found.order_by(_entry.id).limit(limit + 1))).all()
    items = [_case(row) for row in rows[:limit]]
    return ParkedCases(items=items, next=items[-1].first if len(rows) > limit else None)


def _case(row: Row[tuple[object, ...]]) -> ParkedCase:
    return ParkedCase(
        stream=row.stream,
        events=row.events,
        error_code=row.error_code,
        attempts=row.attempts,
        next_attempt_at=None if row.next_attempt_at >= parking.WHEN_ASKED else row.next_attempt_at,
        parked_at=row.parked_at,
        first=row.id,
        event_type=dict(row.headers).get("ce_type"),
    )


@_reads.get("/api/bus/parked/{stream}", **right("see_parked"))
async def show_parked(stream: UUID, who: Who, session: Session) -> ParkedCaseEvents:
    """The parked events of a case with what is in them; this look is audited."""
    query = select(parked_event).where(_entry.stream == stream).order_by(_entry.id).limit(200)
    rows = (await session.execute(query)).all()
    if not rows:
        raise NotFound
    audit.record_read(session, who, "see_parked", purpose="operation", case_id=stream, subject=f"parked/{stream}")
    return ParkedCaseEvents(stream=stream, items=[_event(row) for row in rows])


def _event(row: Row[tuple[object, ...]]) -> ParkedEvent:
    return ParkedEvent(
        number=row.id,
        event_id=row.event_id,
        topic=row.topic,
        partition=row.partition,
        position=row.position,
        error_code=row.error_code,
        attempts=row.attempts,
        parked_at=row.parked_at,
        headers=dict(row.headers),
        data=_json(row.value),
    )


def _json(value: bytes | None) -> object:
    try:
        return json.loads(value or b"null")
    except (ValueError, RecursionError):
        return None


@_commands.post("/api/bus/replay", status_code=202, **right("replay_parked"))
async def replay_parked(body: Replay, who: Who, session: Session, now: Now) -> Replayed:
    """Try parked cases again, each in its order: one case, or all whose first event failed with this code."""
    if (body.stream is None) == (body.error_code is None):
        raise Invalid("one_of_both", "Name a case or an error code, one of the two.")
    which = _entry.stream == body.stream if body.stream else _entry.error_code == body.error_code
    streams = set(await session.scalars(select(_entry.stream).where(which, _entry.error_code.is_not(None))))
    if body.stream and not streams:
        raise NotFound
    await session.execute(
        update(parked_event)
        .where(_entry.stream.in_(streams), _entry.error_code.is_not(None))
        .values(next_attempt_at=datetime(1970, 1, 1, tzinfo=UTC))
    )
    for stream in sorted(streams):
        _note(session, who, "replay_parked", stream)
    return Replayed(cases=len(streams))


@_commands.post("/api/bus/parked/{stream}/discard", status_code=202, **right("discard_parked"))
async def discard_parked(stream: UUID, body: Discard, who: Who, session: Session, now: Now) -> Replayed:
    """Give up the event that failed; the next of its case moves up. Its copy stays with the dead letters."""
    oldest = select(parked_event).where(_entry.stream == stream).order_by(_entry.id).limit(1)
    if (await session.execute(oldest)).one_or_none() is None:
        raise NotFound
    await outbox.lock_streams(session, [stream])
    first = (await session.execute(oldest)).one_or_none()
    if first is None:  # applied while this waited
        raise NotFound
    if first.id != body.first:
        raise NotPossible(
            "not_the_first",
            "Another event of this case is the one that failed now. Look again.",
            facts={"first": first.id},
        )
    await parking.release(session, first.id)
    facts = {
        "event_id": first.event_id,
        "place": f"{first.topic}/{first.partition}@{first.position}",
        "error_code": first.error_code,
        "reason": body.reason,
    }
    _note(session, who, "discard_parked", stream, facts=facts)
    return Replayed(cases=1)


def _note(
    session: AsyncSession, who: Actor, action: str, stream: UUID, *, facts: Mapping[str, object] | None = None
) -> None:
    audit.record(session, who, action, subject=f"parked/{stream}", case_id=stream, facts=facts)
