"""What notify does on an event beside its projections: by the tables of the domain, and a few by hand."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID, uuid5

from chassis.unit_of_work import UnitOfWork
from nrm_events import Envelope, identification, notify
from nrm_events.base import CaseEvent
from nrm_events.taking_part import GUARDIANSHIP_AUTHORITY

from notify.domain.kinds import KINDS
from notify.domain.roles import DESK, GUARDIANSHIP
from notify.domain.routes import HOLDER, PERSON, ROUTES, Route
from notify.domain.steps import Act, Kind, Step
from notify.facts.children import children_since
from notify.rights import Part
from notify.use_cases.deadlines import (
    drop_clocks,
    end_with_case,
    meet_clocks,
    meet_clocks_without_identity,
    move_clocks,
    start_clocks,
)
from notify.use_cases.inbox import Task, end_tasks, notify_staff
from notify.use_cases.messages import Cause, queue_messages, skip_waiting

_ENDING_PARTS: tuple[Part, ...] = ("hand_over", "place", "child", "holding", "consent")
"""Parts whose tasks end with the case. What was granted, a reflection period, a decision and its appeal live on."""
_WITH_CASE = tuple(kind.code for kind in KINDS if kind.with_case)
_GUARDIANSHIP = (GUARDIANSHIP_AUTHORITY, GUARDIANSHIP)
_Run = Callable[[UnitOfWork, Kind, Sequence[Act]], Awaitable[None]]


async def run_by_law(uow: UnitOfWork, events: Sequence[Envelope[CaseEvent]]) -> None:
    """What the tables of clocks and routes hold for this class of events."""
    await _run_clocks(uow, events)
    await _notify(uow, events)


async def _run_clocks(uow: UnitOfWork, events: Sequence[Envelope[CaseEvent]]) -> None:
    """NO-3. What ends a clock comes before what starts one: an admission ends the offer and starts the stay."""
    for kind in KINDS:
        steps: tuple[tuple[tuple[Step, ...], _Run], ...] = (
            (kind.meets, meet_clocks),
            (kind.meets_without_identity, meet_clocks_without_identity),
            (kind.drops, drop_clocks),
            (kind.moves, move_clocks),
            (kind.starts, start_clocks),
        )
        for rows, run in steps:
            for row in rows:
                if row.event is type(events[0].data):
                    acts = [act for act in map(row.act, events) if act]
                    if acts:
                        await run(uow, kind, acts)


async def _notify(uow: UnitOfWork, events: Sequence[Envelope[CaseEvent]]) -> None:
    """NO-4: the table of routes; staff see a task, the person gets a message."""
    for route in ROUTES:
        if route.event is not type(events[0].data):
            continue
        if route.to == PERSON:
            causes = [_cause(route, event) for event in events]
            await queue_messages(uow, route.template, causes, lasting=route.lasting)
        else:
            tasks = [_task(route, event, to) for event in events for to in _recipients(route, event.data)]
            await notify_staff(uow, tasks)


def _cause(route: Route, event: Envelope[CaseEvent]) -> Cause:
    author = next(iter(route.agencies(event.data)), None)
    return Cause(event.key, event.id, event.data.effective_at, event.time, author)


def _recipients(route: Route, event: CaseEvent) -> Sequence[str]:
    return (HOLDER,) if route.to == HOLDER else route.agencies(event)


def _task(route: Route, event: Envelope[CaseEvent], to: str) -> Task:
    return Task(
        case_id=event.key,
        event_id=event.id,
        recipient=to,
        task=route.task,
        part=route.part,
        subject=event.subject,
        object_id=UUID(event.subject.partition("/")[2]),
        at=event.time,
        roles=route.roles,
        template=route.template,
    )


async def child_opened(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFacts]]) -> None:
    """The guardianship authority gets a task for every child's case (ID-5, ID-6)."""
    await _notify_guardianship(uow, events)


async def age_changed(uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFacts]]) -> None:
    """The guardianship authority gets a task, and the holder another: to establish the age (ID-5)."""
    became = await _notify_guardianship(uow, events)
    doubted = [e for e in events if e.key in became or e.data.doubted_by_guardianship]
    await notify_staff(uow, [_about_child(e, (HOLDER, DESK), "age_to_establish", e.id) for e in doubted])


async def _notify_guardianship(
    uow: UnitOfWork, events: Sequence[Envelope[identification.PersonFacts]]
) -> frozenset[UUID]:
    """The cases that are a child's since now; one task for each time that a case becomes one."""
    children = {event.key: event for event in events if event.data.age_group == "child"}
    since = await children_since(uow, children)
    ids = {case_id: uuid5(case_id, f"child/{at.isoformat()}") for case_id, at in since.items()}
    new = await notify_staff(
        uow,
        [
            _about_child(children[case_id], _GUARDIANSHIP, "child_in_case", event_id)
            for case_id, event_id in ids.items()
        ],
    )
    return frozenset(case_id for case_id, event_id in ids.items() if event_id in new)


def _about_child(
    event: Envelope[identification.PersonFacts], to: tuple[str, tuple[str, ...]], task: str, event_id: UUID
) -> Task:
    recipient, roles = to
    return Task(event.key, event_id, recipient, task, "child", f"case/{event.key}", event.key, event.time, roles)


async def case_closed(uow: UnitOfWork, events: Sequence[Envelope[identification.CaseClosed]]) -> None:
    """What rests on the case ends: its clocks, tasks that wait for it, messages that were not sent (NO-2, NO-3)."""
    await end_with_case(uow, _WITH_CASE, {event.key: event.data.effective_at for event in events})
    await end_tasks(uow, {event.key: event.time for event in events}, _ENDING_PARTS)
    await skip_waiting(uow, [event.key for event in events])


async def consent_withdrawn(uow: UnitOfWork, events: Sequence[Envelope[identification.ConsentWithdrawn]]) -> None:
    """What rested on the consent is shown no more, and notify acknowledges it (ID-12)."""
    for event in events:
        uow.emit(
            notify.ConsentWithdrawalAcknowledged(
                case_id=event.key, effective_at=event.data.effective_at, consent_id=event.data.consent_id
            )
        )
