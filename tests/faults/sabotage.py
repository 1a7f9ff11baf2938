"""The chassis made wrong on purpose, in the victim alone: a harness that cannot find a fault would prove nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chassis import inbox, relay
from sqlalchemy import ARRAY, Uuid, column, text

_TOO_LATE = 0.05  # seconds


def nobody_waits_for_the_broker() -> None:
    """Rows are deleted before the broker has them."""
    original = relay.send
    late: set[asyncio.Task[Any]] = set()

    async def send(producer: Any, messages: Any) -> list[Any]:
        async def sent_late() -> None:
            await asyncio.sleep(_TOO_LATE)
            await original(producer, messages)

        late.add(asyncio.ensure_future(sent_late()))
        return []

    relay.send = send


def every_delivery_counts() -> None:
    """The inbox forgets what was applied."""
    forgetful = text("select cast(:ids as uuid[]) as ids where cast(:consumer as text) is not null")
    inbox._TAKE = forgetful.columns(column("ids", ARRAY(Uuid)))


def the_newest_goes_first() -> None:
    """What waits is sent the other way round."""
    original = relay.messages_of
    relay.messages_of = lambda rows: original(rows[::-1])


@dataclass(frozen=True)
class Sabotage:
    do: Callable[[], None]
    finds: str  # the list of Findings that it fills


SABOTAGES = {
    "nobody waits for the broker": Sabotage(nobody_waits_for_the_broker, "lost"),
    "every delivery counts": Sabotage(every_delivery_counts, "doubled"),
    "the newest goes first": Sabotage(the_newest_goes_first, "inverted"),
}
