"""Who did what, on which case, when, why and with what outcome. The database itself appends and hash-chains.

Entries are collected in the session and written by its last statement (`chassis.commit`), so a chain is locked for the
commit alone. There are several chains, chosen by case, so that cases do not wait for each other.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from opentelemetry import trace
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.actor import Actor
from chassis.schema import AUDIT_CHAINS, audit_entry

PENDING = "audit"
_ROLE = "role of the act"


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
    facts: Mapping[str, object] | None = None,
) -> None:
    """Record an act, a read or a refusal when the transaction commits. `facts`: codes, ids, amounts."""
    context = trace.get_current_span().get_span_context()
    chain = (case_id.int if case_id else 0) % AUDIT_CHAINS
    session.info.setdefault(PENDING, []).append(
        {
            "chain": chain,
            "effective_at": effective_at,
            "actor": actor.sub,
            "role": _role(session, actor),
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


def acting_as(session: AsyncSession, role: str) -> None:
    """The role that gave the right to what is done in this transaction; the first to be named counts."""
    session.info.setdefault(_ROLE, role)


def _role(session: AsyncSession, actor: Actor) -> str | None:
    """Of another actor in the same transaction the role of the act is not known here."""
    role: str | None = session.info.get(_ROLE)
    return role if role in actor.roles else actor.role


def record_read(session: AsyncSession, actor: Actor, action: str, *, purpose: str, case_id: UUID, subject: str) -> None:
    """Record that somebody was shown a person's data, and for what purpose (ID-13)."""
    record(session, actor, action, subject=subject, case_id=case_id, kind="read", purpose=purpose)


def collected(session: AsyncSession) -> list[dict[str, object]]:
    """Take the entries from the session, by chain, so that two transactions never wait crosswise."""
    return sorted(session.info.pop(PENDING, []), key=itemgetter("chain"))


@dataclass(frozen=True)
class HistoryItem:
    """One act on an object, as its history shows it: by role and agency, never by name."""

    action: str
    effective_at: datetime
    recorded_at: datetime
    role: str | None
    agency: str | None
    facts: dict[str, object]
    subject: str | None = None


async def history(
    session: AsyncSession,
    *,
    subject: str | None = None,
    case_id: UUID | None = None,
    actions: Collection[str] | None = None,
) -> list[HistoryItem]:
    """The acts done on an object or a case, newest first, at most 500; of these `actions` alone, if named."""
    entry = audit_entry.c
    shown = (entry.action, entry.effective_at, entry.recorded_at, entry.role, entry.agency, entry.facts, entry.subject)
    found = select(*shown).where(entry.kind == "act", entry.outcome == "done")
    if subject:
        found = found.where(entry.subject == subject)
    if actions is not None:
        found = found.where(entry.action.in_(actions))
    if case_id:
        found = found.where(entry.case_id == case_id)
    rows = await session.execute(found.order_by(entry.recorded_at.desc()).limit(500))
    return [
        HistoryItem(
            row.action,
            row.effective_at or row.recorded_at,
            row.recorded_at,
            row.role,
            row.agency,
            row.facts,
            row.subject,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class BrokenLink:
    """The first entry of a chain that was changed, unlinked or added, or is missing."""

    chain: int
    position: int
    fault: str
