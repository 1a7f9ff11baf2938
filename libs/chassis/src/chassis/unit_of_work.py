"""One transaction of one actor: what every use case, reaction and clock gets."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeAlias
from uuid import UUID

from nrm_events import Event
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import TypeVar

from chassis import audit, database, outbox
from chassis.actor import Actor
from chassis.clock import effective
from chassis.rights import Rights

RESOURCES = database.RESOURCES
_CHECKED = "checked access"
R = TypeVar("R", covariant=True, default=object)


@dataclass(frozen=True)
class UnitOfWork(Generic[R]):
    """`resources` is what the service's `app.py` prepared, e.g. its vault; `rights` is the service's rights table.

    The entry point owns the transaction and commits it. A use case never commits and awaits nothing remote.
    """

    session: AsyncSession
    actor: Actor
    now: datetime
    resources: R
    rights: Rights

    def acting(self, actor: Actor) -> "UnitOfWork[R]":
        """The same transaction with another actor, e.g. an agency's system or the service itself."""
        return replace(self, actor=actor)

    def emit(self, event: Event, topic: str | None = None) -> None:
        """Publish the event when the transaction commits, or not at all."""
        outbox.emit(self.session, event, topic)

    def audit(
        self,
        action: str,
        *,
        subject: str | None = None,
        case_id: UUID | None = None,
        at: datetime | None = None,
        kind: str = "act",
        purpose: str | None = None,
        outcome: str = "done",
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Record an act, a read or a refusal. `at` is when it took effect; `facts`: codes, ids, amounts."""
        audit.record(
            self.session,
            self.actor,
            action,
            subject=subject,
            case_id=case_id,
            effective_at=at,
            kind=kind,
            purpose=purpose,
            outcome=outcome,
            facts=facts,
        )

    def effective(self, happened_at: datetime | None, *, not_before: datetime | None = None) -> datetime:
        """When an act took effect: as stated, or now. Invalid where it is in the future or before what it follows."""
        return effective(happened_at, self.now, not_before=not_before)

    def checked(self, case_id: UUID | None, *right: str) -> None:
        """Record that a right was checked, so that it is checked again before a stored answer is repeated."""
        self.session.info.setdefault(_CHECKED, {})[str(case_id or ""), *right] = None

    async def lock(self, *case_ids: UUID) -> None:
        """Lock the streams of these cases, in one order everywhere, so that two transactions never wait crosswise."""
        await outbox.lock_streams(self.session, case_ids)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is done inside happens wholly or not at all, and the transaction goes on either way."""
        async with database.attempt(self.session):
            yield


AnyWork: TypeAlias = UnitOfWork[Any]
"""Of a service whose resources this code does not look into."""


def checked_access(session: AsyncSession) -> list[list[str]]:
    """What was checked in this transaction: a case id (empty where it is of no case) and the right."""
    return [list(right) for right in session.info.get(_CHECKED, ())]
