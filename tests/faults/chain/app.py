"""Three small services on the real chassis, one behind the other: an act at the first has an effect at the last.

They bear the names of real services, because broker and sign-in know those; their databases are their own.
`act` is the witness: written in the transaction of each act, numbered under a lock of its own.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from chassis.database import service_metadata
from chassis.http import commands, unit_of_work
from chassis.rights import right
from chassis.service import Service
from chassis.subscription import Subscription
from chassis.unit_of_work import UnitOfWork
from fastapi import Depends
from nrm_events import Envelope
from nrm_events.identification import ConsentWithdrawn
from nrm_events.shelter import ConsentWithdrawalAcknowledged
from pydantic import BaseModel, Field
from sqlalchemy import text

_NUMBER = text(
    "insert into counted values (:case_id, 1) on conflict (case_id) do update set number = counted.number + 1 "
    "returning number"
)
_ACT = text("insert into act (case_id, number, act_id) values (:case_id, :number, :act_id)")
_EFFECT = text("insert into effect (case_id, act_id, event_id) values (:case_id, :act_id, :event_id)")
POISON = "poison"

Uow = UnitOfWork[None]
writes = commands()


class Act(BaseModel):
    """Acts in one case, in this order; the poisoned one cannot be applied downstream until that is healed."""

    case_id: UUID
    acts: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    poisoned: UUID | None = None


@writes.post("/api/acts", **right("act"))
async def act(command: Act, uow: Annotated[Uow, Depends(unit_of_work)]) -> None:
    for act_id in command.acts:
        number = await uow.session.scalar(_NUMBER, {"case_id": command.case_id})
        await uow.session.execute(_ACT, {"case_id": command.case_id, "number": number, "act_id": act_id})
        purpose = POISON if act_id == command.poisoned else "casework"
        event = ConsentWithdrawn(
            effective_at=uow.now,
            case_id=command.case_id,
            consent_id=act_id,
            recipient="ngo-amc",
            purpose=purpose,
            data_class="status",
        )
        uow.emit(event)
    uow.audit("act", case_id=command.case_id, at=uow.now)


async def acknowledge(uow: Uow, envelopes: Sequence[Envelope[ConsentWithdrawn]]) -> None:
    """The effect in the middle, and the event of it."""
    for envelope in envelopes:
        event = envelope.data
        if event.purpose == POISON and not await uow.session.scalar(text("select count(*) from healed")):
            raise RuntimeError("this cannot be applied")
        await took_effect(uow, envelope, event.consent_id)
        uow.emit(
            ConsentWithdrawalAcknowledged(
                effective_at=event.effective_at, case_id=event.case_id, consent_id=event.consent_id
            )
        )


async def end(uow: Uow, envelopes: Sequence[Envelope[ConsentWithdrawalAcknowledged]]) -> None:
    """The effect at the end."""
    for envelope in envelopes:
        await took_effect(uow, envelope, envelope.data.consent_id)


async def took_effect(uow: Uow, envelope: Envelope, act_id: UUID) -> None:
    values = {"case_id": envelope.key, "act_id": act_id, "event_id": envelope.id}
    await uow.session.execute(_EFFECT, values)


def _service(name: str, **more: Any) -> Service:
    return Service(
        name=name,
        title="Chain",
        package=Path(__file__).parent,
        metadata=service_metadata(),
        append_only=["act", "effect"],
        **({"routers": [], "rights": {}} | more),
    )


FIRST = _service("identification", routers=[writes], rights={"act": {"service": "all"}})
MIDDLE = _service("shelter", subscriptions=[Subscription(ConsentWithdrawn, react=acknowledge)])
LAST = _service("notify", subscriptions=[Subscription(ConsentWithdrawalAcknowledged, react=end)])
CHAIN = {service.name: service for service in (FIRST, MIDDLE, LAST)}
