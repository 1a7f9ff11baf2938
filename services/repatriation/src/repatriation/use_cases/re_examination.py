"""What was granted waits for a person to look again, with a term; nothing is cancelled by it (ID-9).

Of a permit on the ground of assisting nothing is ever published, so none is marked here (ID-11).
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from chassis.database import among, update_alike
from chassis.errors import NotPossible
from chassis.unit_of_work import UnitOfWork
from nrm_events.repatriation import ReExaminationRequired, ReExaminationSettled
from nrm_events.taking_part import MIGRATION_SERVICE
from sqlalchemy import select

from repatriation.commands import ConfirmReturn
from repatriation.domain.returns import BEFORE_DEPARTURE, RETURN
from repatriation.facts.visibility import THINGS, Row
from repatriation.tables import Permit, Return
from repatriation.use_cases.aggregate import ITSELF, audit, effective, load_object, move


def require(uow: UnitOfWork, row: Row, reason: str, at: datetime, *, formal_body: str | None = None) -> None:
    """Mark it; the event names who must look: the migration service at a permit, who handles a return.

    At a bar the formal body of the case looks, where there is one; else the holder.
    """
    row.re_examine = True
    move(row, row.state, at)
    audit(uow.acting(ITSELF), "re_examine", row, at)
    required = ReExaminationRequired.model_validate(
        {
            "effective_at": at,
            "case_id": row.case_id,
            "grant": THINGS[type(row)],
            "grant_id": row.id,
            "reason": reason,
            "agency": _who_looks(row, formal_body),
        }
    )
    uow.emit(required)


def _who_looks(row: Row, formal_body: str | None) -> str | None:
    if isinstance(row, Permit):
        return MIGRATION_SERVICE
    return row.agency if isinstance(row, Return) else formal_body


def settle(uow: UnitOfWork, row: Row, at: datetime) -> None:
    """Nobody needs to look any more: somebody did, it ended, or a new recognition carries it."""
    if row.re_examine:
        row.re_examine = False
        settled = ReExaminationSettled.model_validate(
            {"effective_at": at, "case_id": row.case_id, "grant": THINGS[type(row)], "grant_id": row.id}
        )
        uow.emit(settled)


async def require_of_returns(uow: UnitOfWork, at: Mapping[UUID, datetime], reason: str) -> None:
    """Returns of these cases that have not departed: who handles one looks whether it goes on (RP-5)."""
    rows = await _open_returns(uow, at)
    for row in rows:
        require(uow, row, reason, at[row.case_id])
    update_alike(rows)


async def settle_returns(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> None:
    """A new recognition carries what the old one did (ID-9)."""
    rows = await _open_returns(uow, at)
    for row in rows:
        settle(uow, row, at[row.case_id])
    update_alike(rows)


async def _open_returns(uow: UnitOfWork, at: Mapping[UUID, datetime]) -> list[Return]:
    found = select(Return).where(among(Return.case_id, at), Return.state.in_(BEFORE_DEPARTURE)).order_by(Return.id)
    return list(await uow.session.scalars(found.with_for_update())) if at else []


async def confirm_return(uow: UnitOfWork, return_id: UUID, command: ConfirmReturn) -> Return:
    """ID-9: whoever handles the return looked again, and it goes on."""
    row = await load_object(uow, Return, return_id, for_="confirm_return", read=command)
    if not row.re_examine:
        raise NotPossible("nothing_to_re_examine", "No decision requires this return to be looked at again.")
    at = effective(uow, row, command)
    settle(uow, row, at)
    move(row, RETURN.after(row.state, "confirm"), at)
    audit(uow, "confirm", row, at)
    return row
