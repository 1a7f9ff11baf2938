"""A handler's list has no case twice, whoever calls it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from chassis.subscription import Subscription, handlers, turns
from chassis.testing import ServiceUnderTest
from chassis.unit_of_work import AnyWork
from nrm_events import Envelope
from nrm_events.notify import NotificationQueued

from .givens import queued


def test_a_turn_has_each_key_once_and_keys_stay_in_order() -> None:
    words = ["a1", "b1", "a2", "a3", "c1", "b2"]
    assert turns(words, key=lambda word: word[0]) == [["a1", "b1", "c1"], ["a2", "b2"], ["a3"]]
    assert turns([], key=lambda word: word) == []


async def test_two_events_of_a_case_in_one_list_are_handled_one_after_the_other(
    board: ServiceUnderTest,
) -> None:
    case, other = uuid4(), uuid4()
    seen: list[tuple[str, list[UUID]]] = []

    async def project(uow: AnyWork, events: Sequence[Envelope[NotificationQueued]]) -> None:
        seen.append(("project", [event.key for event in events]))

    async def react(uow: AnyWork, events: Sequence[Envelope[NotificationQueued]]) -> None:
        seen.append(("react", [event.key for event in events]))

    of = Subscription(NotificationQueued, project=project, react=react)
    envelopes: list[Envelope[Any]] = [board.envelope(queued(key)) for key in (case, other, case)]
    async with board.session() as session:
        await handlers("notify", {}, [of])[NotificationQueued](session, envelopes)
    first, second = [case, other], [case]
    assert seen == [("project", first), ("react", first), ("project", second), ("react", second)]
