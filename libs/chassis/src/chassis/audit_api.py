"""What every service shows to those who oversee it: its audit. Nobody can switch it off."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy import literal, select, tuple_

from chassis import audit
from chassis.http import Session, reads
from chassis.paging import Limit
from chassis.rights import Rights, Who, right
from chassis.schema import audit_entry

RIGHTS: Rights = {"see_audit": {"auditor": "all", "coordinator": "all"}}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

router = reads()


class AuditAnswer(BaseModel):
    """An audit entry without its hashes: who in which role, what, on which case, when, why, with what outcome."""

    chain: int
    position: int
    recorded_at: datetime
    effective_at: datetime | None
    actor: str
    role: str | None
    agency: str | None
    action: str
    kind: str
    subject: str | None
    case_id: UUID | None
    purpose: str | None
    outcome: str
    origin: str | None
    trace_id: str | None
    facts: dict[str, object]


class AuditPage(BaseModel):
    """Entries, newest first, and the key for the next page or null."""

    items: list[AuditAnswer]
    next: str | None


After = Annotated[
    str | None, Query(pattern=r"^[0-9]{1,16}-[0-7]-[0-9]{1,15}$", description="`next` of the page before")
]


@router.get("/api/audit", **right("see_audit"))
async def see_audit(
    who: Who, session: Session, limit: Limit = 50, after: After = None, case_id: UUID | None = None
) -> AuditPage:
    """Audit entries, newest first; this look is an entry too (ID-13)."""
    entry = audit_entry.c
    query = select(audit_entry).where(entry.case_id == case_id) if case_id else select(audit_entry)
    if after:
        micros, chain, position = (int(part) for part in after.split("-"))
        order = tuple_(entry.recorded_at, entry.chain, entry.position)
        query = query.where(order < tuple_(*map(literal, (_EPOCH + timedelta(microseconds=micros), chain, position))))
    newest = query.order_by(entry.recorded_at.desc(), entry.chain.desc(), entry.position.desc())
    rows = (await session.execute(newest.limit(limit + 1))).all()
    audit.record(session, who, "see_audit", case_id=case_id, kind="read", purpose="oversight")
    items = [AuditAnswer.model_validate(row, from_attributes=True) for row in rows[:limit]]
    return AuditPage(items=items, next=_key(items[-1]) if len(rows) > limit else None)


def _key(entry: AuditAnswer) -> str:
    return f"{(entry.recorded_at - _EPOCH) // timedelta(microseconds=1)}-{entry.chain}-{entry.position}"
