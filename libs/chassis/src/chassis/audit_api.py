"""What every service shows to those who oversee it: its audit. Nobody can switch it off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import ColumnElement, FromClause, Row, Select, literal, select, tuple_

from chassis import audit
from chassis.http import Session, reads
from chassis.paging import Order
from chassis.rights import Rights, Who, right
from chassis.schema import audit_entry

RIGHTS: Rights = {"see_audit": {"auditor": "all", "coordinator": "all"}}
STRETCH = 5_000
"""Entries that a filter looks at for a page."""
Entry = TypeVar("Entry", bound=tuple[Any, ...])
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
    """Entries in the order of the request, and the key for the next page or null.

    `looked_to`: the last entry that the filters looked at, where there may be more behind it.
    """

    items: list[AuditAnswer]
    next: str | None
    looked_to: datetime | None = None


Code = Annotated[str | None, Field(pattern=r"^[\w.:@-]{1,200}$")]


class AuditFilter(BaseModel):
    """Which entries. `action` may be several with commas; `object` is how the subject begins, such as `stay`.

    `until` is the first moment that is left out; `refused` is what was refused, for whatever reason.
    """

    limit: Annotated[int, Field(ge=1, le=200, description="Rows on a page")] = 50
    after: str | None = Field(
        default=None, pattern=r"^[0-9]{1,16}-[0-7]-[0-9]{1,15}$", description="`next` of the page before"
    )
    order: Order = "newest"
    case_id: UUID | None = None
    actor: Code = None
    role: Code = None
    agency: Code = None
    action: str | None = Field(default=None, pattern=r"^[A-Za-z_,]{1,800}$")
    object: str | None = Field(default=None, pattern=r"^[a-z-]{1,40}$")
    kind: Literal["act", "read", "refusal"] | None = None
    outcome: Literal["done", "refused"] | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


@router.get("/api/audit", **right("see_audit"))
async def see_audit(who: Who, session: Session, wanted: Annotated[AuditFilter, Query()]) -> AuditPage:
    """Audit entries, newest or oldest first; this look is an entry too (ID-13).

    Filters look at a stretch of entries, so that a rare one costs no more in an audit of any length: where the stretch
    ends before the page is full, `looked_to` is set, and `next` goes on from there.
    """
    stretch = _in_order(select(audit_entry).where(*_period(wanted)), audit_entry, wanted.order)
    filters = list(_filters(wanted, audit_entry))
    narrowed = bool(filters) and wanted.case_id is None  # the index of cases finds all entries of one
    query = stretch.where(*filters)
    if narrowed:
        looked = stretch.limit(STRETCH).subquery()
        query = _in_order(select(looked).where(*_filters(wanted, looked)), looked, wanted.order)
    rows = (await session.execute(query.limit(wanted.limit + 1))).all()
    asked = wanted.model_dump(mode="json", exclude_none=True, exclude={"limit", "after", "order", "case_id"})
    audit.record(session, who, "see_audit", case_id=wanted.case_id, kind="read", purpose="oversight", facts=asked)
    items = [AuditAnswer.model_validate(row, from_attributes=True) for row in rows[: wanted.limit]]
    if len(rows) > wanted.limit or not narrowed:
        return AuditPage(items=items, next=_key(items[-1]) if len(rows) > wanted.limit else None)
    end = (await session.execute(stretch.offset(STRETCH - 1).limit(1))).one_or_none()
    return AuditPage(items=items, next=end and _key(end), looked_to=end and end.recorded_at)


def _in_order(query: Select[Entry], of: FromClause, order: Order) -> Select[Entry]:
    entry = of.c
    by = (entry.recorded_at, entry.chain, entry.position)
    return query.order_by(*(by if order == "oldest" else (column.desc() for column in by)))


def _period(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    """From the end of the page before, within the period; the index of times finds it."""
    entry = audit_entry.c
    if wanted.after:
        micros, chain, position = (int(part) for part in wanted.after.split("-"))
        place = tuple_(entry.recorded_at, entry.chain, entry.position)
        last = tuple_(*map(literal, (_EPOCH + timedelta(microseconds=micros), chain, position)))
        yield place > last if wanted.order == "oldest" else place < last
    if wanted.since:
        yield entry.recorded_at >= wanted.since
    if wanted.until:
        yield entry.recorded_at < wanted.until


def _filters(wanted: AuditFilter, of: FromClause) -> Iterator[ColumnElement[bool]]:
    """Each filter that is set but the period."""
    entry = of.c
    for name in ("case_id", "actor", "role", "agency", "kind"):
        if (value := getattr(wanted, name)) is not None:
            yield entry[name] == value
    if wanted.action:
        yield entry.action.in_(wanted.action.split(","))
    if wanted.object:
        yield entry.subject.startswith(f"{wanted.object}/", autoescape=True)
    if wanted.outcome:
        yield entry.kind == "refusal" if wanted.outcome == "refused" else entry.outcome == "done"


def _key(entry: AuditAnswer | Row[Any]) -> str:
    return f"{(entry.recorded_at - _EPOCH) // timedelta(microseconds=1)}-{entry.chain}-{entry.position}"
