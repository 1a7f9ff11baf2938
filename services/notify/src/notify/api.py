"""HTTP → use case. Clocks, the staff inbox, messages by state, templates, receipts of providers."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from chassis import audit, http, outbox
from chassis.actor import Actor
from chassis.answers import ActionAnswer, ClockAnswer, History, actions, history
from chassis.errors import Stale
from chassis.http import Now, Session
from chassis.clock import Moment, effective, local_date
from chassis.paging import After, Limit, Page
from chassis.rights import Who, may, right
from fastapi import Path, Query
from sqlalchemy.ext.asyncio import AsyncSession

from notify import queries
from notify.domain.kinds import BY_CODE
from notify.domain.machines import CLOCK, NOTIFICATION
from notify.domain.texts import render
from notify.rights import RIGHTS
from notify.schemas import (
    Act,
    AgencyTaskOut,
    ClockOut,
    InboxItemOut,
    InboxPage,
    Language,
    MessageOut,
    ReceiptGiven,
    Resend,
    StatisticsOut,
    TemplateOut,
    TemplatesOut,
    TemplateText,
)
from notify.tables import ClockRow, InboxItem, MessageRow
from notify.use_cases.inbox import read_item
from notify.use_cases.messages import resend, take_receipt
from notify.wording import templates, text_of

reads = http.reads()
commands = http.commands()

ClockState = Literal["running", "approaching", "breached", "met", "met_late", "ended"]
MessageState = Literal["queued", "claimed", "sending", "sent", "delivered", "failed", "withheld", "skipped"]
Kind = Annotated[str, Query(max_length=40, description=f"One of: {', '.join(BY_CODE)}")]


@reads.get("/api/clocks", **right("list_clocks"))
async def list_clocks(
    session: Session,
    who: Who,
    case_id: UUID | None = None,
    state: ClockState | None = None,
    kind: Kind | None = None,
    mine: bool = False,
    limit: Limit = 50,
    after: After = None,
) -> Page[ClockOut]:
    """Clocks of the cases that your agency may know of, for the reason it knows of them, newest first.

    `mine`: only those on which your agency must act.
    """
    rows, following = await queries.list_clocks(
        session, who, case_id=case_id, state=state, kind=kind, mine=mine, limit=limit, after=after
    )
    return Page(items=[_clock(row) for row in rows], next=following)


@reads.get("/api/deadlines", **right("list_clocks"))
async def list_deadlines(
    session: Session,
    who: Who,
    mine: bool = False,
    due_before: Moment | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[ClockOut]:
    """Clocks that nothing has met yet: what ran out, what ends today, the rest; the first to end first."""
    rows, following = await queries.list_due(session, who, mine=mine, due_before=due_before, limit=limit, after=after)
    return Page(items=[_clock(row) for row in rows], next=following)


@reads.get("/api/clocks/{clock_id}", **right("read_clock"))
async def get_clock(clock_id: UUID, session: Session, who: Who) -> ClockOut:
    """One clock. Nobody acts on a clock itself: it is met by what it waits for."""
    return _clock(await queries.get_clock(session, who, clock_id))


@reads.get("/api/clocks/{clock_id}/history", **right("read_clock"))
async def get_clock_history(clock_id: UUID, session: Session, who: Who) -> History:
    """What was said of the clock and when, newest first."""
    await queries.get_clock(session, who, clock_id)
    return await _history(session, f"clock/{clock_id}")


@reads.get("/api/inbox", **right("read_inbox"))
async def list_inbox(
    session: Session,
    who: Who,
    now: Now,
    unread: bool = False,
    case_id: UUID | None = None,
    language: Language = "az",
    limit: Limit = 50,
    after: After = None,
) -> InboxPage:
    """Your tasks, newest first, with how many are unread and how many clocks of your agency ran out."""
    rows, following = await queries.list_inbox(session, who, unread=unread, case_id=case_id, limit=limit, after=after)
    today, overdue = local_date(now), await queries.count_overdue(session, who)
    return InboxPage(
        items=[_item(item, read_at, language, today) for item, read_at in rows],
        next=following,
        unread=await queries.count_unread(session, who),
        overdue=overdue,
        summary=render(text_of("tasks_overdue", language, today), n=overdue)[1] if overdue else None,
    )


async def _marked_read(
    session: AsyncSession, who: Actor, item_id: UUID, body: Act, now: datetime
) -> tuple[InboxItem, datetime | None]:
    item = await queries.get_item(session, who, item_id)
    await read_item(session, who, item, effective(body.happened_at, now, not_before=item.created_at))
    return item, await queries.read_at(session, who, item_id)


@commands.post("/api/inbox/{item_id}/read", **right("read_item"))
async def post_read(
    item_id: UUID, body: Act, session: Session, who: Who, now: Now, language: Language = "az"
) -> InboxItemOut:
    """You have read the item; each person reads for themself."""
    return _item(*await _marked_read(session, who, item_id, body, now), language, local_date(now))


@reads.get("/api/agency-tasks", **right("read_agency_tasks"))
async def list_agency_tasks(
    session: Session,
    who: Who,
    now: Now,
    unread: bool = False,
    language: Language = "az",
    limit: Limit = 50,
    after: After = None,
) -> Page[AgencyTaskOut]:
    """Which agencies' systems have not let go of what rested on a withdrawn consent, newest first (ID-12)."""
    rows, following = await queries.list_inbox(session, who, unread=unread, case_id=None, limit=limit, after=after)
    return Page(
        items=[_agency_task(item, read_at, language, local_date(now)) for item, read_at in rows], next=following
    )


@commands.post("/api/agency-tasks/{item_id}/read", **right("read_agency_tasks"))
async def post_agency_task_read(
    item_id: UUID, body: Act, session: Session, who: Who, now: Now, language: Language = "az"
) -> AgencyTaskOut:
    """You have read the task; each person reads for themself."""
    return _agency_task(*await _marked_read(session, who, item_id, body, now), language, local_date(now))


@reads.get("/api/messages", **right("list_messages"))
async def list_messages(
    session: Session,
    who: Who,
    case_id: UUID | None = None,
    state: MessageState | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Page[MessageOut]:
    """Messages to persons by state alone: where they went is not known here, what they said is in the template."""
    rows, following = await queries.list_messages(session, who, case_id=case_id, state=state, limit=limit, after=after)
    return Page(items=[_message(row, who) for row in rows], next=following)


@reads.get("/api/messages/{message_id}", **right("read_message"))
async def get_message(message_id: UUID, session: Session, who: Who) -> MessageOut:
    """One message, with the open clocks of its case."""
    row = await queries.get_message(session, who, message_id)
    clocks = await queries.clocks_of(session, who, row.case_id)
    shown = [ClockAnswer(kind=clock.kind, due_at=clock.due_at, state=clock.state) for clock in clocks]
    return _message(row, who).model_copy(update={"clocks": shown})


@reads.get("/api/messages/{message_id}/history", **right("read_message"))
async def get_message_history(message_id: UUID, session: Session, who: Who) -> History:
    """What became of the message, newest first."""
    await queries.get_message(session, who, message_id)
    return await _history(session, f"message/{message_id}")


@commands.post("/api/messages/{message_id}/resend", **right("resend"))
async def post_resend(message_id: UUID, body: Resend, session: Session, who: Who, now: Now) -> MessageOut:
    """Send it after all: withheld, failed or left unsent before. The safe contact is asked anew (NO-2)."""
    seen = await queries.get_message(session, who, message_id)
    await outbox.lock_streams(session, [seen.case_id])
    row = await queries.get_message(session, who, message_id, lock=True)
    if body.version is not None and body.version != row.version:
        yours = body.model_dump(mode="json", include={"happened_at"}, exclude_none=True)
        raise Stale(body.version, row.version, yours, {"state": row.state, "reason": row.reason})
    await resend(session, who, row, effective(body.happened_at, now, not_before=row.effective_at), now)
    return _message(row, who)


@reads.get("/api/templates", **right("read_templates"))
async def list_templates() -> TemplatesOut:
    """Every template with its versions and languages (NO-4)."""
    return TemplatesOut(
        items=[
            TemplateOut(
                template=version.template,
                version=version.version,
                first_day=version.first_day,
                texts={
                    language: TemplateText(subject=text.subject, body=text.body)
                    for language, text in version.texts.items()
                },
            )
            for versions in templates().values()
            for version in versions
        ]
    )


@commands.post("/api/receipts", **right("take_receipt"))
async def post_receipt(body: ReceiptGiven, session: Session, who: Who, now: Now) -> MessageOut:
    """A provider says that a message arrived, or did not (NO-4)."""
    at = effective(body.happened_at, now)
    return _message(await take_receipt(session, who, body.reference, body.outcome, at), who)


@reads.get("/api/statistics/{year}", **right("read_statistics"))
async def get_statistics(year: Annotated[int, Path(ge=2000, le=2199)], session: Session) -> StatisticsOut:
    """Clocks met and missed, messages sent and withheld; counts without cases."""
    clocks, messages = await queries.count_year(session, year)
    return StatisticsOut(year=year, clocks=clocks, messages=messages)


def _clock(row: ClockRow) -> ClockOut:
    return ClockOut(
        id=row.id,
        case_id=row.case_id,
        kind=row.kind,
        object_id=row.object_id,
        state=row.state,
        started_at=row.started_at,
        due_at=row.due_at,
        warn_at=row.warn_at,
        breached_at=row.breached_at,
        ended_at=row.ended_at,
        entered_late=row.entered_late,
        agency=row.duty_agency,
        role=row.duty_role,
        version=row.version,
        actions=[
            ActionAnswer(action=one.action, allowed=False, reason=one.reason or "by_events_only")
            for one in CLOCK.list_actions(row.state)
        ],
    )


def _message(row: MessageRow, who: Actor) -> MessageOut:
    allowed = may(RIGHTS, who)
    return MessageOut(
        id=row.id,
        case_id=row.case_id,
        template=row.template,
        state=row.state,
        reason=row.reason,
        effective_at=row.effective_at,
        queued_at=row.queued_at,
        next_at=row.next_at if row.state == "queued" else None,
        sent_at=row.sent_at,
        tries=row.tries,
        version=row.version,
        actions=actions(NOTIFICATION.list_actions(row.state, may=allowed)),
    )


def _item(item: InboxItem, read_at: datetime | None, language: Language, today: date) -> InboxItemOut:
    return InboxItemOut(
        id=item.id,
        case_id=item.case_id,
        task=item.task,
        subject=item.subject,
        template=item.template,
        text=_text(item, language, today),
        created_at=item.created_at,
        read_at=read_at,
    )


def _agency_task(item: InboxItem, read_at: datetime | None, language: Language, today: date) -> AgencyTaskOut:
    return AgencyTaskOut(
        id=item.id,
        agency=item.subject.removeprefix("agency/"),
        task=item.task,
        text=_text(item, language, today),
        created_at=item.created_at,
        read_at=read_at,
    )


def _text(item: InboxItem, language: Language, today: date) -> str:
    text = text_of(item.template, language, today)
    return render(text, **({"n": 1} if text.placeholders else {}))[1]


async def _history(session: Session, subject: str) -> History:
    return history(await audit.history(session, subject=subject))
