"""The staff inbox over HTTP, and the operator's tasks about agencies' systems."""

from uuid import UUID

from chassis import http
from chassis.paging import After, Limit, Page
from chassis.rights import right

from notify.answers import AgencyTaskAnswer, InboxItemAnswer, InboxPage, Language
from notify.commands import MarkRead
from notify.resources import Uow
from notify.use_cases import inbox as use_cases
from notify.views import inbox
from notify.views.inbox import InboxFilter

reads = http.reads()
commands = http.commands()


@reads.get("/api/inbox", **right("read_inbox"))
async def list_inbox(
    uow: Uow,
    unread: bool = False,
    case_id: UUID | None = None,
    language: Language = "az",
    limit: Limit = 50,
    after: After = None,
) -> InboxPage:
    """Your tasks, newest first, with how many are unread and how many clocks of your agency ran out."""
    wanted = InboxFilter(unread=unread, case_id=case_id, language=language)
    return await inbox.list_inbox(uow, wanted, limit=limit, after=after)


@commands.post("/api/inbox/{item_id}/read", **right("read_item"))
async def post_read(item_id: UUID, command: MarkRead, uow: Uow, language: Language = "az") -> InboxItemAnswer:
    """You have read the item; each person reads for themself."""
    return await inbox.item(uow, await use_cases.mark_item_read(uow, item_id, command), language)


@reads.get("/api/agency-tasks", **right("read_agency_tasks"))
async def list_agency_tasks(
    uow: Uow, unread: bool = False, language: Language = "az", limit: Limit = 50, after: After = None
) -> Page[AgencyTaskAnswer]:
    """Which agencies' systems have not ended what rested on a withdrawn consent, newest first (ID-12)."""
    return await inbox.list_agency_tasks(uow, InboxFilter(unread=unread, language=language), limit=limit, after=after)


@commands.post("/api/agency-tasks/{item_id}/read", **right("read_agency_tasks"))
async def post_agency_task_read(
    item_id: UUID, command: MarkRead, uow: Uow, language: Language = "az"
) -> AgencyTaskAnswer:
    """You have read the task; each person reads for themself."""
    return await inbox.agency_task(uow, await use_cases.mark_agency_task_read(uow, item_id, command), language)
