"""The release of a payment order: the one command that asks another service and shows what the Fund may not keep.

It handles its Idempotency-Key itself, because the answer that is kept must not hold the payee (FU-6). In order: check
in a transaction of its own, ask identification while none is open, then release. When the last step loses a race,
identification has audited an opening that led to no order; when identification is away, nothing was changed here.
"""

from typing import Annotated, Any
from uuid import UUID

from chassis import http, idempotency
from chassis.actor import Actor
from chassis.client import Refused
from chassis.database import Database
from chassis.http import Now, Session
from chassis.idempotency import Stored
from chassis.rights import Who, right
from chassis.schema import idempotency_key as kept_answers
from fastapi import Header, Request
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from fund import schemas
from fund.payees import Payees
from fund.queries.claims import show_claim
from fund.schemas import ReleasedAnswer
from fund.use_cases.payments import OrderToCome, order_to_come, release_payment, released_order

router = http.reads()
IdempotencyKey = Annotated[str, Header(min_length=1, max_length=128, pattern=r"^[!-~]+$")]


@router.post("/api/claims/{claim_id}/release", **right("release"))
async def release(
    claim_id: UUID,
    body: schemas.Decision,
    who: Who,
    session: Session,
    now: Now,
    request: Request,
    idempotency_key: IdempotencyKey,
) -> ReleasedAnswer:
    """Release the order. `payee_details` are opened once for this order, audited, and kept nowhere in the Fund."""
    database: Database = request.app.state.database
    payees: Payees = request.app.state.payees
    key = idempotency.check_key(idempotency_key)
    # `session` has not spoken to the database yet: no transaction is open while identification is asked.
    async with database.transaction() as before:
        replayed = await _is_kept(before, who, key)
        order = await (released_order if replayed else order_to_come)(before, who, now, claim_id, body)
    details = await _open(payees, who, order, replayed) if order else None
    kept = await idempotency.take(session, who.sub, key, request.method, request.url.path, await request.body())
    if kept:
        return ReleasedAnswer.model_validate_json(kept.body).model_copy(update={"payee_details": details})
    opened = body.model_copy(update={"version": order.version}) if order else body  # what came between is not released
    claim = await release_payment(session, who, now, claim_id, opened)
    shown = ReleasedAnswer(**(await show_claim(session, who, now, claim)).model_dump())
    idempotency.keep(session, who.sub, key, Stored(200, shown.model_dump_json().encode()))
    return shown.model_copy(update={"payee_details": details})


async def _is_kept(session: AsyncSession, who: Actor, key: str) -> bool:
    asked = exists().where(kept_answers.c.sub == who.sub, kept_answers.c.key == key)
    return bool(await session.scalar(select(asked)))


async def _open(payees: Payees, who: Actor, order: OrderToCome, replayed: bool) -> dict[str, Any] | None:
    """The payee of the order; at a repeated request it is left out where identification opens it only once."""
    try:
        return await payees.open(who, order)
    except Refused:
        if replayed:
            return None
        raise
