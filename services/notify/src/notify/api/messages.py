"""Messages to the person over HTTP: by state alone, sent again by staff, confirmed by receipts."""

from uuid import UUID

from casework.answers import History
from chassis import http
from chassis.paging import After, Limit, Page
from chassis.rights import right

from notify.answers import MessageAnswer, MessageState
from notify.commands import Resend, TakeReceipt
from notify.resources import Uow
from notify.use_cases import messages as use_cases
from notify.views import messages

reads = http.reads()
commands = http.commands()


@reads.get("/api/messages", **right("list_messages"))
async def list_messages(
    uow: Uow,
    case_id: UUID | None = None,
    state: MessageState | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[MessageAnswer]:
    """Messages to persons by state alone: where they went is not known here, their text is in the template."""
    return await messages.list_messages(uow, case_id, state, limit=limit, after=after)


@reads.get("/api/messages/{message_id}", **right("read_message"))
async def get_message(message_id: UUID, uow: Uow) -> MessageAnswer:
    """One message, with the open clocks of its case."""
    return await messages.get_message(uow, message_id)


@reads.get("/api/messages/{message_id}/history", **right("read_message"))
async def get_message_history(message_id: UUID, uow: Uow) -> History:
    """What became of the message, newest first."""
    return await messages.message_history(uow, message_id)


@commands.post("/api/messages/{message_id}/resend", **right("resend"))
async def post_resend(message_id: UUID, command: Resend, uow: Uow) -> MessageAnswer:
    """Send it after all: withheld, failed or left unsent before. The safe contact is requested anew (NO-2)."""
    return await messages.message(uow, await use_cases.resend(uow, message_id, command))


@commands.post("/api/receipts", **right("take_receipt"))
async def post_receipt(command: TakeReceipt, uow: Uow) -> MessageAnswer:
    """A provider reports that a message arrived, or did not (NO-4)."""
    return await messages.message(uow, await use_cases.take_receipt(uow, command))
