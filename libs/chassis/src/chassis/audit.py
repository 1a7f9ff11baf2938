"""Who did what, on which case, when, why and with what outcome. Append-only and hash-chained by the database itself.

Entries are collected in the session and written by its last statement (`ending`): a chain is held for the commit alone.
There are several chains, picked by case, so that cases do not wait for each other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry import trace
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.actor import Actor
from chassis.schema import AUDIT_CHAINS, audit_entry

PENDING = "audit"


def record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    *,
    subject: str | None = None,
    case_id: UUID | None = None,
    effective_at: datetime | None = None,
    kind: str = "act",
    purpose: str | None = None,
    outcome: str = "done",
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Note an act, a read or a refusal; it is written when the transaction ends. `facts`: codes, ids, amounts."""
    context = trace.get_current_span().get_span_context()
    session.info.setdefault(PENDING, []).append(
        {
            "chain": (case_id.int if case_id else 0) % AUDIT_CHAINS,
            "effective_at": effective_at,
            "actor": actor.sub,
            "role": actor.role,
            "agency": actor.agency,
            "action": action,
            "kind": kind,
            "subject": subject,
            "case_id": case_id,
            "purpose": purpose,
            "outcome": outcome,
            "origin": actor.origin,
            "trace_id": f"{context.trace_id:032x}" if context.is_valid else None,
            "facts": dict(facts or {}),
        }
    )


def record_read(session: AsyncSession, actor: Actor, action: str, *, purpose: str, case_id: UUID, subject: str) -> None:
    """Note that somebody was shown a person's data, and for what purpose (ID-13)."""
    record(session, actor, action, subject=subject, case_id=case_id, kind="read", purpose=purpose)


def collected(session: AsyncSession) -> list[dict[str, Any]]:
    """What was noted, by chain, so that two transactions never wait crosswise; taken from the session."""
    return sorted(session.info.pop(PENDING, []), key=lambda entry: entry["chain"])


@dataclass(frozen=True)
class HistoryItem:
    """One act on an object, as its history shows it: by role and agency, never by name."""

    action: str
    effective_at: datetime
    recorded_at: datetime
    role: str | None
    agency: str | None
    facts: dict[str, Any]


async def history(
    session: AsyncSession,
    *,
    subject: str | None = None,
    case_id: UUID | None = None,
    actions: Collection[str] | None = None,
) -> list[HistoryItem]:
    """The acts done on an object or a case, newest first, at most 500; of these `actions` alone, if given."""
    entry = audit_entry.c
    asked = select(entry.action, entry.effective_at, entry.recorded_at, entry.role, entry.agency, entry.facts).where(
        entry.kind == "act", entry.outcome == "done"
    )
    if subject:
        asked = asked.where(entry.subject == subject)
    if actions is not None:
        asked = asked.where(entry.action.in_(actions))
    if case_id:
        asked = asked.where(entry.case_id == case_id)
    rows = await session.execute(asked.order_by(entry.recorded_at.desc()).limit(500))
    return [
        HistoryItem(row.action, row.effective_at or row.recorded_at, row.recorded_at, row.role, row.agency, row.facts)
        for row in rows
    ]


@dataclass(frozen=True)
class BrokenLink:
    """The first entry of a chain that is not what was written, is missing, or was added past the head."""

    chain: int
    position: int
    fault: str


_VERIFY = text(
    """
    with entry as (
      select e.chain, e.position, e.hash, e.previous, audit_hash(e) as computed,
             lag(e.hash, 1, '\\x'::bytea) over chain as held_before,
             lag(e.position, 1, 0::bigint) over chain as position_before
      from audit_entry e window chain as (partition by e.chain order by e.position)
    ), fault as (
      select chain, position, 'changed' as fault from entry where hash <> computed
      union all select chain, position, 'unlinked' from entry where previous <> held_before
      union all select chain, position_before + 1, 'missing' from entry where position <> position_before + 1
      ), newest as (
      select distinct on (chain) chain, position, hash from entry order by chain, position desc
    ), end_fault as (
      select coalesce(n.chain, h.chain) as chain,
             case when h.chain is null or n.position > h.position then coalesce(h.position, 0) + 1
                  when n.position = h.position then n.position else coalesce(n.position, 0) + 1 end as position,
             case when h.chain is null or n.position > h.position then 'added'
                  when n.position = h.position then 'changed' else 'missing' end as fault
      from newest n full join audit_head h using (chain)
      where (h.position, h.hash) is distinct from (coalesce(n.position, 0), coalesce(n.hash, '\\x'::bytea))
    )
    select chain, position, fault from (select * from fault union all select * from end_fault) as every_fault
    order by chain, position, fault limit 1
    """
)


async def verify(session: AsyncSession) -> BrokenLink | None:
    """Walk every chain; the first broken link, or None."""
    row = (await session.execute(_VERIFY)).one_or_none()
    return BrokenLink(row.chain, row.position, row.fault) if row else None
