"""The release of a payment order: it calls another service and shows what the Fund may not store.

It handles its Idempotency-Key itself, because the stored answer must not contain the payee (FU-6):
1. check in a transaction of its own that the claim could be released;
2. open the payee at identification while no transaction is open;
3. release.
When step 3 loses a race, identification has audited an opening that led to no order. When identification is away,
nothing was changed here.
"""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from chassis import http, idempotency
from chassis.client import Refused
from chassis.database import Database
from chassis.idempotency import Stored
from chassis.rights import right
from chassis.schema import idempotency_key as stored_answers
from chassis.unit_of_work import UnitOfWork, checked_access
from fastapi import Header, Request
from pydantic import JsonValue
from sqlalchemy import exists, select

from fund.answers import ReleasedAnswer
from fund.commands import ReleasePayment
from fund.resources import Resources, Uow
from fund.use_cases import releases
from fund.use_cases.releases import PendingOrder
from fund.views.claims import show

router = http.reads()
IdempotencyKey = Annotated[str, Header(min_length=1, max_length=128, pattern=r"^[!-~]+$")]


@router.post("/api/claims/{claim_id}/release", **right("release"))
async def release(
    claim_id: UUID, command: ReleasePayment, uow: Uow, request: Request, idempotency_key: IdempotencyKey
) -> ReleasedAnswer:
    """Release the order. `payee_details` are opened once for this order, audited, and stored nowhere in the Fund."""
    database: Database = request.app.state.database
    key = idempotency.key_of(uow.actor, idempotency_key)
    # The session of `uow` has not spoken to the database yet: no transaction is open while identification is called.
    async with database.transaction() as session:
        before = replace(uow, session=session)
        replayed = await _is_stored(before, key)
        order = await (releases.released if replayed else releases.pending)(before, claim_id, command)
    details = await _open(uow, order, replayed) if order else None
    same = (request.method, request.url.path, await request.body())
    stored = await idempotency.take(uow.session, key, *same)
    if stored:
        return ReleasedAnswer.model_validate_json(stored.body).model_copy(update={"payee_details": details})
    if order:  # what came between is not released
        command = command.model_copy(update={"expected_version": order.version})
    claim = await releases.release(uow, claim_id, command)
    shown = ReleasedAnswer(**(await show(uow, claim)).model_dump())
    checked = checked_access(uow.session)
    idempotency.store(uow.session, key, Stored(200, shown.model_dump_json().encode(), checked))
    return shown.model_copy(update={"payee_details": details})


async def _is_stored(uow: UnitOfWork, key: idempotency.Key) -> bool:
    stored = exists().where(stored_answers.c.sub == key.sub, stored_answers.c.key == key.key)
    return bool(await uow.session.scalar(select(stored)))


async def _open(uow: UnitOfWork[Resources], order: PendingOrder, replayed: bool) -> dict[str, JsonValue] | None:
    """The payee of the order; at a repeated request it is left out where identification opens it only once."""
    try:
        return await uow.resources.payees.open(
            uow.actor, case_id=order.case_id, order_id=order.order_id, payee=order.payee
        )
    except Refused:
        if replayed:
            return None
        raise
