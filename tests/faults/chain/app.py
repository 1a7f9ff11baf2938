"""Three small services on the real chassis, one behind the other: an act at the first has an effect at the last.

They bear the names of real services, because broker and sign-in know those; their databases are their own.
`act` is the witness: written in the transaction of each act, numbered under a lock of its own.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

from chassis import audit
from chassis.database import service_metadata
from chassis.http import Now, Session, commands
from chassis.outbox import emit
from chassis.rights import Who, right
from chassis.service import Service
from nrm_events import Envelope
from nrm_events.identification import ConsentWithdrawn
from nrm_events.shelter import ConsentWithdrawalAcknowledged
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_NUMBER = text(
    "insert into counted values (:case_id, 1) on conflict (case_id) do update set number = counted.number + 1 "
    "returning number"
)
_ACT = text("insert into act (case_id, number, act_id) values (:case_id, :number, :act_id)")
_EFFECT = text("insert into effect (case_id, act_id, event_id) values (:case_id, :act_id, :event_id)")
POISON = "poison"

writes = commands()


class Acts(BaseModel):
    """Acts in one case, in this order; the poisoned one cannot be applied downstream until that is healed."""

    case_id: UUID
    acts: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    poisoned: UUID | None = None


@writes.post("/api/acts", **right("act"))
async def act(given: Acts, who: Who, session: Session, now: Now) -> None:
    for act_id in given.acts:
        number = await session.scalar(_NUMBER, {"case_id": given.case_id})
        await session.execute(_ACT, {"case_id": given.case_id, "number": number, "act_id": act_id})
        purpose = POISON if act_id == given.poisoned else "casework"
        event = ConsentWithdrawn(
            effective_at=now,
            case_id=given.case_id,
            consent_id=act_id,
            recipient="ngo-amc",
            purpose=purpose,
            data_class="status",
        )
        emit(session, event)
    audit.record(session, who, "act", case_id=given.case_id, effective_at=now)


async def acknowledge(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The effect in the middle, told on."""
    for envelope in envelopes:
        event = envelope.data
        assert isinstance(event, ConsentWithdrawn)
        if event.purpose == POISON and not await session.scalar(text("select count(*) from healed")):
            raise RuntimeError("this cannot be applied")
        await took_effect(session, envelope, event.consent_id)
        emit(
            session,
            ConsentWithdrawalAcknowledged(
                effective_at=event.effective_at, case_id=event.case_id, consent_id=event.consent_id
            ),
        )


async def end(session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
    """The effect at the end."""
    for envelope in envelopes:
        assert isinstance(envelope.data, ConsentWithdrawalAcknowledged)
        await took_effect(session, envelope, envelope.data.consent_id)


async def took_effect(session: AsyncSession, envelope: Envelope, act_id: UUID) -> None:
    values = {"case_id": envelope.key, "act_id": act_id, "event_id": envelope.id}
    await session.execute(_EFFECT, values)


def _service(name: str, **more: object) -> Service:
    return Service(
        name=name,
        title="Chain",
        package=Path(__file__).parent,
        metadata=service_metadata(),
        append_only=["act", "effect"],
        **({"routers": [], "rights": {}} | more),  # type: ignore[arg-type]
    )


FIRST = _service("identification", routers=[writes], rights={"act": {"service": "all"}})
MIDDLE = _service("shelter", handlers={ConsentWithdrawn: acknowledge})
LAST = _service("notify", handlers={ConsentWithdrawalAcknowledged: end})
CHAIN = {service.name: service for service in (FIRST, MIDDLE, LAST)}
