"""What a service does when it receives an event: one declaration for handlers, rebuilds and documents."""

from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias

from nrm_events import Envelope, Event
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import TypeVar

from chassis.actor import system
from chassis.clock import utc_now
from chassis.rights import Rights
from chassis.unit_of_work import RESOURCES, AnyWork, UnitOfWork

E = TypeVar("E", bound=Event)
Item = TypeVar("Item")
React = Callable[[AnyWork, Sequence[Envelope[E]]], Awaitable[None]]
Handler = Callable[[AsyncSession, Sequence[Envelope]], Awaitable[None]]


@dataclass(frozen=True)
class Subscription(Generic[E]):
    """`project` writes rows that follow from events alone, and nothing else; a rebuild makes them anew.

    `react` does everything else, once, after `project`. Both receive a list: the n-th events of several cases.
    """

    event: type[E]
    project: React[E] | None = None
    react: React[E] | None = None


AnySubscription: TypeAlias = Subscription[Any]
_Step: TypeAlias = React[Any]


def turns(items: Sequence[Item], *, key: Callable[[Item], Hashable]) -> list[list[Item]]:
    """Lists in which no key occurs twice, so that each key stays in order.

    The n-th list has the n-th item of each key.
    """
    if len(set(map(key, items))) == len(items) > 0:  # as the consumer's waves are
        return [list(items)]
    found: list[list[Item]] = []
    before: Counter[Hashable] = Counter()
    for item in items:
        number = before[key(item)]
        before[key(item)] += 1
        if number == len(found):
            found.append([])
        found[number].append(item)
    return found


@dataclass(frozen=True)
class _Handling:
    """The handler of one event: the service itself acts, step by step, for lists in which no case occurs twice."""

    service: str
    rights: Rights
    steps: Sequence[_Step]

    async def __call__(self, session: AsyncSession, envelopes: Sequence[Envelope]) -> None:
        uow = UnitOfWork(session, system(self.service), utc_now(), session.info.get(RESOURCES), self.rights)
        for turn in turns(envelopes, key=lambda envelope: envelope.key.int):
            for step in self.steps:
                await step(uow, turn)


def handlers(service: str, rights: Rights, subscriptions: Sequence[AnySubscription]) -> Mapping[type[Event], Handler]:
    """The handler of each event: first every `project`, then every `react`, in the order of the declarations."""
    return {
        event: _Handling(service, rights, _steps([s for s in subscriptions if s.event is event]))
        for event in dict.fromkeys(s.event for s in subscriptions)
    }


def _steps(subscriptions: Sequence[AnySubscription]) -> list[_Step]:
    return [step for step in (*(s.project for s in subscriptions), *(s.react for s in subscriptions)) if step]


def projections(
    service: str, rights: Rights, subscriptions: Sequence[AnySubscription]
) -> Mapping[type[Event], Handler]:
    """The handlers of a rebuild: every `project` and no `react`."""
    projecting = [Subscription(s.event, project=s.project) for s in subscriptions if s.project]
    return handlers(service, rights, projecting)
