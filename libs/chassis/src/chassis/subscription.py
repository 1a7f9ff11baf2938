"""What a service does when it receives an event: one declaration for handlers, rebuilds and documents."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic

from nrm_events import Envelope, Event
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import TypeVar

from chassis.actor import system
from chassis.clock import utc_now
from chassis.rights import Rights
from chassis.unit_of_work import RESOURCES, UnitOfWork

E = TypeVar("E", bound=Event)
React = Callable[[UnitOfWork[Any], Sequence[Envelope[E]]], Awaitable[None]]
Handler = Callable[[AsyncSession, Sequence[Envelope]], Awaitable[None]]


@dataclass(frozen=True)
class Subscription(Generic[E]):
    """`project` writes rows that follow from events alone, and nothing else; a rebuild makes them anew.

    `react` does everything else, once, after `project`. Both receive a list: the n-th events of several cases.
    """

    event: type[E]
    project: React[E] | None = None
    react: React[E] | None = None


def handlers(service: str, rights: Rights, subscriptions: Sequence[Subscription[Any]]) -> Mapping[type[Event], Handler]:
    """The handler of each event: first every `project`, then every `react`, in the order of the declarations."""
    return {
        event: partial(_handle, service, rights, [s for s in subscriptions if s.event is event])
        for event in dict.fromkeys(s.event for s in subscriptions)
    }


def projections(
    service: str, rights: Rights, subscriptions: Sequence[Subscription[Any]]
) -> Mapping[type[Event], Handler]:
    """The same without what only a live service does: what a rebuild runs."""
    kept = [Subscription(s.event, project=s.project) for s in subscriptions if s.project]
    return handlers(service, rights, kept)


async def _handle(
    service: str,
    rights: Rights,
    subscriptions: Sequence[Subscription[Any]],
    session: AsyncSession,
    envelopes: Sequence[Envelope],
) -> None:
    uow = UnitOfWork(session, system(service), utc_now(), session.info.get(RESOURCES), rights)
    for step in [*(s.project for s in subscriptions), *(s.react for s in subscriptions)]:
        if step:
            await step(uow, envelopes)
