"""Messages to the person as staff see them: by state alone, never where they went or their text (NO-1)."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from casework import access
from casework.answers import ClockAnswer, History, actions, history
from casework.history import visible_history
from chassis import paging
from chassis.paging import Page
from chassis.rights import may
from chassis.unit_of_work import UnitOfWork
from nrm_events.reference import case_reference
from sqlalchemy import and_, select

from notify.answers import MessageAnswer
from notify.domain.machines import NOTIFICATION
from notify.facts import listed, visible
from notify.tables import MessageRow
from notify.views.clocks import open_clocks_of
from notify.views.reads import read_one

MESSAGE_ACTS = (
    *("queue_message", "send_message", "withhold_message", "fail_message", "skip_message"),
    *("resend_message", "take_receipt"),
)


async def list_messages(
    uow: UnitOfWork, case_id: UUID | None, state: str | None, *, limit: int, after: UUID | None
) -> Page[MessageAnswer]:
    """Messages of cases whose contact the actor may read, newest first."""
    found = listed.messages(uow, case_id, state, before=after)
    rows, following = await paging.page(uow.session, found, MessageRow.id, limit=limit, after=after)
    return Page(items=await _answers(uow, rows), next=following)


async def get_message(uow: UnitOfWork, message_id: UUID) -> MessageAnswer:
    """One message, with the open clocks of its case that the actor may see."""
    row = await _read(uow, message_id)
    clocks = await open_clocks_of(uow, row.case_id)
    shown = [ClockAnswer(kind=clock.kind, due_at=clock.due_at, state=clock.state) for clock in clocks]
    return (await message(uow, row)).model_copy(update={"clocks": shown})


async def message(uow: UnitOfWork, row: MessageRow) -> MessageAnswer:
    """One message that the actor has just changed or read."""
    (answered,) = await _answers(uow, [row])
    return answered


async def message_history(uow: UnitOfWork, message_id: UUID) -> History:
    """What became of the message, newest first."""
    row = await _read(uow, message_id)
    part_of: Mapping[str, str] = dict.fromkeys(MESSAGE_ACTS, "read_message")
    bases = await access.bases(uow, row.case_id)
    return history(await visible_history(uow, row.case_id, bases, part_of, subject=f"message/{row.id}"))


async def _read(uow: UnitOfWork, message_id: UUID) -> MessageRow:
    wanted = and_(MessageRow.id == message_id, await visible.known(uow, MessageRow.case_id))
    return await read_one(uow, MessageRow, wanted, shown=visible.messages(uow, "read_message"), action="read_message")


async def _answers(uow: UnitOfWork, rows: Sequence[MessageRow]) -> list[MessageAnswer]:
    resendable = await _resendable(uow, rows)
    return [_answer(uow, row, resendable) for row in rows]


async def _resendable(uow: UnitOfWork, rows: Sequence[MessageRow]) -> Collection[UUID]:
    """Those of the messages that the actor's agency may send again by its basis."""
    if "resend" not in may(uow.rights, uow.actor):
        return ()
    found = select(MessageRow.id).where(MessageRow.id.in_([row.id for row in rows]), visible.messages(uow, "resend"))
    return set(await uow.session.scalars(found))


def _answer(uow: UnitOfWork, row: MessageRow, resendable: Collection[UUID]) -> MessageAnswer:
    refused = {} if row.id in resendable else {"resend": "not_for_this_basis"}
    return MessageAnswer(
        id=row.id,
        case_id=row.case_id,
        case_ref=case_reference(row.case_id),
        template=row.template,
        state=row.state,
        reason=row.reason,
        effective_at=row.effective_at,
        queued_at=row.queued_at,
        next_at=row.next_at if row.state == "queued" else None,
        sent_at=row.sent_at,
        tries=row.tries,
        version=row.version,
        actions=actions(NOTIFICATION.list_actions(row.state, refused, may(uow.rights, uow.actor))),
    )
