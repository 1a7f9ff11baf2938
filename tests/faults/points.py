"""The points at which a process kills itself: chassis functions are wrapped in the victim, and never in what ships."""

import asyncio
import functools
import inspect
import os
import signal
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.conn import AIOKafkaConnection
from aiokafka.protocol.produce import ProduceRequest
from chassis import bus, commit, relay
from chassis.database import Database
from chassis.inbox import Consumer
from chassis.offsets import OffsetCommitter
from chassis.relay import Watermark
from chassis.relay_notifier import RelayNotifier

from .chain import app

_UNDERWAY = 0.005  # seconds in which a request that was written reaches the broker


class Trap:
    """Sends its own process a signal, mostly SIGKILL, when it is passed for the n-th time."""

    def __init__(self, passages: int, number: int = signal.SIGKILL) -> None:
        self._left = passages
        self._number = number

    def passed(self) -> bool:
        self._left -= 1
        return self._left == 0

    def __call__(self) -> None:
        if self.passed():
            self.close()

    def close(self) -> None:
        os.kill(os.getpid(), self._number)


def before(owner: Any, name: str, trap: Trap) -> None:
    """Pass the trap each time that `owner.name` is about to do its work."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def called(*args: Any, **more: Any) -> Any:
        trap()
        return original(*args, **more)

    setattr(owner, name, called)


def after(owner: Any, name: str, trap: Trap) -> None:
    """Pass the trap each time that `owner.name` has done its work."""
    original = getattr(owner, name)

    @functools.wraps(original)
    async def awaited(*args: Any, **more: Any) -> Any:
        result = await original(*args, **more)
        trap()
        return result

    @functools.wraps(original)
    def called(*args: Any, **more: Any) -> Any:
        result = original(*args, **more)
        trap()
        return result

    setattr(owner, name, awaited if inspect.iscoroutinefunction(original) else called)


def sent_and_not_answered(trap: Trap) -> None:
    """The batch goes to the broker, and its answer finds nobody."""
    original = AIOKafkaConnection.send

    @functools.wraps(original)
    def send(self: Any, request: Any, **more: Any) -> Any:
        sending = original(self, request, **more)
        if not isinstance(request, ProduceRequest) or not trap.passed():
            return sending
        loop = asyncio.get_running_loop()
        loop.call_later(_UNDERWAY, trap.close)
        return loop.create_future()

    AIOKafkaConnection.send = send


def applied_without_offsets(trap: Trap) -> None:
    """A poll with something in it is committed, and its offsets are not."""
    original = Consumer.apply

    @functools.wraps(original)
    async def apply(self: Consumer, messages: Any) -> None:
        await original(self, messages)
        if any(self._is_wanted(message) for message in messages):
            trap()

    Consumer.apply = apply  # type: ignore[method-assign]  # in this process


def _after(owner: Any, name: str) -> Callable[[Trap], None]:
    return functools.partial(after, owner, name)


POINTS: dict[str, dict[str, Callable[[Trap], None]]] = {
    "api": {
        "before the commit": _after(commit, "write"),
        "after the commit, before the answer": _after(RelayNotifier, "wake"),
    },
    "relay": {
        "start-up: database reached": _after(relay, "connect"),
        "start-up: bus reached": _after(AIOKafkaProducer, "start"),
        "start-up: leads": _after(bus, "start_fenced"),
        "before send": functools.partial(before, relay, "send"),
        "after send, before ack": sent_and_not_answered,
        "after ack, before delete": _after(relay, "send"),
        "after delete": _after(Watermark, "sent"),
    },
    "consume": {
        "start-up: database reached": _after(Database, "__init__"),
        "start-up: bus reached": _after(AIOKafkaConsumer, "start"),
        "in the middle of a batch": _after(app, "took_effect"),
        "before the commit": _after(commit, "write"),
        "after the commit, before the offsets": applied_without_offsets,
        "rebalance: taking over": _after(OffsetCommitter, "on_partitions_assigned"),
        "rebalance: giving away": _after(OffsetCommitter, "on_partitions_revoked"),
    },
}
